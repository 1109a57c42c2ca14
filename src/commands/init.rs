//! `ssox init`: prints the integration script of a shell. The scripts are in `shell/`.
//!
//! Invariant: the output does not depend on the machine, so that it can be saved and sourced.

use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::shell::Shell;
use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(ssox init zsh)\"")]
pub(crate) struct Init {
    /// The shell to integrate with
    shell: ShellName,
    /// Do not change the prompt
    #[arg(long)]
    no_prompt: bool,
}

impl VerbArgs for Init {
    const KEEPS_STATE: bool = false;

    fn run(&self, _: &Context) -> Result<Done> {
        Ok(script(self.shell.into(), !self.no_prompt).into())
    }
}

/// The supported shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    Zsh,
    Bash,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

impl From<ShellName> for Shell {
    fn from(name: ShellName) -> Self {
        match name {
            ShellName::Zsh => Self::Zsh,
            ShellName::Bash => Self::Bash,
            ShellName::Fish => Self::Fish,
            ShellName::Powershell => Self::PowerShell,
        }
    }
}

/// Returns the script for a shell; without `prompt` it adds no segment to the prompt.
fn script(shell: Shell, prompt: bool) -> String {
    let (without_prompt, text) = match shell {
        Shell::Zsh => ("_ssox_no_prompt=1", sticky(text(shell))),
        Shell::Bash => ("_ssox_no_prompt=1", text(shell).to_owned()),
        Shell::Fish => ("set -g _ssox_no_prompt 1", text(shell).to_owned()),
        Shell::PowerShell => ("$global:_ssox_no_prompt = $true", text(shell).to_owned()),
    };
    if prompt { text } else { format!("{without_prompt}\n{text}") }
}

/// Returns the script as it is in the repository.
pub(super) fn text(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => include_str!("../../shell/ssox.zsh"),
        Shell::Bash => include_str!("../../shell/ssox.bash"),
        Shell::Fish => include_str!("../../shell/ssox.fish"),
        Shell::PowerShell => include_str!("../../shell/ssox.ps1"),
    }
}

/// Runs a zsh script in sticky emulation: zsh parses it, and later runs its functions, with the options given here and not
/// with those of the user. The script is one word without a newline, which `csh_junkie_quotes` forbids; several words
/// would take zsh milliseconds to join.
/// <https://zsh.sourceforge.io/Doc/Release/Shell-Builtin-Commands.html>, `emulate`.
fn sticky(script: &str) -> String {
    let word = script.replace('\\', r"\\").replace('\'', r"\'").replace('\n', r"\n");
    format!("'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'extended_glob' '-c' $'{word}'\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_prompt_the_script_has_one_more_line() {
        for shell in Shell::ALL {
            let (with, without) = (script(shell, true), script(shell, false));
            assert_eq!(without.split_once('\n').unwrap().1, with, "{shell:?}");
        }
    }

    #[test]
    fn no_script_contains_a_path_of_the_build() {
        for shell in Shell::ALL {
            assert!(!script(shell, true).contains(env!("CARGO_MANIFEST_DIR")), "{shell:?}");
        }
    }
}
