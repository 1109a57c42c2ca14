//! The operating system's keyring: the Secret Service of a Linux desktop, the Keychain of macOS, the Credential Manager of
//! Windows.
//!
//! Invariant: no call waits longer than its limit, and only [`Keyring::unlock`] lets the keyring ask a person anything. One
//! thread talks to the keyring, because a bus that does not answer blocks it for good.

mod failure;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(windows, target_os = "macos"))]
mod native;
#[cfg(any(windows, target_os = "macos", test))]
mod parts;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(windows)]
mod windows;

use failure::Failure;
pub(crate) use failure::LOGIN;
#[cfg(any(windows, target_os = "macos"))]
use native::Connection;
#[cfg(all(unix, not(target_os = "macos")))]
use secret_service::Connection;

use crate::error::Result;
use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// What the keyring of this system is called.
const SYSTEM: &str = if cfg!(windows) {
    "Credential Manager"
} else if cfg!(target_os = "macos") {
    "Keychain"
} else {
    "Secret Service"
};

/// The name of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `token` or `role`.
    pub(crate) kind: &'static str,
    /// The name of the file that would hold the same secret, without its ending.
    pub(crate) hash: String,
}

/// The variables that say where the D-Bus session bus is.
#[derive(Clone, Debug, Default)]
#[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "only the Secret Service is on a bus"))]
pub(crate) struct Bus {
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub(crate) address: Option<String>,
    /// `XDG_RUNTIME_DIR`, where the bus has a socket of a fixed name.
    pub(crate) runtime_dir: Option<String>,
}

/// The keyring of this user. Copies share one connection, which the first call opens.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    bus: Bus,
    state: Arc<Mutex<State>>,
}

/// What the thread does for a caller.
type Job = Box<dyn FnOnce(&std::result::Result<Connection, Failure>) + Send>;

#[derive(Default)]
enum State {
    #[default]
    NotConnected,
    Connected(Sender<Job>),
    /// It did not answer in time. It is not asked again, so that a process waits only once.
    Silent,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keyring({:?})", self.bus)
    }
}

impl Keyring {
    /// Returns the keyring that is reached through a bus. It is not connected yet.
    pub(crate) fn new(bus: Bus) -> Self {
        Self { bus, state: Arc::default() }
    }

    /// Returns the content of an entry, if there is one.
    ///
    /// # Errors
    /// `NeedsPerson`: the keyring is locked, absent or silent.
    pub(crate) fn read(&self, limit: Duration, name: &Name) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let name = name.clone();
        self.call(limit, move |connection| connection.read(&name))
    }

    /// Writes an entry. `label` is what programs that manage the keyring show.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn write(&self, limit: Duration, name: &Name, label: String, content: Zeroizing<Vec<u8>>) -> Result<()> {
        let name = name.clone();
        self.call(limit, move |connection| connection.write(&name, &label, &content))
    }

    /// Removes an entry, and tells whether there was one.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn remove(&self, limit: Duration, name: &Name) -> Result<bool> {
        let name = name.clone();
        self.call(limit, move |connection| connection.remove(&name))
    }

    /// Returns the names of all entries of ssox of one kind.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn hashes(&self, limit: Duration, kind: &'static str) -> Result<Vec<String>> {
        self.call(limit, move |connection| connection.hashes(kind))
    }

    /// Checks that entries can be written.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn check(&self, limit: Duration) -> Result<()> {
        self.call(limit, Connection::check)
    }

    /// Tells whether a person must unlock or make the keyring first.
    ///
    /// # Errors
    /// `NeedsPerson`: it is absent or silent.
    pub(crate) fn is_locked(&self, limit: Duration) -> Result<bool> {
        self.call(limit, |connection| match connection.check() {
            Err(Failure::Locked | Failure::Empty) => Ok(true),
            checked => checked.map(|()| false),
        })
    }

    /// Unlocks the keyring: it asks the person for its password, in a window of its own.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn unlock(&self, limit: Duration) -> Result<()> {
        self.call(limit, move |connection| connection.unlock(limit))
    }

    fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl FnOnce(&Connection) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.as_ref().map_err(Clone::clone).and_then(job);
            // The caller may have given up.
            drop(sender.send(result));
        });
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_sent(&mut state, job) {
            return Err(Failure::Silent(limit).into());
        }
        let answer = receiver.recv_timeout(limit).unwrap_or_else(|_| {
            *state = State::Silent;
            Err(Failure::Silent(limit))
        });
        answer.map_err(Into::into)
    }

    /// Gives the thread a job; tells whether there is a thread that may do it.
    fn is_sent(&self, state: &mut State, job: Job) -> bool {
        if matches!(state, State::NotConnected) {
            let (sender, jobs) = channel();
            let bus = self.bus.clone();
            thread::spawn(move || serve(&bus, &jobs));
            *state = State::Connected(sender);
        }
        match state {
            State::Connected(jobs) => jobs.send(job).is_ok(),
            State::NotConnected | State::Silent => false,
        }
    }
}

/// Connects, and does each job until no caller is left.
fn serve(bus: &Bus, jobs: &Receiver<Job>) {
    let connection = Connection::open(bus);
    for job in jobs {
        job(&connection);
    }
}
