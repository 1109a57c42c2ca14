//! Recognizes values that ssox set earlier and that direnv or mise restores. These tools save values when the shell
//! enters a directory, and restore them when the shell leaves the directory, even if ssox has replaced or removed the
//! values since. `SSOX_REPLACED` has the fingerprints of such values.

use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{self, Identity, fingerprint};
use crate::snapshots::Snapshots;
use std::cell::LazyCell;

/// The variable with an entry `NAME:FINGERPRINT` for each value that ssox set earlier, and that direnv or mise has
/// restored or will restore. `|` separates the entries.
pub(super) const VARIABLE: &str = "SSOX_REPLACED";

/// Tells whether ssox had set the variable `name` to `value` before, and direnv or mise has restored or will restore
/// this value.
pub(super) fn is_replaced(ctx: &Context, name: &str, value: &str) -> bool {
    let print = fingerprint(name, value);
    let mut entries = ctx.var(VARIABLE).unwrap_or_default().split('|').filter_map(|entry| entry.split_once(':'));
    entries.any(|(known, recorded)| known == name && recorded == print)
}

/// Tells whether direnv or mise has restored a value that ssox had set for the variable `name` before, and will not
/// restore this value a second time.
pub(super) fn has_returned(ctx: &Context, name: &str) -> bool {
    let is_kept = |value: &str| Snapshots::of(ctx).all_before(name).any(|before| before.expose() == value);
    ctx.var(name).is_some_and(|value| is_replaced(ctx, name, value) && !is_kept(value))
}

/// Tells whether direnv or mise will restore a value that ssox had set for the variable `name`.
pub(super) fn will_return(ctx: &Context, name: &str) -> bool {
    let held = Identity::recorded(ctx);
    let is_of_ssox =
        |value: &str| held.as_ref().is_some_and(|held| held.matches(name, value)) || is_replaced(ctx, name, value);
    Snapshots::of(ctx).all_before(name).any(|value| is_of_ssox(value.expose()))
}

/// Records which values that ssox set earlier were restored by direnv or mise, or will be. Adds the record to
/// `changes`, as the value of [`VARIABLE`]; unsets [`VARIABLE`] if there are no such values.
///
/// # Errors
/// In practice there is no error: fingerprints contain no control characters.
pub(super) fn record(ctx: &Context, snapshots: &Snapshots, changes: &mut EnvChanges) -> Result<()> {
    let held = Identity::recorded(ctx);
    let is_cleared = changes.get(identity::VARIABLE) == Some(None);
    // Computed only when needed: it takes a digest of each value, and is needed only if direnv or mise has saved values
    // of ssox.
    let after = LazyCell::new(|| Identity::in_changes(changes).unwrap_or_else(|| Identity::after(ctx, changes)));
    let had = |name: &str, value: &str| held.as_ref().is_some_and(|held| held.matches(name, value));
    let has = |name: &str, value: &str| !is_cleared && after.has_recorded(name) && after.matches(name, value);
    let mut entries = Vec::new();
    for name in identity::names() {
        for value in snapshots.all_before(name) {
            let value = value.expose();
            if (had(name, value) || is_replaced(ctx, name, value)) && !has(name, value) {
                entries.push(format!("{name}:{}", fingerprint(name, value)));
            }
        }
        // A value that has already been restored stays in the record as long as the shell has it.
        let current = ctx.var(name).filter(|_| changes.get(name).is_none());
        if let Some(value) = current.filter(|value| is_replaced(ctx, name, value) && !has(name, value)) {
            entries.push(format!("{name}:{}", fingerprint(name, value)));
        }
    }
    if !entries.is_empty() {
        return changes.set(VARIABLE, entries.join("|"));
    }
    if ctx.var_os(VARIABLE).is_some() {
        changes.unset(VARIABLE);
    }
    Ok(())
}
