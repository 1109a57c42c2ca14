//! What a run has listed so far, one line for each account, in a file beside the listing: a run that is interrupted, also by
//! `kill -9`, is continued by the next one.
//!
//! It is a convenience: errors are ignored.

use super::file::directory;
use crate::arn::AccountId;
use crate::aws::listing::Roles;
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::session::Session;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How long what was listed is used, in seconds.
const USABLE_TIME: i64 = 600;

/// The roles that this run, and interrupted ones before it, have listed.
#[derive(Debug, Default)]
pub(super) struct Interrupted {
    roles: Roles,
    /// The path of the file; `None` once it cannot be written, or was removed.
    path: Option<PathBuf>,
    /// Whether another process removed the file: somebody signed out of the session, or in to it again.
    is_forgotten: bool,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedAccount {
    account_id: AccountId,
    listed_at: Timestamp,
    roles: Vec<String>,
}

impl Interrupted {
    /// Reads what interrupted runs have listed in the last ten minutes.
    pub(super) fn read(ctx: &Context, session: &Session) -> Self {
        let path = path(ctx, session.label(), &session.start_url).ok();
        let bytes = path.as_ref().and_then(|path| files::read(path).ok().flatten()).unwrap_or_default();
        let mut roles = Roles::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let Ok(line) = serde_json::from_slice::<ListedAccount>(line) else { continue };
            if (0..=USABLE_TIME).contains(&ctx.now().seconds_after(line.listed_at)) {
                roles.insert(line.account_id, line.roles);
            }
        }
        // Lines that are too old would stay in the file for ever.
        let path = path.filter(|path| !roles.is_empty() || files::remove(path).is_ok()).filter(|path| create(path));
        Self { roles, path, is_forgotten: false }
    }

    /// Returns the roles by account id.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Adds the roles of an account.
    pub(super) fn add(&mut self, ctx: &Context, account_id: &AccountId, roles: &[String]) {
        let line = ListedAccount { account_id: *account_id, listed_at: ctx.now(), roles: roles.to_vec() };
        self.roles.insert(*account_id, roles.to_vec());
        self.check();
        let Some(path) = &self.path else { return };
        let line = serde_json::to_string(&line).expect("values with text keys can be written to memory") + "\n";
        if files::append(path, line.as_bytes()).is_err() {
            self.path = None;
        }
    }

    /// Tells whether the session was signed out, or signed in again, since the run began.
    pub(super) fn is_forgotten(&mut self) -> bool {
        self.check();
        self.is_forgotten
    }

    fn check(&mut self) {
        if self.path.take_if(|path| !path.exists()).is_some() {
            self.is_forgotten = true;
        }
    }

    /// Removes the file, after a listing that was not interrupted.
    pub(super) fn remove(&self) {
        if let Some(path) = &self.path {
            let _ = files::remove(path);
        }
    }
}

/// Makes an empty file unless there is one.
fn create(path: &Path) -> bool {
    let has_directory = path.parent().is_some_and(|directory| files::create_private_dir(directory).is_ok());
    has_directory && files::append(path, b"").is_ok()
}

/// Removes what was listed for a session: somebody else may be signed in to it now.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn forget_interrupted(ctx: &Context, label: &str, start_url: &str) -> Result<()> {
    files::remove(&path(ctx, label, start_url)?)
}

/// Returns the file. Its name depends on the start URL, too: the same name of a session may mean another organization.
fn path(ctx: &Context, label: &str, start_url: &str) -> Result<PathBuf> {
    let hash = files::hashed(&format!("{label}\n{start_url}"));
    Ok(directory(ctx)?.join(format!("{hash}.jsonl")))
}
