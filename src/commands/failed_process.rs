//! What `credential-process` remembers of a failure. AWS tools call it up to six times in a row, and some hide what it writes
//! to stderr, so a person reads it on the terminal, once.

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

/// For how many seconds the same failure is returned again.
const REMEMBERED: i64 = 5;
/// The seconds between two lines on the terminal for one session.
const SILENT: i64 = 30;

/// The files with the last failure of a profile, and with the time of the last line for its session.
pub(super) struct FailedProcess {
    profile: String,
    /// `None` without a state directory: then nothing is remembered.
    directory: Option<PathBuf>,
    failure: String,
    line: String,
    /// What the outcome depends on: the environment, and the token, which a sign-in changes.
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

/// The content of the file that says when a line was last shown.
#[derive(Serialize, Deserialize)]
struct LastLine {
    at: Timestamp,
}

impl FailedProcess {
    /// Returns what is remembered of a profile.
    pub(super) fn of(ctx: &Context, profile: &Profile) -> Self {
        let session = profile.source.session();
        let token = session.map(|session| token::state(ctx, session)).unwrap_or_default();
        // With another endpoint or CA bundle, the same call may work.
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

    /// Returns a failure of the last seconds, if the environment is the same and nobody has signed in since.
    pub(super) fn recent(&self, ctx: &Context) -> Option<Error> {
        let Failure { at, state, error } = self.read(&self.failure)?;
        let is_recent = (0..REMEMBERED).contains(&ctx.now().seconds_after(at));
        (is_recent && state == self.state).then_some(error)
    }

    /// Remembers a failure; errors are ignored, because nothing depends on it.
    pub(super) fn remember(&self, ctx: &Context, error: &Error) {
        let failure = Failure { at: ctx.now(), state: self.state.clone(), error: error.clone() };
        self.write(&self.failure, &failure);
    }

    /// Says a failure on the terminal, unless the session has said one just before, or another ssox shows what this one says.
    pub(super) fn say(&self, ctx: &Context, error: &Error) {
        if terminal::is_seen() || !terminal::is_attached() || has_caller(ctx) {
            return;
        }
        // Another process that has the lock says it.
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
