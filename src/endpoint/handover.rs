//! What the server needs from the process that opens an endpoint.

#[cfg(unix)]
mod document;

use super::directory::Directory;
use crate::cache::Entry;
use crate::secret::Secret;
use crate::time::Timestamp;

/// All that the server needs besides its listener.
pub(crate) struct Handover {
    /// The name of the profile, for messages.
    pub(crate) profile: String,
    /// The arguments of the process that renews.
    pub(crate) renewal: Vec<String>,
    pub(crate) token: Secret,
    pub(crate) directory: Directory,
    /// The process with which the server ends.
    pub(crate) watched: Option<u32>,
    /// When the server of a protected profile ends.
    pub(crate) until: Option<Timestamp>,
    pub(crate) entry: Entry,
}
