//! `ssox clear`: everything out again.
//!
//! Deliberately not here: the values from before, which only the shell knows.

use super::changes;
use crate::context::Context;
use crate::error::Result;
use crate::shell::reply::reply;

/// Answers the shell function with the changes that undo `use`.
///
/// # Errors
/// Usage without the shell function.
pub(super) fn run(ctx: &Context, emit: Option<&str>) -> Result<String> {
    let emit = super::emit(ctx, emit, "clear")?;
    Ok(reply(emit, &changes::cleared(ctx)?))
}
