//! Finds the shell function that called ssox. Without it, no verb can change the calling shell.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::files;
use crate::shell::{Emit, Shell, hint, is_started_by};
use std::path::PathBuf;

/// The variable that direnv sets while it runs an `.envrc`. A program of `direnv exec` has it, too, but direnv is no
/// ancestor of such a program: the program has replaced direnv in its process.
const IN_ENVRC: &str = "DIRENV_IN_ENVRC";

/// Returns the shell and the protocol version of the shell function that started this ssox process.
///
/// # Errors
/// `Usage`: ssox was not started by its shell function, so nothing could apply the environment changes; an `.envrc` of
/// direnv called it; or this binary does not support the protocol version of the shell function.
pub(super) fn calling_function(ctx: &Context, verb: &str) -> Result<Emit> {
    if ctx.var_os(IN_ENVRC).is_some() && is_started_by("direnv") {
        return Err(in_envrc(verb));
    }
    match &ctx.emit {
        Some(emit) => Emit::parse(emit),
        None => Err(Error::usage(format!(
            "`ssox {verb}` changes the current shell, and only ssox's shell function can do that"
        ))
        .hint(install(ctx))),
    }
}

/// direnv would record the variables of one shell, and set and unset them in each shell that enters or leaves the
/// directory. Then a shell would show one profile and have the credentials of another one.
fn in_envrc(verb: &str) -> Error {
    Error::usage(format!("`ssox {verb}` does not work in an `.envrc`: it changes only the shell that calls it"))
        .hint("to use a profile in this directory, write `profile = NAME` into a file `.ssox`")
        .hint("to let direnv set the credentials of a profile, write `eval \"$(ssox export NAME)\"` into the `.envrc`")
}

/// Returns the hint how to load ssox's function into the running shell. For a shell that ssox does not support, the
/// hint names the supported shells, and `ssox exec`.
pub(super) fn install(ctx: &Context) -> String {
    if let Some(shell) = hint::shell(ctx) {
        return shell.how_to_load();
    }
    let titles = Shell::ALL.map(|shell| shell.title());
    let (last, others) = titles.split_last().expect("there are shells");
    format!(
        "ssox has a shell function for {} and {last}; in other shells use `ssox exec NAME -- COMMAND`",
        others.join(", ")
    )
}

/// Tells whether an rc file of the running shell contains `ssox init`, which loads ssox's shell function. False for a
/// shell that ssox does not support.
pub(super) fn has_line(ctx: &Context) -> bool {
    let Some(shell) = hint::shell(ctx) else { return false };
    let text = |file: PathBuf| files::read(&file).ok().flatten();
    let has_it = |text: Vec<u8>| String::from_utf8_lossy(&text).contains("ssox init");
    ctx.home().is_ok_and(|home| shell.rc_files(ctx, home).into_iter().filter_map(text).any(has_it))
}
