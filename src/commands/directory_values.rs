//! The values that a directory tool had set when `use` replaced them: `clear` puts them back in that directory, and outside
//! what was there before it was entered. Fingerprints of them stand in `SSOX_SNAPSHOT`, and plain values that are no secret.

use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::fingerprint;
use crate::snapshots;

/// The variable with `NAME:FINGERPRINT:BEFORE` for each, separated by `|`, which no region and no usual profile name has.
pub(super) const VARIABLE: &str = "SSOX_SNAPSHOT";
/// What was in these before is known to the tool, and no secret.
const PLAIN: [&str; 4] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"];

/// Records which of the values that the first `use` replaces are a directory's.
///
/// # Errors
/// Configuration: a value with a control character.
pub(super) fn record(ctx: &Context, changes: &mut EnvChanges) -> Result<()> {
    if ctx.var("SSOX_PROFILE").is_some() {
        return Ok(());
    }
    let owned = changes.iter().filter(|(name, _)| snapshots::owner(ctx, name).is_some());
    let entries: Vec<String> = owned.filter_map(|(name, _)| entry(ctx, name)).collect();
    if entries.is_empty() { Ok(()) } else { changes.set(VARIABLE, entries.join("|")) }
}

fn entry(ctx: &Context, name: &str) -> Option<String> {
    let plain = |before: &String| PLAIN.contains(&name) && !before.contains(|c: char| c == '|' || c.is_control());
    let before = snapshots::before(ctx, name).filter(plain).unwrap_or_default();
    Some(format!("{name}:{}:{before}", fingerprint(name, ctx.var(name)?)))
}

/// Takes a variable out, and has the shell put back what was there before; outside a directory whose value that was, what
/// was there before the directory was entered.
///
/// # Errors
/// None that values which stand in an environment can cause.
pub(super) fn take_out(ctx: &Context, changes: &mut EnvChanges, name: &'static str) -> Result<()> {
    let is_there = |print: &str| snapshots::value(ctx, name).is_some_and(|value| fingerprint(name, &value) == print);
    match recorded(ctx, name) {
        Some((print, before)) if !is_there(print) => {
            changes.forget(name);
            if before.is_empty() { changes.unset(name) } else { changes.set(name, before)? }
        }
        _ => changes.unset(name),
    }
    Ok(())
}

/// Leaves what others have set. What a person has set stays, and what was there before it is of no interest any more. What a
/// directory tool has set goes when the directory is left, and then what was there before is put back.
pub(super) fn keep_foreign(ctx: &Context, changes: &mut EnvChanges, name: &'static str) {
    if snapshots::value(ctx, name).is_none() || recorded(ctx, name).is_some() {
        changes.forget(name);
    }
}

fn recorded<'a>(ctx: &'a Context, name: &str) -> Option<(&'a str, &'a str)> {
    let entries = ctx.var(VARIABLE)?.split('|').filter_map(|entry| entry.split_once(':'));
    entries.filter(|(known, _)| *known == name).find_map(|(_, rest)| rest.split_once(':'))
}
