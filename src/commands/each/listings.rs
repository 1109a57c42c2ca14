//! The assignments that `ssox each` chooses from: the stored listing of each session, or a new one if none is stored.

use super::Each;
use crate::arn::AccountId;
use crate::assignments::{self, Listing};
use crate::commands::assigned;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::session::{Session, start_url::canonical};

/// The assignments of each session, and the sessions whose assignments could not be listed.
#[derive(Debug, Default)]
pub(super) struct Listings {
    pub(super) listed: Vec<(Session, Listing)>,
    pub(super) refused: Vec<(Session, Error)>,
}

impl Listings {
    /// Returns the listings of the sessions. Returns none if the command line can choose only profiles, and assignments
    /// that it names as ACCOUNT_ID/ROLE. If no listing of a session is stored, lists its assignments; the person may
    /// have to sign in for that.
    ///
    /// # Errors
    /// `Configuration`: the session is unknown. `Interrupted`: the person pressed Ctrl-C.
    pub(super) fn read(ctx: &Context, files: &ConfigFiles, args: &Each) -> Result<Self> {
        let mut listings = Self::default();
        if !are_needed(files, args) {
            return Ok(listings);
        }
        for session in distinct(ctx, assigned::sessions(ctx, files, args.fetch.sso_session.as_deref())?) {
            let listing = match assignments::read(ctx, &session) {
                Some(listing) => Ok(listing),
                None => assignments::list(ctx, &session).map(|listed| listed.listing),
            };
            match listing {
                Ok(listing) => listings.listed.push((session, listing)),
                Err(error) if error.kind == ErrorKind::Interrupted => return Err(error),
                Err(error) => listings.refused.push((session, error)),
            }
        }
        Ok(listings)
    }

    /// Returns all assignments as ACCOUNT/ROLE, once with the account's name and once with its ID.
    pub(super) fn spelled(&self) -> impl Iterator<Item = String> + '_ {
        let accounts = self.listed.iter().flat_map(|(_, listing)| &listing.accounts);
        accounts.flat_map(|account| {
            let both = move |role| [format!("{}/{role}", account.label()), format!("{}/{role}", account.id)];
            account.known_roles().iter().flat_map(both)
        })
    }
}

/// Splits a pattern ACCOUNT_ID/ROLE without wildcards, for which no listing is needed, into the account ID and the role
/// name. Returns `None` for other patterns.
pub(super) fn number_and_role(pattern: &str) -> Option<(&str, &str)> {
    let (account_id, role_name) = pattern.split_once('/')?;
    (AccountId::is(account_id) && !role_name.contains(['*', '?', '[', '/'])).then_some((account_id, role_name))
}

/// Tells whether listings are needed: to find the assignments that the command line may choose, or the ID of an account
/// that it calls by its name. They are not needed for names of profiles, and for ACCOUNT_ID/ROLE without wildcards.
fn are_needed(files: &ConfigFiles, args: &Each) -> bool {
    let is_number = |glob: &String| glob.bytes().all(|byte| !byte.is_ascii_alphabetic());
    let needs_listing = |pattern: &String| {
        pattern.contains('/') && number_and_role(pattern).is_none() && files.profile(pattern).is_none()
    };
    args.patterns.is_empty() || args.patterns.iter().any(needs_listing) || !args.account.iter().all(is_number)
}

/// Returns one session for each start URL, because sessions with the same start URL have the same assignments. Prefers
/// a session that somebody is signed in to.
fn distinct(ctx: &Context, sessions: Vec<Session>) -> Vec<Session> {
    let mut distinct: Vec<Session> = Vec::new();
    for session in sessions {
        let is_same = |other: &&mut Session| canonical(&other.start_url) == canonical(&session.start_url);
        match distinct.iter_mut().find(is_same) {
            None => distinct.push(session),
            Some(other) if !assigned::has_token(ctx, other) && assigned::has_token(ctx, &session) => *other = session,
            Some(_) => {}
        }
    }
    distinct
}
