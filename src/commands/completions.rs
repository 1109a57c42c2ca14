//! `ssox completions`: prints the completion script of a shell without the rest of the integration, for packages;
//! `completions/` in the repository has the same scripts. They are sections of the scripts in `shell/`, and call ssox each
//! time, so they know every verb, option and profile.

use super::init::{self, ShellName};
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::shell::Shell;
use clap::Args;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox completions zsh > _ssox")]
pub(crate) struct Completions {
    /// The shell to complete in
    shell: ShellName,
}

impl VerbArgs for Completions {
    const KEEPS_STATE: bool = false;

    fn run(&self, _: &Context) -> Result<Done> {
        Ok(script(self.shell.into()).into())
    }
}

/// Returns the script for a shell.
fn script(shell: Shell) -> String {
    let (first, last) = match shell {
        // zsh's completion system reads the first line, and runs the file as the function.
        Shell::Zsh => ("#compdef ssox\n", "_ssox_complete \"$@\"\n"),
        Shell::Bash => ("# shellcheck shell=bash\n", section(shell, "registration")),
        Shell::Fish | Shell::PowerShell => ("", section(shell, "registration")),
    };
    let functions = section(shell, "completion");
    format!(
        "{first}# Completion of ssox in {}, as `ssox completions` prints it.\n\n{functions}\n\n{last}",
        shell.name()
    )
}

/// Returns the text between the marker line with that name and the next marker line.
fn section(shell: Shell, name: &str) -> &'static str {
    let begins = format!("# --- {name}\n");
    let after = init::text(shell).split_once(begins.as_str()).map_or("", |(_, after)| after);
    after.split_once("# --- ").map_or(after, |(section, _)| section).trim_start_matches('\n').trim_end_matches('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_the_functions_it_calls() {
        for shell in Shell::ALL {
            let script = script(shell);
            assert!(script.contains("complete") && script.len() > 400, "{script}");
            assert!(!script.contains("# --- ") && !script.contains("_ssox_aliases"), "{script}");
        }
    }
}
