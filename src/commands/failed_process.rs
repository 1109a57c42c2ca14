//! What `credential-process` remembers of a failure. AWS tools call it up to six times in a row, and some hide what it writes
//! to stderr, so a person reads it on the terminal, once.

use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::lock::Lock;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::session::token;
use crate::source::process::has_caller;
use crate::terminal;
use crate::time::Timestamp;
use serde_json::{Value, json};
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
            state: format!("{} {token}", files::hashed(ctx.environment().expose())),
        }
    }

    /// Returns a failure that is not older than some seconds, if the environment is the same and nobody has signed in since.
    pub(super) fn recent(&self, ctx: &Context) -> Option<Error> {
        let value = self.read(&self.failure)?;
        let is_recent = age(ctx, &value).is_some_and(|age| (0..REMEMBERED).contains(&age));
        if !is_recent || value["state"] != self.state.as_str() {
            return None;
        }
        let kind = ErrorKind::of_exit_status(u8::try_from(value["exit_status"].as_u64()?).ok()?)?;
        let hints = value["hints"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let error = hints.fold(Error::new(kind, value["message"].as_str()?), Error::hint);
        Some(error.coded(value["code"].as_str().unwrap_or_default()))
    }

    /// Remembers a failure; errors are ignored, because nothing depends on it.
    pub(super) fn remember(&self, ctx: &Context, error: &Error) {
        let record = json!({
            "at": ctx.now().to_string(),
            "state": self.state,
            "exit_status": error.kind.exit_status(),
            "message": error.message,
            "hints": error.hints,
            "code": error.code,
        });
        self.write(&self.failure, &record);
    }

    /// Says a failure on the terminal, unless the session has said one just before, or another ssox shows what this one says.
    pub(super) fn say(&self, ctx: &Context, error: &Error) {
        if terminal::is_seen() || !terminal::is_attached() || has_caller(ctx) {
            return;
        }
        // Another process that has the lock says it.
        let Some(_lock) = Lock::try_take(ctx, &self.line) else { return };
        let last = self.read(&self.line).and_then(|value| age(ctx, &value));
        if last.is_some_and(|age| (0..SILENT).contains(&age)) {
            return;
        }
        self.write(&self.line, &json!({ "at": ctx.now().to_string() }));
        let hint = error.first_hint().map(|hint| format!(": {hint}")).unwrap_or_default();
        terminal::say_beside_stderr(&format!("credential-process {}: {}{hint}", self.profile, error.message));
    }

    fn read(&self, name: &str) -> Option<Value> {
        let path = self.directory.as_ref()?.join(name);
        serde_json::from_slice(&files::read(&path).ok()??).ok()
    }

    fn write(&self, name: &str, record: &Value) {
        if let Some(directory) = &self.directory {
            let text = Secret::new(record.to_string());
            let _ = files::write_secret(&directory.join(name), text.expose().as_bytes());
        }
    }
}

/// Returns the seconds since a record was written.
fn age(ctx: &Context, value: &Value) -> Option<i64> {
    Some(ctx.now().seconds_after(Timestamp::parse(value["at"].as_str()?)?))
}
