//! Stores secrets in the Keychain of macOS and the Credential Manager of Windows, with the crates that the crate
//! `keyring` is made of.
//!
//! Each entry has the service `ssox`; its user is the kind and the name of the secret.

#[cfg(target_os = "macos")]
use super::macos as system;
use super::parts;
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
        let Some(first) = self.part(name, 0)? else { return Ok(None) };
        let mut parts_read = vec![first];
        for at in 1..parts::count(&parts_read[0]).unwrap_or_default() {
            let Some(part) = self.part(name, at)? else { return Ok(None) };
            parts_read.push(part);
        }
        Ok(parts::join(&parts_read))
    }

    pub(super) fn write(&self, name: &Name, _: &str, content: &[u8]) -> Result<()> {
        let _quiet = system::without_prompts();
        for (at, part) in parts::split(content, system::LARGEST).iter().enumerate() {
            self.entry(name, at)?.set_secret(part)?;
        }
        Ok(())
    }

    pub(super) fn remove(&self, name: &Name) -> Result<bool> {
        let _quiet = system::without_prompts();
        let mut removed = 0;
        loop {
            match self.entry(name, removed)?.delete_credential() {
                Ok(()) => removed += 1,
                Err(Error::NoEntry) => return Ok(removed > 0),
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn hashes(&self, kind: &'static str) -> Result<Vec<String>> {
        let _quiet = system::without_prompts();
        let found = self.0.search(&HashMap::from([system::OF_SSOX]))?;
        let users = found.iter().filter_map(Entry::get_specifiers).filter(|(service, _)| service == SERVICE);
        let hashes = users.filter_map(|(_, user)| Some(user.strip_prefix(kind)?.strip_prefix(' ')?.to_string()));
        // An entry with a number after its name is a further part of a secret.
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

    fn part(&self, name: &Name, at: usize) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(name, at)?.get_secret() {
            Ok(part) => Ok(Some(Zeroizing::new(part))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn entry(&self, Name { kind, hash }: &Name, at: usize) -> Result<Entry> {
        let user = if at == 0 { format!("{kind} {hash}") } else { format!("{kind} {hash} {at}") };
        Ok(self.0.build(SERVICE, &user, system::modifiers().as_ref())?)
    }
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
