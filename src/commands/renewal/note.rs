//! Stores the state of a renewal in a file that all ssox processes read: the renewal is running, or why it failed and
//! when to retry.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{self, ReservedFile};
use crate::json;
use crate::lock::{self, Lock};
use crate::profile::Profile;
use crate::session;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The seconds from a failed renewal to the next one: after the first, second, third, and each further failure in a
/// row.
const BACK_OFF: [i64; 4] = [5, 15, 60, 300];
/// After more than this many seconds, the next failure counts as the first one again. The seconds count from the start
/// of the recorded renewal or, if it failed, from the time at which it may be retried.
const LONGEST_GAP: i64 = 600;
/// If a new renewal process has not taken its lock within this many seconds, it counts as not running.
const START_LIMIT: i64 = 5;
/// Seconds that a renewal may take: it may wait for two locks, and for AWS twice.
const RENEWAL_LIMIT: i64 = 120;

/// The seconds after which the hook in the shell prompt calls ssox again while the credentials may arrive soon.
pub(super) const POLL_AFTER: i64 = 1;

/// What the prompt segment shows while the credentials are being renewed, or after a renewal has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum SegmentState {
    Renewing,
    SignIn,
    Failed,
}

/// The step at which a renewal failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum Step {
    /// The profile could not be read.
    Profile,
    /// The credentials could not be fetched.
    Fetch,
    /// The cache cannot be written, so each shell has to fetch its own credentials.
    Store,
}

/// Why the last renewal failed, and when the next may start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Failure {
    pub(in super::super) step: Step,
    #[serde(flatten)]
    pub(in super::super) error: Error,
    pub(in super::super) retry_at: Timestamp,
    count: usize,
    /// The expiration that the session's token had when the renewal failed. If the token has another expiration now, it
    /// is a new token.
    token_expires_at: Option<Timestamp>,
}

/// The state of a renewal. `Idle`: none is running, and a new one may start. `Failed`: the last one failed, and it is
/// too early for a new one.
pub(in super::super) enum State {
    Idle,
    UnderWay,
    Failed(Failure),
}

/// The content of the file with the state of a renewal. `count` is how many renewals have failed in a row.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum Note {
    UnderWay { since: Timestamp, count: usize },
    Failed(Failure),
}

impl SegmentState {
    /// Returns the value of `SSOX_STATE` that stands for this state.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Renewing => "renewing",
            Self::SignIn => "sign-in",
            Self::Failed => "failed",
        }
    }
}

/// Returns the state of the renewal of this shell's credentials.
pub(in super::super) fn state(ctx: &Context, profile: &Profile) -> State {
    match read(ctx) {
        None => State::Idle,
        Some(Note::UnderWay { since, .. }) => under_way(ctx, since),
        Some(Note::Failed(failure)) if is_recent(ctx, profile, &failure) => State::Failed(failure),
        Some(Note::Failed(_)) => State::Idle,
    }
}

/// Records that a renewal starts.
///
/// # Errors
/// `Configuration`: the file with the state of the renewal cannot be written, so the result of the renewal could not be
/// recorded either.
pub(in super::super) fn begin(ctx: &Context) -> Result<()> {
    let count = failures_in_a_row(ctx);
    write(ctx, &Note::UnderWay { since: ctx.now(), count })
}

/// Removes the file with the state of the renewal, after a successful renewal.
pub(in super::super) fn clear(ctx: &Context) {
    let _ = path(ctx).and_then(|path| files::remove(&path));
}

/// Records a failed renewal and when the next renewal may start. If the same failure was just recorded by another
/// process, returns that record unchanged.
pub(in super::super) fn fail(ctx: &Context, step: Step, profile: Option<&Profile>, error: &Error) -> Failure {
    // Twenty shells that fail at the same time count as one failure.
    if let Some(known) =
        last_failure(ctx).filter(|known| known.retry_at > ctx.now() && known.error.message == error.message)
    {
        return known;
    }
    let count = failures_in_a_row(ctx);
    let failure = Failure {
        step,
        error: error.clone(),
        retry_at: ctx.now().plus(BACK_OFF[count.min(BACK_OFF.len() - 1)]),
        count: count.saturating_add(1),
        token_expires_at: profile.and_then(|profile| token_expires_at(ctx, profile)),
    };
    let _ = write(ctx, &Note::Failed(failure.clone()));
    failure
}

/// Returns the failure of the last renewal of this shell's credentials; `None` if it did not fail or is running.
pub(in super::super) fn last_failure(ctx: &Context) -> Option<Failure> {
    match read(ctx)? {
        Note::Failed(failure) => Some(failure),
        Note::UnderWay { .. } => None,
    }
}

/// Returns the name of the lock that the renewing process holds.
pub(in super::super) fn lock_name(ctx: &Context) -> String {
    format!("renewal {}", identity(ctx))
}

/// Returns why the file with the state of the renewal cannot be written; `None` if it can be written.
pub(in super::super) fn write_error(ctx: &Context) -> Option<Error> {
    path(ctx).and_then(|path| ReservedFile::reserve(&path)).err()
}

