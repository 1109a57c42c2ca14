//! `ssox completions`: prints the completion script of a shell, without the rest of the shell integration. Packages
//! install these scripts, which are also in `completions/` in the repository. They are sections of the scripts in
//! `shell/`. They call ssox for each completion, so they know every verb, option and profile.

use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::shell::{Shell, section};
use clap::Args;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox completions zsh > _ssox")]
pub(crate) struct Completions {
    /// The shell to complete in
    shell: Shell,
}

impl VerbArgs for Completions {
    const KEEPS_STATE: bool = false;

    fn run(&self, _: &Context) -> Result<Done> {
        Ok(script(self.shell).into())
    }
}

/// Returns the completion script of a shell.
fn script(shell: Shell) -> String {
    let (head, tail) = (shell.completion_head(), shell.completion_tail());
    let functions = section(shell.script(), "completion");
    let name = shell.name();
    format!("{head}# Completion of ssox in {name}, as `ssox completions` prints it.\n\n{functions}\n\n{tail}")
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
