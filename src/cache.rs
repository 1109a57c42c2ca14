//! The cache of role credentials. It is the directory `~/.aws/cli/cache`, which ssox shares with the AWS CLI v2, or the
//! keyring. In both places, entries have the same names and the AWS CLI's format.
//!
//! A file that cannot be read counts as absent. Expired entries are not removed; the AWS CLI overwrites them.

mod document;
mod expirations;
mod hashes;
mod index;
mod key;

pub(crate) use document::CredentialsJson;
pub(crate) use expirations::{EntryNames, Expirations};
pub(crate) use key::Key;

use crate::bytes;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::files;
use crate::json;
use crate::store::{self, Reserved, Store};
use crate::time::Timestamp;
use document::{EntryJson, is_of_call, parse};
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// Without `--min-ttl`, cached credentials that expire within this many seconds are not used, unless more than half of
/// their lifetime is left. The AWS CLI has the same limit.
const MINIMUM_LEFT: i64 = 15 * 60;

/// Cached role credentials, and when they were issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) credentials: RoleCredentials,
    pub(crate) issued_at: Timestamp,
}

impl Entry {
    /// Returns the moment until which the credentials may be used without renewing them. With `min_ttl`, this moment is
    /// `min_ttl` before the credentials expire. Without `min_ttl`, it is 15 minutes before they expire, or the middle
    /// of their lifetime if the middle is later. `None`: the credentials never expire.
    pub(crate) fn usable_until(&self, min_ttl: Option<Duration>) -> Option<Timestamp> {
        let end = self.credentials.expiration?;
        let half_lifetime = end.seconds_after(self.issued_at).max(0) / 2;
        let margin = match min_ttl {
            Some(asked) => i64::try_from(asked.as_secs()).unwrap_or(i64::MAX),
            None => MINIMUM_LEFT.min(half_lifetime),
        };
        Some(end.plus(-margin))
    }

    /// Tells whether the credentials may still be used without renewing them.
    pub(crate) fn is_usable(&self, now: Timestamp, min_ttl: Option<Duration>) -> bool {
        self.usable_until(min_ttl).is_none_or(|until| now < until)
    }

    /// Returns the earliest moment at which the credentials are renewed: up to a minute before [`Entry::usable_until`].
    /// Each shell takes a random moment between the two, so that many shells do not ask AWS in the same second. `None`:
    /// the credentials never expire.
    pub(crate) fn renewable_from(&self) -> Option<Timestamp> {
        let until = self.usable_until(None)?;
        Some(until.plus(-(until.seconds_after(self.issued_at) / 20).clamp(0, 60)))
    }

    /// Tells whether the credentials are expired.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.credentials.expiration.is_some_and(|end| end <= now)
    }
}

/// Tells whether the file of any cache entry contains a text. Entries in a keyring are not searched. With many
/// profiles, this search is much faster than reading the entry of each profile.
pub(crate) fn mentions(ctx: &Context, text: &str) -> bool {
    files_with(ctx, text).next().is_some()
}

/// Returns the cache entry whose credentials have this access key ID and come from the same call of AWS as those of
/// `key`: the text that [`Key::of_call`] got is the same. Entries in a keyring are not searched.
pub(crate) fn of_access_key(ctx: &Context, key: &Key, access_key_id: &str) -> Option<Entry> {
    let call = key.call.as_deref()?;
    files_with(ctx, access_key_id).find_map(|(path, content)| {
        let credentials = parse(&content).filter(|found| found.access_key_id == access_key_id)?;
        let issued_at = ctx.written_at(&path).filter(|_| is_of_call(&content, call))?;
        Some(Entry { credentials, issued_at })
    })
}

/// Returns the path and the content of each cache file that contains a text.
fn files_with(ctx: &Context, text: &str) -> impl Iterator<Item = (PathBuf, Zeroizing<Vec<u8>>)> {
    let entries = store::SecretKind::Role.directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let read = paths.filter_map(|path| Some((Zeroizing::new(files::read(&path).ok().flatten()?), path)));
    read.filter(|(content, _)| bytes::find(content, text.as_bytes()).is_some()).map(|(content, path)| (path, content))
}

/// Reads an entry; returns `None` if it is absent, or if its file is malformed or cannot be read.
///
/// # Errors
/// `NeedsPerson`: the keyring cannot be used.
pub(crate) fn read(ctx: &Context, key: &Key) -> Result<Option<Entry>> {
    let item = key.item(ctx);
    let stored = match item.read(ctx) {
        Err(error) if item.store == Store::Keyring => return Err(error),
        stored => stored.ok().flatten(),
    };
    Ok(stored.and_then(|stored| Some(Entry { credentials: parse(&stored.content)?, issued_at: stored.written_at? })))
}

/// Reads an entry; returns `None` if the entry is absent or cannot be read, for example because the keyring is locked.
pub(crate) fn known(ctx: &Context, key: &Key) -> Option<Entry> {
    read(ctx, key).unwrap_or_else(|error| {
        ctx.log(|| format!("cache: {}", error.message));
        None
    })
}

/// Writes an entry.
///
/// # Errors
/// `Configuration`: the file cannot be written. `NeedsPerson`: the keyring cannot be used. The caller can still use the
/// credentials.
pub(crate) fn write(ctx: &Context, key: &Key, credentials: &RoleCredentials) -> Result<()> {
    let entry = EntryJson {
        provider_type: key.provider_type,
        session: key.session.as_deref(),
        role_name: credentials.role_name.as_deref(),
        call: key.call.as_deref(),
        credentials: CredentialsJson::of(credentials),
    };
    let label = format!("ssox role credentials of {}", key.session.as_deref().unwrap_or("no session"));
    key.item(ctx).write(ctx, &label, &json::secret_python(&entry))
}

/// Makes sure that an entry can be written, before AWS is asked for the credentials of this entry.
///
/// # Errors
/// `Configuration`: the file cannot be written. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn reserve(ctx: &Context, key: &Key) -> Result<Reserved> {
    key.item(ctx).reserve(ctx)
}

/// Removes an entry; returns whether it existed.
///
/// # Errors
/// `Configuration`: the file cannot be removed. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn remove(ctx: &Context, key: &Key) -> Result<bool> {
    let item = key.item(ctx);
    // There may be a file from the time before this entry was kept in the keyring.
    let was_in_file = item.store == Store::Keyring && item.in_store(Store::Files).remove(ctx)?;
    Ok(item.remove(ctx)? || was_in_file)
}

#[cfg(test)]
mod tests;
