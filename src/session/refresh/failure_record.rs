//! The record of a failed refresh, a file in the state directory.

use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::json;
use crate::secret::Secret;
use crate::session::{Session, token};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The file that records why the last refresh of a session's token failed.
///
/// Processes that waited for the lock read this file, so that they do not repeat a request that just failed. The file
/// also keeps ssox from sending a rejected refresh token again.
pub(super) struct FailureRecord {
    /// The path of the file; `None` without a state directory.
    path: Option<PathBuf>,
    refresh_token_hash: String,
}

/// The JSON content of the file that records why the last refresh of a token failed.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The hash of the refresh token that was sent.
    of: String,
    at: Timestamp,
    #[serde(flatten)]
    error: Error,
}

impl FailureRecord {
    /// Returns the record of a session, for a refresh with this refresh token.
    pub(super) fn of(ctx: &Context, session: &Session, refresh_token: &Secret) -> Self {
        let directory = ctx.state_dir().ok().map(|state| state.join("refreshes"));
        let path = directory.map(|directory| token::cache_file(&directory, session.label()));
        Self { path, refresh_token_hash: files::hashed(refresh_token.expose()) }
    }

    /// Returns the recorded error of a refresh with this refresh token. An error with which AWS rejected the token is
    /// always returned. Any other error (AWS was unreachable, throttled or refused the request) is returned only if it
    /// was recorded at `since` or later; with `None`, it is not returned.
    pub(super) fn read(&self, since: Option<Timestamp>) -> Option<Error> {
        let bytes = files::read(self.path.as_ref()?).ok()??;
        let Content { of, at, error } = serde_json::from_slice(&bytes).ok()?;
        let is_counted = match error.kind {
            ErrorKind::NeedsPerson => true,
            ErrorKind::Unreachable | ErrorKind::Refused => since.is_some_and(|since| at >= since),
            _ => false,
        };
        (is_counted && of == self.refresh_token_hash).then_some(error)
    }

    /// Records an error of a refresh. An error when the file is written is ignored: a refresh works without the record.
    pub(super) fn write(&self, at: Timestamp, error: &Error) {
        let Some(path) = &self.path else { return };
        let content = Content { of: self.refresh_token_hash.clone(), at, error: error.clone() };
        let _ = files::write_secret(path, json::line(&content).as_bytes());
    }
}
