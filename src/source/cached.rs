//! The way through the cache that all sources share: a good entry, else what the source does, else what is left.
//!
//! Deliberately not here: what is asked of a person. A person takes minutes, and nobody waits silently on a lock for that.

use super::Request;
use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{ErrorKind, Result};
use crate::lock::Lock;
use crate::terminal;

/// Returns the cached entry while it is good, else a new one; when AWS is unreachable, the cached one while it is not over.
///
/// # Errors
/// Those of `renew`.
pub(super) fn or_else(
    ctx: &Context,
    key: &Key,
    request: &Request,
    renew: impl FnOnce() -> Result<Entry>,
) -> Result<Entry> {
    let known = cache::read(ctx, key);
    if let Some(entry) = known.as_ref().filter(|entry| entry.is_usable(ctx.now(), request.min_ttl)) {
        return Ok(entry.clone());
    }
    renew().or_else(|error| match known {
        Some(entry) if error.kind == ErrorKind::Unreachable && !entry.is_expired(ctx.now()) => {
            terminal::warn(&format!("{}; using credentials that end soon", error.message));
            Ok(entry)
        }
        _ => Err(error),
    })
}

/// Fetches under the entry's lock and stores; what another process stored meanwhile is taken instead.
///
/// # Errors
/// Unreachable: another process holds the lock. Those of `fetch`.
pub(super) fn fetch(
    ctx: &Context,
    key: &Key,
    request: &Request,
    fetch: impl FnOnce() -> Result<RoleCredentials>,
) -> Result<Entry> {
    let started = ctx.now();
    let _lock = Lock::wait(ctx, &key.lock_name(), "the lock on these credentials")?;
    // Stored while we waited for the lock is as new as what we would fetch.
    let is_new = |entry: &Entry| entry.is_usable(ctx.now(), request.min_ttl) || entry.issued_at > started;
    match cache::read(ctx, key).filter(|entry| !entry.is_expired(ctx.now())).filter(is_new) {
        Some(entry) => Ok(entry),
        None => fetch().map(|credentials| store(ctx, key, credentials)),
    }
}

/// Credentials without an end are not stored: nothing would ever make us look whether they still are what they were.
pub(super) fn store(ctx: &Context, key: &Key, credentials: RoleCredentials) -> Entry {
    let entry = Entry { credentials, issued_at: ctx.now() };
    if entry.is_expired(ctx.now()) {
        terminal::warn(
            "AWS's new credentials are over already: this machine's clock is ahead; ssox doctor says by how much",
        );
    }
    if entry.credentials.expiration.is_none() {
        return entry;
    }
    if let Err(error) = cache::write(ctx, key, &entry.credentials) {
        terminal::warn_of_cache(ctx, &error);
    }
    entry
}
