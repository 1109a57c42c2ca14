//! Sets or unsets a variable, depending on whether there is a value.

use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;

/// Sets a variable to a value, or unsets it for `None`.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn set_or_unset(changes: &mut EnvChanges, name: &'static str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => changes.set(name, value),
        None => {
            changes.unset(name);
            Ok(())
        }
    }
}

/// Sets a variable to a value. Without a value, unsets the variable, but only if the shell has it: each line of a reply
/// costs the shell time.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn set_or_remove(
    changes: &mut EnvChanges,
    ctx: &Context,
    name: &'static str,
    value: Option<&str>,
) -> Result<()> {
    if value.is_none() && ctx.var_os(name).is_none() {
        return Ok(());
    }
    set_or_unset(changes, name, value)
}
