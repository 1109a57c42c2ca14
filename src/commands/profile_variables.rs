//! Sets the variables that contain the credentials and describe the profile, in the same way for all verbs.

use super::label::label;
use super::regions::REGIONS;
use super::set_variable::{set_or_remove, set_or_unset};
use super::{directory_values, regions, replaced};
use crate::account_names::AccountNames;
use crate::cache::Entry;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{ACCOUNT_ID, EXPIRATION, ID, Identity, SECRET, TOKEN};
use crate::profile::Profile;
use crate::secret::Secret;
use crate::session::Session;
use crate::snapshots::Snapshots;
use crate::time::Timestamp;

/// Variables that make SDKs use, or make prompts show, another identity than the one that ssox sets. `ssox use` unsets
/// all of them; `ssox use --profile-only` unsets all but AWS_PROFILE, which it sets.
pub(super) const LEFTOVERS: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_EXPIRATION", "AWS_VAULT"];
pub(super) const KEYS: [&str; 4] = [ID, SECRET, TOKEN, EXPIRATION];
/// If the credentials in the shell should already be renewed, the prompt hook calls `ssox tick` again after this many
/// seconds.
const SHORTEST_PAUSE: i64 = 5;

/// Adds to the environment changes the record of what ssox sets (`SSOX_IDENTITY`), and which values of direnv or mise
/// it replaces. If the changes set no region, a later change of the region in the shell does not count as a change of
/// the shell's identity.
///
/// # Errors
/// In practice there is no error: a record contains no control characters.
pub(super) fn recorded(ctx: &Context, mut changes: EnvChanges) -> Result<EnvChanges> {
    let left: Vec<&str> = REGIONS.into_iter().filter(|name| changes.get(name).is_none()).collect();
    let put_back: Vec<&str> = REGIONS.into_iter().filter(|name| changes.forgotten().contains(name)).collect();
    Identity::after(ctx, &changes).released(&left).untouched(&put_back).record(&mut changes)?;
    let snapshots = Snapshots::of(ctx);
    directory_values::record(ctx, &snapshots, &mut changes)?;
    directory_values::forget_returned(ctx, &mut changes);
    replaced::record(ctx, &snapshots, &mut changes)?;
    Ok(changes)
}

/// Sets AWS_ACCOUNT_ID, or unsets it if the account is unknown.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn account_id(changes: &mut EnvChanges, profile: &Profile, entry: &Entry) -> Result<()> {
    let account_id = entry.credentials.account_id.as_deref().or_else(|| profile.source.account_id());
    set_or_unset(changes, ACCOUNT_ID, account_id)
}

/// Sets the variables with the credentials and their expiration. Also sets `SSOX_NEXT`: the time at which the prompt
/// hook calls `ssox tick`, which renews the credentials. `until` is the time at which a protected profile must be
/// removed from the shell (`None`: no time limit); `SSOX_NEXT` is never later. Unsets the variables without a value.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn credentials(
    changes: &mut EnvChanges,
    ctx: &Context,
    entry: &Entry,
    until: Option<Timestamp>,
) -> Result<()> {
    let keys = &entry.credentials;
    changes.set(ID, &keys.access_key_id)?;
    changes.set(SECRET, keys.secret_access_key.expose())?;
    set_or_unset(changes, TOKEN, keys.session_token.as_ref().map(Secret::expose))?;
    set_or_unset(changes, EXPIRATION, keys.expiration.map(|end| end.to_string()).as_deref())?;
    set_or_unset(changes, "SSOX_EXPIRES", keys.expiration.map(|end| end.0.to_string()).as_deref())?;
    let next = [next_tick(ctx, entry), until].into_iter().flatten().min();
    set_or_unset(changes, "SSOX_NEXT", next.map(|next| next.0.to_string()).as_deref())
}

