//! The roles that a listing has found so far. ssox stores them in a file with one line for each account, next to the
//! file of the complete listing. If ssox is interrupted, even by `kill -9`, the next listing of the same session
//! continues from this file.
//!
//! Without this file, the next listing only takes longer, so errors of reading and writing the file are ignored.

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

/// The greatest age, in seconds, of a line in the file of an interrupted listing. Roles in older lines are not used.
const USABLE_TIME: i64 = 600;
/// The greatest length, in bytes, of a line in the file of an interrupted listing. A line with a thousand roles is
/// shorter, and no account has so many roles.
const LONGEST_LINE: u64 = 128 << 10;

/// The roles that this ssox process has listed, and those that earlier, interrupted ssox processes listed before it.
#[derive(Debug, Default)]
pub(super) struct Interrupted {
    roles: Roles,
    /// The path of the file that stores these roles; `None` if the file could not be written or was removed.
    path: Option<PathBuf>,
    /// Whether another process removed the file that stores these roles, because somebody signed out of the session, or
    /// signed in to the session again.
    is_forgotten: bool,
}

/// A line in the file of an interrupted listing: an account and its roles.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedAccount {
    account_id: AccountId,
    listed_at: Timestamp,
    roles: Vec<String>,
    /// How many accounts the listing had found when ssox wrote this line of the file.
    #[serde(default)]
    found: usize,
    /// How many of the found accounts had their roles listed when ssox wrote this line of the file.
    #[serde(default)]
    listed: usize,
}

/// Returns the progress of the listing that is running: how many accounts have their roles listed, and how many
/// accounts were found. Reads only the last line of the file that the listing process writes, because processes that
/// wait for the listing call this function many times each second.
pub(super) fn progress(ctx: &Context, session: &Session) -> Option<(usize, usize)> {
    let end = files::end(&path(ctx, session.label(), &session.start_url).ok()?, LONGEST_LINE)?;
    let last = end.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty())?;
    let last: ListedAccount = serde_json::from_slice(last).ok()?;
    Some((last.listed, last.found))
}

impl Interrupted {
    /// Reads the file of the session's interrupted listing: the roles that earlier ssox processes have found before
    /// they were interrupted. Roles that were found more than ten minutes ago are not used.
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

    /// Adds the roles of an account to this value, and to the file that stores it. `found` is how many accounts the
    /// current listing has found so far.
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

    /// Tells whether somebody signed out of the session, or signed in to it again, after this listing began.
    pub(super) fn is_forgotten(&mut self) -> bool {
        self.check();
        self.is_forgotten
    }

    fn check(&mut self) {
        if self.path.take_if(|path| !path.exists()).is_some() {
            self.is_forgotten = true;
        }
    }

    /// Removes the file of the interrupted listing. Called when the listing is complete.
    pub(super) fn remove(&self) {
        if let Some(path) = &self.path {
            let _ = files::remove(path);
        }
    }
}

/// Makes an empty file for an interrupted listing, if there is no file yet. Returns false if the file cannot be made.
fn create(path: &Path) -> bool {
    let has_directory = path.parent().is_some_and(|directory| files::create_private_dir(directory).is_ok());
    has_directory && files::append(path, b"").is_ok()
}

/// Removes the file of a session's interrupted listing. Called after a sign-in or a sign-out, because the roles in the
/// file may be those of another person.
///
/// # Errors
/// `Configuration`: the file cannot be removed.
pub(crate) fn forget_interrupted(ctx: &Context, label: &str, start_url: &str) -> Result<()> {
    files::remove(&path(ctx, label, start_url)?)
}

/// Returns the path of the file for an interrupted listing. The file name depends on the start URL, too: somebody may
/// change a session to another organization without changing the session's name.
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
