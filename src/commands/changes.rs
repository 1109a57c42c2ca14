//! The environment changes for a profile, in one place for `use`, `tick`, `exec` and `clear`.

use super::renewal::Outcome;
use super::{directory_values, endpoint_changes, replaced};
use crate::account_names::AccountNames;
use crate::cache::Entry;
use crate::context::Context;
use crate::environment::{EnvChanges, FOREIGN_LEFTOVERS};
use crate::error::Result;
use crate::identity::{self, ACCOUNT_ID, EXPIRATION, ID, Identity, SECRET, TOKEN, UNTIL, WEB_IDENTITY};
use crate::profile::Profile;
use crate::prompt;
use crate::secret::Secret;
use crate::session::Session;
use crate::time::Timestamp;

/// Variables that make SDKs or prompts show another identity than the keys of ssox: every `use` unsets them.
pub(super) const LEFTOVERS: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_EXPIRATION", "AWS_VAULT"];
pub(super) const KEYS: [&str; 4] = [ID, SECRET, TOKEN, EXPIRATION];
pub(super) const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const OWN: [&str; 15] = [
    "SSOX_PROFILE",
    "SSOX_ROLE",
    "SSOX_ROLE_ARN",
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
    identity::VARIABLE,
];
/// The fewest seconds between a reply and the next call of the hook, when renewal is due already.
const SHORTEST_PAUSE: i64 = 5;

/// Returns the changes of `use`: the credentials, and the variables that describe them.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn with_credentials(
    ctx: &Context,
    profile: &Profile,
    entry: &Entry,
    region: Option<&str>,
) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::leave(&mut changes, ctx)?;
    let until = time_limit(ctx, profile);
    credentials(&mut changes, ctx, entry, until)?;
    set_or_remove(&mut changes, ctx, UNTIL, until.map(|until| until.0.to_string()).as_deref())?;
    account_id(&mut changes, profile, entry)?;
    let role_name = profile.source.role_name().or(entry.credentials.role_name.as_deref());
    shared(&mut changes, ctx, profile, region, role_name)?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    set_or_remove(&mut changes, ctx, "SSOX_ROLE_ARN", profile.ad_hoc_role_arn.as_deref())?;
    LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the changes of `use --profile-only`: sets the profile's name and removes all keys.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn profile_only(ctx: &Context, profile: &Profile, region: Option<&str>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::leave(&mut changes, ctx)?;
    changes.set("AWS_PROFILE", &profile.name)?;
    shared(&mut changes, ctx, profile, region, profile.source.role_name())?;
    let until = time_limit(ctx, profile).map(|until| until.0.to_string());
    set_or_remove(&mut changes, ctx, UNTIL, until.as_deref())?;
    set_or_unset(&mut changes, "SSOX_NEXT", until.as_deref())?;
    let removed = KEYS.iter().chain(&[ACCOUNT_ID, "SSOX_ROLE", "SSOX_ROLE_ARN", "SSOX_EXPIRES"]);
    let leftovers = LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).filter(|name| **name != "AWS_PROFILE");
    removed.chain(&WEB_IDENTITY).chain(leftovers).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the changes for a profile whose credentials are not there yet: all but the keys.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn without_credentials(
    ctx: &Context,
    profile: &Profile,
    region: Option<&str>,
    (state, next): (Outcome, Timestamp),
) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    let role_name = profile.source.role_name();
    shared(&mut changes, ctx, profile, region, role_name)?;
    changes.set("SSOX_STATE", state.name())?;
    changes.set("SSOX_NEXT", next.0.to_string())?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    set_or_remove(&mut changes, ctx, "SSOX_ROLE_ARN", None)?;
    set_or_remove(&mut changes, ctx, UNTIL, None)?;
    let removed = KEYS.iter().chain(&[ACCOUNT_ID, "SSOX_EXPIRES"]);
    removed.chain(&LEFTOVERS).chain(&FOREIGN_LEFTOVERS).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Returns the changes of `tick` for a profile whose first credentials have arrived.
///
/// # Errors
/// As [`renewed`].
pub(super) fn arrived(ctx: &Context, profile: &Profile, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = put_back(ctx, profile, entry)?;
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(changes)
}

