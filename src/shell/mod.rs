//! The shells: which there are, how one is spoken to, and how each spells a value.
//!
//! Deliberately not here: what is said (`environment`), and the scripts that listen (`shell/` in the repository).

pub(crate) mod hint;
pub(crate) mod quote;
pub(crate) mod reply;
mod running_shell;

use crate::error::{Error, Result};

/// A shell ssox integrates with.
#[expect(clippy::enum_variant_names, reason = "PowerShell is called so")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Zsh,
    Bash,
    Fish,
    PowerShell,
}

impl Shell {
    /// Every shell there is.
    pub(crate) const ALL: [Self; 4] = [Self::Zsh, Self::Bash, Self::Fish, Self::PowerShell];

    /// Returns the name by which people and `--emit` call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zsh => "zsh",
            Self::Bash => "bash",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
        }
    }
}

/// Who reads the reply: what `--emit=zsh1` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Emit {
    pub(crate) shell: Shell,
}

/// The one version of the reply there is.
const VERSION: &str = "1";

impl Emit {
    /// Reads a shell's name with the version of the reply behind it.
    ///
    /// # Errors
    /// Usage, when there is no such shell, or a version this binary does not speak.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let Some(shell) = Shell::ALL.into_iter().find(|shell| shell.name() == name) else {
            let known = Shell::ALL.map(|shell| format!("`{}{VERSION}`", shell.name())).join(", ");
            return Err(Error::usage(format!("`{text}` is no reply ssox can give")).hint(format!("one of {known}")));
        };
        match &text[name.len()..] {
            VERSION => Ok(Self { shell }),
            version => Err(Error::usage(format!(
                "this shell asks for version `{version}` of the reply, the installed ssox gives version `{VERSION}`"
            ))
            .hint("start a new shell, it loads what fits the installed ssox")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_is_known_by_its_name_and_the_version() {
        for shell in Shell::ALL {
            assert_eq!(Emit::parse(&format!("{}1", shell.name())).unwrap(), Emit { shell });
        }
    }

    #[test]
    fn what_is_not_spoken_is_refused() {
        for (text, message) in [("zsh2", "version `2`"), ("zsh", "version ``"), ("tcsh1", "`tcsh1`"), ("", "``")] {
            let error = Emit::parse(text).unwrap_err();
            assert!(error.message.contains(message), "{error}");
            assert_eq!(error.kind.exit_status(), 2);
        }
    }
}
