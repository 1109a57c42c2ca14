//! Assignments: the accounts and roles that a session may use, as AWS lists them. ssox stores the last listing of each
//! session in a file.

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
use crate::terminal::{self, Bar};
use interrupted::Interrupted;
use std::thread::sleep;
use std::time::Duration;

/// How often a process that waits for another process's listing tries to take the lock.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The listed accounts and roles that a person may use with a session. The roles of some accounts may be missing.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) listing: Listing,
    /// Why some roles are missing; `None` if the listing is complete.
    pub(crate) failure: Option<Error>,
}

/// Removes the stored listing of a session, and the roles that an interrupted run has listed.
///
/// # Errors
/// `Configuration`: a file cannot be removed.
pub(crate) fn forget(ctx: &Context, session: &Session) -> Result<()> {
    file::remove(ctx, session)?;
    forget_interrupted(ctx, session.label(), &session.start_url)
}

/// Lists all assignments of a session, and stores the listing. If another process stored a listing while this process
/// waited for the lock, returns that listing instead. If the session has no valid token, ssox asks a person to sign in,
/// unless it must not ask (`no_input`). If a run was interrupted, AWS is not asked again for the roles that this run
/// listed in the last ten minutes.
///
/// # Errors
/// `NeedsPerson`: the session has no valid token, and nobody can sign in. `Refused`, `Unreachable`: the accounts could
/// not be listed; the old listing is kept.
pub(crate) fn list(ctx: &Context, session: &Session) -> Result<Listed> {
    if ctx.no_input {
        session::valid_token(ctx, session)?;
    }
    // The lock is taken before a sign-in, because a sign-in starts a background process that also lists the
    // assignments. The background process waits for the lock, finds the listing that this process has stored, and does
    // not list again.
    let lock = lock(ctx, session)?;
    if let Some(listing) = listed_meanwhile(ctx, session, &lock) {
        return Ok(Listed { failure: None, listing });
    }
    session::with_token(ctx, session, None, |token| list_with(ctx, session, token))
}

/// Lists and stores the assignments without asking a person. Does nothing if another process has listed them while this
/// process waited for the lock.
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_in_background(ctx: &Context, session: &Session) -> Result<()> {
    let lock = lock(ctx, session)?;
    if listed_meanwhile(ctx, session, &lock).is_some() {
        return Ok(());
    }
    list_with(ctx, session, &session::valid_token(ctx, session)?).map(drop)
}

/// Tells whether some process is listing the accounts and roles of a session now.
pub(crate) fn are_being_listed(ctx: &Context, session: &Session) -> bool {
    Lock::try_take(ctx, &lock_name(session)).is_none()
}

/// Returns the listing that another process stored while this process waited for the lock; `None` if no process stored
/// one, or this process did not wait.
fn listed_meanwhile(ctx: &Context, session: &Session, lock: &Lock) -> Option<Listing> {
    read(ctx, session).filter(|listing| lock.has_waited_for(listing.listed_at))
}

fn list_with(ctx: &Context, session: &Session, token: &Token) -> Result<Listed> {
    let Session { network, region, .. } = session;
    let mut interrupted = Interrupted::read(ctx, session);
    let before: Roles = interrupted.roles().clone();
    let listed = |id: &AccountId, roles: &[String], found: usize| interrupted.add(ctx, id, roles, found);
    let assigned = listing::list_assignments(ctx, network, region, &token.access_token, &before, listed)?;
    Ok(store(ctx, session, assigned, &mut interrupted))
}

/// Stores a listing, unless somebody has signed out of the session, or signed in to it again, since the listing began.
/// A listing that ended before AWS was asked for the roles of all accounts does not replace a stored listing; the next
/// listing of the session continues it.
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

/// Takes the lock. If another process holds the lock, waits without a time limit, because that process may have
/// thousands of accounts to list, and shows the progress of that process.
fn lock(ctx: &Context, session: &Session) -> Result<Lock> {
    let started = ctx.now();
    let (name, what) = (lock_name(session), format!("the lock on the listing of `{}`", session.label()));
    if let Some(lock) = Lock::try_take(ctx, &name) {
        return Ok(lock);
    }
    let mut bar = Bar::start(
        &format!("waiting for another ssox process, which is listing the accounts and roles of `{}`", session.label()),
        "accounts",
    );
    let mut holder = StoppedHolder::watch(ctx);
    loop {
        if let Some(mut lock) = Lock::try_take(ctx, &name) {
            lock.waited_since = Some(started);
            return Ok(lock);
        }
        holder.check(ctx, &name, &what)?;
        interrupted::progress(ctx, session).into_iter().for_each(|(listed, found)| bar.show(listed, found));
        sleep(POLL_INTERVAL);
    }
}

fn lock_name(session: &Session) -> String {
    format!("assignments {}", session.label())
}
