//! Reads and writes the file of a session's assignments, `assignments/HASH.json` in the state directory. The name of
//! the session's token file has the same hash. A file that cannot be read counts as absent.

use crate::arn::AccountId;
use crate::aws::portal::Account;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::session::{Session, start_url};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes: enough for ten thousand accounts with a hundred roles each.
pub(super) const LARGEST: u64 = 64 << 20;

/// The accounts and roles that AWS has listed for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The session's name; `None` for the unnamed session of a legacy profile.
    pub(crate) session: Option<String>,
    pub(crate) start_url: String,
    pub(crate) listed_at: Timestamp,
    /// Sorted by account ID.
    pub(crate) accounts: Vec<AccountRoles>,
}

/// An account and its roles; `roles` is `None` if AWS did not list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRoles<Text = String> {
    #[serde(rename = "accountId")]
    pub(crate) id: AccountId,
    #[serde(rename = "accountName")]
    pub(crate) name: Option<Text>,
    pub(crate) email: Option<Text>,
    pub(crate) roles: Option<Vec<Text>>,
}

/// The JSON content of the file with a session's assignments. With `&str` as `Text`, the texts in the file are read
/// without copying, which works only if no character is escaped.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<Text> {
    session: Option<Text>,
    start_url: Text,
    listed_at: Timestamp,
    complete: bool,
    accounts: Vec<AccountRoles<Text>>,
}

impl<Text: AsRef<str>> Document<Text> {
    /// Copies the accounts that the filter selects, and counts all roles.
    fn listing(self, wanted: &AccountFilter) -> Option<Counted> {
        let text = |text: Text| text.as_ref().to_string();
        let count = self.accounts.iter().flat_map(|account| &account.roles).map(Vec::len).sum();
        let is_wanted = |account: &AccountRoles<Text>| {
            let names = [Some(&*account.id), account.name.as_ref().map(AsRef::as_ref)];
            count <= wanted.all_up_to || names.into_iter().flatten().any(wanted.is_wanted)
        };
        let copy = |AccountRoles { id, name, email, roles }| AccountRoles {
            id,
            name: name.map(text),
            email: email.map(text),
            roles: roles.map(|roles| roles.into_iter().map(text).collect()),
        };
        let listing = Listing {
            session: self.session.map(text),
            start_url: text(self.start_url),
            listed_at: self.listed_at,
            accounts: self.accounts.into_iter().filter(is_wanted).map(copy).collect(),
        };
        Some(Counted { listing, count })
    }
}

/// Selects the accounts to read: those for whose ID or name `is_wanted` returns true, or all accounts if the listing
/// has at most `all_up_to` roles.
pub(crate) struct AccountFilter<'a> {
    pub(crate) is_wanted: &'a dyn Fn(&str) -> bool,
    pub(crate) all_up_to: usize,
}

impl AccountFilter<'_> {
    const ALL: Self = Self { is_wanted: &|_| true, all_up_to: usize::MAX };
}

/// The selected accounts of a listing, and the number of roles in the whole listing.
pub(crate) struct Counted {
    pub(crate) listing: Listing,
    pub(crate) count: usize,
}

impl From<(Account, Option<Vec<String>>)> for AccountRoles {
    fn from((account, roles): (Account, Option<Vec<String>>)) -> Self {
        Self { id: account.id, name: account.name, email: account.email, roles }
    }
}

impl AccountRoles {
    /// Returns the account's name, or its ID if the name is unknown.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Returns the roles; none if AWS did not list them.
    pub(crate) fn known_roles(&self) -> &[String] {
        self.roles.as_deref().unwrap_or_default()
    }
}

impl Listing {
    /// Makes the listing of a session from the accounts that AWS has listed.
    pub(super) fn new(session: &Session, listed_at: Timestamp, accounts: Vec<AccountRoles>) -> Self {
        Self { session: session.name.clone(), start_url: session.start_url.clone(), listed_at, accounts }
    }

    /// Tells whether the roles of all accounts are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.accounts.iter().all(|account| account.roles.is_some())
    }

    /// Returns the account with this ID.
    pub(crate) fn account(&self, id: &AccountId) -> Option<&AccountRoles> {
        self.accounts.iter().find(|account| account.id == *id)
    }

    /// Returns the session's name, or its start URL if it has no name.
    pub(crate) fn label(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }

    fn parse(bytes: &[u8], wanted: &AccountFilter) -> Option<Counted> {
        match serde_json::from_slice::<Document<&str>>(bytes) {
            Ok(document) => document.listing(wanted),
            // Some characters are escaped, so the texts must be copied.
            Err(_) => serde_json::from_slice::<Document<String>>(bytes).ok()?.listing(wanted),
        }
    }

    fn to_json(&self) -> String {
        let document = Document {
            session: self.session.clone(),
            start_url: self.start_url.clone(),
            listed_at: self.listed_at,
            complete: self.is_complete(),
            accounts: self.accounts.clone(),
        };
        serde_json::to_string(&document).expect("a map with string keys can always be serialized")
    }
}

/// Reads the stored listing of a session; `None` if no listing is stored, if its file cannot be read, or if it belongs
/// to another session or start URL.
pub(crate) fn read(ctx: &Context, session: &Session) -> Option<Listing> {
    let Counted { listing, .. } = read_path(&path(ctx, session).ok()?, &AccountFilter::ALL)?;
    let is_same = start_url::canonical(&listing.start_url) == start_url::canonical(&session.start_url);
    (listing.session == session.name && is_same).then_some(listing)
}

