//! What a process passes to the local server for credentials when it starts this server.

#[cfg(unix)]
mod document;

use super::directory::Directory;
use crate::cache::Entry;
use crate::secret::Secret;
use crate::time::Timestamp;

/// What the local server for credentials gets from the process that starts it, in addition to its listening socket.
pub(crate) struct Handover {
    /// The name of the profile, for the server's messages.
    pub(crate) profile: String,
    /// The arguments of the ssox process that renews the credentials.
    pub(crate) renewal: Vec<String>,
    pub(crate) token: Secret,
    pub(crate) directory: Directory,
    /// The id of a process; the server exits when that process has exited. `None`: the server waits for no process.
    pub(crate) watched: Option<u32>,
    /// The time at which the server exits at the latest; `None` if there is no time limit. Only a profile whose use a
    /// person must confirm (`ssox_protected`) can have one.
    pub(crate) until: Option<Timestamp>,
    pub(crate) entry: Entry,
}
