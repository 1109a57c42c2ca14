//! `ssox allow` and `ssox deny`: trust the `.ssox` file of a directory, or stop trusting it. The shell applies the
//! decision at its next prompt.

use super::directory::wanted;
use super::shell_function::{has_line, install};
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::directory::{self, DirectoryFile};
use crate::error::{Error, Result, as_argument};
use crate::shell::Emit;
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
    /// Trusts the file with its current content.
    ///
    /// # Errors
    /// `Configuration`: there is no `.ssox` file, the file cannot be used, or its profile is unknown.
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
    /// Stops trusting a `.ssox` file, even if the file was deleted.
    ///
    /// # Errors
    /// `Configuration`: no directory was given, and neither this directory nor one above it has a `.ssox` file.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let path = directory::canonical(&path(ctx, self.dir.as_deref())?)?;
        let said = if directory::forget(ctx, &path)? { "is no longer trusted" } else { "was not trusted" };
        say(&format!("{} {said}", path.display()));
        say_if_ignored(ctx);
        Ok(Done::default())
    }
}

/// Prints a note if the calling shell does not look for `.ssox` files.
fn say_if_ignored(ctx: &Context) {
    match ctx.var("SSOX_FUNCTION").and_then(|caller| Emit::parse(caller).ok()) {
        Some(emit) if emit.shell.follows_directories() => {}
        Some(_) => {
            say("this shell does not look for .ssox files");
            say("hint: ssox use NAME");
        }
        // Scripts get no note: a script may trust the file for another shell, which has ssox's function.
        None if terminal::is_seen() && !has_line(ctx) => {
            say("a shell without ssox's function does not look for .ssox files");
            say(&format!("hint: {}", install(ctx)));
        }
        None => {}
    }
}

fn path(ctx: &Context, dir: Option<&Path>) -> Result<PathBuf> {
    if let Some(dir) = dir {
        return Ok(directory::in_directory(dir));
    }
    directory::nearest(ctx).ok_or_else(|| {
        Error::configuration("there is no .ssox file here or above").hint("echo 'profile = NAME' > .ssox; ssox allow")
    })
}
