//! `ssox complete SHELL …`: called by the completion script of a shell.

use super::cli::Cli;
use super::verb::{Done, VerbArgs};
use crate::completion;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::Shell;
use clap::{Args, CommandFactory as _};
use std::ffi::OsString;

#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Complete {
    /// The words that the completion script passes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl VerbArgs for Complete {
    const KEEPS_STATE: bool = false;
    const IS_INTERACTIVE: bool = false;

    /// Returns the candidates, in the format that the shell's completion script reads.
    ///
    /// # Errors
    /// `Usage`: the shell is missing or unknown.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let words: Vec<String> = self.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let [name, arguments @ ..] = words.as_slice() else { return Err(Error::usage("no shell is given")) };
        let shell = Shell::named(name);
        let shell = shell.ok_or_else(|| Error::usage(format!("there is no completion for the shell `{name}`")))?;
        Ok(completion::reply(ctx, Cli::command, shell, arguments).into())
    }
}