/// Returns the changes of `tick`: the renewed credentials and when they expire.
///
/// # Errors
/// None that a cache entry or the clock can cause: their values have no control characters.
pub(super) fn renewed(ctx: &Context, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    credentials(&mut changes, ctx, entry, removed_at(ctx))?;
    set_or_remove(&mut changes, ctx, "SSOX_STATE", None)?;
    Identity::after(ctx, &changes).record(&mut changes)?;
    replaced::record(ctx, &mut changes)?;
    Ok(changes)
}

/// Returns the changes while there are no new credentials: the state of the renewal, and when the hook calls again.
///
/// # Errors
/// None: the values have no control characters.
pub(super) fn later(ctx: &Context, state: Option<&str>, next: Option<Timestamp>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    let next = [next, removed_at(ctx)].into_iter().flatten().min();
    set_or_unset(&mut changes, "SSOX_STATE", state)?;
    set_or_unset(&mut changes, "SSOX_NEXT", next.map(|next| next.0.to_string()).as_deref())?;
    Ok(changes)
}

/// Returns the moment at which the hook removes the protected profile in use. Renewal does not move it, and after an edit by
/// hand it is now.
pub(super) fn removed_at(ctx: &Context) -> Option<Timestamp> {
    if Identity::recorded(ctx).is_some_and(|held| !held.is_unchanged(ctx, UNTIL)) {
        return Some(ctx.now());
    }
    ctx.var(UNTIL)?.parse().ok().map(Timestamp)
}

/// Returns the changes that replace foreign credentials with those of the profile.
///
/// # Errors
/// As [`renewed`].
pub(super) fn put_back(ctx: &Context, profile: &Profile, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = renewed(ctx, entry)?;
    account_id(&mut changes, profile, entry)?;
    Ok(changes)
}

/// Returns the changes of `clear`: removes what ssox set, and keeps what others have set since. The shell function then
/// restores the values from before the first `use`.
///
/// # Errors
/// None that values which stand in an environment can cause.
pub(super) fn cleared(ctx: &Context) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    endpoint_changes::leave(&mut changes, ctx)?;
    let held = Identity::of_shell(ctx);
    for name in KEYS.iter().chain(&REGIONS).chain(&[ACCOUNT_ID]).chain(&WEB_IDENTITY).chain(&LEFTOVERS[..3]) {
        if !held.has_changed(name) {
            continue;
        }
        if held.is_unchanged(ctx, name) || replaced::has_returned(ctx, name) {
            directory_values::remove(ctx, &mut changes, name)?;
        } else {
            directory_values::keep_foreign(ctx, &mut changes, name);
            // The shell may still hold the value, without exporting it.
            if ctx.var_os(name).is_none() {
                changes.unset(name);
            }
        }
    }
    for name in LEFTOVERS[3..].iter().chain(&FOREIGN_LEFTOVERS).filter(|name| ctx.var_os(name).is_none()) {
        changes.unset(name);
    }
    // In a shell where nothing is in use, SSOX_PROFILE is a setting.
    let own = OWN.iter().filter(|name| **name != "SSOX_PROFILE" || identity::is_in_use(ctx));
    own.chain(&["AWS_SSO_PROFILE"]).for_each(|name| changes.unset(name));
    // A value that was edited while a profile was in use is not one from before. SSOX_PROFILE may have been a setting.
    let edited = OWN.iter().filter(|name| **name != "SSOX_PROFILE").chain(&[replaced::VARIABLE]);
    edited.for_each(|name| changes.forget(name));
    replaced::record(ctx, &mut changes)?;
    Ok(changes)
}

/// Returns until when a protected profile may be used that is put into a shell, or served, now.
pub(super) fn time_limit(ctx: &Context, profile: &Profile) -> Option<Timestamp> {
    profile.time_limit.map(|limit| ctx.now().plus(i64::try_from(limit.as_secs()).unwrap_or(i64::MAX)))
}

/// Adds the record of the identity.
///
/// # Errors
/// None: a record has no control characters.
pub(super) fn recorded(ctx: &Context, mut changes: EnvChanges) -> Result<EnvChanges> {
    Identity::after(ctx, &changes).record(&mut changes)?;
    directory_values::record(ctx, &mut changes)?;
    replaced::record(ctx, &mut changes)?;
    Ok(changes)
}

