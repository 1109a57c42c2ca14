//! Remembers the last failure of `ssox credential-process`. AWS tools call it up to six times in a row, so the same
//! failure is returned without a new attempt. Some tools hide its stderr, so ssox writes the failure to the terminal,
//! once.

use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::json;
use crate::lock::Lock;
use crate::profile::Profile;
use crate::session::token;
use crate::source::process::has_caller;
use crate::terminal;
use crate::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The number of seconds during which the same failure is returned again.
const REMEMBERED: i64 = 5;
/// The fewest seconds between two messages on the terminal for one session.
const SILENT: i64 = 30;

/// Two files: one has the last failure of a profile, the other the time of the last message for its session.
pub(super) struct FailedProcess {
    profile: String,
    /// `None` without a state directory: then nothing is remembered.
    directory: Option<PathBuf>,
    failure: String,
    line: String,
    /// A text that changes with the environment and the token. After a change, the next attempt may succeed.
    state: String,
}

/// The content of the file with the failure.
#[derive(Serialize, Deserialize)]
struct Failure {
    at: Timestamp,
    state: String,
    #[serde(flatten)]
    error: Error,
}

/// The content of the file with the time of the last message.
#[derive(Serialize, Deserialize)]
struct LastLine {
    at: Timestamp,
}

impl FailedProcess {
    /// Returns the two files of a profile, and the current state.
    pub(super) fn of(ctx: &Context, profile: &Profile) -> Self {
        let session = profile.source.session();
        let token = session.map(|session| token::state(ctx, session)).unwrap_or_default();
        // The network settings are a part of `identity`: with another service URL or CA bundle, the request may
        // succeed.
        let role_arn = profile.ad_hoc_role_arn.as_deref().unwrap_or_default();
        let identity = format!("{}\n{role_arn}\n{:?}", profile.source.identity(), profile.network);
        let label = session.map_or(profile.name.as_str(), |session| session.label());
        Self {
            profile: profile.name.clone(),
            directory: ctx.state_dir().ok().map(|state| state.join("processes")),
            failure: format!("failure-{}", files::hashed(&identity)),
            line: format!("line-{}", files::hashed(label)),
            state: format!("{} {token}", ctx.digest()),
        }
    }

    /// Returns the last failure; `None` if no failure is recorded, if it is too old, or if the environment or the token
    /// has changed since then.
    pub(super) fn recent(&self, ctx: &Context) -> Option<Error> {
        let Failure { at, state, error } = self.read(&self.failure)?;
        let is_recent = (0..REMEMBERED).contains(&ctx.now().seconds_after(at));
        (is_recent && state == self.state).then_some(error)
    }

    /// Writes the failure to its file. Ignores errors: without the file, the next call only tries again.
    pub(super) fn remember(&self, ctx: &Context, error: &Error) {
        let failure = Failure { at: ctx.now(), state: self.state.clone(), error: error.clone() };
        self.write(&self.failure, &failure);
    }

    /// Writes the failure to the terminal if stderr is not a terminal. Writes nothing shortly after another message for
    /// the same session, and nothing if another ssox process shows the stderr of this one.
    pub(super) fn say(&self, ctx: &Context, error: &Error) {
        if terminal::is_seen() || !terminal::is_attached() || has_caller(ctx) {
            return;
        }
        // Another process has the lock, and writes the message.
        let Some(_lock) = Lock::try_take(ctx, &self.line) else { return };
        let last: Option<LastLine> = self.read(&self.line);
        if last.is_some_and(|line| (0..SILENT).contains(&ctx.now().seconds_after(line.at))) {
            return;
        }
        self.write(&self.line, &LastLine { at: ctx.now() });
        let hint = error.first_hint().map(|hint| format!(": {hint}")).unwrap_or_default();
        terminal::say_beside_stderr(&format!("credential-process {}: {}{hint}", self.profile, error.message));
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let path = self.directory.as_ref()?.join(name);
        serde_json::from_slice(&files::read(&path).ok()??).ok()
    }

    fn write(&self, name: &str, record: &impl Serialize) {
        if let Some(directory) = &self.directory {
            let _ = files::write_secret(&directory.join(name), json::secret_line(record).expose().as_bytes());
        }
    }
}