/// Reads the stored listings of all sessions that are configured, sorted by the session's name or start URL.
pub(crate) fn configured(ctx: &Context, files: &ConfigFiles) -> Vec<Listing> {
    configured_accounts(ctx, files, &AccountFilter::ALL).into_iter().map(|counted| counted.listing).collect()
}

/// Reads the configuration, and the stored listings of all sessions that are configured. If the configuration cannot be
/// read, there are no listings.
pub(crate) fn all_configured(ctx: &Context) -> Vec<Listing> {
    ConfigFiles::load(ctx).map(|files| configured(ctx, &files)).unwrap_or_default()
}

/// Reads the stored listings of all sessions that are configured, but only the accounts that the filter selects.
pub(crate) fn configured_accounts(ctx: &Context, files: &ConfigFiles, wanted: &AccountFilter) -> Vec<Counted> {
    let mut listings = stored(ctx, wanted);
    listings.retain(|counted| is_configured(files, &counted.listing));
    listings
}

/// Returns the same as [`configured_accounts`], but `files` need only have the `[sso-session]` sections. Returns `None`
/// if a listing belongs to a legacy profile, because only the whole configuration says whether that profile still
/// exists.
pub(crate) fn configured_sessions(ctx: &Context, files: &ConfigFiles, wanted: &AccountFilter) -> Option<Vec<Counted>> {
    let mut listings = stored(ctx, wanted);
    let are_named = listings.iter().all(|counted| counted.listing.session.is_some());
    listings.retain(|counted| is_configured(files, &counted.listing));
    are_named.then_some(listings)
}

fn stored(ctx: &Context, wanted: &AccountFilter) -> Vec<Counted> {
    let mut listings: Vec<Counted> = paths(ctx).filter_map(|path| read_path(&path, wanted)).collect();
    listings.sort_by(|one, other| one.listing.label().cmp(other.listing.label()));
    listings
}

/// Tells whether a listing is stored for any session.
pub(crate) fn any(ctx: &Context) -> bool {
    paths(ctx).next().is_some()
}

/// Tells whether a listing is stored for this session.
pub(crate) fn exists(ctx: &Context, session: &Session) -> bool {
    read(ctx, session).is_some()
}

/// Removes the stored listing of a session, if there is one.
///
/// # Errors
/// `Configuration`: the file cannot be removed.
pub(super) fn remove(ctx: &Context, session: &Session) -> Result<()> {
    files::remove(&path(ctx, session)?).map(drop)
}

/// Writes the listing of a session.
///
/// # Errors
/// `Configuration`: the file cannot be written.
pub(super) fn write(ctx: &Context, session: &Session, listing: &Listing) -> Result<()> {
    files::write_secret(&path(ctx, session)?, listing.to_json().as_bytes())
}

/// Returns the directory of all stored listings.
pub(super) fn directory(ctx: &Context) -> Result<PathBuf> {
    Ok(ctx.state_dir()?.join("assignments"))
}

/// Returns the paths of all stored listings, without the `.jsonl` files of interrupted runs in the same directory.
fn paths(ctx: &Context) -> impl Iterator<Item = PathBuf> {
    let files = directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let paths = files.into_iter().flatten().flatten().map(|file| file.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"))
}

fn path(ctx: &Context, session: &Session) -> Result<PathBuf> {
    Ok(directory(ctx)?.join(format!("{}.json", files::hashed(session.label()))))
}

fn read_path(path: &Path, wanted: &AccountFilter) -> Option<Counted> {
    Listing::parse(&files::read_up_to(path, LARGEST).ok()??, wanted)
}

/// Tells whether the session of a listing is configured. The listing of a legacy profile counts as configured if its
/// start URL is anywhere in the files.
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

    #[test]
    fn escaped_names_are_read_as_the_others() {
        let account = |id: &str, name: &str| AccountRoles {
            id: AccountId::parse(id).unwrap(),
            name: Some(name.into()),
            email: None,
            roles: Some(vec!["Admin".into()]),
        };
        for name in ["Data", "the \"é\" \\ one"] {
            let accounts = vec![account("111122223333", name), account("222233334444", "Other")];
            let listing = Listing { session: None, start_url: "u".into(), listed_at: Timestamp(7), accounts };
            let json = listing.to_json();
            let parse = |name: &str, all_up_to| {
                let parsed =
                    Listing::parse(json.as_bytes(), &AccountFilter { is_wanted: &|text| text == name, all_up_to });
                parsed.map(|Counted { listing, count }| (listing.accounts, count)).unwrap()
            };
            assert_eq!(parse("none", 2), (listing.accounts.clone(), 2), "{json}");
            assert_eq!(parse("none", 1), (vec![], 2), "{json}");
            for wanted in [name, "111122223333"] {
                assert_eq!(parse(wanted, 1), (listing.accounts[..1].to_vec(), 2), "{wanted}");
            }
        }
        assert!(Listing::parse(b"{", &AccountFilter::ALL).is_none());
    }

    #[test]
    fn a_listing_with_an_account_that_has_no_id_counts_as_absent() {
        let listing = |id: &str| {
            let account = format!(r#"{{"accountId":"{id}","accountName":null,"email":null,"roles":[]}}"#);
            format!(r#"{{"startUrl":"u","listedAt":"2026-11-20T12:00:00Z","complete":true,"accounts":[{account}]}}"#)
        };
        let parsed = |id: &str| Listing::parse(listing(id).as_bytes(), &AccountFilter::ALL);
        assert!(parsed("11112222333").is_none() && parsed("../../etc/pas").is_none());
        assert_eq!(&*parsed("111122223333").unwrap().listing.accounts[0].id, "111122223333");
    }
}
