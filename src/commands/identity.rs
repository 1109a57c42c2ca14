//! `ssox identity`: called by the hook when a value that ssox compares has changed, and at the first prompt of a shell
//! that inherited a profile in use. This verb checks whether the shell still has the identity that ssox set. If direnv
//! or mise has restored only a part of that identity, this verb sets the rest again.

use super::changes;
use super::profile_variables::KEYS;
use super::regions::{self, REGIONS};
use super::set_variable::set_or_unset;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use super::{directory_values, endpoint_changes, protected, renewal, replaced, shown};
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{self, ACCOUNT_ID, COMPARED, EXPIRATION, ID, Identity, SECRET, TOKEN, is_in_use};
use crate::profile::Profile;
use crate::shell::reply::reply;
use crate::snapshots::Snapshots;
use clap::Args;

/// The variables with the expiration of the credentials, the time at which the hook in the shell prompt calls ssox
/// next, and the state of the renewal.
const TIMES: [&str; 3] = ["SSOX_EXPIRES", "SSOX_NEXT", "SSOX_STATE"];

#[derive(Args, Debug)]
pub(crate) struct CheckIdentity {}

impl VerbArgs for CheckIdentity {
    const IS_INTERACTIVE: bool = false;

    /// Returns the reply to the shell: the environment changes that the hook applies.
    ///
    /// # Errors
    /// `Usage`: not called by the hook of ssox's shell script.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "identity")?;
        Ok(reply(emit, &check(ctx)?).into())
    }
}

/// Returns the environment changes after which the prompt shows the identity that this shell really has.
///
/// # Errors
/// Those of [`changes::fetched`] and [`endpoint_changes::leave`].
pub(super) fn check(ctx: &Context) -> Result<EnvChanges> {
    let is_in_use = is_in_use(ctx) && !is_only_labelled(ctx) && !is_gone(ctx);
    let mut changes = if is_in_use { in_use(ctx)? } else { nothing_in_use(ctx)? };
    replaced::record(ctx, &Snapshots::of(ctx), &mut changes)?;
    Ok(changes)
}

/// Tells whether somebody set the prompt label by hand: ssox has recorded nothing, and the label describes no profile,
/// because `SSOX_PROFILE` is not set, or the shell has neither an access key nor AWS_PROFILE.
fn is_only_labelled(ctx: &Context) -> bool {
    let is_described =
        ctx.var("SSOX_PROFILE").is_some() && [ID, "AWS_PROFILE"].iter().any(|name| ctx.var(name).is_some());
    Identity::recorded(ctx).is_none() && !is_described
}

/// Tells whether the shell has neither credentials nor any variable that describes a profile in use. The shell function
/// may still pass a record of such a profile: for example, direnv has set all these variables and unset them again.
fn is_gone(ctx: &Context) -> bool {
    let described = [identity::VARIABLE, "SSOX_PROMPT", "SSOX_PROFILE"];
    let mut names = described.into_iter().chain(KEYS).chain(identity::PROFILES).chain(identity::ENDPOINT);
    !names.any(|name| ctx.var_os(name).is_some())
}

fn in_use(ctx: &Context) -> Result<EnvChanges> {
    let held = Identity::of_shell(ctx);
    let is_unchanged = held.differing(ctx).is_empty();
    // If the identity was foreign at the end of the time limit, ssox removed nothing then. It removes the profile now.
    if is_unchanged && protected::time_limit_has_passed(ctx) {
        return protected::removed(ctx);
    }
    let unchanged = is_unchanged.then(EnvChanges::default);
    let mut changes = match unchanged.map_or_else(|| restored(ctx, &held), |changes| Ok(Some(changes)))? {
        Some(changes) if renewal::lost_profile(ctx).is_none() => ours(ctx, &held, changes)?,
        _ => foreign(ctx, &held)?,
    };
    if renewal::names_profile(ctx) {
        shown::follow_files(ctx, &held, &mut changes)?;
    }
    regions::replace_returned(&mut changes, ctx, &held)?;
    replace_returned_account(&mut changes, ctx, &held)?;
    shown::unset_hidden(ctx, &mut changes);
    // A readable record proves that ssox set these values. Without a readable record, no new record is written.
    if changes.get(identity::VARIABLE).is_none() && Identity::recorded(ctx).is_some() && !held.is_recorded(ctx) {
        held.record(&mut changes)?;
    }
    Ok(changes)
}

