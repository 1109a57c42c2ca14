//! `ssox init`: prints the integration script of a shell. The scripts are in `shell/`.
//!
//! Invariant: the output depends only on the shell and its version, so that it can be saved and sourced.

use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::shell::Shell;
use clap::Args;

#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(ssox init zsh)\"")]
pub(crate) struct Init {
    /// The shell to integrate with
    shell: Shell,
    /// Do not change the prompt
    #[arg(long)]
    no_prompt: bool,
}

impl VerbArgs for Init {
    const KEEPS_STATE: bool = false;

    fn run(&self, ctx: &Context) -> Result<Done> {
        Ok(script(ctx, self.shell, !self.no_prompt).into())
    }
}

/// Returns the script for a shell. Without `prompt`, the script adds no segment to the prompt.
fn script(ctx: &Context, shell: Shell, prompt: bool) -> String {
    let script = shell.init_script(ctx);
    if prompt { script.into_owned() } else { format!("{}\n{script}", shell.no_prompt_line()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context::new([])
    }

    #[test]
    fn without_a_prompt_the_script_has_one_more_line() {
        for shell in Shell::ALL {
            let (with, without) = (script(&ctx(), shell, true), script(&ctx(), shell, false));
            assert_eq!(without.split_once('\n').unwrap().1, with, "{shell:?}");
        }
    }

    #[test]
    fn no_script_contains_a_path_of_the_build() {
        for shell in Shell::ALL {
            assert!(!script(&ctx(), shell, true).contains(env!("CARGO_MANIFEST_DIR")), "{shell:?}");
        }
    }
}
