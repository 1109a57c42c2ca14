//! The file of a session's assignments in the state directory, `assignments/HASH.json`; the hash is that in the name of the
//! token's file. A file that cannot be read counts as absent.

use crate::aws::portal::Account;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::session::{Session, start_url};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes: some ten thousand accounts with a hundred roles each.
const LARGEST: u64 = 64 << 20;

/// What AWS has listed for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The session's name; `None` for the unnamed session of a legacy profile.
    pub(crate) session: Option<String>,
    pub(crate) start_url: String,
    pub(crate) listed_at: Timestamp,
    /// In the order of their ids.
    pub(crate) accounts: Vec<AccountRoles>,
}

/// An account, and the roles in it; `None` where AWS did not list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRoles {
    #[serde(rename = "accountId")]
    pub(crate) id: String,
    #[serde(rename = "accountName")]
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) roles: Option<Vec<String>>,
}

/// The file's content.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    session: Option<String>,
    start_url: String,
    listed_at: String,
    complete: bool,
    accounts: Vec<AccountRoles>,
}

impl From<(Account, Option<Vec<String>>)> for AccountRoles {
    fn from((account, roles): (Account, Option<Vec<String>>)) -> Self {
        Self { id: account.id, name: account.name, email: account.email, roles }
    }
}

impl AccountRoles {
    /// Returns the account's name, or its number if it has none.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Returns the roles that are known.
    pub(crate) fn known_roles(&self) -> &[String] {
        self.roles.as_deref().unwrap_or_default()
    }
}

impl Listing {
    /// Makes the listing of a session.
    pub(super) fn new(session: &Session, listed_at: Timestamp, accounts: Vec<AccountRoles>) -> Self {
        Self { session: session.name.clone(), start_url: session.start_url.clone(), listed_at, accounts }
    }

    /// Tells whether the roles of all accounts are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.accounts.iter().all(|account| account.roles.is_some())
    }

    /// Returns the account with this number.
    pub(crate) fn account(&self, id: &str) -> Option<&AccountRoles> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Returns the session's name, or the start URL of an unnamed one.
    pub(crate) fn label(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let Document { session, start_url, listed_at, accounts, .. } = serde_json::from_slice(bytes).ok()?;
        let listed_at = Timestamp::parse(&listed_at)?;
        Some(Self { session, start_url, listed_at, accounts })
    }

    fn to_json(&self) -> String {
        let document = Document {
            session: self.session.clone(),
            start_url: self.start_url.clone(),
            listed_at: self.listed_at.to_string(),
            complete: self.is_complete(),
            accounts: self.accounts.clone(),
        };
        serde_json::to_string(&document).expect("values with text keys can be written to memory")
    }
}

/// Reads the last listing of a session; `None` when there is none, or when it belongs to another start URL.
pub(crate) fn read(ctx: &Context, session: &Session) -> Option<Listing> {
    let listing = read_path(&path(ctx, session).ok()?)?;
    let is_same = start_url::canonical(&listing.start_url) == start_url::canonical(&session.start_url);
    (listing.session == session.name && is_same).then_some(listing)
}

/// Reads the listings of all sessions in the configuration.
pub(crate) fn configured(ctx: &Context, files: &ConfigFiles) -> Vec<Listing> {
    let mut listings = stored(ctx);
    listings.retain(|listing| is_configured(files, listing));
    listings
}

/// Reads the listings of all sessions, for which the `[sso-session]` sections are enough. `None` if there is a listing of a
/// legacy profile, which only the whole files tell of.
pub(crate) fn configured_sessions(ctx: &Context, files: &ConfigFiles) -> Option<Vec<Listing>> {
    let mut listings = stored(ctx);
    let are_named = listings.iter().all(|listing| listing.session.is_some());
    listings.retain(|listing| is_configured(files, listing));
    are_named.then_some(listings)
}

fn stored(ctx: &Context) -> Vec<Listing> {
    let mut listings: Vec<Listing> = paths(ctx).filter_map(|path| read_path(&path)).collect();
    listings.sort_by(|one, other| one.label().cmp(other.label()));
    listings
}

/// Tells whether there is a listing of any session.
pub(crate) fn any(ctx: &Context) -> bool {
    paths(ctx).next().is_some()
}

/// Tells whether there is a listing of a session.
pub(crate) fn exists(ctx: &Context, session: &Session) -> bool {
    read(ctx, session).is_some()
}

/// Removes the listing of a session.
///
/// # Errors
/// Configuration, naming the file.
pub(super) fn remove(ctx: &Context, session: &Session) -> Result<()> {
    files::remove(&path(ctx, session)?).map(drop)
}

/// Writes the listing of a session.
///
/// # Errors
/// Configuration, naming the file.
pub(super) fn write(ctx: &Context, session: &Session, listing: &Listing) -> Result<()> {
    files::write_secret(&path(ctx, session)?, listing.to_json().as_bytes())
}

/// Returns the directory of all listings.
pub(super) fn directory(ctx: &Context) -> Result<PathBuf> {
    Ok(ctx.state_dir()?.join("assignments"))
}

/// Returns the paths of all listings, without those of interrupted runs, which lie beside them.
fn paths(ctx: &Context) -> impl Iterator<Item = PathBuf> {
    let files = directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let paths = files.into_iter().flatten().flatten().map(|file| file.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"))
}

fn path(ctx: &Context, session: &Session) -> Result<PathBuf> {
    Ok(directory(ctx)?.join(format!("{}.json", files::hashed(session.label()))))
}

fn read_path(path: &Path) -> Option<Listing> {
    Listing::parse(&files::read_up_to(path, LARGEST).ok()??)
}

/// Tells whether the configuration has the session of a listing. Of a legacy session, only its start URL is searched for.
fn is_configured(files: &ConfigFiles, listing: &Listing) -> bool {
    let wanted = start_url::canonical(&listing.start_url);
    match &listing.session {
        Some(name) => files.sso_session(name).is_some_and(|section| {
            section.value("sso_start_url").is_some_and(|url| start_url::canonical(url) == wanted)
        }),
        None => files.contains(&listing.start_url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_interrupted_run_has_listed_is_not_a_listing() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().into())]);
        assert!(!any(&ctx));
        let directory = directory(&ctx).unwrap();
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("a.jsonl"), "{}").unwrap();
        assert!(!any(&ctx));
        std::fs::write(directory.join("a.json"), "{}").unwrap();
        assert!(any(&ctx));
    }
}
