//! `ssox allow` and `ssox deny`: trust the `.ssox` file of a directory, or stop trusting it. If ssox's function is
//! loaded in the shell, the shell applies the decision at its next prompt.

use super::directory::wanted;
use super::shell_function::{has_line, install};
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::directory::{self, DirectoryFile};
use crate::error::{Error, Result, as_argument};
use crate::shell::{Emit, hint};
use crate::terminal::{self, say};
use clap::{Args, ValueHint};
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ssox allow            the nearest .ssox file, here or above\n  ssox allow ~/project"
)]
pub(crate) struct Allow {
    /// Directory of the .ssox file [default: the nearest one here or above]
    #[arg(value_hint = ValueHint::AnyPath)]
    dir: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ssox deny\n  ssox deny ~/project")]
pub(crate) struct Deny {
    /// Directory of the .ssox file [default: the nearest one here or above]
    #[arg(value_hint = ValueHint::AnyPath)]
    dir: Option<PathBuf>,
}

impl VerbArgs for Allow {
    /// Trusts a `.ssox` file as long as its text does not change: the file in the given directory or, if none is given,
    /// the nearest file here or above.
    ///
    /// # Errors
    /// `Configuration`: there is no `.ssox` file, the file or its profile cannot be used, or the state directory cannot
    /// be written. `NeedsPerson`: the file has `profile_only = true`, but AWS tools would get no credentials from the
    /// profile.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let file = DirectoryFile::read(&path(ctx, self.dir.as_deref())?)?;
        let (settings, _) = wanted(ctx, &file)?;
        file.trust(ctx)?;
        say(&format!("{} is trusted: it uses profile {}", file.path.display(), as_argument(&settings.profile)));
        say_if_ignored(ctx);
        Ok(Done::default())
    }
}

impl VerbArgs for Deny {
    /// Stops trusting a `.ssox` file. If a directory is given, its file may have been deleted.
    ///
    /// # Errors
    /// `Configuration`: no directory is given, and neither this directory nor one above it has a `.ssox` file; or the
    /// given directory does not exist; or the state directory cannot be written.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let path = path(ctx, self.dir.as_deref()).and_then(|path| directory::canonical(&path));
        let path = path.map_err(|error| error.only_hint("ssox deny DIR"))?;
        let said = if directory::forget(ctx, &path)? { "is no longer trusted" } else { "was not trusted" };
        say(&format!("{} {said}", path.display()));
        say_if_ignored(ctx);
        Ok(Done::default())
    }
}

/// Prints a note if the calling shell does not look for `.ssox` files. For a shell without ssox's function, prints the
/// note only on a terminal, and only if no rc file loads the function.
fn say_if_ignored(ctx: &Context) {
    match ctx.var("SSOX_FUNCTION").and_then(|caller| Emit::parse(caller).ok()) {
        Some(emit) if emit.shell.follows_directories() => {}
        Some(_) => {
            say("this shell does not look for .ssox files");
            say("hint: ssox use NAME");
        }
        // Scripts get no note: a script may trust the file for another shell, which has ssox's function.
        None if !terminal::is_seen() || has_line(ctx) => {}
        None if hint::shell(ctx).is_some_and(|shell| !shell.follows_directories()) => {
            say("this shell does not look for .ssox files");
            say("hint: ssox exec NAME -- COMMAND");
        }
        None => {
            say("a shell without ssox's function does not look for .ssox files");
            say(&format!("hint: {}", install(ctx)));
        }
    }
}

fn path(ctx: &Context, dir: Option<&Path>) -> Result<PathBuf> {
    if let Some(dir) = dir {
        return Ok(directory::in_directory(dir));
    }
    directory::nearest(ctx).ok_or_else(|| {
        Error::configuration("there is no .ssox file here or above")
            .hint("write `profile = NAME` into a file `.ssox`, then: ssox allow")
    })
}
