//! Remembers values of direnv or mise that `use` replaces. In the tool's directory, `clear` restores these values.
//! Outside this directory, `clear` restores the values from before the shell entered the directory. `SSOX_SNAPSHOT`
//! contains a fingerprint of each value of the tool. If the shell function has not saved an earlier value, it also
//! contains the value that the variable had before the shell entered the directory. A value that may be secret is left
//! out.

use super::replaced;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::{Result, has_control};
use crate::identity::{fingerprint, is_in_use};
use crate::secret::Secret;
use crate::snapshots::Snapshots;

/// The variable that contains an entry for each variable that direnv or mise had set before `use` replaced the value.
/// `NAME:FINGERPRINT:BEFORE`: the shell function has saved the tool's value. `BEFORE` is the value from before the shell
/// entered the tool's directory. `NAME:FINGERPRINT`: the shell function has saved an earlier value. `-` in place of the
/// fingerprint: the tool had unset the variable. `|` separates the entries, because regions and usual profile names do
/// not contain this character.
pub(super) const VARIABLE: &str = "SSOX_SNAPSHOT";
/// The variable in which the shell function passes the names of the variables whose previous values it has saved.
const SAVED: &str = "SSOX_SAVED";
/// What an entry of [`VARIABLE`] contains in place of the fingerprint of a value if direnv or mise had unset the
/// variable.
const UNSET: &str = "-";
/// Variables whose values are not secret, so `SSOX_SNAPSHOT` may contain the values that they had before the shell
/// entered the directory of direnv or mise.
const NOT_SECRET: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "SSOX_PROFILE"];

