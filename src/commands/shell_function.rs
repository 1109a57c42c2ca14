//! The shell function, without which no verb can change the calling shell.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::{Emit, Shell, hint};

/// Returns the shell and protocol of the function that called ssox for a verb.
///
/// # Errors
/// Usage: no function called it, so nothing could apply the changes; or a function that this binary does not support.
pub(super) fn calling_function(ctx: &Context, verb: &str) -> Result<Emit> {
    match &ctx.emit {
        Some(emit) => Emit::parse(emit),
        None => Err(Error::usage(format!(
            "`ssox {verb}` changes the current shell, which only ssox's shell function can do"
        ))
        .hint(install(ctx))),
    }
}

/// Returns how to load ssox's function into the running shell.
pub(super) fn install(ctx: &Context) -> String {
    if let Some(shell) = hint::shell(ctx) {
        return shell.how_to_load();
    }
    let titles = Shell::ALL.map(|shell| shell.title());
    let (last, others) = titles.split_last().expect("there are shells");
    format!("there is a function for {} and {last}; in other shells use ssox exec NAME -- COMMAND", others.join(", "))
}
