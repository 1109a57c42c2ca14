//! The environment changes that verbs such as `use`, `tick`, `exec` and `clear` make for a profile.

use super::profile_variables::{KEYS, LEFTOVERS, account_id, ad_hoc, credentials, recorded, shared};
use super::regions::{self, REGIONS};
use super::set_variable::{set_or_remove, set_or_unset};
use super::{directory_values, endpoint_changes, file_marks, replaced};
use crate::cache::Entry;
use crate::context::Context;
use crate::environment::{EnvChanges, FOREIGN_LEFTOVERS};
use crate::error::Result;
use crate::identity::{self, ACCOUNT_ID, ENDPOINT, FILES, Identity, PROFILES, UNTIL, WEB_IDENTITY};
use crate::profile::Profile;
use crate::snapshots::Snapshots;
use crate::time::Timestamp;

/// The variables that say where programs in a container get credentials: a URL, or a path on the server of ECS.
const CONTAINER: [&str; 2] = [ENDPOINT[0], ENDPOINT[1]];
/// Those variables of ssox that `clear` unsets, apart from those of a local server for credentials. Others, such as
/// `SSOX_STORE`, are settings of the person.
const OWN: [&str; 18] = [
    "SSOX_PROFILE",
    "SSOX_ROLE",
    "SSOX_ROLE_ARN",
    "SSOX_DURATION",
    "SSOX_SSO_SESSION",
    "SSOX_EXPIRES",
    "SSOX_NEXT",
    "SSOX_PROMPT",
    "SSOX_PREVIOUS",
    "SSOX_PREVIOUS_ROLE_ARN",
    "SSOX_PREVIOUS_SSO_SESSION",
    "SSOX_PROTECTED",
    UNTIL,
    "SSOX_STATE",
    directory_values::VARIABLE,
    regions::VARIABLE,
    file_marks::VARIABLE,
    identity::VARIABLE,
];
/// Returns the environment changes of `use` and `exec`: the credentials, and the variables that describe them. `region`
/// takes precedence over the profile's region.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
pub(super) fn with_credentials(
    ctx: &Context,
    profile: &Profile,
    entry: &Entry,
    region: Option<&str>,
) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::replace(&mut changes, ctx)?;
    let until = time_limit(ctx, profile);
    credentials(&mut changes, ctx, entry, until)?;
    set_or_remove(&mut changes, ctx, UNTIL, until.map(|until| until.0.to_string()).as_deref())?;
    set_or_remove(&mut changes, ctx, file_marks::VARIABLE, None)?;
    account_id(&mut changes, profile, entry)?;
    let role_name = profile.source.role_name().or(entry.credentials.role_name.as_deref());
    shared(&mut changes, ctx, profile, region, role_name)?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    ad_hoc(&mut changes, ctx, profile)?;
    LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the environment changes of `use --profile-only`: they set `AWS_PROFILE` and the variables that describe the
/// profile, and unset all credentials.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
pub(super) fn profile_only(ctx: &Context, profile: &Profile, region: Option<&str>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::replace(&mut changes, ctx)?;
    changes.set("AWS_PROFILE", &profile.name)?;
    shared(&mut changes, ctx, profile, region, profile.source.role_name())?;
    let until = time_limit(ctx, profile).map(|until| until.0.to_string());
    set_or_remove(&mut changes, ctx, UNTIL, until.as_deref())?;
    set_or_remove(&mut changes, ctx, file_marks::VARIABLE, file_marks::current(ctx).as_deref())?;
    set_or_unset(&mut changes, "SSOX_NEXT", until.as_deref())?;
    let removed = KEYS.iter().chain(&[ACCOUNT_ID, "SSOX_ROLE", "SSOX_ROLE_ARN", "SSOX_DURATION", "SSOX_EXPIRES"]);
    let leftovers = LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).filter(|name| **name != "AWS_PROFILE");
    removed.chain(&WEB_IDENTITY).chain(leftovers).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the environment changes for a profile whose credentials are not available yet: they describe the profile,
