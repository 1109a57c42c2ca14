//! What a run has listed so far, one line for each account, in a file beside the listing: a run that is interrupted, also by
//! `kill -9`, is continued by the next one.
//!
//! It is a convenience: errors are ignored.

use super::file::directory;
use crate::aws::listing::Roles;
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::session::Session;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How long what was listed is used, in seconds.
const USABLE_TIME: i64 = 600;

/// The roles that this run, and interrupted ones before it, have listed.
#[derive(Debug, Default)]
pub(super) struct Interrupted {
    roles: Roles,
    path: Option<PathBuf>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    account_id: String,
    listed_at: String,
    roles: Vec<String>,
}

impl Interrupted {
    /// Reads what interrupted runs have listed in the last ten minutes.
    pub(super) fn read(ctx: &Context, session: &Session) -> Self {
        let path = path(ctx, session).ok();
        let bytes = path.as_ref().and_then(|path| files::read(path).ok().flatten()).unwrap_or_default();
        let mut roles = Roles::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let Ok(line) = serde_json::from_slice::<Line>(line) else { continue };
            let age = Timestamp::parse(&line.listed_at).map(|listed_at| ctx.now().seconds_after(listed_at));
            if age.is_some_and(|age| (0..=USABLE_TIME).contains(&age)) {
                roles.insert(line.account_id, line.roles);
            }
        }
        let interrupted = Self { roles, path };
        // Lines that are too old would stay in the file for ever.
        if interrupted.roles.is_empty() {
            interrupted.remove();
        }
        interrupted
    }

    /// Returns the roles by account id.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Adds the roles of an account.
    pub(super) fn add(&mut self, ctx: &Context, account_id: &str, roles: &[String]) {
        let (account_id, roles) = (account_id.to_string(), roles.to_vec());
        let line = Line { account_id: account_id.clone(), listed_at: ctx.now().to_string(), roles: roles.clone() };
        self.roles.insert(account_id, roles);
        let Some(path) = &self.path else { return };
        let line = serde_json::to_string(&line).expect("values with text keys can be written to memory") + "\n";
        let created = path.parent().is_some_and(|directory| files::create_private_dir(directory).is_ok());
        if !created || files::append(path, line.as_bytes()).is_err() {
            self.path = None;
        }
    }

    /// Removes the file, after a listing that was not interrupted.
    pub(super) fn remove(&self) {
        if let Some(path) = &self.path {
            let _ = files::remove(path);
        }
    }
}

/// Returns the file. Its name depends on the start URL, too: the same name of a session may mean another organization.
pub(super) fn path(ctx: &Context, session: &Session) -> Result<PathBuf> {
    let hash = files::hashed(&format!("{}\n{}", session.label(), session.start_url));
    Ok(directory(ctx)?.join(format!("{hash}.jsonl")))
}
