//! Stores secrets in the Keychain of macOS and the Credential Manager of Windows, with the crates that the crate
//! `keyring` is made of.
//!
//! Each entry has the service `ssox`; its user is the kind and the name of the secret. If a secret has several parts,
//! the users of the later parts have more text after the name.

#[cfg(target_os = "macos")]
use super::macos as system;
use super::parts::{self, Entries};
#[cfg(windows)]
use super::windows as system;
use super::{Bus, Failure, Name};
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const SERVICE: &str = "ssox";

/// The keyring of the system, which needs no connection.
pub(super) struct Connection(Arc<system::Store>);

type Result<T> = std::result::Result<T, Failure>;

impl Connection {
    pub(super) fn open(_: &Bus) -> Result<Self> {
        Ok(Self(system::Store::new()?))
    }

    pub(super) fn read(&self, name: &Name) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let _quiet = system::without_prompts();
        parts::read(self, &user(name))
    }

    pub(super) fn write(&self, name: &Name, _: &str, content: &[u8]) -> Result<()> {
        let _quiet = system::without_prompts();
        parts::write(self, &user(name), content, system::LARGEST)
    }

    pub(super) fn remove(&self, name: &Name) -> Result<bool> {
        let _quiet = system::without_prompts();
        parts::remove(self, &user(name))
    }

    pub(super) fn hashes(&self, kind: &'static str) -> Result<Vec<String>> {
        let _quiet = system::without_prompts();
        let users = self.names()?.into_iter();
        let hashes = users.filter_map(|user| Some(user.strip_prefix(kind)?.strip_prefix(' ')?.to_string()));
        // An entry with more after its name is a further part of a secret.
        Ok(hashes.filter(|hash| !hash.contains(' ')).collect())
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only the Secret Service needs this check")]
    pub(super) fn check(&self) -> Result<()> {
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "the keyring of Linux needs `self` to ask for the password")]
    pub(super) fn unlock(&self, _: Duration) -> Result<()> {
        system::unlock()
    }

    fn entry(&self, user: &str) -> Result<Entry> {
        Ok(self.0.build(SERVICE, user, system::modifiers().as_ref())?)
    }
}

impl Entries for Connection {
    fn get(&self, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(user)?.get_secret() {
            Ok(content) => Ok(Some(Zeroizing::new(content))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn set(&self, user: &str, content: &[u8]) -> Result<()> {
        Ok(self.entry(user)?.set_secret(content)?)
    }

    fn delete(&self, user: &str) -> Result<bool> {
        match self.entry(user)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn names(&self) -> Result<Vec<String>> {
        let found = self.0.search(&HashMap::from([system::OF_SSOX]))?;
        let specifiers = found.iter().filter_map(Entry::get_specifiers);
        Ok(specifiers.filter(|(service, _)| service == SERVICE).map(|(_, user)| user).collect())
    }
}

/// Returns the attribute `user` of the keyring entry in which the first part of a secret is stored.
fn user(Name { kind, hash }: &Name) -> String {
    format!("{kind} {hash}")
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NoStorageAccess(_) => Self::Locked,
            Error::PlatformFailure(cause) if system::is_locked(cause.as_ref()) => Self::Locked,
            Error::PlatformFailure(cause) => Self::Other(cause.to_string()),
            error => Self::Other(error.to_string()),
        }
    }
}