/// Sets the account id, or unsets it.
///
/// # Errors
/// As [`EnvChanges::set`].
pub(super) fn account_id(changes: &mut EnvChanges, profile: &Profile, entry: &Entry) -> Result<()> {
    let account_id = entry.credentials.account_id.as_deref().or_else(|| profile.source.account_id());
    set_or_unset(changes, ACCOUNT_ID, account_id)
}

fn credentials(changes: &mut EnvChanges, ctx: &Context, entry: &Entry, until: Option<Timestamp>) -> Result<()> {
    let keys = &entry.credentials;
    changes.set(ID, &keys.access_key_id)?;
    changes.set(SECRET, keys.secret_access_key.expose())?;
    set_or_unset(changes, TOKEN, keys.session_token.as_ref().map(Secret::expose))?;
    set_or_unset(changes, EXPIRATION, keys.expiration.map(|end| end.to_string()).as_deref())?;
    set_or_unset(changes, "SSOX_EXPIRES", keys.expiration.map(|end| end.0.to_string()).as_deref())?;
    let next = [next_tick(ctx, entry), until].into_iter().flatten().min();
    set_or_unset(changes, "SSOX_NEXT", next.map(|next| next.0.to_string()).as_deref())
}

/// Sets what describes the profile: its name, region and label.
///
/// # Errors
/// As [`EnvChanges::set`].
pub(super) fn shared(
    changes: &mut EnvChanges,
    ctx: &Context,
    profile: &Profile,
    region: Option<&str>,
    role_name: Option<&str>,
) -> Result<()> {
    if let Some(region) = region.or(profile.region.as_deref()) {
        REGIONS.iter().try_for_each(|name| changes.set(name, region))?;
    }
    changes.set("AWS_SSO_PROFILE", &profile.name)?;
    changes.set("SSOX_PROFILE", &profile.name)?;
    changes.set("SSOX_PROMPT", prompt::label(&shown_name(ctx, profile), role_name))?;
    let session = profile.source.session().filter(|_| profile.is_assignment);
    set_or_remove(changes, ctx, "SSOX_SSO_SESSION", session.map(Session::label))?;
    set_or_remove(changes, ctx, "SSOX_PROTECTED", profile.protection.is_highlighted().then_some("1"))?;
    set_or_remove(changes, ctx, "SSOX_STATE", None)?;
    previous(changes, ctx, profile)
}

/// Returns the name that the prompt shows: of an assignment, that of its account.
fn shown_name(ctx: &Context, profile: &Profile) -> String {
    match profile.name.split_once('/').filter(|_| profile.is_assignment) {
        Some((account_id, _)) => AccountNames::load(ctx).get(account_id).unwrap_or(account_id).to_string(),
        None => profile.name.clone(),
    }
}

/// Remembers the profile in use, and its role, for `use -`. The same profile is not its own predecessor, and a value with
/// control characters was not set by ssox.
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

/// Sets a variable, or unsets it.
///
/// # Errors
/// As [`EnvChanges::set`].
pub(super) fn set_or_unset(changes: &mut EnvChanges, name: &'static str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => changes.set(name, value),
        None => {
            changes.unset(name);
            Ok(())
        }
    }
}

/// Sets a variable of ssox's own, or unsets it if the shell has it: each line of a reply costs the shell time.
///
/// # Errors
/// As [`EnvChanges::set`].
pub(super) fn set_or_remove(
    changes: &mut EnvChanges,
    ctx: &Context,
    name: &'static str,
    value: Option<&str>,
) -> Result<()> {
    if value.is_none() && ctx.var_os(name).is_none() {
        return Ok(());
    }
    set_or_unset(changes, name, value)
}

/// Returns when the hook calls next: at a random time before the renewal is due, so that twenty panes do not call at once.
fn next_tick(ctx: &Context, entry: &Entry) -> Option<Timestamp> {
    let (from, until) = (entry.renewable_from()?, entry.usable_until(None)?);
    let now = ctx.now();
    let spread = until.seconds_after(from).max(0);
    let jitter = getrandom::u32().map_or(0, |random| i64::from(random) % (spread + 1));
    Some(until.plus(-jitter).max(now.plus(if until <= now { SHORTEST_PAUSE } else { 0 })))
}
