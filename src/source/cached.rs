//! Gets credentials through the cache, in the same way for every source. Cached credentials are used while they are
//! valid for long enough; then new ones are fetched. If AWS is unreachable, the cached credentials are used until they
//! expire.
//!
//! Invariant: ssox asks nobody anything while it holds a lock. The person may take minutes, and other processes would
//! wait. A `credential_process` may ask: it runs while the lock is held, so that it asks once, and it has a time limit.

use super::{Request, WhenUnreachable};
use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{ErrorKind, Result};
use crate::lock::{LIMIT, Lock};
use crate::terminal;
use std::time::Duration;

/// Returns the cached entry if it is valid for longer than `request.min_ttl`, otherwise the entry from `renew`. If AWS
/// is unreachable and the cached entry has not expired, `request.when_unreachable` decides: returns the cached entry,
/// or fails.
///
/// # Errors
/// `NeedsPerson`: the keyring cannot be used. Those of `renew`.
pub(super) fn get_or_renew(
    ctx: &Context,
    key: &Key,
    request: &Request,
    renew: impl FnOnce() -> Result<Entry>,
) -> Result<Entry> {
    let known = cache::read(ctx, key)?;
    if let Some(entry) = known.as_ref().filter(|entry| entry.is_usable(ctx.now(), request.min_ttl)) {
        return Ok(entry.clone());
    }
    let is_fallback = request.when_unreachable == WhenUnreachable::UseCached;
    renew().or_else(|error| match known {
        Some(entry) if is_fallback && error.kind == ErrorKind::Unreachable && !entry.is_expired(ctx.now()) => {
            terminal::warn(&format!("{}; using the cached credentials, which are still valid", error.message));
            Ok(entry)
        }
        _ => Err(error),
    })
}

/// Fetches new credentials and stores them, while holding the lock of the cache entry. If another process has renewed
/// the entry before this process gets the lock, returns the stored entry instead.
///
/// # Errors
/// `Unreachable`: another process holds the lock for too long. `NeedsPerson`: the keyring cannot be used. Those of
/// `fetch`.
pub(super) fn fetch(
    ctx: &Context,
    key: &Key,
    request: &Request,
    fetch: impl FnOnce() -> Result<RoleCredentials>,
) -> Result<Entry> {
    fetch_within(ctx, LIMIT, key, request, fetch)
}

/// Fetches and stores new credentials like [`fetch`], but waits for the lock at most for `limit`. A
/// `credential_process` that another process runs may hold the lock for longer than a request to AWS.
///
/// # Errors
/// Those of [`fetch`].
pub(super) fn fetch_within(
    ctx: &Context,
    limit: Duration,
    key: &Key,
    request: &Request,
    fetch: impl FnOnce() -> Result<RoleCredentials>,
) -> Result<Entry> {
    let lock = Lock::wait_within(ctx, limit, &key.lock_name(), "the lock on these credentials")?;
    if let Some(entry) = cache::read(ctx, key)?.filter(|entry| !entry.is_expired(ctx.now())) {
        // If another process stored the entry while this process waited for the lock, the entry is as new as one that
        // this process would fetch.
        if entry.is_usable(ctx.now(), request.min_ttl) || lock.has_waited_for(entry.issued_at) {
            return Ok(entry);
        }
    }
    fetch().map(|credentials| store(ctx, key, credentials))
}

/// Stores credentials in the cache, and returns them as a cache entry. Credentials without an expiration are not
/// stored: ssox would never know when to replace them. If the cache cannot be written, warns the person.
pub(super) fn store(ctx: &Context, key: &Key, credentials: RoleCredentials) -> Entry {
    let entry = Entry { credentials, issued_at: ctx.now() };
    if entry.is_expired(ctx.now()) {
        terminal::warn(
            "the new credentials have already expired, because this machine's clock is ahead: `ssox doctor` shows by how much",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Clock;
    use crate::secret::Secret;
    use crate::time::Timestamp;
    use std::ffi::OsString;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    #[test]
    fn what_was_fetched_during_the_wait_is_not_fetched_again_however_long_it_must_be_valid() {
        let home = tempfile::tempdir().unwrap();
        let mut ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
        ctx.clock = Clock::ahead(Arc::default());
        let request = Request { min_ttl: Some(Duration::MAX), ..Request::default() };
        let (key, fetches) = (Key::own("test", &["x"]), AtomicU32::new(0));
        let keys = || {
            let end = Timestamp::parse("2096-11-20T12:00:00Z");
            RoleCredentials::new(format!("AKIA{}", fetches.fetch_add(1, Ordering::SeqCst)), Secret::new("s"), None, end)
        };
        thread::scope(|scope| {
            fetch(&ctx, &key, &request, || {
                scope.spawn(|| fetch(&ctx, &key, &request, || Ok(keys())).unwrap());
                ctx.clock.wait_for_waiter();
                Ok(keys())
            })
            .unwrap();
        });
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        // A process that did not wait fetches again.
        fetch(&ctx, &key, &request, || Ok(keys())).unwrap();
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    }
}
