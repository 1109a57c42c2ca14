//! Renews credentials in the background: a detached process fetches them into the cache while the prompt is usable. If
//! the credentials cannot be cached, a process fetches them for the calling shell only, and the shell waits.

mod note;
mod process;

pub(super) use note::{Failure, SegmentState, State, Step};
pub(super) use process::{fetch_for_shell, spawn_detached, start};

use super::changes;
use crate::cache::Entry;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::{Error, ErrorKind, Result, as_argument};
use crate::identity::{self, ACCOUNT_ID, Identity, PROFILES};
use crate::lock::Lock;
use crate::profile::{Profile, Wanted};
use crate::source::duration::ACCEPTED;
use crate::source::{Request, Source};
use crate::time::Timestamp;
use note::POLL_AFTER;
use std::time::Duration;

/// The variables that say which profile is in use, and which identity ssox set.
const HELD: [&str; 6] =
    ["SSOX_PROFILE", "SSOX_ROLE_ARN", "SSOX_DURATION", "SSOX_SSO_SESSION", identity::VARIABLE, identity::NOTED];

/// Returns the profile in use in this shell. If its credentials are used to assume a role (`--role-arn`), the returned
/// profile has this role.
///
/// # Errors
/// `Configuration`: no profile is in use; the profile cannot be loaded; or it was edited and no longer has the account
/// and role that the shell shows.
pub(super) fn held_profile(ctx: &Context) -> Result<Profile> {
    let name = ctx.var("SSOX_PROFILE").ok_or_else(|| Error::configuration("no profile is in use in this shell"))?;
    let profile = match Profile::in_excerpt(ctx, &Wanted::stored(name)) {
        Some(profile) => profile,
        None => Profile::held(ctx, &ConfigFiles::load(ctx)?, name)?,
    };
    // After `use --profile-only`, SSOX_ROLE_ARN is ignored: ssox did not set it, and AWS tools do not read it.
    if names_profile(ctx) {
        return Ok(profile);
    }
    let profile = profile.with_role(ctx, ctx.var("SSOX_ROLE_ARN"))?.with_duration(held_duration(ctx))?;
    if is_as_used(ctx, &profile.source) { Ok(profile) } else { Err(other_identity(name)) }
}

/// Tells whether AWS tools get the credentials from the profile that AWS_PROFILE names, as after `use --profile-only`.
/// Then ssox has set no access keys.
pub(super) fn names_profile(ctx: &Context) -> bool {
    Identity::recorded(ctx).is_some_and(|held| held.has_recorded(PROFILES[0]) && !held.has_recorded(PROFILES[1]))
}

/// If ssox set `AWS_PROFILE`, returns why this profile cannot be loaded any more: for example, it was removed from the
/// configuration. AWS tools cannot use such a profile. `None`: the profile can be loaded, or ssox did not set
/// `AWS_PROFILE`.
pub(super) fn lost_profile(ctx: &Context) -> Option<Error> {
    if names_profile(ctx) { held_profile(ctx).err() } else { None }
}

/// Tells whether a source has the account and role that ssox recorded for this shell. An account or role that the
/// source does not know, or that is not recorded, is not compared.
pub(super) fn is_as_used(ctx: &Context, source: &Source) -> bool {
    let Some(held) = Identity::recorded(ctx) else { return true };
    let is_same =
        |(name, now): (&str, Option<&str>)| now.is_none_or(|now| !held.has_recorded(name) || held.matches(name, now));
    [(ACCOUNT_ID, source.account_id()), ("SSOX_ROLE", source.role_name())].into_iter().all(is_same)
}

fn other_identity(name: &str) -> Error {
    Error::configuration(format!("`{name}` now has another account or role than this shell shows"))
        .hint(format!("ssox use {}", as_argument(name)))
}

/// Returns the value of `--duration` for the role in use, in seconds; `None` if the option was not given.
pub(super) fn held_duration(ctx: &Context) -> Option<i32> {
    ctx.var("SSOX_DURATION")?.parse().ok().filter(|seconds| ACCEPTED.contains(seconds))
}

