//! The record of a sign-in, in the state directory: who is signing in, and the failure that it ended with.

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
    /// The command, its process id and its terminal.
    pub(super) holder: String,
    pub(super) since: Timestamp,
    pub(super) is_finished: bool,
    /// A failure that counts for all.
    #[serde(flatten)]
    pub(super) failure: Option<Error>,
}

impl SignInRecord {
    /// Makes the record of a sign-in by this process that begins now.
    pub(super) fn new(ctx: &Context) -> Self {
        let terminal = terminal::name().map(|name| format!(", on {name}")).unwrap_or_default();
        let holder = format!("`{}` (pid {}{terminal})", ctx.command, std::process::id());
        let mut bytes = [0; 16];
        // Without random bytes the time still tells records apart.
        let _ = getrandom::fill(&mut bytes);
        let id = format!("{} {}", hex::encode(bytes), ctx.now());
        Self { id, holder, since: ctx.now(), failure: None, is_finished: false }
    }

    /// Tells whether this is the record of a sign-in that was finished when the wait began.
    pub(super) fn is_of_earlier(&self, old: Option<&Self>) -> bool {
        old.is_some_and(|old| old.id == self.id && old.is_finished)
    }

    /// Reads a record; `None` when the file is absent or broken.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&files::read(path).ok()??).ok()
    }

    /// Writes the record; errors are ignored, because waiting processes also work without it.
    pub(super) fn write(&self, path: &Path) {
        let _ = files::write_secret(path, json::line(self).as_bytes());
    }
}
