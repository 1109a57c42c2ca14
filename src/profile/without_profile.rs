//! Finds the assignments (an account and a role that a session may use) for which there is no profile. Completion and
//! the picker offer them.
//!
//! Invariant: this module never asks AWS. It reads the config files, and the stored listings of accounts and roles.

use super::RoleProfiles;
use super::assigned::hash;
use crate::assignments::{self, AccountFilter, AccountRoles, Counted, Listing};
use crate::config::{ConfigFiles, IndexedProfiles};
use crate::context::Context;
use crate::error::is_hidden;
use std::collections::{HashMap, HashSet};

/// An account and a role that a session may use, and that no profile has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithoutProfile<'a> {
    pub(crate) account: &'a AccountRoles,
    pub(crate) role_name: &'a str,
    /// The name of the session, or its start URL if it has no name.
    pub(crate) session: &'a str,
    /// Whether a person can type `ACCOUNT NAME/ROLE`, and it means only this account and role.
    has_name: bool,
}

impl WithoutProfile<'_> {
    /// Returns the assignment with its account ID, such as `111122223333/ReadOnly`.
    pub(crate) fn numbered(&self) -> String {
        format!("{}/{}", self.account.id, self.role_name)
    }

    /// Tells whether the assignment is offered with its account ID, not its account name, after a person has typed
    /// `typed`.
    pub(crate) fn is_numbered(&self, typed: &str) -> bool {
        let is_number = typed.starts_with(|c: char| c.is_ascii_digit());
        !self.has_name || is_number && !starts_with([self.account.label(), self.role_name], typed, str::eq)
    }

    /// Returns the text that completion and the picker offer for this assignment: `111122223333/ReadOnly` if
    /// [`Self::is_numbered`] is true, otherwise `Data Platform/ReadOnly`.
    pub(crate) fn offered(&self, typed: &str) -> String {
        let account = if self.is_numbered(typed) { &*self.account.id } else { self.account.label() };
        format!("{account}/{}", self.role_name)
    }
}

/// Tells whether an `ACCOUNT/ROLE` of this account could start with the typed text, whatever the role is. Upper and
/// lower case are the same.
fn may_start_with(account: &str, typed: &str) -> bool {
    let both = account.len().min(typed.len());
    let starts = account.get(..both).zip(typed.get(..both));
    starts.is_none_or(|(account, typed)| account.eq_ignore_ascii_case(typed))
}

/// Tells whether `ACCOUNT/ROLE` starts with a text. `is_same` compares two texts.
fn starts_with([account, role_name]: [&str; 2], typed: &str, is_same: fn(&str, &str) -> bool) -> bool {
    let starts = |text: &str, typed: &str| text.get(..typed.len()).is_some_and(|start| is_same(start, typed));
    match typed.split_at_checked(account.len()) {
        Some((of_account, "")) => is_same(account, of_account),
        Some((of_account, rest)) => {
            is_same(account, of_account) && rest.strip_prefix('/').is_some_and(|typed| starts(role_name, typed))
        }
        None => starts(account, typed),
    }
}

/// The stored listings of accounts and roles, and what is needed to tell whether any profile has a certain role or a
/// certain name.
pub(crate) struct AllProfiles<'a> {
    listings: Vec<Listing>,
    profiles: Profiles<'a>,
    /// The text with which an assignment must start, so that [`without_profile`] returns it.
    typed: &'a str,
}

/// What a person has typed, and which assignments completion or the picker takes because of it: all, if the stored
/// listings contain at most `all_up_to` assignments; otherwise only those that start with `text`.
#[derive(Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) text: &'a str,
    pub(crate) all_up_to: usize,
}

impl<'a> Typed<'a> {
    pub(crate) const ALL: Self = Self { text: "", all_up_to: usize::MAX };

    fn may_match(self, account: &str) -> bool {
        may_start_with(account, self.text)
    }

    /// Returns the listings in `counted`, and the text with which an assignment must start to be taken. This text is
    /// empty if there are at most `all_up_to` assignments, so that all are taken; otherwise it is the typed text.
    fn of(self, counted: Vec<Counted>) -> (Vec<Listing>, &'a str) {
        let count: usize = counted.iter().map(|counted| counted.count).sum();
        let listings = counted.into_iter().map(|counted| counted.listing).collect();
        (listings, if count <= self.all_up_to { "" } else { self.text })
    }
}