/// and unset all credentials. `AWS_PROFILE` and `AWS_DEFAULT_PROFILE` name the profile, because AWS tools would
/// otherwise use the profile `default`. `state` is for the prompt segment, and `next` is when the hook calls ssox again.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
pub(super) fn without_credentials(
    ctx: &Context,
    profile: &Profile,
    region: Option<&str>,
    (state, next): (&str, Timestamp),
) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::replace(&mut changes, ctx)?;
    let role_name = profile.source.role_name();
    shared(&mut changes, ctx, profile, region, role_name)?;
    PROFILES.iter().try_for_each(|name| changes.set(name, &profile.name))?;
    changes.set("SSOX_STATE", state)?;
    changes.set("SSOX_NEXT", next.0.to_string())?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    set_or_remove(&mut changes, ctx, "SSOX_ROLE_ARN", None)?;
    set_or_remove(&mut changes, ctx, "SSOX_DURATION", None)?;
    set_or_remove(&mut changes, ctx, UNTIL, None)?;
    set_or_remove(&mut changes, ctx, file_marks::VARIABLE, None)?;
    let removed = KEYS.iter().chain(&[ACCOUNT_ID, "SSOX_EXPIRES"]);
    // If tools find no credentials in the profile, they use those of a container, so the variables of a container are
    // unset, too.
    let removed = removed.chain(&WEB_IDENTITY).chain(&CONTAINER).chain(&LEFTOVERS).chain(&FOREIGN_LEFTOVERS);
    removed.filter(|name| !PROFILES.contains(name)).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the environment changes of `tick`: the credentials and when they expire. A shell that was still waiting for
/// the credentials of its profile also gets the account ID, and no longer has the variables that named the profile.
///
/// # Errors
/// Those of [`renewed`].
pub(super) fn fetched(ctx: &Context, profile: &Profile, entry: &Entry) -> Result<EnvChanges> {
    if !identity::is_awaited(ctx) {
        return renewed(ctx, entry);
    }
    let mut changes = put_back(ctx, profile, entry)?;
    PROFILES.iter().for_each(|name| changes.unset(name));
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(changes)
}

/// Returns the renewed credentials, and when they expire.
///
/// # Errors
/// In practice there is no error: the values of a cache entry and of the clock contain no control characters.
fn renewed(ctx: &Context, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    credentials(&mut changes, ctx, entry, removed_at(ctx))?;
    set_or_remove(&mut changes, ctx, "SSOX_STATE", None)?;
    // A `credential_process` program may return credentials of another account than before.
    if let Some(account_id) = entry.credentials.account_id.as_deref()
        && Identity::recorded(ctx).is_some_and(|held| !held.matches(ACCOUNT_ID, account_id))
    {
        changes.set(ACCOUNT_ID, account_id)?;
    }
    Identity::after(ctx, &changes).record(&mut changes)?;
    replaced::record(ctx, &Snapshots::of(ctx), &mut changes)?;
    Ok(changes)
}

/// Returns the environment changes for a shell that gets no new credentials now: the state of the renewal, and when the
/// hook calls ssox again. The hook calls it at `next`, or when the time limit of a protected profile ends if that is
/// earlier. If there is no state or no such time, the variable is unset.
///
/// # Errors
/// In practice there is no error: the values contain no control characters.
pub(super) fn later(ctx: &Context, state: Option<&str>, next: Option<Timestamp>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    let next = [next, removed_at(ctx)].into_iter().flatten().min();
    set_or_unset(&mut changes, "SSOX_STATE", state)?;
    set_or_unset(&mut changes, "SSOX_NEXT", next.map(|next| next.0.to_string()).as_deref())?;
    Ok(changes)
}

