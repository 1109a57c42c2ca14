//! The record of a failed refresh, in the state directory.

use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::json;
use crate::secret::Secret;
use crate::session::{Session, token};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
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

/// The content of the file.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The hash of the refresh token.
    of: String,
    at: Timestamp,
    #[serde(flatten)]
    error: Error,
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
        let bytes = files::read(self.path.as_ref()?).ok()??;
        let Content { of, at, error } = serde_json::from_slice(&bytes).ok()?;
        let is_counted = match error.kind {
            ErrorKind::NeedsPerson => true,
            ErrorKind::Unreachable => since.is_some_and(|since| at >= since),
            _ => false,
        };
        (is_counted && of == self.refresh_token_hash).then_some(error)
    }

    /// Records a failure; errors are ignored, because a refresh also works without the record.
    pub(super) fn write(&self, at: Timestamp, error: &Error) {
        let Some(path) = &self.path else { return };
        let content = Content { of: self.refresh_token_hash.clone(), at, error: error.clone() };
        let _ = files::write_secret(path, json::line(&content).as_bytes());
    }
}