enum Profiles<'a> {
    Read(&'a ConfigFiles, RoleProfiles),
    /// Hashes of the profiles' roles, and the profile names that look like ACCOUNT/ROLE.
    Indexed(&'a [u64], HashSet<&'a str>),
}

impl<'a> AllProfiles<'a> {
    /// Reads the stored listings of accounts and roles. If a listing contains an account, also reads the roles of all
    /// profiles.
    pub(crate) fn read(ctx: &Context, files: &'a ConfigFiles, typed: Typed<'a>) -> Self {
        let wanted = AccountFilter { is_wanted: &|account| typed.may_match(account), all_up_to: typed.all_up_to };
        let (listings, typed) = typed.of(assignments::configured_accounts(ctx, files, &wanted));
        let has_any = listings.iter().any(|listing| !listing.accounts.is_empty());
        let roles = if has_any { RoleProfiles::of(files) } else { RoleProfiles::default() };
        Self { listings, profiles: Profiles::Read(files, roles), typed }
    }

    /// Reads the stored listings of accounts and roles, and takes the roles of all profiles from the index of a large
    /// `config` file. Returns `None` if the whole configuration files must be read.
    pub(crate) fn indexed(ctx: &Context, index: &'a IndexedProfiles, typed: Typed<'a>) -> Option<Self> {
        let (roles, files) = (index.roles()?, ConfigFiles::excerpt(ctx, &[])?);
        let wanted = AccountFilter { is_wanted: &|account| typed.may_match(account), all_up_to: typed.all_up_to };
        let (listings, typed) = typed.of(assignments::configured_sessions(ctx, &files, &wanted)?);
        let names = index.names().filter(|name| name.contains('/')).collect();
        Some(Self { listings, profiles: Profiles::Indexed(roles, names), typed })
    }

    fn have_role(&self, account_id: &str, role_name: &str, session: &str) -> bool {
        match &self.profiles {
            Profiles::Read(_, roles) => roles.names(account_id, role_name, session).next().is_some(),
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

/// Returns the assignments that no profile has, of those that were selected by the [`Typed`] with which `all` was read.
pub(crate) fn without_profile<'a>(all: &'a AllProfiles) -> Vec<WithoutProfile<'a>> {
    let is_wanted =
        |account: &str, role_name: &str| starts_with([account, role_name], all.typed, str::eq_ignore_ascii_case);
    let mut wanted = Vec::new();
    // How many accounts have this name and this role.
    let mut counts: HashMap<[&str; 2], usize> = HashMap::new();
    for listing in &all.listings {
        for account in &listing.accounts {
            for role_name in account.known_roles() {
                let is_name_wanted = is_wanted(account.label(), role_name);
                if is_name_wanted {
                    *counts.entry([account.label(), role_name]).or_default() += 1;
                }
                if is_name_wanted || is_wanted(&account.id, role_name) {
                    wanted.push(WithoutProfile { account, role_name, session: listing.label(), has_name: false });
                }
            }
        }
    }
    wanted.retain(|assignment| !all.have_role(&assignment.account.id, assignment.role_name, assignment.session));
    for assignment in &mut wanted {
        let WithoutProfile { account, role_name, .. } = *assignment;
        assignment.has_name = account.name.is_some()
            && counts.get(&[account.label(), role_name]) == Some(&1)
            && ![account.label(), role_name].iter().any(|text| text.contains(is_hidden))
            && !all.have_name(&format!("{}/{role_name}", account.label()));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts_with_in_any_case(account: &str, role_name: &str, typed: &str) -> bool {
        starts_with([account, role_name], typed, str::eq_ignore_ascii_case)
    }

    #[test]
    fn an_account_and_a_role_start_with_what_was_typed() {
        for typed in ["", "d", "Data", "data/", "Data/r", "Data/ReadOnly"] {
            assert!(starts_with_in_any_case("Data", "ReadOnly", typed) && may_start_with("Data", typed), "{typed}");
        }
        for typed in ["x", "Datax", "Data/x", "Data/ReadOnlyx", "Data/ReadOnly/", "Datä"] {
            assert!(!starts_with_in_any_case("Data", "ReadOnly", typed), "{typed}");
        }
        assert!(!may_start_with("Data", "x") && may_start_with("\u{e9}", "x"));
        assert!(!starts_with(["Data", "R"], "d", str::eq) && starts_with(["é", "R"], "é/", str::eq));
    }
}
