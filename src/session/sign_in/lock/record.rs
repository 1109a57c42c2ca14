//! The record of a sign-in, in the state directory: who is signing in, and the failure that it ended with.

use crate::context::Context;
use crate::error::{ErrorKind, printable};
use crate::files;
use crate::terminal;
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// What waiting processes read about the process that signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignInRecord {
    id: String,
    /// The command, its process id and its terminal.
    pub(super) holder: String,
    pub(super) since: Timestamp,
    /// The kind and the message of a failure that counts for all.
    pub(super) failure: Option<(ErrorKind, String)>,
    pub(super) is_finished: bool,
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

    pub(super) fn to_json(&self) -> Value {
        let (exit_status, message) = self.failure.as_ref().map(|(kind, text)| (kind.exit_status(), text)).unzip();
        json!({
            "id": self.id,
            "holder": self.holder,
            "since": self.since.to_string(),
            "is_finished": self.is_finished,
            "exit_status": exit_status,
            "message": message,
        })
    }

    /// Reads a record; `None` when the file is absent or broken.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let value: Value = serde_json::from_slice(&files::read(path).ok()??).ok()?;
        let text = |name: &str| value[name].as_str().map(printable);
        let kinds = [ErrorKind::NeedsPerson, ErrorKind::Unreachable];
        let kind = kinds.into_iter().find(|kind| value["exit_status"] == kind.exit_status());
        Some(Self {
            id: text("id")?,
            holder: text("holder")?,
            since: Timestamp::parse(value["since"].as_str()?)?,
            failure: kind.zip(text("message")),
            is_finished: value["is_finished"].as_bool()?,
        })
    }
}
