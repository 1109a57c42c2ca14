//! Remembers values of direnv or mise that the first `use` replaces. In the tool's directory, `clear` restores these
//! values. Outside this directory, `clear` restores the values from before the shell entered the directory.
//! `SSOX_SNAPSHOT` contains a fingerprint of each value of the tool, and the value that the variable had before the
//! shell entered the directory. A value that may be secret is left out.

use super::replaced;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{fingerprint, is_in_use};
use crate::snapshots::Snapshots;

/// The variable that contains an entry `NAME:FINGERPRINT:BEFORE` for each variable that direnv or mise had set before
/// the first `use`. `BEFORE` is the value from before the shell entered the tool's directory. `|` separates the
/// entries, because regions and usual profile names do not contain this character.
pub(super) const VARIABLE: &str = "SSOX_SNAPSHOT";
/// Variables whose values are not secret, so `SSOX_SNAPSHOT` may contain the values that they had before the shell
/// entered the directory of direnv or mise.
const NOT_SECRET: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "SSOX_PROFILE"];

/// Records, at the first `use`, which of the values that this `use` replaces were set by direnv or mise.
///
/// # Errors
/// In practice there is no error: values with control characters are left out.
pub(super) fn record(ctx: &Context, snapshots: &Snapshots, changes: &mut EnvChanges) -> Result<()> {
    if is_in_use(ctx) {
        return Ok(());
    }
    let owned = changes.iter().filter(|(name, _)| snapshots.owner(name).is_some());
    let entries: Vec<String> = owned.filter_map(|(name, _)| entry(ctx, snapshots, name)).collect();
    if entries.is_empty() { Ok(()) } else { changes.set(VARIABLE, entries.join("|")) }
}

fn entry(ctx: &Context, snapshots: &Snapshots, name: &str) -> Option<String> {
    // An old value of ssox, which `clear` has removed since, was not there before the first `use`.
    let is_plain = |before: &str| {
        let has_separator = before.contains(|c: char| c == '|' || c.is_control());
        NOT_SECRET.contains(&name) && !has_separator && !replaced::is_replaced(ctx, name, before)
    };
    let before = snapshots.before(name).filter(|before| is_plain(before.expose())).unwrap_or_default();
    Some(format!("{name}:{}:{}", fingerprint(name, ctx.var(name)?), before.expose()))
}

/// Unsets a variable; the shell function then restores the value that the variable had before the first `use`. But if
/// direnv or mise had set that value for a directory that the shell has left since, sets the value that the variable
/// had before the shell entered this directory. If that value is not known, the variable stays unset.
///
/// # Errors
/// In practice there is no error: the value was in an environment, so the reply to the shell can contain each of its
/// bytes.
pub(super) fn remove(ctx: &Context, changes: &mut EnvChanges, name: &'static str) -> Result<()> {
    let is_there =
        |print: &str| Snapshots::of(ctx).value(name).is_some_and(|value| fingerprint(name, value.expose()) == print);
    match recorded(ctx, name) {
        Some((print, before)) if !is_there(print) => {
            changes.forget(name);
            if before.is_empty() { changes.unset(name) } else { changes.set(name, before)? }
        }
        _ => changes.unset(name),
    }
    Ok(())
}

/// Keeps the value of a variable whose value ssox did not set. If direnv or mise has set the variable since the first
/// `use`, the shell function keeps the value that it saved before the first `use`, and restores it when the shell
/// leaves the tool's directory. Otherwise the shell function forgets the saved value, because a person has set the
/// variable, or because the saved value came from direnv or mise.
pub(super) fn keep_foreign(ctx: &Context, changes: &mut EnvChanges, name: &'static str) {
    if Snapshots::of(ctx).value(name).is_none() || recorded(ctx, name).is_some() {
        changes.forget(name);
    }
}

fn recorded<'a>(ctx: &'a Context, name: &str) -> Option<(&'a str, &'a str)> {
    let entries = ctx.var(VARIABLE)?.split('|').filter_map(|entry| entry.split_once(':'));
    entries.filter(|(known, _)| *known == name).find_map(|(_, rest)| rest.split_once(':'))
}
