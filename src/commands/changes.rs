//! What a profile changes in an environment: the one list for `use`, `tick`, `exec` and `clear`.

use super::directory_values;
use crate::cache::Entry;
use crate::context::Context;
use crate::environment::{EnvChanges, FOREIGN_LEFTOVERS};
use crate::error::Result;
use crate::identity::{self, ACCOUNT_ID, EXPIRATION, ID, Identity, SECRET, TOKEN};
use crate::profile::Profile;
use crate::prompt;
use crate::secret::Secret;
use crate::time::Timestamp;

/// What makes SDKs or prompts lie beside our keys: unset with every `use`.
const LEFTOVERS: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_EXPIRATION", "AWS_VAULT"];
const KEYS: [&str; 4] = [ID, SECRET, TOKEN, EXPIRATION];
pub(super) const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const OWN: [&str; 12] = [
    "SSOX_PROFILE",
    "SSOX_ROLE",
    "SSOX_ROLE_ARN",
    "SSOX_EXPIRES",
    "SSOX_NEXT",
    "SSOX_PROMPT",
    "SSOX_PREVIOUS",
    "SSOX_PREVIOUS_ROLE_ARN",
    "SSOX_PROTECTED",
    "SSOX_STATE",
    directory_values::VARIABLE,
    identity::VARIABLE,
];
/// How soon after a reply the hook may call again at the earliest.
const NEXT_TICK_AT_LEAST: i64 = 5;

/// Puts credentials and all that goes with them in: the whole table of `use`.
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
    credentials(&mut changes, ctx, entry)?;
    account_id(&mut changes, profile, entry)?;
    let role_name = profile.source.role_name().or(entry.credentials.role_name.as_deref());
    shared(&mut changes, ctx, profile, region, role_name)?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    set_or_take_out(&mut changes, ctx, "SSOX_ROLE_ARN", profile.ad_hoc_role_arn.as_deref())?;
    LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Names the profile and takes all keys out: `use --profile-only`.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn profile_only(ctx: &Context, profile: &Profile, region: Option<&str>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    changes.set("AWS_PROFILE", &profile.name)?;
    shared(&mut changes, ctx, profile, region, profile.source.role_name())?;
    let gone = KEYS.iter().chain(&[ACCOUNT_ID, "SSOX_ROLE", "SSOX_ROLE_ARN", "SSOX_EXPIRES", "SSOX_NEXT"]);
    let leftovers = LEFTOVERS.iter().chain(&FOREIGN_LEFTOVERS).filter(|name| **name != "AWS_PROFILE");
    gone.chain(leftovers).for_each(|name| changes.unset(name));
    recorded(ctx, changes)
}

/// Puts renewed credentials in, and nothing else: what `tick` says.
///
/// # Errors
/// None that a cache entry or the clock can cause: their values have no control characters.
pub(super) fn renewed(ctx: &Context, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    credentials(&mut changes, ctx, entry)?;
    set_or_take_out(&mut changes, ctx, "SSOX_STATE", None)?;
    Identity::after(ctx, &changes).record(&mut changes)?;
    Ok(changes)
}

/// Says how a renewal goes that has brought nothing yet, and when the hook is to ask again.
///
/// # Errors
/// None: the values have no control characters.
pub(super) fn later(state: Option<&str>, next: Option<Timestamp>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    set_or_unset(&mut changes, "SSOX_STATE", state)?;
    set_or_unset(&mut changes, "SSOX_NEXT", next.map(|next| next.0.to_string()).as_deref())?;
    Ok(changes)
}

/// Puts the profile's credentials back where others stood, with what goes with them.
///
/// # Errors
/// As [`renewed`].
pub(super) fn put_back(ctx: &Context, profile: &Profile, entry: &Entry) -> Result<EnvChanges> {
    let mut changes = renewed(ctx, entry)?;
    account_id(&mut changes, profile, entry)?;
    Ok(changes)
}