/// Returns a copy of the context whose variables say that this profile is in use in the shell. With this copy, a process
/// can be started that renews the profile's credentials.
pub(super) fn holding(ctx: &Context, profile: &Profile) -> Context {
    let ctx = ctx.without(&HELD).with("SSOX_PROFILE", &profile.name);
    match profile.source.session().filter(|_| profile.is_assignment) {
        Some(session) => ctx.with("SSOX_SSO_SESSION", session.label()),
        None => ctx,
    }
}

/// Returns the state of the renewal of this shell's credentials.
pub(super) fn state(ctx: &Context, profile: &Profile) -> State {
    note::state(ctx, profile)
}

/// Does the work of the detached process: fetches the credentials into the cache, or records the failure. Does nothing
/// if another process is renewing the credentials.
pub(super) fn run(ctx: &Context) {
    let Some(_lock) = Lock::try_take(ctx, &note::lock_name(ctx)) else { return };
    match held_profile(ctx) {
        Ok(profile) => drop(renew(ctx, &profile, Step::Store)),
        Err(error) => drop(note::fail(ctx, Step::Profile, None, &error)),
    }
}

/// Does the work of the process that fetches credentials for one shell. Returns the environment changes that set these
/// credentials, even if the credentials cannot be cached. If they cannot be fetched, or another process is renewing
/// them, returns the environment changes that show this.
///
/// # Errors
/// In practice there is no error: the values of credentials contain no control characters.
pub(super) fn run_for_shell(ctx: &Context) -> Result<EnvChanges> {
    let Some(_lock) = Lock::try_take(ctx, &note::lock_name(ctx)) else { return under_way(ctx) };
    let renewed = held_profile(ctx)
        .map_err(|error| note::fail(ctx, Step::Profile, None, &error))
        .and_then(|profile| Ok((renew(ctx, &profile, Step::Fetch)?, profile)));
    match renewed {
        Ok((entry, profile)) => changes::fetched(ctx, &profile, &entry),
        Err(failure) => failed(ctx, &failure),
    }
}

/// Returns the state of the renewal that the prompt segment shows. `None`: the cached credentials are not due for
/// renewal, or no renewal is running or has failed, and a new one may start.
pub(super) fn outcome(ctx: &Context) -> Option<SegmentState> {
    let Ok(profile) = held_profile(ctx) else { return failure_of_shell(ctx) };
    match note::state(ctx, &profile) {
        _ if fresh_entry(ctx, &profile).is_some() => None,
        State::Failed(failure) => Some(failure.outcome()),
        State::UnderWay => Some(SegmentState::Renewing),
        State::Idle => None,
    }
}

/// Returns [`SegmentState::Failed`] if a renewal has failed in this shell, whose profile cannot be loaded.
fn failure_of_shell(ctx: &Context) -> Option<SegmentState> {
    let is_shown = ctx.var("SSOX_STATE") == Some(SegmentState::Failed.name());
    (is_shown || note::last_failure(ctx).is_some()).then_some(SegmentState::Failed)
}

/// Returns why this shell's credentials could not be renewed, and when the hook retries (if it does). `None`: the last
/// renewal did not fail.
pub(super) fn last_failure(ctx: &Context) -> Option<(Error, Option<Timestamp>)> {
    let noted = note::last_failure(ctx);
    let outcome = match ctx.var("SSOX_STATE") {
        Some(state) => [SegmentState::Failed, SegmentState::SignIn].into_iter().find(|known| known.name() == state)?,
        // The shell may have SSOX_STATE without exporting it, so the recorded failure counts.
        None => noted.as_ref().filter(|_| is_unrenewed(ctx))?.outcome(),
    };
    let noted = noted.filter(|failure| failure.outcome() == outcome).map(|failure| failure.error);
    let error = noted.or_else(|| held_profile(ctx).err()).or_else(|| note::write_error(ctx))?;
    Some((error, ctx.var("SSOX_NEXT").and_then(|next| next.parse().ok()).map(Timestamp)))
}

