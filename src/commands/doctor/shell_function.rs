//! Checks whether the calling shell has ssox's function, and in a version that this binary supports. There is no finding
//! if a program calls `doctor`.

use super::Finding;
use super::Severity::Warning;
use crate::commands::shell_function::install;
use crate::context::Context;
use crate::files;
use crate::shell::{Emit, Shell, hint};
use crate::terminal;
use std::path::{Path, PathBuf};

/// Checks the variables that the function sets when it calls `doctor`.
pub(super) fn check(ctx: &Context) -> Option<Finding> {
    if !terminal::is_seen() {
        return None;
    }
    let finding = |message: &str, hint: String| Some(Finding::new("shell", Warning, message, hint));
    match ctx.var("SSOX_FUNCTION").map(Emit::parse) {
        Some(Ok(_)) if ctx.var("SSOX_HOOK") == Some("replaced") => finding(
            "another prompt replaced that of ssox: credentials are neither shown nor renewed at the prompt",
            "move the line that loads ssox to the end of $PROFILE".into(),
        ),
        Some(Ok(_)) => None,
        Some(Err(_)) => finding("the function in this shell is of another version of ssox", "start a new shell".into()),
        None if has_line(ctx) => finding(
            "you did not call ssox's function: an alias or function hides it, or this shell started before its rc file was changed",
            format!("{}; or start a new shell", hint::unhide(ctx)),
        ),
        None => finding("this shell has no ssox function: `ssox use` cannot change it", install(ctx)),
    }
}

/// Tells whether the rc file of the running shell loads the function.
fn has_line(ctx: &Context) -> bool {
    let Some(shell) = hint::shell(ctx) else { return false };
    let text = |file: PathBuf| files::read(&file).ok().flatten();
    let has_it = |text: Vec<u8>| String::from_utf8_lossy(&text).contains("ssox init");
    ctx.home().is_ok_and(|home| rc_files(ctx, shell, home).into_iter().filter_map(text).any(has_it))
}

fn rc_files(ctx: &Context, shell: Shell, home: &Path) -> Vec<PathBuf> {
    let directory = |variable: &str, usual: &str| ctx.var(variable).map_or_else(|| home.join(usual), PathBuf::from);
    match shell {
        Shell::Zsh => vec![directory("ZDOTDIR", "").join(".zshrc")],
        Shell::Bash => vec![home.join(".bashrc")],
        Shell::Fish => vec![directory("XDG_CONFIG_HOME", ".config").join("fish/config.fish")],
        Shell::PowerShell => ["profile.ps1", "Microsoft.PowerShell_profile.ps1"]
            .map(|file| directory("XDG_CONFIG_HOME", ".config").join("powershell").join(file))
            .into(),
    }
}
