//! Reads the expirations of many cache entries, for verbs that show every profile. Most profiles have no cache entry.

use super::document::parse;
use super::hashes::{Hash, Hashes};
use super::index::{self, Index, Record};
use super::key::Key;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::{Directory, Reader, Stamp};
use crate::store::{self, Store};
use crate::time::Timestamp;
use serde::Deserialize;
use std::ffi::OsString;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The names of all cache entries with role credentials, and the known expirations of those in files.
pub(crate) struct EntryNames<'a> {
    ctx: &'a Context,
    /// The value of `SSOX_STORE`, which says whether entries are in files or in the keyring; `None` if it is unset.
    variable: Option<Store>,
    directory: Directory,
    /// The stamp of the cache directory; it was read before the files of the directory were listed.
    stamp: Option<Stamp>,
    index: Index,
    /// The hashes in the names of the cache files; `None` if the index contains all these files.
    hashes: Option<Hashes>,
    /// The names of the entries in the keyring; they are read when ssox first looks for an entry there.
    keyring: OnceLock<Result<Hashes>>,
    /// Records with the expirations that were read from cache files, because the index did not have these expirations.
    read: Mutex<Vec<Record>>,
}

/// Reads the expirations of many cache entries.
pub(crate) struct Expirations<'a> {
    names: &'a EntryNames<'a>,
    reader: Reader<'a>,
    read: Vec<Record>,
}

impl<'a> EntryNames<'a> {
    /// Reads the names of all cache entries: from the index, or, if the cache directory has changed since the index was
    /// written, from the directory itself.
    pub(crate) fn read(ctx: &'a Context) -> Self {
        let directory = Directory::open(store::SecretKind::Role.directory(ctx).unwrap_or_default());
        let (stamp, index) = (directory.own_stamp(), Index::read(ctx));
        let hash = |file: OsString| hash_of(file.to_str()?.strip_suffix(".json")?);
        Self {
            ctx,
            variable: Store::of_variable(ctx),
            hashes: (!index.is_of(stamp)).then(|| directory.names().filter_map(hash).collect()),
            directory,
            stamp,
            index,
            keyring: OnceLock::new(),
            read: Mutex::default(),
        }
    }

    /// Tells whether a cache entry exists. Returns false if the entry is kept in the keyring, and the keyring cannot be
    /// read.
    pub(crate) fn has(&self, key: &Key) -> bool {
        if key.store_unless(self.variable) == Store::Files {
            return match &self.hashes {
                Some(hashes) => hashes.contains(&key.hash),
                None => self.index.has(&key.hash),
            };
        }
        let of_keyring = self.keyring.get_or_init(|| {
            let hashes = Store::Keyring.hashes(self.ctx, store::SecretKind::Role)?;
            Ok(hashes.iter().filter_map(|hash| hash_of(hash)).collect())
        });
        of_keyring.as_ref().is_ok_and(|hashes| hashes.contains(&key.hash))
    }

    /// Returns why the keyring could not be read; `None` if it was read, or was not needed.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.keyring.get()?.as_ref().err()
    }

    /// Makes a reader; each thread needs its own.
    pub(crate) fn expirations(&self) -> Expirations<'_> {
        Expirations { names: self, reader: self.directory.reader(), read: Vec::new() }
    }

    /// Writes the index again if the next ssox process can then read the expirations faster.
    pub(crate) fn renew_index(&self) {
        let read = std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner));
        if read.len() >= index::MANY || self.needs_index() {
            self.index.renew(self.ctx, self.stamp, self.hashes.as_ref(), &read);
        }
    }

    /// Tells whether a new index is useful: the cache directory has many files, but not too many for an index; it has
    /// changed since the index was written; and this change was not just now.
    fn needs_index(&self) -> bool {
        let is_large = |hashes: &Hashes| (index::MANY..=index::MOST).contains(&hashes.len());
        let is_settled = self.stamp.is_some_and(|stamp| index::is_settled(self.ctx, stamp));
        is_settled && self.hashes.as_ref().is_some_and(is_large)
    }
}

impl Expirations<'_> {
    /// Returns when the credentials of an entry expire; `None` if the entry is absent, malformed or cannot be read.
    pub(crate) fn get(&mut self, key: &Key) -> Option<Timestamp> {
        let EntryNames { ctx, variable, .. } = self.names;
        if !self.names.has(key) {
            return None;
        }
        match key.store_unless(*variable) {
            Store::Files => self.of_file(key),
            Store::Keyring => expiration(&key.item(ctx).read(ctx).ok()??.content),
        }
    }

    fn of_file(&mut self, key: &Key) -> Option<Timestamp> {
        let EntryNames { ctx, directory, index, hashes, .. } = self.names;
        if hashes.is_none()
            && let Some(kept) = index.get_kept(&key.hash, ctx.now())
        {
            return Some(kept);
        }
        let name = key.file_name();
        // The stamp (inode, size and times) is taken before the file is read. If the file is written in between, the
        // index gets an old stamp, and the file is read again next time.
        let stamp = directory.stamp(&name);
        if let Some(known) = stamp.and_then(|stamp| index.get(&key.hash, stamp)) {
            return Some(known);
        }
        let expiration = self.reader.parse(&name, expiration)?;
        self.read.extend(stamp.and_then(|stamp| index::record(self.names.ctx, &key.hash, stamp, expiration)));
        Some(expiration)
    }
}

impl Drop for Expirations<'_> {
    fn drop(&mut self) {
        self.names.read.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.read);
    }
}

/// Decodes a hash in hexadecimal digits; `None` if the text is not such a hash.
fn hash_of(digits: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(digits, &mut hash).ok().map(|()| hash)
}

/// Returns when the credentials in an entry expire; `None` if the entry is malformed, so that [`parse`] rejects it.
pub(super) fn expiration(bytes: &[u8]) -> Option<Timestamp> {
    match serde_json::from_slice::<Unescaped>(bytes) {
        Ok(Unescaped { credentials }) if credentials.are_valid() => Timestamp::parse(credentials.expiration),
        _ => parse(bytes)?.expiration,
    }
}

/// The parts of a cache entry from which this module reads the expiration. Their texts are not copied, which works only
/// if the JSON text of the entry has no escaped character.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unescaped<'a> {
    #[serde(borrow)]
    credentials: UnescapedCredentials<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UnescapedCredentials<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: Option<&'a str>,
    expiration: &'a str,
    account_id: Option<&'a str>,
}

impl UnescapedCredentials<'_> {
    /// Returns true only if [`parse`] accepts the values. Also returns false for values that are not ASCII, which
    /// [`parse`] may accept. DEL is checked here, because it is the only control character that JSON text can contain
    /// without an escape.
    fn are_valid(&self) -> bool {
        let optional = [self.session_token, self.account_id].into_iter().flatten();
        let mut values = [self.access_key_id, self.secret_access_key, self.expiration].into_iter().chain(optional);
        values.all(|value| value.is_ascii() && !value.is_empty() && !value.contains('\u{7f}'))
    }
}

#[cfg(all(test, unix))]
mod tests;
