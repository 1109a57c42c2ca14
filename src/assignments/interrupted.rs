//! The roles that a run has listed so far. They are kept in a file beside the listing, one line for each account, so
//! that the next run continues where a run was interrupted, even by `kill -9`.
//!
//! Without this file, the next run only takes longer, so errors of reading and writing it are ignored.

use super::file::{LARGEST, directory};
use crate::arn::AccountId;
use crate::aws::listing::Roles;
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::session::Session;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The greatest age, in seconds, of a line of the file. Roles in older lines are not used.
const USABLE_TIME: i64 = 600;
/// The length in bytes of a line with a thousand roles, which is more than an account has.
const LONGEST_LINE: u64 = 128 << 10;

/// The roles that this run has listed, and those that interrupted runs listed before it.
#[derive(Debug, Default)]
pub(super) struct Interrupted {
    roles: Roles,
    /// The path of the file; `None` if the file could not be written or was removed.
    path: Option<PathBuf>,
    /// Whether another process removed the file because somebody signed out of the session, or signed in to it again.
    is_forgotten: bool,
}

/// A line of the file: an account and its roles.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedAccount {
    account_id: AccountId,
    listed_at: Timestamp,
    roles: Vec<String>,
    /// How many accounts the run had found when it wrote this line.
    #[serde(default)]
    found: usize,
    /// The number of these accounts whose roles the run had listed.
    #[serde(default)]
    listed: usize,
}

/// Returns the number of accounts whose roles the last run has listed, and the number of accounts that it has found so
/// far. Reads only the end of the file, because processes that wait call this many times each second.
pub(super) fn progress(ctx: &Context, session: &Session) -> Option<(usize, usize)> {
    let end = files::end(&path(ctx, session.label(), &session.start_url).ok()?, LONGEST_LINE)?;
    let last = end.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty())?;
    let last: ListedAccount = serde_json::from_slice(last).ok()?;
    Some((last.listed, last.found))
}

impl Interrupted {
    /// Reads the roles that interrupted runs have listed in the last ten minutes.
    pub(super) fn read(ctx: &Context, session: &Session) -> Self {
        let path = path(ctx, session.label(), &session.start_url).ok();
        let bytes = path.as_ref().and_then(|path| files::read_up_to(path, LARGEST).ok().flatten()).unwrap_or_default();
        let mut roles = Roles::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let Ok(line) = serde_json::from_slice::<ListedAccount>(line) else { continue };
            if (0..=USABLE_TIME).contains(&ctx.now().seconds_after(line.listed_at)) {
                roles.insert(line.account_id, line.roles);
            }
        }
        // Removes the file if all its lines are too old: new lines are added after the old lines, which would stay.
        let path = path.filter(|path| !roles.is_empty() || files::remove(path).is_ok()).filter(|path| create(path));
        Self { roles, path, is_forgotten: false }
    }

    /// Returns the roles by account ID.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Adds the roles of an account to this value and to the file. `found` is how many accounts the run has found so
    /// far.
    pub(super) fn add(&mut self, ctx: &Context, account_id: &AccountId, roles: &[String], found: usize) {
        self.roles.insert(*account_id, roles.to_vec());
        let (account_id, listed_at, listed) = (*account_id, ctx.now(), self.roles.len());
        let line = ListedAccount { account_id, listed_at, roles: roles.to_vec(), found, listed };
        self.check();
        let Some(path) = &self.path else { return };
        let line = serde_json::to_string(&line).expect("values with text keys can be written to memory") + "\n";
        if files::append(path, line.as_bytes()).is_err() {
            self.path = None;
        }
    }

    /// Tells whether somebody signed out of the session, or signed in again, after this run began.
    pub(super) fn is_forgotten(&mut self) -> bool {
        self.check();
        self.is_forgotten
    }

    fn check(&mut self) {
        if self.path.take_if(|path| !path.exists()).is_some() {
            self.is_forgotten = true;
        }
    }

    /// Removes the file after a complete listing.
    pub(super) fn remove(&self) {
        if let Some(path) = &self.path {
            let _ = files::remove(path);
        }
    }
}

/// Makes an empty file if there is none; returns false if the file cannot be made.
fn create(path: &Path) -> bool {
    let has_directory = path.parent().is_some_and(|directory| files::create_private_dir(directory).is_ok());
    has_directory && files::append(path, b"").is_ok()
}

/// Removes the file of a session after a sign-in or sign-out: the roles may be those of another person.
///
/// # Errors
/// `Configuration`: the file cannot be removed.
pub(crate) fn forget_interrupted(ctx: &Context, label: &str, start_url: &str) -> Result<()> {
    files::remove(&path(ctx, label, start_url)?)
}

/// Returns the path of the file. The start URL is part of its name, because somebody may change the session to another
/// organization and keep its name.
fn path(ctx: &Context, label: &str, start_url: &str) -> Result<PathBuf> {
    let hash = files::hashed(&format!("{label}\n{start_url}"));
    Ok(directory(ctx)?.join(format!("{hash}.jsonl")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::token::tests::session;

    #[test]
    fn a_large_listing_that_was_interrupted_is_continued() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().into())]);
        let session = session(Some("corp"), "https://d-1.awsapps.com/start");
        let mut run = Interrupted::read(&ctx, &session);
        let role = |number: usize| format!("{number:064}");
        let roles: Vec<String> = (0..1000).map(role).collect();
        // Together, the lines are larger than 8 MiB.
        for number in 1..=150 {
            run.add(&ctx, &AccountId::parse(&format!("{number:012}")).unwrap(), &roles, 200);
        }
        assert_eq!(progress(&ctx, &session), Some((150, 200)));
        let mut next = Interrupted::read(&ctx, &session);
        assert_eq!(next.roles().len(), 150);
        next.add(&ctx, &AccountId::parse("444455556666").unwrap(), &[], 300);
        assert_eq!(progress(&ctx, &session), Some((151, 300)));
    }
}