/// Takes out what ssox has set, and is still there; what others have put in its place stays. A shell that did the first
/// `use` itself puts back what it remembers of the variables that are named here.
///
/// # Errors
/// None that values which stand in an environment can cause.
pub(super) fn cleared(ctx: &Context) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    let held = Identity::held(ctx);
    for name in KEYS.iter().chain(&REGIONS).chain(&[ACCOUNT_ID]).chain(&LEFTOVERS[..3]) {
        if !held.has_touched(name) {
            continue;
        }
        if held.is_ours(ctx, name) {
            directory_values::take_out(ctx, &mut changes, name)?;
        } else {
            directory_values::keep_foreign(ctx, &mut changes, name);
        }
    }
    for name in LEFTOVERS[3..].iter().chain(&FOREIGN_LEFTOVERS).filter(|name| ctx.var_os(name).is_none()) {
        changes.unset(name);
    }
    OWN.iter().chain(&["AWS_SSO_PROFILE"]).for_each(|name| changes.unset(name));
    Ok(changes)
}

fn recorded(ctx: &Context, mut changes: EnvChanges) -> Result<EnvChanges> {
    Identity::after(ctx, &changes).record(&mut changes)?;
    directory_values::record(ctx, &mut changes)?;
    Ok(changes)
}

fn account_id(changes: &mut EnvChanges, profile: &Profile, entry: &Entry) -> Result<()> {
    let account_id = entry.credentials.account_id.as_deref().or_else(|| profile.source.account_id());
    set_or_unset(changes, ACCOUNT_ID, account_id)
}

fn credentials(changes: &mut EnvChanges, ctx: &Context, entry: &Entry) -> Result<()> {
    let keys = &entry.credentials;
    changes.set(ID, &keys.access_key_id)?;
    changes.set(SECRET, keys.secret_access_key.expose())?;
    set_or_unset(changes, TOKEN, keys.session_token.as_ref().map(Secret::expose))?;
    set_or_unset(changes, EXPIRATION, keys.expiration.map(|end| end.to_string()).as_deref())?;
    set_or_unset(changes, "SSOX_EXPIRES", keys.expiration.map(|end| end.0.to_string()).as_deref())?;
    set_or_unset(changes, "SSOX_NEXT", next_tick(ctx, entry).map(|next| next.0.to_string()).as_deref())
}

fn shared(
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
    changes.set("SSOX_PROMPT", prompt::label(&profile.name, role_name))?;
    set_or_take_out(changes, ctx, "SSOX_PROTECTED", profile.protected.then_some("1"))?;
    set_or_take_out(changes, ctx, "SSOX_STATE", None)?;
    previous(changes, ctx, profile)
}

/// Remembers what was in use, the role on top included. Using the same again does not make it its own predecessor, and
/// what no profile can be called was put there by somebody else.
fn previous(changes: &mut EnvChanges, ctx: &Context, profile: &Profile) -> Result<()> {
    let held = |name: &str| ctx.var(name).filter(|value| !value.contains(char::is_control));
    let role_arn = held("SSOX_ROLE_ARN");
    let is_same = |held: &str| held == profile.name && role_arn == profile.ad_hoc_role_arn.as_deref();
    match held("SSOX_PROFILE").filter(|held| !is_same(held)) {
        Some(held) => {
            changes.set("SSOX_PREVIOUS", held)?;
            set_or_take_out(changes, ctx, "SSOX_PREVIOUS_ROLE_ARN", role_arn)
        }
        None => Ok(()),
    }
}

fn set_or_unset(changes: &mut EnvChanges, name: &'static str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => changes.set(name, value),
        None => {
            changes.unset(name);
            Ok(())
        }
    }
}

/// Does not speak of a variable of ssox's own that is not there: each line of a reply costs a shell its time.
fn set_or_take_out(changes: &mut EnvChanges, ctx: &Context, name: &'static str, value: Option<&str>) -> Result<()> {
    match value.is_some() || ctx.var_os(name).is_some() {
        true => set_or_unset(changes, name, value),
        false => Ok(()),
    }
}

/// Returns when the hook should call: a little earlier in some shells than in others, so that twenty panes do not call at
/// once.
fn next_tick(ctx: &Context, entry: &Entry) -> Option<Timestamp> {
    let (from, until) = (entry.renewable_from()?, entry.usable_until(None)?);
    let now = ctx.now();
    let spread = until.seconds_after(from).max(0);
    let jitter = getrandom::u32().map_or(0, |random| i64::from(random) % (spread + 1));
    Some(until.plus(-jitter).max(now.plus(if until <= now { NEXT_TICK_AT_LEAST } else { 0 })))
}
