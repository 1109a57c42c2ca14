//! `ssox complete SHELL …`: called by the completion script of a shell.

use crate::cli::{Cli, Complete};
use crate::completion;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::Shell;
use clap::CommandFactory as _;

/// Returns the candidates, in the format of the script.
///
/// # Errors
/// Usage: the shell is missing or unknown.
pub(super) fn run(ctx: &Context, args: &Complete) -> Result<String> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let [name, arguments @ ..] = words.as_slice() else { return Err(Error::usage("no shell is given")) };
    let shell = Shell::ALL.into_iter().find(|shell| shell.name() == name);
    let shell = shell.ok_or_else(|| Error::usage(format!("there is no completion for the shell `{name}`")))?;
    Ok(completion::reply(ctx, Cli::command(), shell, arguments))
}
