//! `ssox tick`: what the prompt hook calls when `SSOX_NEXT` is due. Fresh credentials in the cache are handed out; else a
//! detached process fetches them while the prompt comes back at once, and a later tick hands them out.
//!
//! Deliberately not here: signing in. No browser ever opens from a hook.

use super::{changes, renewal};
use crate::cache::Entry;
use crate::cli::Tick;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::profile::Profile;
use crate::shell::reply::reply;
use renewal::Outcome;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How soon the hook asks again while a renewal is under way, and when the profile cannot be read any more.
const SOON: i64 = 1;
const LATE: i64 = 300;
/// How often the cache is looked at during `--wait`.
const GLANCE: Duration = Duration::from_millis(20);

/// Answers the hook; or, with `--renew`, is the detached process.
///
/// # Errors
/// Usage without the shell function; else none: a prompt shows less, it never fails.
pub(super) fn run(ctx: &Context, emit: Option<&str>, args: &Tick) -> Result<String> {
    if args.renew {
        renewal::run(ctx);
        return Ok(String::new());
    }
    let emit = super::emit(ctx, emit, "tick")?;
    Ok(reply(emit, &answer(ctx, args.wait.unwrap_or_default())?))
}

fn answer(ctx: &Context, wait: Duration) -> Result<EnvChanges> {
    if ctx.var("SSOX_EXPIRES").is_none() {
        return later(None, None);
    }
    let Ok(profile) = renewal::held_profile(ctx) else { return later(None, Some(ctx.now().0 + LATE)) };
    if let Some(entry) = good(ctx, &profile) {
        return changes::renewed(ctx, &entry);
    }
    match renewal::last_failure(ctx, &profile) {
        Some(failure) => later(Some(failure.outcome), Some(failure.retry_at.0.max(ctx.now().0 + SOON))),
        None => {
            renewal::start();
            match wait_for(ctx, &profile, wait) {
                Some(entry) => changes::renewed(ctx, &entry),
                None => later(Some(Outcome::Renewing), Some(ctx.now().0 + SOON)),
            }
        }
    }
}

fn good(ctx: &Context, profile: &Profile) -> Option<Entry> {
    profile.source.cached(ctx).filter(|entry| !renewal::is_due(ctx, entry))
}

fn wait_for(ctx: &Context, profile: &Profile, wait: Duration) -> Option<Entry> {
    let start = Instant::now();
    while start.elapsed() < wait {
        sleep(GLANCE);
        if let Some(entry) = good(ctx, profile) {
            return Some(entry);
        }
        if renewal::last_failure(ctx, profile).is_some() {
            return None;
        }
    }
    None
}

fn later(state: Option<Outcome>, next: Option<i64>) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    match state {
        Some(outcome) => changes.set("SSOX_STATE", outcome.name())?,
        None => changes.unset("SSOX_STATE"),
    }
    match next {
        Some(next) => changes.set("SSOX_NEXT", next.to_string())?,
        None => changes.unset("SSOX_NEXT"),
    }
    Ok(changes)
}
