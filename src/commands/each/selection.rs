//! Which profiles `each` runs in.

use super::Each;
use crate::account_names::AccountNames;
use crate::config::{ConfigFiles, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{self, NameGlob, Profile};
use crate::session::Session;

/// A chosen profile, or why it cannot be used.
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) profile: Result<Profile>,
}

/// The chosen profiles in the order of their names, without protected ones.
pub(super) struct Selection {
    pub(super) chosen: Vec<Chosen>,
    /// The names of protected profiles that are left out.
    pub(super) protected: Vec<String>,
}

/// Selects the profiles that the command line names.
///
/// # Errors
/// Usage: nothing is chosen, or a pattern matches nothing. Configuration: files that cannot be read, an unknown session.
pub(super) fn select(ctx: &Context, args: &Each) -> Result<Selection> {
    if args.patterns.is_empty() && args.fetch.sso_session.is_none() && args.account.is_empty() && args.role.is_empty() {
        return Err(Error::usage("no profile is chosen").hint("ssox each 'dev-*' -- COMMAND, or '*' for all profiles"));
    }
    let files = ConfigFiles::load(ctx)?;
    let filter = Filter::new(ctx, &files, args)?;
    files.index_names();
    let mut names: Vec<String> = files.profile_names().collect();
    names.sort_unstable();
    let mut is_used = vec![false; args.patterns.len()];
    let mut selection = Selection { chosen: Vec::new(), protected: Vec::new() };
    for name in names {
        if !filter.may_match(&name) {
            continue;
        }
        let profile = Profile::resolve(ctx, &files, &name)
            .and_then(|profile| profile.with_role(ctx, args.fetch.role_arn.as_deref()));
        if !filter.matches(&name, profile.as_ref().ok(), &mut is_used) {
            continue;
        }
        let is_protected = profile.as_ref().is_ok_and(|profile| profile.protection.needs_confirmation());
        if is_protected && !args.include_protected {
            selection.protected.push(name);
        } else {
            selection.chosen.push(Chosen { name, profile });
        }
    }
    if let Some(at) = is_used.iter().position(|is_used| !is_used) {
        return Err(unmatched(&files, &args.patterns[at]));
    }
    if selection.chosen.is_empty() && selection.protected.is_empty() {
        return Err(Error::usage("no profile has that session, account and role").hint("ssox list"));
    }
    Ok(selection)
}

fn unmatched(files: &ConfigFiles, pattern: &str) -> Error {
    let names: Vec<String> = files.profile_names().collect();
    let error = Error::usage(format!("no profile matches `{pattern}`"));
    match nearest(pattern, names.iter().map(String::as_str)).as_slice() {
        [] => error.hint("ssox list"),
        near => error.hint(format!("did you mean `{}`? ssox list shows all", near.join("` or `"))),
    }
}

/// The patterns and options of the command line.
struct Filter {
    patterns: Vec<Pattern>,
    session: Option<Session>,
    accounts: Vec<NameGlob>,
    roles: Vec<NameGlob>,
    names: AccountNames,
}

/// A pattern; one with a `/` also matches an account and a role.
struct Pattern {
    glob: NameGlob,
    has_slash: bool,
}

impl Filter {
    fn new(ctx: &Context, files: &ConfigFiles, args: &Each) -> Result<Self> {
        let pattern = |text: &String| Pattern { glob: NameGlob::new(text), has_slash: text.contains('/') };
        let globs = |texts: &[String]| texts.iter().map(|text| NameGlob::new(text)).collect();
        Ok(Self {
            patterns: args.patterns.iter().map(pattern).collect(),
            session: args
                .fetch
                .sso_session
                .as_deref()
                .map(|name| profile::named_session(ctx, files, name))
                .transpose()?,
            accounts: globs(&args.account),
            roles: globs(&args.role),
            names: AccountNames::load(ctx),
        })
    }

    /// Tells whether a profile can match, from its name alone: then it need not be resolved.
    fn may_match(&self, name: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.has_slash || pattern.glob.matches(name))
    }

    /// Tells whether a profile is chosen, and marks the patterns that match it.
    fn matches(&self, name: &str, profile: Option<&Profile>, is_used: &mut [bool]) -> bool {
        let source = profile.map(|profile| &profile.source);
        let account_id = source.and_then(|source| source.account_id());
        let role = source.and_then(|source| source.role_name());
        let accounts = account_id.into_iter().flat_map(|id| [Some(id), self.names.get(id)]).flatten();
        let is_of_account = self.accounts.is_empty()
            || accounts.clone().any(|account| self.accounts.iter().any(|glob| glob.matches(account)));
        let is_of_role =
            self.roles.is_empty() || role.is_some_and(|role| self.roles.iter().any(|glob| glob.matches(role)));
        let session = source.and_then(|source| source.session());
        let is_of_session = self.session.as_ref().is_none_or(|wanted| session.is_some_and(|of| of.name == wanted.name));
        if !(is_of_account && is_of_role && is_of_session) {
            return false;
        }
        let spelled: Vec<String> = role
            .into_iter()
            .flat_map(|role| accounts.clone().map(move |account| format!("{account}/{role}")))
            .collect();
        let mut is_chosen = self.patterns.is_empty();
        for (pattern, is_used) in self.patterns.iter().zip(is_used) {
            let by_role = || pattern.has_slash && spelled.iter().any(|spelled| pattern.glob.matches(spelled));
            if pattern.glob.matches(name) || by_role() {
                (*is_used, is_chosen) = (true, true);
            }
        }
        is_chosen
    }
}
