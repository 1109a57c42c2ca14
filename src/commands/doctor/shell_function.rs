//! Checks whether the calling shell has ssox's function, and whether this binary supports the version of the function.
//! Reports nothing if stderr is not a terminal, because then a program may have called `doctor`.

use super::Severity::Warning;
use crate::commands::finding::Finding;
use crate::commands::shell_function::{has_line, install};
use crate::context::Context;
use crate::shell::{Emit, hint};
use crate::terminal;

/// Checks the variables that ssox's shell function sets when it calls `ssox doctor`. Returns a finding if the function
/// is missing or of another version, or if the prompt hook was replaced; otherwise, and if stderr is not a terminal,
/// `None`.
pub(super) fn check(ctx: &Context) -> Option<Finding> {
    if !terminal::is_seen() {
        return None;
    }
    let finding = |message: &str, hint: String| Some(Finding::new("shell", Warning, message, hint));
    match ctx.var("SSOX_FUNCTION").map(Emit::parse) {
        Some(Ok(emit)) if ctx.var("SSOX_HOOK") == Some("replaced") => finding(
            "another tool replaced ssox's prompt: credentials are neither shown nor renewed",
            format!("move the line that loads ssox to the end of {}", emit.shell.rc_file_name()),
        ),
        Some(Ok(_)) => None,
        Some(Err(_)) => finding("the function in this shell is of another version of ssox", "start a new shell".into()),
        None if has_line(ctx) => finding(
            "this command did not go through ssox's function: an alias or another function hides the function, the program was called by its path, or this shell started before its rc file was changed",
            format!("{}; or start a new shell", unhide(ctx)),
        ),
        None => finding("this shell has no ssox function: `ssox use` cannot change it", install(ctx)),
    }
}

/// Returns how to find and remove the command that hides ssox's function.
fn unhide(ctx: &Context) -> &'static str {
    hint::shell(ctx).map_or("type -a ssox shows what hides it, unalias ssox removes an alias", |shell| shell.unhide())
}
