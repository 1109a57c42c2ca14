//! The patterns and options by which `ssox each` chooses profiles, and accounts and roles without a profile
//! (assignments).

use super::Each;
use crate::account_names::AccountNames;
use crate::context::Context;
use crate::profile::NameGlob;

/// The patterns and options of the command line.
pub(super) struct Filter {
    patterns: Vec<Pattern>,
    /// The value of `--sso-session`.
    session: Option<String>,
    accounts: Vec<NameGlob>,
    roles: Vec<NameGlob>,
    pub(super) names: AccountNames,
}

/// A pattern for names of profiles. A pattern with a `/` also matches ACCOUNT/ROLE.
struct Pattern {
    glob: NameGlob,
    has_slash: bool,
    is_used: bool,
}

/// What can be chosen: a profile, or an assignment without a profile. The `name` of such an assignment is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candidate<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) account_id: Option<&'a str>,
    pub(super) role_name: Option<&'a str>,
    /// The name or the start URL of the session.
    pub(super) session: Option<&'a str>,
}

impl Filter {
    pub(super) fn new(ctx: &Context, args: &Each) -> Self {
        let pattern =
            |text: &String| Pattern { glob: NameGlob::new(text), has_slash: text.contains('/'), is_used: false };
        let globs = |texts: &[String]| texts.iter().map(|text| NameGlob::new(text)).collect();
        Self {
            patterns: args.patterns.iter().map(pattern).collect(),
            session: args.fetch.sso_session.clone(),
            accounts: globs(&args.account),
            roles: globs(&args.role),
            names: AccountNames::load(ctx),
        }
    }

    /// Tells whether a profile with this name can match. If not, the profile need not be resolved.
    pub(super) fn may_match(&self, name: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.has_slash || pattern.glob.matches(name))
    }

    /// Tells whether the session is the one that `--sso-session` names. Without this option, always true.
    pub(super) fn allows_session(&self, session: Option<&str>) -> bool {
        self.session.as_deref().is_none_or(|wanted| session == Some(wanted))
    }

    /// Tells whether the patterns and options choose a candidate. If so, remembers which patterns match it, for
    /// [`Self::unused`].
    pub(super) fn matches(&mut self, candidate: &Candidate) -> bool {
        let Candidate { name, account_id, role_name, session } = *candidate;
        let any = |globs: &[NameGlob], name: &str| globs.iter().any(|glob| glob.matches(name));
        let mut accounts = account_id.into_iter().flat_map(|id| [Some(id), self.names.get(id)]).flatten();
        let is_of_account = self.accounts.is_empty() || accounts.clone().any(|account| any(&self.accounts, account));
        let is_of_role = self.roles.is_empty() || role_name.is_some_and(|role| any(&self.roles, role));
        if !(is_of_account && is_of_role && self.allows_session(session)) {
            return false;
        }
        let spelled: Vec<String> = match role_name {
            Some(role) => accounts.by_ref().map(|account| format!("{account}/{role}")).collect(),
            None => Vec::new(),
        };
        let mut is_chosen = self.patterns.is_empty();
        for pattern in &mut self.patterns {
            let by_role = || pattern.has_slash && spelled.iter().any(|spelled| pattern.glob.matches(spelled));
            if name.is_some_and(|name| pattern.glob.matches(name)) || by_role() {
                (pattern.is_used, is_chosen) = (true, true);
            }
        }
        is_chosen
    }

    /// Tells whether the patterns and options could choose roles of an account whose roles are unknown.
    pub(super) fn may_match_account(&self, account_id: &str, args: &Each) -> bool {
        let names = [Some(account_id), self.names.get(account_id)];
        let any = |glob: &NameGlob| names.into_iter().flatten().any(|name| glob.matches(name));
        let of_pattern =
            |pattern: &String| pattern.rsplit_once('/').is_some_and(|(account, _)| any(&NameGlob::new(account)));
        (self.accounts.is_empty() || self.accounts.iter().any(any))
            && (args.patterns.is_empty() || args.patterns.iter().any(of_pattern))
    }

    /// Returns the indexes of the patterns for which [`Self::matches`] has chosen no candidate so far.
    pub(super) fn unused(&self) -> Vec<usize> {
        (0..self.patterns.len()).filter(|at| !self.patterns[*at].is_used).collect()
    }
}
