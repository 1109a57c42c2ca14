//! Remembers values of direnv or mise that the first `use` replaces. In the tool's directory, `clear` restores these
//! values. Outside this directory, `clear` restores the values from before the shell entered the directory. For each
//! value of the tool, `SSOX_SNAPSHOT` has a fingerprint, and the value from before the shell entered the directory,
//! unless that earlier value may be secret.

use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{fingerprint, is_in_use};
use crate::snapshots::Snapshots;

/// The variable with an entry `NAME:FINGERPRINT:BEFORE` for each value. `|` separates the entries, because regions and
/// usual profile names do not contain it.
pub(super) const VARIABLE: &str = "SSOX_SNAPSHOT";
/// Variables whose earlier values are not secret.
const NOT_SECRET: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "SSOX_PROFILE"];

/// Records, at the first `use`, which of the replaced values direnv or mise had set.
///
/// # Errors
/// `Configuration`: a value contains a control character.
pub(super) fn record(ctx: &Context, snapshots: &Snapshots, changes: &mut EnvChanges) -> Result<()> {
    if is_in_use(ctx) {
        return Ok(());
    }
    let owned = changes.iter().filter(|(name, _)| snapshots.owner(name).is_some());
    let entries: Vec<String> = owned.filter_map(|(name, _)| entry(ctx, snapshots, name)).collect();
    if entries.is_empty() { Ok(()) } else { changes.set(VARIABLE, entries.join("|")) }
}

fn entry(ctx: &Context, snapshots: &Snapshots, name: &str) -> Option<String> {
    let is_plain = |before: &str| NOT_SECRET.contains(&name) && !before.contains(|c: char| c == '|' || c.is_control());
    let before = snapshots.before(name).filter(|before| is_plain(before.expose())).unwrap_or_default();
    Some(format!("{name}:{}:{}", fingerprint(name, ctx.var(name)?), before.expose()))
}

/// Removes a variable, and lets the shell restore the value from before the first `use`. If that value belongs to a
/// directory that the shell has left, restores the value from before the shell entered the directory.
///
/// # Errors
/// None occurs in practice: the value was in an environment, so the reply to the shell can contain each of its bytes.
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

/// Keeps a value that ssox did not set. If a person set this value, the shell function forgets the value from before
/// the first `use`. If direnv or mise set it, the shell function still has that earlier value, and restores it when the
/// shell leaves the directory.
pub(super) fn keep_foreign(ctx: &Context, changes: &mut EnvChanges, name: &'static str) {
    if Snapshots::of(ctx).value(name).is_none() || recorded(ctx, name).is_some() {
        changes.forget(name);
    }
}

fn recorded<'a>(ctx: &'a Context, name: &str) -> Option<(&'a str, &'a str)> {
    let entries = ctx.var(VARIABLE)?.split('|').filter_map(|entry| entry.split_once(':'));
    entries.filter(|(known, _)| *known == name).find_map(|(_, rest)| rest.split_once(':'))
}
