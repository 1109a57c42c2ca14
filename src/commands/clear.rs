//! `ssox clear`: removes the credentials from this shell. The shell function restores the values from before.

use super::changes;
use crate::context::Context;
use crate::error::Result;
use crate::shell::reply::reply;

/// Returns the reply to the shell function: the changes that undo `use`.
///
/// # Errors
/// Usage without the shell function.
pub(super) fn run(ctx: &Context, emit: Option<&str>) -> Result<String> {
    let emit = super::emit(ctx, emit, "clear")?;
    Ok(reply(emit, &changes::cleared(ctx)?))
}
