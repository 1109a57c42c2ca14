//! Whether the shell this was called from has ssox's function, and one that speaks as this binary does.
//!
//! Deliberately not here: looking when a program asks; it has no shell to mend.

use super::Finding;
use super::Severity::Warning;
use crate::commands::integration;
use crate::context::Context;
use crate::files;
use crate::shell::Emit;
use crate::terminal;

/// Where each shell's line belongs.
const RC_FILES: [(&str, &str); 3] = [("zsh", ".zshrc"), ("bash", ".bashrc"), ("fish", ".config/fish/config.fish")];

/// Looks at what the function says of itself when it calls `doctor`.
pub(super) fn check(ctx: &Context) -> Option<Finding> {
    if !terminal::is_seen() {
        return None;
    }
    let finding = |message: &str, hint: String| Some(Finding::new("shell", Warning, message, hint));
    match ctx.var("SSOX_FUNCTION").map(Emit::parse) {
        Some(Ok(_)) => None,
        Some(Err(_)) => finding("this shell's function is of another version of ssox", "start a new shell".into()),
        None if has_line(ctx) => finding(
            "ssox's function was not what you called: something stands in its way, or this shell is older than its rc file",
            "unalias ssox, or start a new shell; type -a ssox shows all".into(),
        ),
        None => finding("this shell has no ssox function: `ssox use` cannot change it", integration(ctx).into()),
    }
}

fn has_line(ctx: &Context) -> bool {
    let shell = ctx.var("SHELL").and_then(|shell| shell.rsplit('/').next());
    let rc_file = RC_FILES.iter().find(|(name, _)| Some(*name) == shell).map(|(_, file)| *file);
    let text = || files::read(&ctx.home().ok()?.join(rc_file?)).ok()?;
    text().is_some_and(|text| String::from_utf8_lossy(&text).contains("ssox init"))
}