/// Sets AWS_ACCOUNT_ID to the account of the profile in use if direnv or mise has restored that of an earlier profile.
fn replace_returned_account(changes: &mut EnvChanges, ctx: &Context, held: &Identity) -> Result<()> {
    if changes.get(ACCOUNT_ID).is_some() || !replaced::has_returned(ctx, ACCOUNT_ID) {
        return Ok(());
    }
    let profile = renewal::held_profile(ctx).ok();
    let account_id = profile.as_ref().and_then(|profile| profile.source.account_id());
    set_or_unset(changes, ACCOUNT_ID, account_id.filter(|id| held.matches(ACCOUNT_ID, id)))
}

/// Adds the environment changes for a shell that has the identity that ssox set, perhaps only after `changes`.
fn ours(ctx: &Context, held: &Identity, mut changes: EnvChanges) -> Result<EnvChanges> {
    shown::ours(ctx, held, &mut changes)?;
    named(ctx, &mut changes)?;
    if held.has_removed(ACCOUNT_ID) && changes.get(ACCOUNT_ID).is_none() {
        let profile = renewal::held_profile(ctx).ok();
        if let Some(account_id) = profile.as_ref().and_then(|profile| profile.source.account_id()) {
            changes.set(ACCOUNT_ID, account_id)?;
            Identity::after(ctx, &changes).record(&mut changes)?;
        }
    }
    Ok(changes)
}

/// Sets AWS_SSO_PROFILE to the name of the profile in use, if it has another value. The prompts starship and
/// powerlevel10k show this name.
fn named(ctx: &Context, changes: &mut EnvChanges) -> Result<()> {
    let right = ctx.var("SSOX_PROFILE").filter(|name| ctx.var("AWS_SSO_PROFILE") != Some(name));
    right.map_or(Ok(()), |profile| changes.set("AWS_SSO_PROFILE", profile))
}

