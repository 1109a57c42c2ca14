//! `ssox identity`: what the hook calls when a value that ssox compares has changed. It tells whether the shell still has the
//! identity that ssox gave it, and mends what direnv and mise leave half done.

use super::changes::{self, REGIONS};
use super::renewal;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{ACCOUNT_ID, COMPARED, EXPIRATION, ID, Identity, SECRET, TOKEN, VARIABLE};
use crate::profile::Profile;
use crate::shell::reply::reply;

/// The value of `SSOX_STATE` in a shell whose identity is somebody else's.
pub(super) const FOREIGN: &str = "foreign";
/// Behind the label of a profile whose credentials are not there.
const MARK: char = '?';

/// Answers the hook.
///
/// # Errors
/// Usage without the shell function.
pub(super) fn run(ctx: &Context, emit: Option<&str>) -> Result<String> {
    let emit = super::emit(ctx, emit, "identity")?;
    Ok(reply(emit, &judge(ctx)?))
}

/// Returns what is to change in this shell, so that it says who it is.
///
/// # Errors
/// As [`changes::renewed`].
pub(super) fn judge(ctx: &Context) -> Result<EnvChanges> {
    let gone = Identity::gone(ctx);
    if ctx.var("SSOX_PROFILE").or(ctx.var(VARIABLE)).is_none() {
        return Ok(nothing_in_use(ctx, &gone));
    }
    let held = Identity::held(ctx);
    if is_whole(ctx, &held) {
        return ours(ctx, &held, EnvChanges::default());
    }
    match put_back(ctx, &held, &gone)? {
        Some(changes) => ours(ctx, &held, changes),
        None => foreign(ctx, &held),
    }
}

fn is_whole(ctx: &Context, held: &Identity) -> bool {
    held.foreign(ctx).is_empty() && ![TOKEN, EXPIRATION].iter().any(|name| held.has_taken_out(name))
}

/// Says that the identity is the one ssox gave.
fn ours(ctx: &Context, held: &Identity, mut changes: EnvChanges) -> Result<EnvChanges> {
    if ctx.var("SSOX_STATE") == Some(FOREIGN) {
        changes.unset("SSOX_STATE");
        if let Some(label) = ctx.var("SSOX_PROMPT").and_then(|label| label.strip_suffix(MARK)) {
            changes.set("SSOX_PROMPT", label)?;
        }
    }
    match ctx.var("SSOX_PROFILE") {
        Some(profile) if ctx.var("AWS_SSO_PROFILE").is_none() => changes.set("AWS_SSO_PROFILE", profile)?,
        _ => {}
    }
    if held.has_taken_out(ACCOUNT_ID) && changes.get(ACCOUNT_ID).is_none() {
        let profile = renewal::held_profile(ctx).ok();
        if let Some(account_id) = profile.as_ref().and_then(|profile| profile.source.account_id()) {
            changes.set(ACCOUNT_ID, account_id)?;
            Identity::after(ctx, &changes).record(&mut changes)?;
        }
    }
    Ok(changes)
}

/// Says that the identity is somebody else's. What describes our keys is taken out when the keys are not ours: foreign keys
/// with our token fail everywhere, and with our expiration botocore refuses them after it.
fn foreign(ctx: &Context, held: &Identity) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    if ctx.var("SSOX_STATE") != Some(FOREIGN) {
        changes.set("SSOX_STATE", FOREIGN)?;
        changes.set("SSOX_PROMPT", format!("{}{MARK}", ctx.var("SSOX_PROMPT").unwrap_or_default()))?;
    }
    if held.is_ours(ctx, ID) {
        return Ok(changes);
    }
    let ours: Vec<&'static str> =
        [TOKEN, EXPIRATION, ACCOUNT_ID].into_iter().filter(|name| held.has_set(ctx, name)).collect();
    held.taken_out(&ours).record(&mut changes)?;
    ours.iter().for_each(|name| changes.unset(name));
    if ctx.var("AWS_SSO_PROFILE").is_some() && ctx.var("AWS_SSO_PROFILE") == ctx.var("SSOX_PROFILE") {
        changes.unset("AWS_SSO_PROFILE");
    }
    Ok(changes)
}

/// Puts our values back where all that is wrong comes from a snapshot of what ssox had set: keys without the token that was
/// taken out, or keys that this shell has replaced since. Anything else is somebody else's, and stays.
fn put_back(ctx: &Context, held: &Identity, gone: &[Identity]) -> Result<Option<EnvChanges>> {
    let Some(id) = ctx.var(ID) else { return Ok(None) };
    let is_current = held.is_ours(ctx, ID);
    let before: Vec<&Identity> = gone.iter().filter(|before| before.is_of(ID, id)).collect();
    if !is_current && before.is_empty() {
        return Ok(None);
    }
    let is_snapshot = |name: &&str| match ctx.var(name) {
        Some(value) => held.is_of(name, value) || before.iter().any(|before| before.is_of(name, value)),
        None => held.is_ours(ctx, name) || !is_current && !REGIONS.contains(name) && *name != SECRET,
    };
    let foreign = held.foreign(ctx);
    let Ok(profile) = renewal::held_profile(ctx) else { return Ok(None) };
    if !foreign.iter().all(is_snapshot) {
        return Ok(None);
    }
    with_current(ctx, held, &profile)
}

/// Returns the changes that put in what the cache holds now; `None` where that does not make it whole.
fn with_current(ctx: &Context, held: &Identity, profile: &Profile) -> Result<Option<EnvChanges>> {
    let Some(entry) = profile.source.cached(ctx) else { return Ok(None) };
    let mut changes = changes::put_back(ctx, profile, &entry)?;
    let candidates = [profile.region.as_deref(), ctx.var(REGIONS[0]), ctx.var(REGIONS[1])];
    for name in REGIONS.into_iter().filter(|name| !held.is_ours(ctx, name)) {
        match candidates.into_iter().flatten().find(|region| held.is_of(name, region)) {
            Some(region) => changes.set(name, region)?,
            None => return Ok(None),
        }
    }
    let is_whole = |name: &&str| changes.get(name).is_some() || held.is_ours(ctx, name);
    if !COMPARED.iter().all(is_whole) {
        return Ok(None);
    }
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(Some(changes))
}

/// Takes out what a snapshot brought back after `clear`; a shell then puts back what was there before.
fn nothing_in_use(ctx: &Context, gone: &[Identity]) -> EnvChanges {
    let mut changes = EnvChanges::default();
    let returned = |before: &&Identity| ctx.var(ID).is_some_and(|id| before.is_of(ID, id));
    let Some(before) = gone.iter().rev().find(returned).or(gone.last()) else { return changes };
    let has_returned = returned(&before);
    for name in COMPARED {
        let is_returned = has_returned && ctx.var(name).is_some_and(|value| before.is_of(name, value));
        let is_left_unset = ctx.var_os(name).is_none() && before.is_ours(ctx, name) && before.has_touched(name);
        if is_returned || is_left_unset {
            changes.unset(name);
        }
    }
    changes
}
