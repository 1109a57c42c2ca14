//! The assignments that no profile has, as completion and the picker offer them.
//!
//! Invariant: it reads the stored listings, and asks AWS nothing.

use super::RoleProfiles;
use crate::assignments::{self, AccountRoles, Listing};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::is_hidden;
use std::collections::HashMap;

/// An account and a role that no profile has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WithoutProfile {
    /// `111122223333/ReadOnly`.
    pub(crate) numbered: String,
    /// `Data Platform/ReadOnly`; `None` if this name would not be read as this assignment, or cannot be typed.
    pub(crate) named: Option<String>,
    pub(crate) account_id: String,
    pub(crate) account_name: Option<String>,
    pub(crate) role_name: String,
    /// The name of the session, or the start URL of an unnamed one.
    pub(crate) session: String,
}

impl WithoutProfile {
    /// Returns the name by which the assignment is offered to a person who has typed the beginning of one.
    pub(crate) fn offered(&self, typed: &str) -> &str {
        match &self.named {
            Some(named) if !typed.starts_with(|c: char| c.is_ascii_digit()) || named.starts_with(typed) => named,
            _ => &self.numbered,
        }
    }
}

/// Returns the assignments of all listed sessions that no profile has.
pub(crate) fn without_profile(ctx: &Context, files: &ConfigFiles) -> Vec<WithoutProfile> {
    let listings = assignments::configured(ctx, files);
    if listings.is_empty() {
        return Vec::new();
    }
    let (profiles, names) = (RoleProfiles::of(files), names(&listings));
    let mut found = Vec::new();
    for (listing, account) in accounts(&listings) {
        for role in account.known_roles() {
            if !profiles.names(&account.id, role, listing.label()).is_empty() {
                continue;
            }
            let named = format!("{}/{role}", account.label());
            let is_usable =
                names.get(&named) == Some(&1) && !named.contains(is_hidden) && files.profile(&named).is_none();
            found.push(WithoutProfile {
                numbered: format!("{}/{role}", account.id),
                named: Some(named).filter(|_| is_usable && account.name.is_some()),
                account_id: account.id.clone(),
                account_name: account.name.clone(),
                role_name: role.clone(),
                session: listing.label().into(),
            });
        }
    }
    found
}

/// Counts how many accounts have a name and a role.
fn names(listings: &[Listing]) -> HashMap<String, usize> {
    let mut names = HashMap::new();
    for (_, account) in accounts(listings) {
        for role in account.known_roles() {
            *names.entry(format!("{}/{role}", account.label())).or_default() += 1;
        }
    }
    names
}

fn accounts(listings: &[Listing]) -> impl Iterator<Item = (&Listing, &AccountRoles)> {
    listings.iter().flat_map(|listing| listing.accounts.iter().map(move |account| (listing, account)))
}
