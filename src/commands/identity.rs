//! `ssox identity`: called by the hook when a value that ssox compares has changed. It checks whether the shell still has
//! the identity that ssox set, and repairs what direnv and mise restore only in part.

use super::changes::{self, REGIONS};
use super::renewal;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{ACCOUNT_ID, COMPARED, EXPIRATION, ID, Identity, SECRET, TOKEN, is_in_use};
use crate::profile::Profile;
use crate::shell::reply::reply;
use crate::snapshots;
use clap::Args;

/// The variable by which a shell hands over the names whose values from before it has not restored yet.
const KEPT: &str = "SSOX_KEPT";
/// The value of `SSOX_STATE` in a shell with an identity that ssox did not set.
pub(super) const FOREIGN: &str = "foreign";
/// The end of the prompt's label in such a shell.
const FOREIGN_MARK: char = '?';

#[derive(Args, Debug)]
pub(crate) struct CheckIdentity {}

impl VerbArgs for CheckIdentity {
    const IS_INTERACTIVE: bool = false;

    /// Returns the reply to the hook.
    ///
    /// # Errors
    /// Usage without the shell function.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "identity")?;
        Ok(reply(emit, &check(ctx)?).into())
    }
}

/// Returns the changes after which this shell shows its real identity.
///
/// # Errors
/// As [`changes::renewed`].
pub(super) fn check(ctx: &Context) -> Result<EnvChanges> {
    let gone = Identity::earlier(ctx);
    if !is_in_use(ctx) {
        return Ok(nothing_in_use(ctx, &gone));
    }
    let held = Identity::of_shell(ctx);
    if is_complete(ctx, &held) {
        return ours(ctx, &held, EnvChanges::default());
    }
    match restored(ctx, &held, &gone)? {
        Some(changes) => ours(ctx, &held, changes),
        None => foreign(ctx, &held),
    }
}

fn is_complete(ctx: &Context, held: &Identity) -> bool {
    held.changed_by_others(ctx).is_empty() && ![TOKEN, EXPIRATION].iter().any(|name| held.has_removed(name))
}

/// Returns the changes for the identity that ssox set.
fn ours(ctx: &Context, held: &Identity, mut changes: EnvChanges) -> Result<EnvChanges> {
    if ctx.var("SSOX_STATE") == Some(FOREIGN) {
        changes.unset("SSOX_STATE");
        if let Some(label) = ctx.var("SSOX_PROMPT").and_then(|label| label.strip_suffix(FOREIGN_MARK)) {
            changes.set("SSOX_PROMPT", label)?;
        }
    }
    if let Some(profile) = ctx.var("SSOX_PROFILE").filter(|_| ctx.var("AWS_SSO_PROFILE").is_none()) {
        changes.set("AWS_SSO_PROFILE", profile)?;
    }
    if held.has_removed(ACCOUNT_ID) && changes.get(ACCOUNT_ID).is_none() {
        let profile = renewal::held_profile(ctx).ok();
        if let Some(account_id) = profile.as_ref().and_then(|profile| profile.source.account_id()) {
            changes.set(ACCOUNT_ID, account_id)?;
            Identity::after(ctx, &changes).record(&mut changes)?;
        }
    }
    Ok(changes)
}

/// Returns the changes for a foreign identity. With foreign keys, the variables that describe the keys of ssox are removed:
/// AWS rejects foreign keys with the token of ssox, and botocore refuses them when the expiration of ssox has passed.
fn foreign(ctx: &Context, held: &Identity) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    if ctx.var("SSOX_STATE") != Some(FOREIGN) {
        changes.set("SSOX_STATE", FOREIGN)?;
        changes.set("SSOX_PROMPT", format!("{}{FOREIGN_MARK}", ctx.var("SSOX_PROMPT").unwrap_or_default()))?;
    }
    if held.is_unchanged(ctx, ID) {
        return Ok(changes);
    }
    let ours: Vec<&'static str> =
        [TOKEN, EXPIRATION, ACCOUNT_ID].into_iter().filter(|name| held.has_set(ctx, name)).collect();
    held.without(&ours).record(&mut changes)?;
    ours.iter().for_each(|name| changes.unset(name));
    if ctx.var("AWS_SSO_PROFILE").is_some() && ctx.var("AWS_SSO_PROFILE") == ctx.var("SSOX_PROFILE") {
        changes.unset("AWS_SSO_PROFILE");
    }
    Ok(changes)
}

/// Restores the values of ssox if every difference comes from a tool that restored earlier values of ssox: keys without the
/// token that was removed, or keys that this shell has replaced since. Otherwise it returns `None`: others set the values.
fn restored(ctx: &Context, held: &Identity, gone: &[Identity]) -> Result<Option<EnvChanges>> {
    let Some(id) = ctx.var(ID) else { return Ok(None) };
    let is_current = held.is_unchanged(ctx, ID);
    let before: Vec<&Identity> = gone.iter().filter(|before| before.matches(ID, id)).collect();
    if !is_current && before.is_empty() {
        return Ok(None);
    }
    let is_snapshot = |name: &&str| match ctx.var(name) {
        Some(value) => held.matches(name, value) || before.iter().any(|before| before.matches(name, value)),
        None => held.is_unchanged(ctx, name) || !is_current && !REGIONS.contains(name) && *name != SECRET,
    };
    let foreign = held.changed_by_others(ctx);
    let Ok(profile) = renewal::held_profile(ctx) else { return Ok(None) };
    if !foreign.iter().all(is_snapshot) {
        return Ok(None);
    }
    with_current(ctx, held, &profile)
}

/// Returns the changes that set the cached credentials; `None` if the identity would still be incomplete.
fn with_current(ctx: &Context, held: &Identity, profile: &Profile) -> Result<Option<EnvChanges>> {
    let Some(entry) = profile.source.cached(ctx) else { return Ok(None) };
    let mut changes = changes::put_back(ctx, profile, &entry)?;
    let candidates = [profile.region.as_deref(), ctx.var(REGIONS[0]), ctx.var(REGIONS[1])];
    for name in REGIONS.into_iter().filter(|name| !held.is_unchanged(ctx, name)) {
        match candidates.into_iter().flatten().find(|region| held.matches(name, region)) {
            Some(region) => changes.set(name, region)?,
            None => return Ok(None),
        }
    }
    let is_set = |name: &&str| changes.get(name).is_some() || held.is_unchanged(ctx, name);
    if !COMPARED.iter().all(is_set) {
        return Ok(None);
    }
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(Some(changes))
}

/// Removes what a tool restored after `clear`; the shell function then restores the values from before.
fn nothing_in_use(ctx: &Context, gone: &[Identity]) -> EnvChanges {
    let mut changes = EnvChanges::default();
    let returned = |before: &&Identity| ctx.var(ID).is_some_and(|id| before.matches(ID, id));
    let Some(before) = gone.iter().rev().find(returned).or(gone.last()) else { return changes };
    let has_returned = returned(&before);
    let is_pending = |name: &str| ctx.var(KEPT).is_some_and(|names| names.split(' ').any(|kept| kept == name));
    let is_left = |name: &str| is_pending(name) && snapshots::value(ctx, name).is_none();
    for name in COMPARED.into_iter().chain([ACCOUNT_ID]) {
        let is_returned =
            (has_returned || is_left(name)) && ctx.var(name).is_some_and(|value| before.matches(name, value));
        let is_left_unset = ctx.var_os(name).is_none() && before.is_unchanged(ctx, name) && before.has_changed(name);
        if is_returned || is_left_unset {
            changes.unset(name);
        }
    }
    changes
}
