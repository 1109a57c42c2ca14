//! `ssox tick`: what the prompt hook calls when `SSOX_NEXT` is due. Good credentials in the cache are handed out; else a
//! detached process fetches them while the prompt comes back at once, and a later tick hands them out. No browser ever
//! opens from a hook, and what others have set is not replaced.

use super::{changes, identity, renewal};
use crate::cli::Tick;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::Identity;
use crate::profile::Profile;
use crate::shell::reply::reply;
use renewal::{State, Step};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often the cache is looked at during `--wait`.
const GLANCE: Duration = Duration::from_millis(20);

/// Answers the hook; or, with `--renew`, is the process that fetches.
///
/// # Errors
/// Usage without the shell function; else none: a prompt shows less, it never fails.
pub(super) fn run(ctx: &Context, emit: Option<&str>, args: &Tick) -> Result<String> {
    if let (true, None) = (args.renew, emit) {
        renewal::run(ctx);
        return Ok(String::new());
    }
    let (name, emit) = (emit.unwrap_or_default(), super::emit(ctx, emit, "tick")?);
    if args.renew {
        return Ok(reply(emit, &renewal::run_for_shell(ctx)?));
    }
    let changes = match answer(ctx, args.wait.unwrap_or_default())? {
        Answer::Changes(changes) => changes,
        Answer::HandOver => match renewal::hand_over(ctx, name) {
            Ok(reply) => return Ok(reply),
            Err(error) => renewal::fail(ctx, Step::Fetch, &error)?,
        },
    };
    Ok(reply(emit, &changes))
}

enum Answer {
    Changes(EnvChanges),
    /// Nothing can be cached or noted: the credentials are fetched for this shell, while the prompt waits.
    HandOver,
}

fn answer(ctx: &Context, wait: Duration) -> Result<Answer> {
    if !Identity::held(ctx).foreign(ctx).is_empty() {
        return identity::judge(ctx).map(Answer::Changes);
    }
    if ctx.var("SSOX_EXPIRES").is_none() {
        return changes::later(None, None).map(Answer::Changes);
    }
    let profile = match renewal::held_profile(ctx) {
        Ok(profile) => profile,
        Err(error) => return renewal::fail(ctx, Step::Profile, &error).map(Answer::Changes),
    };
    if let Some(answer) = result(ctx, &profile)? {
        return Ok(answer);
    }
    if matches!(renewal::state(ctx, &profile), State::Idle) && renewal::start(ctx).is_err() {
        return Ok(Answer::HandOver);
    }
    let start = Instant::now();
    while start.elapsed() < wait {
        sleep(GLANCE);
        if let Some(answer) = result(ctx, &profile)? {
            return Ok(answer);
        }
    }
    renewal::under_way(ctx).map(Answer::Changes)
}

/// Returns what the last renewal has led to; `None` before there is one, and while it is under way.
fn result(ctx: &Context, profile: &Profile) -> Result<Option<Answer>> {
    if let Some(entry) = renewal::good(ctx, profile) {
        return changes::renewed(ctx, &entry).map(Answer::Changes).map(Some);
    }
    match renewal::state(ctx, profile) {
        State::Failed(failure) if failure.step == Step::Store => Ok(Some(Answer::HandOver)),
        State::Failed(failure) => renewal::failed(ctx, &failure).map(Answer::Changes).map(Some),
        State::Idle | State::UnderWay => Ok(None),
    }
}
