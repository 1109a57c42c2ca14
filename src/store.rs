//! Stores tokens and role credentials, in the files that all AWS tools share or in the keyring of the operating system.
//!
//! Invariant: a secret that belongs in the keyring is never written to a file, even if the keyring cannot be used.

mod of_session;

pub(crate) use of_session::remove_of_session;

use crate::context::Context;
use crate::error::Result;
use crate::files::{self, ReservedFile};
use crate::keyring::Name;
use crate::secret::Secret;
use crate::time::Timestamp;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The variable that sets where the secrets of all sessions are kept; with `keyring`, also role credentials that belong
/// to no session.
pub(crate) const VARIABLE: &str = "SSOX_STORE";

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Store {
    #[default]
    Files,
    Keyring,
}

/// The kind of a secret: a token or role credentials. Each kind has its own directory, and a name in the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretKind {
    Token,
    Role,
}

/// Identifies a secret: where it is kept, and under which name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) store: Store,
    pub(crate) kind: SecretKind,
    /// The name of the secret's file without `.json`. The entry in the keyring has the same name.
    pub(crate) hash: String,
}

/// The content of an item, and when it was written.
pub(crate) struct Stored {
    pub(crate) content: Zeroizing<Vec<u8>>,
    pub(crate) written_at: Option<Timestamp>,
}

/// Where the next content of an item will be written; for a file, disk space is already reserved.
#[derive(Debug)]
pub(crate) enum Reserved {
    File(ReservedFile),
    Keyring(Item),
}

impl Store {
    /// Each value that `ssox_store` and `SSOX_STORE` may have, and the store that it stands for.
    pub(crate) const NAMES: [(&str, Self); 2] = [("files", Self::Files), ("keyring", Self::Keyring)];

    /// Returns the store that `SSOX_STORE` demands; `None` if the variable is unset or has an unknown value.
    pub(crate) fn of_variable(ctx: &Context) -> Option<Self> {
        Self::named(ctx.var(VARIABLE)?)
    }

    /// Returns the store with this name; `None` if the name is unknown.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, store)| *store)
    }

    /// Returns the other store, which may contain a secret from before the setting was changed.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Files => Self::Keyring,
            Self::Keyring => Self::Files,
        }
    }

    /// Returns the hashes of all items of a kind.
    ///
    /// # Errors
    /// `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn hashes(self, ctx: &Context, kind: SecretKind) -> Result<Vec<String>> {
        if self == Self::Keyring {
            return ctx.keyring.hashes(ctx.keyring_limit(), kind.name());
        }
        let files = std::fs::read_dir(kind.directory(ctx)?).into_iter().flatten().flatten();
        let hash = |file: std::fs::DirEntry| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_string());
        Ok(files.filter_map(hash).collect())
    }
}

impl SecretKind {
    /// Returns the directory in which the files of this kind are.
    ///
    /// # Errors
    /// `Configuration`: the home directory is unknown.
    pub(crate) fn directory(self, ctx: &Context) -> Result<PathBuf> {
        let below = match self {
            Self::Token => ".aws/sso/cache",
            Self::Role => ".aws/cli/cache",
        };
        Ok(ctx.home()?.join(below))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Role => "role",
        }
    }
}

impl Item {
    /// Returns the item with the same name in another store.
    pub(crate) fn in_store(&self, store: Store) -> Self {
        Self { store, ..self.clone() }
    }

