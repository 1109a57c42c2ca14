//! The keyring of the operating system: the Secret Service of a Linux desktop, the Keychain of macOS, or the Credential
//! Manager of Windows.
//!
//! Invariant: no call waits longer than its limit, and only [`Keyring::unlock`] lets the keyring ask a person. One
//! thread talks to the keyring, because a D-Bus that does not answer would block the caller for ever.

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

/// The name of the keyring on this system.
const SYSTEM: &str = if cfg!(windows) {
    "Credential Manager"
} else if cfg!(target_os = "macos") {
    "Keychain"
} else {
    "Secret Service"
};

/// The name of a secret in the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `token` or `role`.
    pub(crate) kind: &'static str,
    /// The hash in the name of the file that would contain the same secret.
    pub(crate) hash: String,
}

/// The variables that tell where the D-Bus session bus is.
#[derive(Clone, Debug, Default)]
#[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "only the Secret Service is on a bus"))]
pub(crate) struct Bus {
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub(crate) address: Option<String>,
    /// `XDG_RUNTIME_DIR`, the directory with the socket `bus`.
    pub(crate) runtime_dir: Option<String>,
}

/// The keyring of this user. Its clones share one connection, which is opened by the first call.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    bus: Bus,
    state: Arc<Mutex<State>>,
}

/// What a caller asks the thread of the keyring to do.
type Job = Box<dyn FnOnce(&std::result::Result<Connection, Failure>) + Send>;

#[derive(Default)]
enum State {
    #[default]
    NotConnected,
    Connected(Sender<Job>),
    /// The keyring did not answer in time. ssox does not ask the keyring again, so a process waits for the keyring only
    /// once.
    Silent,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keyring({:?})", self.bus)
    }
}

impl Keyring {
    /// Returns the keyring that is reached through this D-Bus. Does not connect yet.
    pub(crate) fn new(bus: Bus) -> Self {
        Self { bus, state: Arc::default() }
    }

    /// Returns a secret; `None` if the keyring does not have it.
    ///
    /// # Errors
    /// `NeedsPerson`: the keyring is locked or absent, or does not answer.
    pub(crate) fn read(&self, limit: Duration, name: &Name) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let name = name.clone();
        self.call(limit, move |connection| connection.read(&name))
    }

    /// Writes a secret. Programs that manage the keyring show `label`.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn write(&self, limit: Duration, name: &Name, label: String, content: Zeroizing<Vec<u8>>) -> Result<()> {
        let name = name.clone();
        self.call(limit, move |connection| connection.write(&name, &label, &content))
    }

    /// Removes a secret; returns whether it existed.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn remove(&self, limit: Duration, name: &Name) -> Result<bool> {
        let name = name.clone();
        self.call(limit, move |connection| connection.remove(&name))
    }

    /// Returns the hashes in the names of all secrets of ssox that are of this kind.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn hashes(&self, limit: Duration, kind: &'static str) -> Result<Vec<String>> {
        self.call(limit, move |connection| connection.hashes(kind))
    }

    /// Checks that secrets can be written.
    ///
    /// # Errors
    /// Those of [`Keyring::read`].
    pub(crate) fn check(&self, limit: Duration) -> Result<()> {
        self.call(limit, Connection::check)
    }

    /// Tells whether a person must first unlock or create the keyring.
    ///
    /// # Errors
    /// `NeedsPerson`: the keyring is absent, or does not answer.
    pub(crate) fn is_locked(&self, limit: Duration) -> Result<bool> {
        self.call(limit, |connection| match connection.check() {
            Err(Failure::Locked | Failure::Empty) => Ok(true),
            checked => checked.map(|()| false),
        })
    }

    /// Unlocks the keyring. The system asks the person for the password in a window.
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
            // Sending fails if the caller no longer waits. The error is ignored.
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

    /// Sends a job to the thread of the keyring, and starts this thread if necessary; returns whether the job was sent.
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

/// Connects to the keyring, and does the jobs until no caller is left.
fn serve(bus: &Bus, jobs: &Receiver<Job>) {
    let connection = Connection::open(bus);
    for job in jobs {
        job(&connection);
    }
}
