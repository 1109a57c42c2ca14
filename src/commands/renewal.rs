//! Renewal behind the prompt: a detached process that fetches, and a small file that says why it could not.
//!
//! Deliberately not here: the credentials, which go through the cache like all others.

use crate::cache::Entry;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::lock::Lock;
use crate::profile::Profile;
use crate::session;
use crate::source::Request;
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Seconds to wait after the first, second … failure in a row.
const BACK_OFF: [i64; 4] = [5, 15, 60, 300];

/// What the segment says while the credentials are not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Renewing,
    SignIn,
    Failed,
}

impl Outcome {
    /// Returns the value of `SSOX_STATE`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Renewing => "renewing",
            Self::SignIn => "sign-in",
            Self::Failed => "failed",
        }
    }
}

/// Why the last renewal failed, and when the next may start.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) retry_at: Timestamp,
    count: usize,
    /// Until when the token said it was good, by which a new one is told from it.
    token_expires_at: Option<Timestamp>,
}

/// Returns the profile this shell uses, with the role asked for on top.
///
/// # Errors
/// Those of the profile.
pub(super) fn held_profile(ctx: &Context) -> Result<Profile> {
    let name = ctx.var("SSOX_PROFILE").ok_or_else(|| Error::configuration("nothing is in use in this shell"))?;
    Profile::load(ctx, name)?.with_role(ctx, ctx.var("SSOX_ROLE_ARN"))
}

/// Returns the last failure while the next renewal has to wait for its time. A person who signed in meanwhile ends the
/// wait.
pub(super) fn last_failure(ctx: &Context, profile: &Profile) -> Option<Failure> {
    let failure = read(ctx, profile).filter(|failure| failure.retry_at > ctx.now())?;
    let token = token_expires_at(ctx, profile);
    let signed_in = token != failure.token_expires_at && token.is_some_and(|end| end > ctx.now());
    (failure.outcome != Outcome::SignIn || !signed_in).then_some(failure)
}

fn token_expires_at(ctx: &Context, profile: &Profile) -> Option<Timestamp> {
    Some(session::cached_token(ctx, profile.source.session()?)?.expires_at)
}

/// Starts the detached process: own session, no open descriptors, so no shell waits for it or speaks of it.
pub(super) fn start() {
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = Command::new(program);
    command.args(["tick", "--renew"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.current_dir("/").spawn();
}

/// Is the detached process: fetches through the cache, and notes a failure. One at a time for a role.
pub(super) fn run(ctx: &Context) {
    #[cfg(unix)]
    let _ = rustix::process::setsid();
    let Ok(profile) = held_profile(ctx) else { return };
    let name = format!("renewal {}", identity(&profile));
    let Some(_lock) = Lock::try_take(ctx, &name) else { return };
    if last_failure(ctx, &profile).is_some() {
        return;
    }
    match profile.source.credentials(ctx, &request(ctx, &profile)) {
        // Over on arrival: a clock that is ahead would otherwise have AWS asked at every prompt.
        Ok(entry) if entry.is_over(ctx.now()) => note(ctx, &profile, Kind::Unreachable),
        Ok(_) => drop(path(ctx, &profile).map(|path| files::remove(&path))),
        Err(error) => note(ctx, &profile, error.kind),
    }
}

/// Asks for more life than is left, where the cached credentials are still good but due.
fn request(ctx: &Context, profile: &Profile) -> Request {
    let due = profile.source.cached(ctx).filter(|entry| is_due(ctx, entry));
    let left = due.and_then(|entry| Some(entry.credentials.expiration?.seconds_after(entry.renewable_from()?)));
    Request { min_ttl: left.and_then(|left| u64::try_from(left).ok()).map(Duration::from_secs), ..Request::default() }
}

/// Tells whether the credentials are to be renewed.
pub(super) fn is_due(ctx: &Context, entry: &Entry) -> bool {
    entry.renewable_from().is_some_and(|from| from <= ctx.now())
}

fn note(ctx: &Context, profile: &Profile, kind: Kind) {
    let count = read(ctx, profile).map_or(0, |failure| failure.count);
    let outcome = match kind {
        Kind::NeedsPerson | Kind::Configuration | Kind::Refused => Outcome::SignIn,
        _ => Outcome::Failed,
    };
    let retry_at = ctx.now().plus(BACK_OFF[count.min(BACK_OFF.len() - 1)]);
    let token = token_expires_at(ctx, profile).map(|end| end.to_string());
    let content = json!({
        "outcome": outcome.name(), "retry_at": retry_at.to_string(), "count": count.saturating_add(1), "token_expires_at": token,
    });
    let _ = path(ctx, profile).and_then(|path| files::write_secret(&path, content.to_string().as_bytes()));
}

fn read(ctx: &Context, profile: &Profile) -> Option<Failure> {
    let content: Value = serde_json::from_slice(&files::read(&path(ctx, profile).ok()?).ok()??).ok()?;
    let outcome = match content["outcome"].as_str()? {
        "sign-in" => Outcome::SignIn,
        _ => Outcome::Failed,
    };
    let retry_at = Timestamp::parse(content["retry_at"].as_str()?)?;
    // A clock that jumped back must not keep the renewal waiting for longer than the longest back-off.
    let latest = ctx.now().plus(BACK_OFF[BACK_OFF.len() - 1]);
    let count = usize::try_from(content["count"].as_u64()?).ok()?;
    let token_expires_at = content["token_expires_at"].as_str().and_then(Timestamp::parse);
    Some(Failure { outcome, retry_at: retry_at.min(latest), count, token_expires_at })
}

fn path(ctx: &Context, profile: &Profile) -> Result<PathBuf> {
    let hash = files::hashed(&identity(profile));
    Ok(ctx.state_dir()?.join("renewals").join(format!("{hash}.json")))
}

fn identity(profile: &Profile) -> String {
    format!("{} {}", profile.name, profile.ad_hoc_role_arn.as_deref().unwrap_or_default())
}
