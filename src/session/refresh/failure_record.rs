//! The record of a failed refresh, in the state directory.

use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::secret::Secret;
use crate::session::{Session, token};
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The file with the failure of the last refresh.
///
/// Processes that waited for the lock read it and do not fail one after the other. It also keeps a rejected refresh token
/// from being sent again.
pub(super) struct FailureRecord {
    /// `None` without a state directory.
    path: Option<PathBuf>,
    refresh_token_hash: String,
}

impl FailureRecord {
    /// Returns the record for a refresh token of a session.
    pub(super) fn of(ctx: &Context, session: &Session, refresh_token: &Secret) -> Self {
        let directory = ctx.state_dir().ok().map(|state| state.join("refreshes"));
        let path = directory.map(|directory| token::cache_file(&directory, session.label()));
        Self { path, refresh_token_hash: files::hashed(refresh_token.expose()) }
    }

    /// Returns the recorded failure of this refresh token, if AWS rejected it or the failure is not older than `since`.
    pub(super) fn read(&self, since: Option<Timestamp>) -> Option<Error> {
        let value: Value = serde_json::from_slice(&files::read(self.path.as_ref()?).ok()??).ok()?;
        let at = Timestamp::parse(value["at"].as_str()?)?;
        let message = value["message"].as_str()?;
        let kinds = [ErrorKind::NeedsPerson, ErrorKind::Unreachable];
        let kind = kinds.into_iter().find(|kind| value["exit_status"] == kind.exit_status())?;
        let is_recent = since.is_some_and(|since| at >= since);
        if value["of"] != self.refresh_token_hash.as_str() || (kind != ErrorKind::NeedsPerson && !is_recent) {
            return None;
        }
        let hints = value["hints"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Some(hints.fold(Error::new(kind, message), Error::hint))
    }

    /// Records a failure; errors are ignored, because a refresh also works without the record.
    pub(super) fn write(&self, at: Timestamp, error: &Error) {
        let record = json!({
            "of": self.refresh_token_hash,
            "at": at.to_string(),
            "exit_status": error.kind.exit_status(),
            "message": error.message,
            "hints": error.hints,
        });
        if let Some(path) = &self.path {
            let _ = files::write_secret(path, record.to_string().as_bytes());
        }
    }
}
