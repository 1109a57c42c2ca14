//! Remembers the last failure of `ssox credential-process`. AWS tools call this verb up to six times in a row, so for
//! some seconds, ssox reports the same failure again without a new attempt. Some tools hide its stderr, so ssox also
//! writes the failure to the terminal, at most once in half a minute for each session.

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

/// The number of seconds during which ssox reports the same failure again without a new attempt.
const REMEMBERED: i64 = 5;
/// The fewest seconds between two failures that ssox reports on the terminal for one session, or for one profile
/// without a session.
const SILENT: i64 = 30;

/// Two files in the state directory. One contains the last failure to get the credentials of a profile. The other
/// contains the time at which ssox last reported a failure on the terminal for the session of this profile.
pub(super) struct FailedProcess {
    profile: String,
    /// The directory of the two files. `None` if there is no state directory: failures are not recorded then.
    directory: Option<PathBuf>,
    failure: String,
    line: String,
    /// A text that changes with the environment and the token. After a change, the next attempt may succeed.
    state: String,
}

/// The content of the file with the last failure of a profile.
#[derive(Serialize, Deserialize)]
struct Failure {
    at: Timestamp,
    state: String,
    #[serde(flatten)]
    error: Error,
}

/// The content of the file with the time at which ssox last reported a failure on the terminal.
#[derive(Serialize, Deserialize)]
struct LastLine {
    at: Timestamp,
}

impl FailedProcess {
    /// Returns the two files that record failures of a profile, and the text that changes with the environment and the
    /// token.
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

    /// Returns the last failure of the profile, which ssox then reports again. `None`: no failure is recorded, the
    /// failure is too old, or the environment or the token has changed since the failure. Then ssox makes a new
    /// attempt.
    pub(super) fn recent(&self, ctx: &Context) -> Option<Error> {
        let Failure { at, state, error } = self.read(&self.failure)?;
        let is_recent = (0..REMEMBERED).contains(&ctx.now().seconds_after(at));
        (is_recent && state == self.state).then_some(error)
    }

    /// Writes the failure to the file with the last failure of the profile. Ignores errors: without this file, the next
    /// ssox process only repeats the failed request.
    pub(super) fn remember(&self, ctx: &Context, error: &Error) {
        let failure = Failure { at: ctx.now(), state: self.state.clone(), error: error.clone() };
        self.write(&self.failure, &failure);
    }

    /// Writes the failure to the terminal of this process if stderr is not a terminal. Writes nothing if there is no
    /// terminal, if another failure for the same session was reported shortly before, or if another ssox process shows
    /// the stderr of this process.
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