/// Records which of the values that a `use` replaces were set by direnv or mise.
///
/// # Errors
/// In practice there is no error: values with control characters are left out.
pub(super) fn record(ctx: &Context, snapshots: &Snapshots, changes: &mut EnvChanges) -> Result<()> {
    // The shell function saves a value only once, so an entry for a saved value of the tool stays.
    let keeps = |name: &&str| is_in_use(ctx) && recorded(ctx, name).is_some_and(|entry| entry.before.is_some());
    let names = changes.iter().map(|(name, _)| name).filter(|name| !keeps(name));
    let new: Vec<String> = names.filter_map(|name| entry(ctx, snapshots, name)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let is_kept = |entry: &&str| !new.iter().any(|new| name_of(new) == name_of(entry));
    let known = ctx.var(VARIABLE).filter(|_| is_in_use(ctx)).into_iter().flat_map(|known| known.split('|'));
    let entries: Vec<&str> = known.filter(is_kept).chain(new.iter().map(String::as_str)).collect();
    changes.set(VARIABLE, entries.join("|"))
}

fn entry(ctx: &Context, snapshots: &Snapshots, name: &str) -> Option<String> {
    let is_saved = is_saved(ctx, name);
    if is_saved && is_unset(ctx, snapshots, name) {
        return Some(format!("{name}:{UNSET}"));
    }
    // At the first `use`, the current value may be another one, which this call alone has.
    if is_in_use(ctx) && snapshots.owner(name).is_none() {
        return None;
    }
    let print = fingerprint(name, snapshots.value(name)?.expose());
    if is_saved {
        return Some(format!("{name}:{print}"));
    }
    // An old value of ssox, which `clear` has removed since, was not there before the first `use`.
    let is_plain = |before: &str| {
        let has_separator = before.contains(|c: char| c == '|' || c.is_control());
        NOT_SECRET.contains(&name) && !has_separator && !replaced::is_replaced(ctx, name, before)
    };
    let before = snapshots.before(name).filter(|before| is_plain(before.expose())).unwrap_or_default();
    // A profile without a region has left the regions to the tool, so the shell function saves them at a later `use`.
    let saves_now = !is_in_use(ctx) || ctx.emit.is_some() && ctx.var(SAVED).is_some();
    Some(format!("{name}:{print}:{}", before.expose())).filter(|_| saves_now)
}

/// Tells whether the shell function has saved a previous value of a variable, before this call.
fn is_saved(ctx: &Context, name: &str) -> bool {
    let names = ctx.emit.as_ref().and(ctx.var(SAVED)).unwrap_or_default();
    names.split(' ').any(|saved| saved == name)
}

/// Tells the shell function to forget each current value that direnv or mise has brought back, although ssox had replaced
/// it: the function would save it as a value from before. Values that the function has saved earlier stay.
pub(super) fn forget_returned(ctx: &Context, changes: &mut EnvChanges) {
    // Without SAVED, which the hook does not pass, ssox does not know what the function has saved.
    if ctx.var(replaced::VARIABLE).is_none() || ctx.var_os(SAVED).is_none() {
        return;
    }
    let is_returned = |name: &&str| replaced::has_returned(ctx, name) && !is_saved(ctx, name);
    let returned: Vec<&str> = changes.iter().map(|(name, _)| name).filter(is_returned).collect();
    returned.into_iter().for_each(|name| changes.forget(name));
}

/// Tells whether direnv or mise has unset a variable.
fn is_unset(ctx: &Context, snapshots: &Snapshots, name: &str) -> bool {
    ctx.var_os(name).is_none() && snapshots.value(name).is_none() && snapshots.before(name).is_some()
}

/// Unsets a variable; the shell function then restores the value that the variable had before the first `use`. But if
/// direnv or mise had set that value for a directory that the shell has left since, sets the value that the variable
/// had before the shell entered this directory. If that value is not known, the variable stays unset. And if the shell
/// function has saved an earlier value than that of the tool, and the shell has not left the directory, sets the value
/// of the tool; the shell function restores the earlier value when the shell leaves.
///
/// # Errors
/// In practice there is no error: the value was in an environment, so the reply to the shell can contain each of its
/// bytes.
pub(super) fn remove(ctx: &Context, changes: &mut EnvChanges, name: &'static str) -> Result<()> {
    changes.unset(name);
    let Some(Entry { print, before }) = recorded(ctx, name) else { return Ok(()) };
    let snapshots = Snapshots::of(ctx);
    let current = snapshots.value(name);
    let is_there = match current.as_ref().map(Secret::expose) {
        Some(value) => fingerprint(name, value) == print,
        None => print == UNSET && snapshots.before(name).is_some(),
    };
    match before {
        Some(before) if !is_there => {
            changes.forget(name);
            if !before.is_empty() {
                changes.set(name, before)?;
            }
        }
        None if is_there => {
            changes.postpone(name);
            // A reply cannot contain a value with a control character.
            if let Some(value) = current.filter(|value| !has_control(value.expose())) {
                changes.set(name, value.expose())?;
            }
        }
        _ => (),
    }
    Ok(())
}

/// Keeps the value of a variable whose value ssox did not set. If direnv or mise has set or unset the variable since the
/// first `use`, the shell function keeps the value that it saved before the first `use`, and restores it when the shell
/// leaves the tool's directory. Otherwise the shell function forgets the saved value, because a person has set the
/// variable, or because the saved value came from direnv or mise.
pub(super) fn keep_foreign(ctx: &Context, changes: &mut EnvChanges, name: &'static str) {
    let entry = recorded(ctx, name);
    let has_earlier = entry.as_ref().is_some_and(|entry| entry.before.is_none());
    if is_of_tool(ctx, &Snapshots::of(ctx), name) && (has_earlier || entry.is_none()) {
        changes.postpone(name);
    } else if !has_earlier || ctx.var_os(name).is_some() {
        changes.forget(name);
    }
}

/// For a shell in which no profile is in use: if direnv or mise has set or unset the variable in this directory, the
/// shell restores the value that it has saved only after it has left the directory.
pub(super) fn restore_outside(ctx: &Context, snapshots: &Snapshots, changes: &mut EnvChanges, name: &'static str) {
    if is_of_tool(ctx, snapshots, name) {
        changes.postpone(name);
    }
}

fn is_of_tool(ctx: &Context, snapshots: &Snapshots, name: &str) -> bool {
    snapshots.value(name).is_some() || is_unset(ctx, snapshots, name)
}

/// An entry of [`VARIABLE`]: `print` is the fingerprint of the value that direnv or mise had set (or [`UNSET`]), and
/// `before` the value from before the shell entered their directory, if the entry has one.
struct Entry<'a> {
    print: &'a str,
    before: Option<&'a str>,
}

fn recorded<'a>(ctx: &'a Context, name: &str) -> Option<Entry<'a>> {
    let entry = ctx.var(VARIABLE)?.split('|').find(|entry| name_of(entry) == name)?;
    let mut parts = entry.splitn(3, ':').skip(1);
    Some(Entry { print: parts.next()?, before: parts.next() })
}

fn name_of(entry: &str) -> &str {
    entry.split(':').next().unwrap_or_default()
}
