//! The record of a sign-in, a file in the state directory: which process signs in, and the error if the sign-in failed.

use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::json;
use crate::terminal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What waiting processes read about the process that signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SignInRecord {
    id: String,
    /// The process that signs in, for messages: its command without options, its process ID, its terminal.
    pub(super) holder: String,
    pub(super) since: Timestamp,
    pub(super) is_finished: bool,
    /// The error of the sign-in, if it affects the waiting processes too.
    #[serde(flatten)]
    pub(super) failure: Option<Error>,
}

impl SignInRecord {
    /// Makes the record of a sign-in that this process starts now.
    pub(super) fn new(ctx: &Context) -> Self {
        let terminal = terminal::name().map(|name| format!(", on {name}")).unwrap_or_default();
        let holder = format!("`{}` (pid {}{terminal})", ctx.command, std::process::id());
        let mut bytes = [0; 16];
        // If no random bytes are available, the time makes the ID unique enough.
        let _ = getrandom::fill(&mut bytes);
        let id = format!("{} {}", hex::encode(bytes), ctx.now());
        Self { id, holder, since: ctx.now(), failure: None, is_finished: false }
    }

    /// Tells whether this record is of a sign-in that had finished before the wait began. `old` is the record when the
    /// wait began.
    pub(super) fn is_of_earlier(&self, old: Option<&Self>) -> bool {
        old.is_some_and(|old| old.id == self.id && old.is_finished)
    }

    /// Reads a record. Returns `None` when the file is absent or broken.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&files::read(path).ok()??).ok()
    }

    /// Writes the record. Errors are ignored, because waiting processes can do without it.
    pub(super) fn write(&self, path: &Path) {
        let _ = files::write_secret(path, json::line(self).as_bytes());
    }
}
