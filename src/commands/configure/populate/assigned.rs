//! The assignments (an account, and a role in it that the person may use) of a listing, and which of them the options
//! choose.

use crate::account_names::AccountNames;
use crate::arn::AccountId;
use crate::assignments::{AccountRoles, Listing};
use crate::config::nearest;
use crate::error::{Error, Result};
use crate::profile::NameGlob;
use crate::source::sso::check_role_name;

/// An account, and a role in it that the person may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assignment<'a> {
    pub(super) account: &'a AccountRoles,
    pub(super) role: &'a str,
}

impl<'a> Assignment<'a> {
    /// Returns an assignment for each role of the account that AWS has listed.
    pub(super) fn all_of(account: &'a AccountRoles) -> impl Iterator<Item = Self> {
        account.known_roles().iter().map(move |role| Self { account, role })
    }

    /// Returns all assignments of a listing.
    ///
    /// # Errors
    /// `Configuration`: a role name cannot be written to a file.
    pub(super) fn all(listing: &'a Listing) -> Result<Vec<Self>> {
        let all: Vec<Self> = listing.accounts.iter().flat_map(Self::all_of).collect();
        for Self { account, role } in &all {
            check_role_name(&format!("a role of account `{}`", account.id), role)?;
        }
        Ok(all)
    }
}

/// The globs of `--account` and `--role`. Without globs, everything is chosen.
#[derive(Debug, Default)]
pub(super) struct Scope {
    accounts: Vec<Glob>,
    roles: Vec<Glob>,
}

#[derive(Debug)]
struct Glob {
    text: String,
    glob: NameGlob,
}

impl Scope {
    /// Parses the globs.
    pub(super) fn new(accounts: &[String], roles: &[String]) -> Self {
        let globs = |texts: &[String]| {
            texts.iter().map(|text| Glob { text: text.clone(), glob: NameGlob::new(text) }).collect()
        };
        Self { accounts: globs(accounts), roles: globs(roles) }
    }

    /// Tells whether the options choose a role in an account. `account_name` is the name of the account, or its last
    /// known name if the account is not listed any more.
    pub(super) fn contains(&self, account_id: &str, account_name: Option<&str>, role: &str) -> bool {
        let is_named =
            |glob: &Glob| [Some(account_id), account_name].into_iter().flatten().any(|name| glob.glob.matches(name));
        let has_account = self.accounts.is_empty() || self.accounts.iter().any(is_named);
        has_account && (self.roles.is_empty() || self.roles.iter().any(|glob| glob.glob.matches(role)))
    }

    /// Checks that each glob matches an account or role of the listing or of an existing profile.
    ///
    /// # Errors
    /// `Configuration`: a glob matches nothing; the hint contains similar names. For `--role`, this is an error only if
    /// the listing is complete.
    pub(super) fn check(&self, listing: &Listing, profiles: &[(&AccountId, &str)], names: &AccountNames) -> Result<()> {
        let accounts = || {
            let listed = listing.accounts.iter().flat_map(|account| [Some(&*account.id), account.name.as_deref()]);
            listed.chain(profiles.iter().flat_map(|(id, _)| [Some(&***id), names.get(id)])).flatten()
        };
        let roles = || {
            let listed = listing.accounts.iter().flat_map(AccountRoles::known_roles).map(String::as_str);
            listed.chain(profiles.iter().map(|(_, role)| *role))
        };
        if let Some(glob) = self.accounts.iter().find(|glob| !accounts().any(|name| glob.glob.matches(name))) {
            return Err(unmatched("account", &glob.text, accounts()));
        }
        // An incomplete listing may lack the role, so a glob that matches no role is an error only if the listing is
        // complete.
        let unmatched_role = self.roles.iter().find(|glob| !roles().any(|name| glob.glob.matches(name)));
        if let Some(glob) = unmatched_role.filter(|_| listing.is_complete()) {
            return Err(unmatched("role", &glob.text, roles()));
        }
        Ok(())
    }
}

fn unmatched<'a>(what: &str, glob: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let near = nearest(glob, names);
    Error::configuration(format!("no {what} matches `{glob}`")).hint(match near.as_slice() {
        [] => "`ssox list --assigned` shows every account and role".into(),
        near => format!("did you mean `{}`? `ssox list --assigned` shows every account and role", near.join("` or `")),
    })
}
