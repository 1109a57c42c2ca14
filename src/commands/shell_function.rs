//! The shell function, without which no verb can change the calling shell.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::{Emit, hint};

/// Returns the shell and protocol of the function that called ssox for a verb.
///
/// # Errors
/// Usage: no function called it, so nothing could apply the changes; or a function that this binary does not support.
pub(super) fn calling_function(ctx: &Context, verb: &str) -> Result<Emit> {
    match &ctx.emit {
        Some(emit) => Emit::parse(emit),
        None => Err(Error::usage(format!(
            "`ssox {verb}` changes the current shell, which needs ssox's shell function for that"
        ))
        .hint(install(ctx))),
    }
}

/// Returns how to load ssox's function into the running shell.
pub(super) fn install(ctx: &Context) -> String {
    match hint::integration(ctx) {
        Some(line) => format!("{line}; put that line into its rc file, too"),
        None => "there is a function for zsh, bash, fish and PowerShell; in other shells use ssox exec NAME -- COMMAND"
            .into(),
    }
}