/// Returns when the hook in the shell prompt removes the profile in use, whose use a person had to confirm, from the
/// shell; `None` if there is no time limit. Renewals do not change this time. If somebody has edited
/// `SSOX_PROTECTED_UNTIL`, returns the current time.
pub(super) fn removed_at(ctx: &Context) -> Option<Timestamp> {
    if Identity::recorded(ctx).is_some_and(|held| !held.is_unchanged(ctx, UNTIL)) {
        return Some(ctx.now());
    }
    ctx.var(UNTIL)?.parse().ok().map(Timestamp)
}

/// Returns the environment changes that set the profile's credentials and account ID again, after another program has
/// replaced or unset them.
///
/// # Errors
/// Those of [`renewed`].
pub(super) fn put_back(ctx: &Context, profile: &Profile, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = renewed(ctx, entry)?;
    account_id(&mut changes, profile, entry)?;
    Ok(changes)
}

/// Returns the environment changes of `clear`: they remove what ssox set, and keep values that another program has set
/// since. The shell function then restores the values from before the first `use`.
///
/// # Errors
/// `Configuration`: a value contains a control character.
pub(super) fn cleared(ctx: &Context) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::leave(&mut changes, ctx)?;
    let held = Identity::of_shell(ctx);
    for name in KEYS.iter().chain(&REGIONS).chain(&[ACCOUNT_ID]).chain(&WEB_IDENTITY).chain(&LEFTOVERS[..3]) {
        let has_returned = replaced::has_returned(ctx, name);
        if !held.has_changed(name) && !has_returned {
            continue;
        }
        if held.is_as_left(ctx, name) || has_returned {
            directory_values::remove(ctx, &mut changes, name)?;
        } else {
            directory_values::keep_foreign(ctx, &mut changes, name);
            // The shell may still have a variable with this name that is not exported, so the variable is unset.
            if ctx.var_os(name).is_none() {
                changes.unset(name);
            }
        }
    }
    for name in FILES.into_iter().filter(|name| replaced::has_returned(ctx, name)) {
        directory_values::remove(ctx, &mut changes, name)?;
    }
    let leftovers = LEFTOVERS[3..].iter().chain(&FOREIGN_LEFTOVERS).filter(|name| ctx.var_os(name).is_none());
    // If no profile is in use in this shell, a person has set SSOX_PROFILE to choose a profile, so this variable stays.
    let own = OWN.iter().filter(|name| **name != "SSOX_PROFILE" || identity::is_in_use(ctx));
    for name in leftovers.chain(own).chain(&["AWS_SSO_PROFILE"]) {
        directory_values::remove(ctx, &mut changes, name)?;
    }
    // Before the first `use`, these variables had no value, so the shell must not restore values of them that it has
    // saved since then. Only SSOX_PROFILE may have had a value.
    let edited = OWN.iter().filter(|name| **name != "SSOX_PROFILE").chain(&[replaced::VARIABLE]);
    edited.for_each(|name| changes.forget(name));
    regions::forget(&mut changes, ctx)?;
    // If the person evaluated the lines that `ssox serve` prints, the shell function does not know that ssox set these
    // variables. Without this code, the function would restore the values of `ssox serve` as if they were the person's
    // own.
    if endpoint_changes::is_served(ctx) {
        let unset: Vec<&str> = changes.iter().filter_map(|(name, value)| value.is_none().then_some(name)).collect();
        unset.into_iter().for_each(|name| changes.forget(name));
    }
    directory_values::forget_returned(ctx, &mut changes);
    replaced::record(ctx, &Snapshots::of(ctx), &mut changes)?;
    Ok(changes)
}

/// Returns when the time limit of a profile ends if its use starts now; `None` if the profile has no time limit. Only
/// protected profiles can have a time limit.
pub(super) fn time_limit(ctx: &Context, profile: &Profile) -> Option<Timestamp> {
    profile.time_limit.map(|limit| ctx.now().plus(i64::try_from(limit.as_secs()).unwrap_or(i64::MAX)))
}