impl Failure {
    /// Returns what the prompt segment shows after this failure: `SignIn` if a person is needed, otherwise `Failed`.
    pub(in super::super) fn outcome(&self) -> SegmentState {
        if self.error.kind == ErrorKind::NeedsPerson { SegmentState::SignIn } else { SegmentState::Failed }
    }

    /// Returns when the hook calls ssox again: at the next retry; but if a person must sign in, at the next prompt,
    /// because any program may sign in, and the call only reads the token.
    pub(in super::super) fn next_call(&self, now: Timestamp) -> Timestamp {
        let soon = now.plus(POLL_AFTER);
        if self.outcome() == SegmentState::SignIn { soon } else { self.retry_at.max(soon) }
    }
}

/// Tells whether it is too early for a new renewal after this failure. Returns false if a person was needed and has
/// signed in since the failure, or if the failure was that the profile could not be read.
fn is_recent(ctx: &Context, profile: &Profile, failure: &Failure) -> bool {
    let token = token_expires_at(ctx, profile);
    let signed_in = token != failure.token_expires_at && token.is_some_and(|end| end > ctx.now());
    failure.step != Step::Profile
        && failure.retry_at > ctx.now()
        && !(failure.outcome() == SegmentState::SignIn && signed_in)
}

/// Returns the state of a renewal that was started. A renewing process that was killed or stopped cannot record its own
/// failure, so this function records it.
fn under_way(ctx: &Context, since: Timestamp) -> State {
    let seconds = ctx.now().seconds_after(since);
    if seconds < 0 {
        return State::Idle;
    }
    // Trying the lock now could prevent the new process from taking it.
    if seconds <= START_LIMIT {
        return State::UnderWay;
    }
    let holder = lock::holder(ctx, &lock_name(ctx));
    let is_stopped = holder.as_ref().is_some_and(lock::Holder::is_stopped);
    let error = match Lock::try_take(ctx, &lock_name(ctx)) {
        // The renewal may have finished between reading the record and taking the lock.
        Some(_lock) if !matches!(read(ctx), Some(Note::UnderWay { .. })) => return State::UnderWay,
        Some(_lock) => Error::other("the process that renews the credentials ended before it finished"),
        None if seconds <= RENEWAL_LIMIT && !is_stopped => return State::UnderWay,
        None => stuck(holder),
    };
    State::Failed(fail(ctx, Step::Fetch, None, &error))
}

fn stuck(holder: Option<lock::Holder>) -> Error {
    let (who, hint) = match holder {
        Some(holder) => (format!("{holder}, which renews the credentials,"), holder.release_hint()),
        None => ("the process that renews the credentials".into(), "end the process `ssox tick --renew`".into()),
    };
    Error::other(format!("{who} does not finish")).hint(hint)
}

fn token_expires_at(ctx: &Context, profile: &Profile) -> Option<Timestamp> {
    Some(session::cached_token(ctx, profile.source.session()?)?.expires_at)
}

/// Returns how many renewals in a row failed before the current one. If there is no file with the state of the renewal,
/// because the file cannot be written, SSOX_STATE still tells whether the last renewal failed; then the number is that
/// for the longest wait.
fn failures_in_a_row(ctx: &Context) -> usize {
    let (time, count) = match content(ctx) {
        Some(Note::UnderWay { since, count }) => (since, count),
        Some(Note::Failed(failure)) => (failure.retry_at, failure.count),
        None => {
            let failures = [SegmentState::Failed, SegmentState::SignIn].map(SegmentState::name);
            let has_failed = ctx.var("SSOX_STATE").is_some_and(|state| failures.contains(&state));
            return if has_failed { BACK_OFF.len() } else { 0 };
        }
    };
    if ctx.now().seconds_after(time) <= LONGEST_GAP { count } else { 0 }
}

fn read(ctx: &Context) -> Option<Note> {
    let mut note = content(ctx)?;
    if let Note::Failed(failure) = &mut note {
        // Even if the clock was set back, the wait is at most the longest back-off.
        failure.retry_at = failure.retry_at.min(ctx.now().plus(BACK_OFF[BACK_OFF.len() - 1]));
    }
    Some(note)
}

fn content(ctx: &Context) -> Option<Note> {
    serde_json::from_slice(&files::read(&path(ctx).ok()?).ok()??).ok()
}

fn write(ctx: &Context, note: &Note) -> Result<()> {
    files::write_secret(&path(ctx)?, json::line(note).as_bytes())
}

fn path(ctx: &Context) -> Result<PathBuf> {
    let hash = files::hashed(&identity(ctx));
    Ok(ctx.state_dir()?.join("renewals").join(format!("{hash}.json")))
}

/// Returns a text that identifies the renewal: the profile in use, with its role and session, and the paths of the
/// configuration files. Other files may have another profile with the same name.
fn identity(ctx: &Context) -> String {
    let held = |name: &str| ctx.var(name).unwrap_or_default().to_string();
    let [config, credentials] = ConfigFiles::paths(ctx);
    [config, credentials, held("SSOX_PROFILE"), held("SSOX_ROLE_ARN"), held("SSOX_DURATION"), held("SSOX_SSO_SESSION")]
        .join("\n")
}
