//! `ssox complete SHELL …`: what the completion glue of a shell calls.
//!
//! Deliberately not here: what is answered (`completion`).

use crate::cli::{Cli, Complete};
use crate::completion;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::Shell;
use clap::CommandFactory as _;

/// Returns the reply to the glue.
///
/// # Errors
/// Usage: no shell ssox knows.
pub(super) fn run(ctx: &Context, args: &Complete) -> Result<String> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let [name, arguments @ ..] = words.as_slice() else { return Err(Error::usage("a shell has to be named")) };
    let shell = Shell::ALL.into_iter().find(|shell| shell.name() == name);
    let shell = shell.ok_or_else(|| Error::usage(format!("ssox does not complete in `{name}`")))?;
    Ok(completion::answer(ctx, Cli::command(), shell, arguments))
}
