//! `ssox tick`: called by the prompt hook when `SSOX_NEXT` has passed. It returns the cached credentials if it is too
//! early to renew them. Otherwise a detached process fetches new ones. The prompt appears without waiting for this
//! process, and a later call returns the new credentials. Only if the credentials cannot be cached, the prompt waits.
//!
//! Invariant: this verb opens no browser, and keeps values that ssox did not set.

use super::options::duration;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use super::{changes, identity, protected, renewal};
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{Identity, is_awaited};
use crate::profile::Profile;
use crate::shell::reply::reply;
use clap::Args;
use renewal::{State, Step};
use std::thread::sleep;
use std::time::Duration;

/// The time between two reads of the cache during `--wait`.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

#[derive(Args, Debug)]
pub(crate) struct Tick {
    /// Wait at most this long for new credentials
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,
    /// Fetch the credentials of this shell's profile in this process
    #[arg(long)]
    renew: bool,
}

impl VerbArgs for Tick {
    const KEEPS_STATE: bool = false;
    const IS_INTERACTIVE: bool = false;

    /// Returns the reply to the shell: the environment changes that the hook applies. With `--renew`, this process
    /// itself fetches the credentials. With `--renew` and without `--emit`, it only stores them in the cache, and
    /// prints nothing.
    ///
    /// # Errors
    /// `Usage`: without `--renew`, the hook of ssox's shell script did not start this process. `Configuration`: a name
    /// in a configuration file contains a control character. A renewal that fails is no error: the reply makes the
    /// prompt show it, and `ssox status` says why.
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.renew && ctx.emit.is_none() {
            renewal::run(ctx);
            return Ok(Done::default());
        }
        let emit = calling_function(ctx, "tick")?;
        if self.renew {
            return Ok(reply(emit, &renewal::run_for_shell(ctx)?).into());
        }
        let changes = match tick(ctx, self.wait.unwrap_or_default())? {
            TickResult::Changes(changes) => changes,
            TickResult::FetchForShell => match renewal::fetch_for_shell(ctx) {
                Ok(reply) => return Ok(reply.into()),
                Err(error) => renewal::fail(ctx, Step::Fetch, &error)?,
            },
        };
        Ok(reply(emit, &changes).into())
    }
}

enum TickResult {
    Changes(EnvChanges),
    /// The cache, or the file with the state of the renewal, cannot be written, or the detached process cannot be
    /// started. The prompt waits while another process fetches credentials for this shell.
    FetchForShell,
}

fn tick(ctx: &Context, wait: Duration) -> Result<TickResult> {
    if !Identity::of_shell(ctx).changed_by_others(ctx).is_empty() {
        return identity::check(ctx).map(TickResult::Changes);
    }
    if protected::time_limit_has_passed(ctx) {
        return protected::removed(ctx).map(TickResult::Changes);
    }
    if ctx.var("SSOX_EXPIRES").is_none() && !is_awaited(ctx) {
        return changes::later(ctx, None, None).map(TickResult::Changes);
    }
    let profile = match renewal::held_profile(ctx) {
        Ok(profile) => profile,
        Err(error) => return renewal::fail(ctx, Step::Profile, &error).map(TickResult::Changes),
    };
    if let Some(result) = last_result(ctx, &profile)? {
        return Ok(result);
    }
    if matches!(renewal::state(ctx, &profile), State::Idle) && renewal::start(ctx).is_err() {
        return Ok(TickResult::FetchForShell);
    }
    let deadline = ctx.deadline(wait);
    while !deadline.is_expired() {
        sleep(POLL_INTERVAL);
        if let Some(result) = last_result(ctx, &profile)? {
            return Ok(result);
        }
    }
    renewal::under_way(ctx).map(TickResult::Changes)
}

/// Returns the result of the last renewal: the credentials in the cache, or its failure. `None`: a renewal is running,
/// or should start now.
fn last_result(ctx: &Context, profile: &Profile) -> Result<Option<TickResult>> {
    if let Some(entry) = renewal::fresh_entry(ctx, profile) {
        return changes::fetched(ctx, profile, &entry).map(TickResult::Changes).map(Some);
    }
    match renewal::state(ctx, profile) {
        State::Failed(failure) if failure.step == Step::Store => Ok(Some(TickResult::FetchForShell)),
        State::Failed(failure) => renewal::failed(ctx, &failure).map(TickResult::Changes).map(Some),
        State::Idle | State::UnderWay => Ok(None),
    }
}
