//! Assignments: the accounts and roles that a session may use, as AWS lists them. The last listing of each session is kept
//! in a file of ssox's own.

mod file;
mod interrupted;

pub(crate) use file::{
    AccountFilter, AccountRoles, Counted, Listing, all_configured, any, configured, configured_accounts,
    configured_sessions, exists, read,
};
pub(crate) use interrupted::forget_interrupted;

use crate::account_names::AccountNames;
use crate::arn::AccountId;
use crate::aws::listing::{self, Assigned, Roles};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::{Lock, StoppedHolder};
use crate::session::{self, Session, Token};
use crate::terminal::{self, Progress};
use crate::time::Timestamp;
use interrupted::Interrupted;
use std::thread::sleep;
use std::time::Duration;

/// How often a process that waits for another one's listing tries to take the lock.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A new listing.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) listing: Listing,
    /// Why roles are missing in it, if some are.
    pub(crate) failure: Option<Error>,
}

/// Removes the listing of a session, and what an interrupted run has listed.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn forget(ctx: &Context, session: &Session) -> Result<()> {
    file::remove(ctx, session)?;
    forget_interrupted(ctx, session.label(), &session.start_url)
}

/// Lists all assignments of a session, and stores them; signs in if there is no other way and a person is there. The
/// accounts that an interrupted run has listed in the last ten minutes are not listed again.
///
/// # Errors
/// `NeedsPerson`: nobody can sign in. `Refused`, `Unreachable`: the accounts could not be listed, and the stored listing stays.
pub(crate) fn list(ctx: &Context, session: &Session) -> Result<Listed> {
    if ctx.no_input {
        session::valid_token(ctx, session)?;
    }
    let started = ctx.now();
    // Held while a person signs in: the process that lists after a sign-in then finds this listing.
    let lock = lock(ctx, session)?;
    if let Some(listing) = listed_meanwhile(ctx, session, &lock, started) {
        return Ok(Listed { failure: None, listing });
    }
    session::with_token(ctx, session, None, |token| list_with(ctx, session, token))
}

/// Lists in a process without a person; does nothing when another process has listed meanwhile.
///
/// # Errors
/// As [`list`].
pub(crate) fn list_in_background(ctx: &Context, session: &Session) -> Result<()> {
    let started = ctx.now();
    let lock = lock(ctx, session)?;
    if listed_meanwhile(ctx, session, &lock, started).is_some() {
        return Ok(());
    }
    list_with(ctx, session, &session::valid_token(ctx, session)?).map(drop)
}

/// Tells whether a process is listing a session's assignments.
pub(crate) fn are_being_listed(ctx: &Context, session: &Session) -> bool {
    Lock::try_take(ctx, &lock_name(session)).is_none()
}

/// Returns the listing of the process that this one waited for.
fn listed_meanwhile(ctx: &Context, session: &Session, lock: &Lock, started: Timestamp) -> Option<Listing> {
    read(ctx, session).filter(|listing| lock.has_waited && listing.listed_at >= started)
}

fn list_with(ctx: &Context, session: &Session, token: &Token) -> Result<Listed> {
    let Session { network, region, .. } = session;
    let mut interrupted = Interrupted::read(ctx, session);
    let before: Roles = interrupted.roles().clone();
    let listed = |id: &AccountId, roles: &[String]| interrupted.add(ctx, id, roles);
    let assigned = listing::list_assignments(ctx, network, region, &token.access_token, &before, listed)?;
    Ok(store(ctx, session, assigned, &mut interrupted))
}

/// Stores a listing, unless the session was signed out or in again meanwhile. One that ended early does not replace a stored
/// one, and the next run continues it.
fn store(ctx: &Context, session: &Session, assigned: Assigned, interrupted: &mut Interrupted) -> Listed {
    let has_ended_early = assigned.has_ended_early;
    let accounts: Vec<AccountRoles> = assigned.accounts.into_iter().map(AccountRoles::from).collect();
    let listing = Listing::new(session, ctx.now(), accounts);
    let names = listing.accounts.iter().filter_map(|account| Some((&*account.id, account.name.as_deref()?)));
    AccountNames::save(ctx, names);
    if (!has_ended_early || !exists(ctx, session))
        && !interrupted.is_forgotten()
        && let Err(error) = file::write(ctx, session, &listing)
    {
        terminal::warn_of_cache(ctx, &error);
    }
    if !has_ended_early {
        interrupted.remove();
    }
    Listed { listing, failure: assigned.failure }
}

/// Waits for another process that lists, however long it takes; it may have thousands of accounts to list.
fn lock(ctx: &Context, session: &Session) -> Result<Lock> {
    let (name, what) = (lock_name(session), format!("the lock on the listing of `{}`", session.label()));
    if let Some(lock) = Lock::try_take(ctx, &name) {
        return Ok(lock);
    }
    let _progress = Progress::start(format!("waiting for another ssox that lists `{}`", session.label()));
    let mut holder = StoppedHolder::watch(ctx);
    loop {
        if let Some(mut lock) = Lock::try_take(ctx, &name) {
            lock.has_waited = true;
            return Ok(lock);
        }
        holder.check(ctx, &name, &what)?;
        sleep(POLL_INTERVAL);
    }
}

fn lock_name(session: &Session) -> String {
    format!("assignments {}", session.label())
}