    /// Reads the item; `None` if it is absent.
    ///
    /// # Errors
    /// `Configuration`: the file exists but cannot be read. `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn read(&self, ctx: &Context) -> Result<Option<Stored>> {
        if self.store == Store::Keyring {
            let found = ctx.keyring.read(ctx.keyring_limit(), &self.name())?;
            return Ok(found.and_then(|entry| without_time(&entry, ctx.now())));
        }
        let path = self.path(ctx)?;
        let content = files::read(&path)?.map(Zeroizing::new);
        Ok(content.map(|content| Stored { content, written_at: ctx.written_at(&path) }))
    }

    /// Returns when the item was written; `None` if it is absent or cannot be read.
    pub(crate) fn written_at(&self, ctx: &Context) -> Option<Timestamp> {
        match self.store {
            Store::Files => ctx.written_at(&self.path(ctx).ok()?),
            Store::Keyring => self.read(ctx).ok()??.written_at,
        }
    }

    /// Returns a text without secrets. The text changes when the item changes, or when reading the item fails for
    /// another reason than before.
    pub(crate) fn state(&self, ctx: &Context) -> String {
        if self.store == Store::Files {
            return self.path(ctx).map_or_else(|error| error.message, |path| files::state(&path));
        }
        match self.read(ctx) {
            Ok(Some(stored)) => files::hashed(&String::from_utf8_lossy(&stored.content)),
            Ok(None) => "absent".into(),
            Err(error) => error.message,
        }
    }

    /// Reserves disk space for the next content, or checks that the keyring can be written.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be written. `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn reserve(&self, ctx: &Context) -> Result<Reserved> {
        if self.store == Store::Keyring {
            return ctx.keyring.check(ctx.keyring_limit()).map(|()| Reserved::Keyring(self.clone()));
        }
        ReservedFile::reserve(&self.path(ctx)?).map(Reserved::File)
    }

    /// Writes the item. Programs that manage the keyring show `label`. If the item is kept in the keyring, a file with
    /// the same item is removed.
    ///
    /// # Errors
    /// Those of [`Item::reserve`].
    pub(crate) fn write(&self, ctx: &Context, label: &str, content: &Secret) -> Result<()> {
        if self.store == Store::Files {
            return files::write_secret(&self.path(ctx)?, content.expose().as_bytes());
        }
        ctx.keyring.write(ctx.keyring_limit(), &self.name(), label.into(), with_time(content, ctx.now()))?;
        files::remove(&self.path(ctx)?)
    }

    /// Removes the item; returns whether it existed.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be removed. `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn remove(&self, ctx: &Context) -> Result<bool> {
        if self.store == Store::Keyring {
            return ctx.keyring.remove(ctx.keyring_limit(), &self.name());
        }
        let path = self.path(ctx)?;
        let was_there = path.exists();
        files::remove(&path).map(|()| was_there)
    }

    /// Tells whether the file's directory is read-only, for this user or for everybody.
    pub(crate) fn is_read_only(&self, ctx: &Context) -> bool {
        self.store == Store::Files && self.path(ctx).is_ok_and(|path| files::is_read_only(&path))
    }

    /// Returns the path that the item has, or would have, as a file.
    ///
    /// # Errors
    /// `Configuration`: the home directory is unknown.
    pub(crate) fn path(&self, ctx: &Context) -> Result<PathBuf> {
        Ok(file(&self.kind.directory(ctx)?, &self.hash))
    }

    fn name(&self) -> Name {
        Name { kind: self.kind.name(), hash: self.hash.clone() }
    }
}

impl Reserved {
    /// Writes the content to the reserved place. Programs that manage the keyring show `label`.
    ///
    /// # Errors
    /// Those of [`Item::write`].
    pub(crate) fn write(self, ctx: &Context, label: &str, content: &Secret) -> Result<()> {
        match self {
            Self::File(file) => file.write(content.expose().as_bytes()),
            Self::Keyring(item) => item.write(ctx, label, content),
        }
    }
}

fn file(directory: &Path, hash: &str) -> PathBuf {
    directory.join(format!("{hash}.json"))
}

/// Puts the time before the content, because not every keyring tells when an entry was written.
fn with_time(content: &Secret, now: Timestamp) -> Zeroizing<Vec<u8>> {
    let line = format!("{}\n", now.0);
    let mut entry = Zeroizing::new(Vec::with_capacity(line.len() + content.expose().len()));
    entry.extend_from_slice(line.as_bytes());
    entry.extend_from_slice(content.expose().as_bytes());
    entry
}

/// Splits a keyring entry into content and time; `None` if another program has written it.
fn without_time(entry: &[u8], now: Timestamp) -> Option<Stored> {
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let written_at = std::str::from_utf8(&entry[..end]).ok()?.parse().ok().map(Timestamp)?;
    Some(Stored { content: Zeroizing::new(entry[end + 1..].to_vec()), written_at: Some(written_at.min(now)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_keyring_says_when_it_was_written() {
        let now = Timestamp(1_700_000_000);
        let entry = with_time(&Secret::new("{\n}"), now);
        assert_eq!(&**entry, b"1700000000\n{\n}");
        let stored = without_time(&entry, now).unwrap();
        assert_eq!((&**stored.content, stored.written_at), (b"{\n}".as_slice(), Some(now)));
        // If the clock was set back, the entry counts as written now.
        assert_eq!(without_time(&entry, Timestamp(1)).unwrap().written_at, Some(Timestamp(1)));
        for other in ["", "{}", "x\n{}"] {
            assert!(without_time(other.as_bytes(), now).is_none(), "{other}");
        }
    }
}