/// Tells whether ssox renews the credentials of this shell, and the cache has none that the shell could take: none at
/// all, or only some for which it is time to renew them.
fn is_unrenewed(ctx: &Context) -> bool {
    let renews = Identity::of_shell(ctx).has_set(ctx, identity::EXPIRATION) || identity::is_awaited(ctx);
    renews && held_profile(ctx).is_ok_and(|profile| fresh_entry(ctx, &profile).is_none())
}

/// Tells whether it is time for a shell to renew the cached credentials in `entry`.
pub(super) fn is_due(ctx: &Context, entry: &Entry) -> bool {
    entry.renewable_from().is_some_and(|from| from <= ctx.now())
}

/// Returns the profile's cached credentials; `None` if no credentials are cached, or if it is time to renew them.
pub(super) fn fresh_entry(ctx: &Context, profile: &Profile) -> Option<Entry> {
    profile.source.cached(ctx).filter(|entry| !is_due(ctx, entry))
}

/// Returns the environment changes that show a running renewal, and make the hook call ssox again a second later.
///
/// # Errors
/// In practice there is no error: the values contain no control characters.
pub(super) fn under_way(ctx: &Context) -> Result<EnvChanges> {
    changes::later(ctx, Some(SegmentState::Renewing.name()), Some(ctx.now().plus(POLL_AFTER)))
}

/// Returns the environment changes that show a failed renewal, and make the hook call ssox again.
///
/// # Errors
/// In practice there is no error: the values contain no control characters.
pub(super) fn failed(ctx: &Context, failure: &Failure) -> Result<EnvChanges> {
    changes::later(ctx, Some(failure.outcome().name()), Some(failure.next_call(ctx.now())))
}

/// Records a failed renewal, and returns the environment changes that show the failure.
///
/// # Errors
/// In practice there is no error: the values contain no control characters.
pub(super) fn fail(ctx: &Context, step: Step, error: &Error) -> Result<EnvChanges> {
    failed(ctx, &note::fail(ctx, step, None, error))
}

/// Fetches credentials, or returns the last failure if it is too early for a retry. If the credentials must be cached
/// (`Step::Store`), fetches them only if the cache can be written.
fn renew(ctx: &Context, profile: &Profile, needed: Step) -> std::result::Result<Entry, Failure> {
    if let State::Failed(failure) = note::state(ctx, profile)
        && failure.step != Step::Store
    {
        return Err(failure);
    }
    let fail = |step| move |error: Error| note::fail(ctx, step, Some(profile), &error);
    if needed == Step::Store {
        // While the keyring is locked, a shell cannot fetch its own credentials either, so this step is not `Store`.
        let step = |error: &Error| if error.kind == ErrorKind::NeedsPerson { Step::Fetch } else { Step::Store };
        profile.source.reserve(ctx).map_err(|error| fail(step(&error))(error))?;
    }
    let entry = profile.credentials(ctx, &request(ctx, profile)).map_err(fail(Step::Fetch))?;
    // Without this check, every prompt would send a request to AWS if this machine's clock is ahead.
    if entry.is_expired(ctx.now()) {
        let ahead = Error::other("the new credentials have already expired: this machine's clock is ahead");
        return Err(fail(Step::Fetch)(ahead.hint("ssox doctor")));
    }
    if needed == Step::Store && fresh_entry(ctx, profile).is_none() {
        return Err(fail(Step::Store)(Error::other("the new credentials could not be cached").hint("ssox doctor")));
    }
    if fresh_entry(ctx, profile).is_some() {
        note::clear(ctx);
    }
    Ok(entry)
}

/// Returns a request for credentials. If the cached credentials are due for renewal, the request requires a longer
/// validity than they have, so new credentials are fetched.
fn request(ctx: &Context, profile: &Profile) -> Request {
    let due = profile.source.cached(ctx).filter(|entry| is_due(ctx, entry));
    let left = due.and_then(|entry| Some(entry.credentials.expiration?.seconds_after(entry.renewable_from()?)));
    Request { min_ttl: left.and_then(|left| u64::try_from(left).ok()).map(Duration::from_secs), ..Request::default() }
}
