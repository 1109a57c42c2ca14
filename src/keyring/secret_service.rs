//! Stores secrets in the Secret Service, which gnome-keyring, KWallet and KeePassXC provide on the D-Bus session bus.
//!
//! Invariant: only [`Connection::unlock`] lets the keyring ask a person. For other functions a locked keyring is an
//! error.

use super::{Bus, Failure, Name};
use dbus_secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// The value of the attribute `application` in all entries of ssox.
const APPLICATION: &str = "ssox";

/// How long the crate `dbus-secret-service` waits for a response.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How many times a request is sent to the keyring at most.
const ATTEMPTS: usize = 4;

/// A connection to the bus, with an open session of the Secret Service.
///
/// Secrets are sent over the bus without encryption. The bus is a socket of this user, and all programs of this user
/// may read the secrets anyway.
pub(super) struct Connection(SecretService);

type Result<T> = std::result::Result<T, Failure>;

impl Connection {
    pub(super) fn open(bus: &Bus) -> Result<Self> {
        check(bus)?;
        let connect = || SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, 0);
        with_retries(|| Ok(Self(connect()?)))
    }

    pub(super) fn read(&self, name: &Name) -> Result<Option<Zeroizing<Vec<u8>>>> {
        with_retries(|| {
            let Some(item) = self.find(&attributes(name))?.pop() else { return Ok(None) };
            match item.get_secret() {
                // Another process removed the entry after the search.
                Err(Error::Dbus(error)) if error.name().is_some_and(|name| name.ends_with(".NoSuchObject")) => Ok(None),
                secret => Ok(Some(Zeroizing::new(secret?))),
            }
        })
    }

    pub(super) fn write(&self, name: &Name, label: &str, content: &[u8]) -> Result<()> {
        with_retries(|| {
            let collection = self.collection()?;
            // An existing entry with exactly these attributes is replaced.
            collection.create_item(label, attributes(name), content, true, "text/plain; charset=utf8")?;
            Ok(())
        })
    }

    pub(super) fn remove(&self, name: &Name) -> Result<bool> {
        with_retries(|| {
            let found = self.find(&attributes(name))?;
            found.iter().try_for_each(Item::delete)?;
            Ok(!found.is_empty())
        })
    }

    pub(super) fn hashes(&self, kind: &'static str) -> Result<Vec<String>> {
        let found = self.find(&HashMap::from([("application", APPLICATION), ("kind", kind)]))?;
        let names = found.iter().map(|item| Ok(item.get_attributes()?.remove("name")));
        names.filter_map(Result::transpose).collect()
    }

    pub(super) fn check(&self) -> Result<()> {
        self.collection().map(drop)
    }

    /// Unlocks the default collection, or creates a default collection if the keyring has none. In both cases the
    /// keyring asks the person.
    pub(super) fn unlock(&self, limit: Duration) -> Result<()> {
        let asking = SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, limit.as_secs())?;
        let done = match asking.get_default_collection() {
            Ok(collection) => collection.ensure_unlocked(),
            Err(Error::NoResult) => asking.create_collection("Login", "default").map(drop),
            Err(error) => Err(error),
        };
        done.map_err(|error| if matches!(error, Error::Prompt) { Failure::StillLocked } else { error.into() })
    }

    /// Returns the entries with these attributes. If no entry is found, checks that the keyring is present and
    /// unlocked, because the entries of a locked keyring may not be found.
    fn find(&self, attributes: &HashMap<&str, &str>) -> Result<Vec<Item<'_>>> {
        let found = self.0.search_items(attributes.clone())?;
        if !found.locked.is_empty() {
            return Err(Failure::Locked);
        }
        if found.unlocked.is_empty() {
            self.check()?;
        }
        Ok(found.unlocked)
    }

    /// Returns the collection to which entries are written.
    fn collection(&self) -> Result<Collection<'_>> {
        let collection = self.0.get_default_collection()?;
        if collection.is_locked()? { Err(Failure::Locked) } else { Ok(collection) }
    }
}

/// Repeats a call if the keyring is slow: the crate waits only for [`ATTEMPT`]. All calls may be repeated.
fn with_retries<T>(call: impl Fn() -> Result<T>) -> Result<T> {
    (1..ATTEMPTS)
        .find_map(|_| Some(call()).filter(|done| !matches!(done, Err(Failure::Silent(_)))))
        .unwrap_or_else(&call)
}

fn attributes(name: &Name) -> HashMap<&str, &str> {
    HashMap::from([("application", APPLICATION), ("kind", name.kind), ("name", &name.hash)])
}

/// Checks the address of the bus. D-Bus would start the program that an address can contain, so only sockets are
/// allowed.
fn check(bus: &Bus) -> Result<()> {
    let Some(address) = &bus.address else {
        let is_there = bus.runtime_dir.as_ref().is_some_and(|directory| Path::new(directory).join("bus").exists());
        return if is_there { Ok(()) } else { Err(Failure::Absent("there is no D-Bus session bus here".into())) };
    };
    if address.split(';').all(|one| one.starts_with("unix:")) {
        return Ok(());
    }
    Err(Failure::Absent("DBUS_SESSION_BUS_ADDRESS is not the address of a socket (`unix:…`)".into()))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Dbus(error) => of_dbus(error.name().unwrap_or_default(), error.message().unwrap_or_default()),
            Error::NoResult => Self::Empty,
            Error::Locked | Error::Prompt => Self::Locked,
            Error::Unavailable => Self::Absent("no program provides the Secret Service".into()),
            error => Self::Other(error.to_string()),
        }
    }
}

fn of_dbus(name: &str, message: &str) -> Failure {
    match name.rsplit('.').next().unwrap_or_default() {
        "IsLocked" => Failure::Locked,
        "NoReply" | "Timeout" | "TimedOut" => Failure::Silent(ATTEMPT),
        "ServiceUnknown" | "NameHasNoOwner" => {
            Failure::Absent("no program on the D-Bus session bus provides the Secret Service".into())
        }
        "NoServer" | "FileNotFound" | "Disconnected" | "AccessDenied" | "AuthFailed" | "BadAddress" => {
            Failure::Absent(format!("the D-Bus session bus does not work ({message})"))
        }
        _ if name.contains(".Spawn.") => {
            Failure::Absent(format!("the program that provides the Secret Service does not start ({message})"))
        }
        _ => Failure::Other(message.to_string()),
    }
}
