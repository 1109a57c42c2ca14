//! The current credentials. One thread renews them before they expire. A request waits for a renewal only if the old
//! credentials may no longer be served; then all requests wait for the same renewal.

use super::lifetime::{due_at, is_servable};
use super::renewal::{Caches, Renewal};
use super::response::one_line;
use crate::cache::Entry;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::terminal;
use crate::time::Timestamp;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// For this many seconds after a failed renewal, a request for which no credentials are left gets the same error, and
/// no new renewal starts. One exception: a person had to sign in, and the caches have changed since.
const FAILURE_COUNTS: i64 = 5;
/// After a failed renewal, the seconds to the next one, while the old credentials can still be served.
const RETRY_AFTER: i64 = 30;
/// After a successful renewal, the fewest seconds to the next one. This matters only for credentials that are valid for
/// a few seconds.
const SHORTEST_PAUSE: i64 = 1;
/// The time between two looks at the clock while the thread waits: a long wait ends too late if the machine is
/// suspended during the wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long a request for credentials waits for their renewal. Clients give up earlier.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// The credentials that the local server serves, and what is needed to renew them.
#[derive(Debug)]
pub(super) struct Supply {
    profile: String,
    renewal: Renewal,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    entry: Entry,
    /// The error of the last renewal; `None` if it succeeded.
    failure: Option<Failure>,
    /// When the last renewal ended.
    attempted_at: Timestamp,
    /// How many renewals have ended, with or without success.
    attempts: u64,
    /// Whether a request has asked for a renewal that has not ended yet.
    is_wanted: bool,
    /// Whether the person was told of a failure since the last successful renewal.
    is_reported: bool,
}

#[derive(Debug)]
struct Failure {
    error: Error,
    at: Timestamp,
    /// When the caches last changed before the renewal. They change when a person signs in.
    caches: Caches,
}

impl Failure {
    /// Tells whether a request now gets the error of this failure, without another renewal.
    fn counts(&self, ctx: &Context) -> bool {
        let is_recent = ctx.now().seconds_after(self.at).abs() < FAILURE_COUNTS;
        is_recent && (self.error.kind != ErrorKind::NeedsPerson || self.caches == Caches::now(ctx))
    }
}

impl Supply {
    /// Makes a supply of credentials that were just fetched or read from the cache.
    pub(super) fn new(profile: String, renewal: Vec<String>, entry: Entry) -> Self {
        let attempted_at = entry.issued_at;
        let state = State { entry, failure: None, attempted_at, attempts: 0, is_wanted: false, is_reported: false };
        Self { profile, renewal: Renewal::new(renewal), state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Returns credentials that may be served (see [`is_servable`]). If it is time to renew them, another thread does
    /// so in the background. If the current ones may no longer be served, waits for a renewal, unless the last one has
    /// just failed.
    ///
    /// # Errors
    /// Those of the renewal. `Unreachable`: the renewal takes too long.
    pub(super) fn get(&self, ctx: &Context) -> Result<Entry> {
        let mut state = self.lock();
        if is_servable(&state.entry, ctx.now()) {
            if state.is_due(ctx) {
                self.want(&mut state);
            }
            return Ok(state.entry.clone());
        }
        if !state.failure.as_ref().is_some_and(|failure| failure.counts(ctx)) {
            state = self.wait_for_renewal(state);
        }
        if is_servable(&state.entry, ctx.now()) {
            return Ok(state.entry.clone());
        }
        let slow =
            || Error::unreachable(format!("could not fetch the credentials within {}s", REQUEST_LIMIT.as_secs()));
        let error = state.failure.as_ref().map_or_else(slow, |failure| failure.error.clone());
        self.report(&mut state, ctx, &error);
        Err(error)
    }

    /// Renews the credentials when it is time or a request needs it; never returns.
    pub(super) fn renew_when_due(&self, ctx: &Context) {
        loop {
            self.wait_until_due(ctx);
            let (caches, at) = (Caches::now(ctx), ctx.now());
            let renewed = self.renewal.run(ctx);
            let mut state = self.lock();
            match renewed {
                Ok(entry) => {
                    (state.entry, state.failure, state.is_reported) = (entry, None, false);
                }
                Err(error) => {
                    // An error is reported now, so that the person can act before the credentials expire. A connection
                    // error is not reported yet, because AWS may be reachable again before the credentials expire.
                    if error.kind != ErrorKind::Unreachable {
                        self.report(&mut state, ctx, &error);
                    }
                    state.failure = Some(Failure { error, at, caches });
                }
            }
            (state.is_wanted, state.attempts, state.attempted_at) = (false, state.attempts + 1, ctx.now());
            self.changed.notify_all();
        }
    }

    fn wait_until_due(&self, ctx: &Context) {
        let mut state = self.lock();
        while !state.is_wanted && !state.is_due(ctx) {
            let wait = state.wait(ctx);
            state = self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn wait_for_renewal<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.want(&mut state);
        let before = state.attempts;
        let waited = self.changed.wait_timeout_while(state, REQUEST_LIMIT, |state| state.attempts == before);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn want(&self, state: &mut State) {
        state.is_wanted = true;
        self.changed.notify_all();
    }

    /// Reports a failure on one line, with a hint. Reports only the first failure after a successful renewal.
    fn report(&self, state: &mut State, ctx: &Context, error: &Error) {
        if std::mem::replace(&mut state.is_reported, true) {
            return;
        }
        let until = state.entry.credentials.expiration.filter(|_| is_servable(&state.entry, ctx.now()));
        let from = until.map(|until| format!(" after {until}")).unwrap_or_default();
        terminal::say(&format!("no credentials for `{}`{from}: {}", self.profile, one_line(error)));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Tells whether it is time for a renewal. A failed renewal is repeated only while the old credentials are still
    /// served; after that, a renewal starts only when a request needs one.
    fn is_due(&self, ctx: &Context) -> bool {
        let since = ctx.now().seconds_after(self.attempted_at).abs();
        match &self.failure {
            None => due_at(&self.entry) <= ctx.now() && since >= SHORTEST_PAUSE,
            Some(_) => is_servable(&self.entry, ctx.now()) && since >= RETRY_AFTER,
        }
    }

    /// Returns how long to wait before [`Self::is_due`] is asked again.
    fn wait(&self, ctx: &Context) -> Duration {
        let left = match &self.failure {
            None => due_at(&self.entry).max(self.attempted_at.plus(SHORTEST_PAUSE)).seconds_after(ctx.now()),
            Some(_) => self.attempted_at.plus(RETRY_AFTER).seconds_after(ctx.now()),
        };
        Duration::from_secs(u64::try_from(left).unwrap_or_default().max(1)).min(LONGEST_WAIT)
    }
}