/// Sets the variables that describe the profile: its name, the prompt label, whether the prompt highlights it as
/// protected, and the region: `region`, or else the region of the profile. Also sets the variables of the previous
/// profile, for `use -`.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn shared(
    changes: &mut EnvChanges,
    ctx: &Context,
    profile: &Profile,
    region: Option<&str>,
    role_name: Option<&str>,
) -> Result<()> {
    regions::set(changes, ctx, region.or(profile.region.as_deref()))?;
    changes.set("AWS_SSO_PROFILE", &profile.name)?;
    changes.set("SSOX_PROFILE", &profile.name)?;
    changes.set("SSOX_PROMPT", label(&shown_name(ctx, profile), role_name))?;
    let session = profile.source.session().filter(|_| profile.is_assignment);
    set_or_remove(changes, ctx, "SSOX_SSO_SESSION", session.map(Session::label))?;
    set_or_remove(changes, ctx, "SSOX_PROTECTED", profile.protection.is_highlighted().then_some("1"))?;
    set_or_remove(changes, ctx, "SSOX_STATE", None)?;
    previous(changes, ctx, profile)
}

/// Returns the name that the prompt shows: the name of the profile; for an assignment without a profile, the name of
/// the account, or the account ID if ssox does not know the name.
fn shown_name(ctx: &Context, profile: &Profile) -> String {
    match profile.name.split_once('/').filter(|_| profile.is_assignment) {
        Some((account_id, _)) => AccountNames::load(ctx).get(account_id).unwrap_or(account_id).to_string(),
        None => profile.name.clone(),
    }
}

/// For `use -`, sets `SSOX_PREVIOUS` to the profile that was in use, and two more variables to the role of its
/// `--role-arn` and to the session of its assignment. Changes nothing if no profile was in use, or if the new profile,
/// role and session are the same. Ignores values with control characters: ssox did not set them.
fn previous(changes: &mut EnvChanges, ctx: &Context, profile: &Profile) -> Result<()> {
    let held = |name: &str| ctx.var(name).filter(|value| !value.contains(char::is_control));
    let (role_arn, session) = (held("SSOX_ROLE_ARN"), held("SSOX_SSO_SESSION"));
    let of_profile = profile.source.session().filter(|_| profile.is_assignment).map(Session::label);
    let is_same =
        |held: &str| held == profile.name && role_arn == profile.ad_hoc_role_arn.as_deref() && session == of_profile;
    let Some(held) = held("SSOX_PROFILE").filter(|held| !is_same(held)) else { return Ok(()) };
    changes.set("SSOX_PREVIOUS", held)?;
    set_or_remove(changes, ctx, "SSOX_PREVIOUS_ROLE_ARN", role_arn)?;
    set_or_remove(changes, ctx, "SSOX_PREVIOUS_SSO_SESSION", session)
}

/// Sets the variables with the values of `--role-arn` and `--duration`, so that a renewal assumes the same role. Unsets
/// a variable whose option is not given.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn ad_hoc(changes: &mut EnvChanges, ctx: &Context, profile: &Profile) -> Result<()> {
    set_or_remove(changes, ctx, "SSOX_ROLE_ARN", profile.ad_hoc_role_arn.as_deref())?;
    let duration = profile.ad_hoc_duration.map(|seconds| seconds.to_string());
    set_or_remove(changes, ctx, "SSOX_DURATION", duration.as_deref())
}

/// Returns when the prompt hook calls `ssox tick` next: at a random time in the minute before the credentials should be
/// renewed, so that twenty terminals do not call at once; in five seconds if they should be renewed already. `None`:
/// the credentials do not expire.
fn next_tick(ctx: &Context, entry: &Entry) -> Option<Timestamp> {
    let (from, until) = (entry.renewable_from()?, entry.usable_until(None)?);
    let now = ctx.now();
    let spread = until.seconds_after(from).max(0);
    let jitter = getrandom::u32().map_or(0, |random| i64::from(random) % (spread + 1));
    Some(until.plus(-jitter).max(now.plus(if until <= now { SHORTEST_PAUSE } else { 0 })))
}
