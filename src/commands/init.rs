//! `ssox init`: prints the integration script of a shell. The scripts are in `shell/`.
//!
//! Invariant: the output depends only on the command line and on the version of the shell, so that it can be saved and
//! sourced.

use super::process_context;
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::shell::Shell;
use clap::Args;
use std::ffi::OsString;
use std::io::{self, Write as _, stdout};

#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(ssox init zsh)\"")]
pub(crate) struct Init {
    /// The shell to integrate with
    shell: Shell,
    /// Do not change the prompt
    #[arg(long)]
    no_prompt: bool,
    /// Print the whole script, which the start script loads
    #[arg(long, hide = true)]
    whole: bool,
}

impl VerbArgs for Init {
    const KEEPS_STATE: bool = false;

    fn run(&self, ctx: &Context) -> Result<Done> {
        Ok(script(ctx, self).into())
    }
}

impl Init {
    /// Parses, without clap, a command line that shells run when they start; `None` for all other command lines.
    pub(crate) fn read(words: &[OsString]) -> Option<Self> {
        let [_, verb, shell, options @ ..] = words else { return None };
        let shell = Shell::named(shell.to_str()?).filter(|_| verb == "init")?;
        let option = match options {
            [] => "",
            [option] => option.to_str().filter(|option| ["--no-prompt", "--whole"].contains(option))?,
            _ => return None,
        };
        Some(Self { shell, no_prompt: option == "--no-prompt", whole: option == "--whole" })
    }

    /// Writes the script to stdout.
    ///
    /// # Errors
    /// I/O errors: stdout cannot be written.
    pub(crate) fn print(&self) -> io::Result<()> {
        stdout().write_all(script(&process_context(), self).as_bytes())
    }
}

/// Returns what `ssox init` prints: the start script, which is short and loads the whole script when the shell needs
/// it. With `--whole`, and for a shell without a start script, this is the whole script. With `--no-prompt`, the line
/// that turns off the prompt segment comes first.
fn script(ctx: &Context, init: &Init) -> String {
    let start = if init.whole { None } else { init.shell.start_script() };
    let script = start.unwrap_or_else(|| init.shell.init_script(ctx).into_owned());
    if init.no_prompt { format!("{}\n{script}", init.shell.no_prompt_line()) } else { script }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Cli, Verb};

    fn printed(shell: Shell, no_prompt: bool, whole: bool) -> String {
        script(&Context::new([]), &Init { shell, no_prompt, whole })
    }

    #[test]
    fn without_a_prompt_the_script_has_one_more_line() {
        for shell in Shell::ALL {
            for whole in [false, true] {
                let (with, without) = (printed(shell, false, whole), printed(shell, true, whole));
                assert_eq!(without.split_once('\n').unwrap().1, with, "{shell:?}");
            }
        }
    }

    /// `Init::read` returns the same as parsing with clap, but faster.
    #[test]
    fn a_line_of_a_shell_is_read_as_the_command_line_is() {
        let lines = [
            "zsh",
            "pwsh",
            "zsh --whole",
            "bash --no-prompt",
            "zsh --nope",
            "tcsh",
            "zsh --whole --no-prompt",
            "--help",
            "",
        ];
        for line in lines {
            let words: Vec<OsString> = format!("ssox init {line}").split_whitespace().map(OsString::from).collect();
            let Some(read) = Init::read(&words) else { continue };
            let Verb::Init(parsed) = Cli::read(&words).unwrap().verb else { panic!("{line}") };
            assert_eq!(format!("{read:?}"), format!("{parsed:?}"));
        }
        let is_read = |line: &str| Init::read(&line.split(' ').map(OsString::from).collect::<Vec<_>>()).is_some();
        assert!(is_read("ssox init zsh") && is_read("ssox init bash --whole") && !is_read("ssox init zsh --help"));
        assert!(!is_read("ssox completions zsh") && !is_read("ssox init tcsh"));
    }

    #[test]
    fn no_script_contains_a_path_of_the_build() {
        for shell in Shell::ALL {
            for whole in [false, true] {
                assert!(!printed(shell, false, whole).contains(env!("CARGO_MANIFEST_DIR")), "{shell:?}");
            }
        }
    }

    #[test]
    fn a_start_script_is_a_fifth_of_the_whole_one() {
        for shell in Shell::ALL {
            let (start, whole) = (printed(shell, false, false), printed(shell, false, true));
            assert!(start == whole || start.len() * 5 < whole.len(), "{shell:?}: {}", start.len());
        }
    }
}
