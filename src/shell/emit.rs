//! The option `--emit`, which says which shell function called ssox, and which version of ssox's reply this function
//! reads.

use super::Shell;
use crate::error::{Error, Result};

/// The parsed value of `--emit`, such as `zsh1`: the shell whose function reads what ssox prints. The number is the
/// version of the format that this function reads; [`Emit::parse`] checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Emit {
    pub(crate) shell: Shell,
}

/// The version of the format in which this ssox tells shell functions which variables to set (the reply).
const VERSION: &str = "1";

impl Emit {
    /// Parses the name of a shell followed by the version of the reply.
    ///
    /// # Errors
    /// `Usage`: the shell is unknown, or this ssox cannot write that version of the reply to the shell function.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let Some(shell) = Shell::named(name) else {
            let known = Shell::ALL.map(|shell| format!("`{}{VERSION}`", shell.name())).join(", ");
            return Err(Error::usage(format!("unknown value `{text}` of --emit")).hint(format!("use one of {known}")));
        };
        let version = &text[name.len()..];
        if version != VERSION {
            return Err(Error::usage(format!(
                "the ssox function in this shell is of another version: it reads version `{version}` of the output, the installed ssox writes version `{VERSION}`"
            ))
            .hint(shell.how_to_update()));
        }
        Ok(Self { shell })
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
    fn an_unsupported_reply_is_refused() {
        for (text, message) in [("zsh2", "version `2`"), ("zsh", "version ``"), ("tcsh1", "`tcsh1`"), ("", "``")] {
            let error = Emit::parse(text).unwrap_err();
            assert!(error.message.contains(message), "{error}");
            assert_eq!(error.kind.exit_status(), 2);
        }
    }
}
