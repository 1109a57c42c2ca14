//! The assignments that no profile has, as completion and the picker offer them.
//!
//! Invariant: it reads the stored listings, and asks AWS nothing.

use super::RoleProfiles;
use super::assigned::hash;
use crate::assignments::{self, AccountRoles, Listing};
use crate::config::{ConfigFiles, IndexedProfiles};
use crate::context::Context;
use crate::error::is_hidden;
use std::collections::{HashMap, HashSet};

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

/// What tells whether a profile has a role or a name, and the listings of the sessions in the configuration.
pub(crate) struct AllProfiles<'a> {
    listings: Vec<Listing>,
    profiles: Profiles<'a>,
}

enum Profiles<'a> {
    Read(&'a ConfigFiles, RoleProfiles),
    /// The hashes of the roles, and the names that look like ACCOUNT/ROLE.
    Indexed(&'a [u64], HashSet<&'a str>),
}

impl<'a> AllProfiles<'a> {
    /// Reads the roles of all profiles, if there is a listing.
    pub(crate) fn read(ctx: &Context, files: &'a ConfigFiles) -> Self {
        let listings = assignments::configured(ctx, files);
        let roles = if listings.is_empty() { RoleProfiles::default() } else { RoleProfiles::of(files) };
        Self { listings, profiles: Profiles::Read(files, roles) }
    }

    /// Takes the roles of all profiles from the index of a large `config`. `None` if only the whole files tell what is needed.
    pub(crate) fn indexed(ctx: &Context, index: &'a IndexedProfiles) -> Option<Self> {
        let roles = index.roles()?;
        let listings = assignments::configured_sessions(ctx, &ConfigFiles::excerpt(ctx, &[])?)?;
        let names = index.names().filter(|name| name.contains('/')).collect();
        Some(Self { listings, profiles: Profiles::Indexed(roles, names) })
    }

    fn have_role(&self, account_id: &str, role_name: &str, session: &str) -> bool {
        match &self.profiles {
            Profiles::Read(_, roles) => !roles.names(account_id, role_name, session).is_empty(),
            Profiles::Indexed(roles, _) => roles.binary_search(&hash(account_id, role_name, session)).is_ok(),
        }
    }

    fn have_name(&self, name: &str) -> bool {
        match &self.profiles {
            Profiles::Read(files, _) => files.profile(name).is_some(),
            Profiles::Indexed(_, names) => names.contains(name),
        }
    }
}

/// Returns the assignments of all listed sessions that no profile has, and whose name or number is wanted.
pub(crate) fn without_profile(all: &AllProfiles, is_wanted: impl Fn(&str) -> bool) -> Vec<WithoutProfile> {
    let names = names(&all.listings, &is_wanted);
    let mut found = Vec::new();
    for (listing, account) in accounts(&all.listings) {
        for role in account.known_roles() {
            let (numbered, named) = (format!("{}/{role}", account.id), format!("{}/{role}", account.label()));
            if !is_wanted(&numbered) && !is_wanted(&named) || all.have_role(&account.id, role, listing.label()) {
                continue;
            }
            let is_usable = names.get(&named) == Some(&1) && !named.contains(is_hidden) && !all.have_name(&named);
            found.push(WithoutProfile {
                numbered,
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
fn names(listings: &[Listing], is_wanted: impl Fn(&str) -> bool) -> HashMap<String, usize> {
    let mut names = HashMap::new();
    for (_, account) in accounts(listings) {
        let named = account.known_roles().iter().map(|role| format!("{}/{role}", account.label()));
        named.filter(|name| is_wanted(name)).for_each(|name| *names.entry(name).or_default() += 1);
    }
    names
}

fn accounts(listings: &[Listing]) -> impl Iterator<Item = (&Listing, &AccountRoles)> {
    listings.iter().flat_map(|listing| listing.accounts.iter().map(move |account| (listing, account)))
}