/// Returns the environment changes for a shell with an identity that ssox did not set. If the access key is not the one
/// that ssox set, these changes unset the session token, expiration and account ID that ssox set: with this session
/// token, AWS would reject the other access key; after this expiration, botocore would refuse the other access key.
fn foreign(ctx: &Context, held: &Identity) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    shown::foreign(ctx, held, &mut changes)?;
    if held.is_unchanged(ctx, ID) {
        if held.is_unchanged(ctx, "SSOX_PROFILE") {
            named(ctx, &mut changes)?;
        }
        with_token(ctx, held, &mut changes)?;
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

/// If the shell has the access key of ssox again, adds the session token, expiration and account ID that [`foreign`]
/// has unset: AWS would reject the access key without its session token. Does so even if the identity of the shell is
/// still not the one that ssox set, for example because direnv has set AWS_PROFILE.
fn with_token(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<()> {
    if !held.has_removed(TOKEN) || ![ID, SECRET].iter().all(|name| held.has_set(ctx, name)) {
        return Ok(());
    }
    let Ok(profile) = renewal::held_profile(ctx) else { return Ok(()) };
    let Some(entry) = profile.source.cached(ctx) else { return Ok(()) };
    let current = changes::put_back(ctx, &profile, &entry)?;
    let is_ours = |name: &str| current.get(name).flatten().is_some_and(|value| held.matches(name, value));
    if !is_ours(ID) {
        return Ok(());
    }
    let missing = [TOKEN, EXPIRATION, ACCOUNT_ID].into_iter().filter(|name| ctx.var_os(name).is_none());
    let returned: Vec<&str> = missing.filter(|name| held.has_removed(name) && is_ours(name)).collect();
    for name in &returned {
        changes.set(name, current.get(name).flatten().unwrap_or_default())?;
    }
    held.with(&returned).record(changes)
}

/// Returns the environment changes that set the current credentials again, if direnv or mise has restored values that
/// ssox had set before: access keys without their session token, or access keys that ssox has replaced since then.
/// `None`: no such values were restored, a program other than these tools has also changed variables, or the
/// credentials are not cached.
fn restored(ctx: &Context, held: &Identity) -> Result<Option<EnvChanges>> {
    if !held.has_recorded(ID) {
        return without_keys(ctx, held);
    }
    let Some(id) = ctx.var(ID) else { return Ok(None) };
    let is_current = held.is_unchanged(ctx, ID);
    if !is_current && !replaced::is_replaced(ctx, ID, id) {
        return Ok(None);
    }
    let is_snapshot = |name: &&str| match ctx.var(name) {
        Some(value) => held.matches(name, value) || replaced::is_replaced(ctx, name, value),
        None => held.is_unchanged(ctx, name) || !is_current && !REGIONS.contains(name) && *name != SECRET,
    };
    if !held.changed_by_others(ctx).iter().all(is_snapshot) {
        return Ok(None);
    }
    let Ok(profile) = renewal::held_profile(ctx) else { return Ok(None) };
    with_current(ctx, held, &profile)
}

/// Returns the environment changes that set the cached credentials of the profile in use. `None`: no credentials are
/// cached, or some variables would still not have the values that ssox set.
fn with_current(ctx: &Context, held: &Identity, profile: &Profile) -> Result<Option<EnvChanges>> {
    let Some(entry) = profile.source.cached(ctx) else { return Ok(None) };
    let mut changes = changes::put_back(ctx, profile, &entry)?;
    let others = COMPARED.into_iter().filter(|name| !held.is_unchanged(ctx, name));
    let others: Vec<&str> = others.filter(|name| REGIONS.contains(name) || changes.get(name).is_none()).collect();
    if !set_as_recorded(ctx, held, profile, &others, &mut changes)? {
        return Ok(None);
    }
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(Some(changes))
}

/// Does the same as [`restored`] for a shell in which ssox set no access keys, as after `use --profile-only`.
fn without_keys(ctx: &Context, held: &Identity) -> Result<Option<EnvChanges>> {
    let changed = held.changed_by_others(ctx);
    let is_snapshot = |name: &&str| ctx.var(name).is_some_and(|value| replaced::is_replaced(ctx, name, value));
    let Ok(profile) = renewal::held_profile(ctx) else { return Ok(None) };
    let mut changes = EnvChanges::default();
    let is_done = changed.iter().all(is_snapshot) && set_as_recorded(ctx, held, &profile, &changed, &mut changes)?;
    Ok(is_done.then_some(changes))
}

/// Sets these variables to the values that ssox recorded, or unsets them. Returns false if a value is not known: only
/// profile names and regions can be found again.
fn set_as_recorded(
    ctx: &Context,
    held: &Identity,
    profile: &Profile,
    names: &[&'static str],
    changes: &mut EnvChanges,
) -> Result<bool> {
    let candidates = [Some(profile.name.as_str()), profile.region.as_deref(), ctx.var(REGIONS[0]), ctx.var(REGIONS[1])];
    for name in names {
        let value = candidates.into_iter().flatten().find(|value| held.matches(name, value));
        if value.is_none() && !held.has_unset(name) {
            return Ok(false);
        }
        set_or_unset(changes, name, value)?;
    }
    Ok(true)
}

/// Returns the environment changes for a shell in which no profile is in use. They unset (1) values of ssox that direnv
/// or mise has restored after `clear`, (2) variables that describe a profile in use, and (3) the variables of a local
/// server. The variables in (3) may still be set when a shell leaves the directory of a `.ssox` file, because the hook
/// then resets only the variables that this file has changed. If a variable in (1) or (3) had a value before `use`, the
/// shell function restores that value.
///
/// # Errors
/// Those of [`endpoint_changes::leave`].
fn nothing_in_use(ctx: &Context) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    let shown = identity::SHOWN.into_iter().chain(TIMES).chain([identity::VARIABLE]);
    // All are unset: the shell may have some of them without exporting them, so that this process does not see them.
    for name in shown {
        changes.unset(name);
        changes.forget(name);
    }
    let snapshots = Snapshots::of(ctx);
    for name in identity::names() {
        if replaced::has_returned(ctx, name) {
            changes.unset(name);
        } else {
            directory_values::restore_outside(ctx, &snapshots, &mut changes, name);
        }
    }
    regions::forget(&mut changes, ctx)?;
    endpoint_changes::leave(&mut changes, ctx)?;
    Ok(changes)
}
