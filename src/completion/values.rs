//! Finds the values that only ssox knows: profiles, sessions, regions, each with a description.
//!
//! Invariant: everything comes from files; AWS is never asked.

use super::matching::{Matches, matches};
use super::regions::REGIONS;
use super::value_kind::ValueKind;
use crate::account_names::AccountNames;
use crate::assignments;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{is_hidden, printable};
use crate::profile::{self, Profile, WithoutProfile};
use crate::session;
use crate::session::ACCOUNT_ACCESS;
use crate::shell::completion::{Candidate, Completions, MatchedBy};
use crate::time::human;
use std::borrow::Cow;
use std::collections::HashMap;

/// The largest number of profiles with a description: each description reads a file.
const MAX_DESCRIBED: usize = 200;

const OUTPUTS: [(&str, &str); 6] = [
    ("json", "JSON"),
    ("text", "columns for other programs"),
    ("table", "for people"),
    ("yaml", "YAML"),
    ("yaml-stream", "YAML, page by page"),
    ("off", "no output"),
];
const SCOPES: [(&str, &str); 1] = [(ACCOUNT_ACCESS, "access to accounts and roles")];

/// Returns the values of a kind that match what was typed.
pub(super) fn completions(ctx: &Context, kind: ValueKind, typed: &str, matched_by: MatchedBy) -> Completions {
    match kind {
        ValueKind::File => Completions::Files,
        ValueKind::Region => fixed("region", &REGIONS),
        ValueKind::Output => fixed("format", &OUTPUTS),
        ValueKind::Scope => fixed("scope", &SCOPES),
        ValueKind::Session => sessions(ctx),
        ValueKind::Profile
        | ValueKind::ConfiguredProfile
        | ValueKind::ProfileOrPrevious
        | ValueKind::ProfileWithSession
        | ValueKind::ProfileWithSaml => profiles(ctx, kind, typed, matched_by),
    }
}

fn fixed(kind: &'static str, values: &[(&str, &str)]) -> Completions {
    let candidates = values.iter().map(|(value, description)| Candidate::new(*value, *description)).collect();
    Completions::Candidates { kind, are_prefixes: false, candidates }
}

fn sessions(ctx: &Context) -> Completions {
    let mut candidates = Vec::new();
    if let Ok(files) = ConfigFiles::load(ctx) {
        for name in files.sso_session_names().filter(|name| is_printable(name)) {
            let description = session_description(ctx, &files, &name);
            candidates.push(Candidate::new(name, printable(&description)));
        }
    }
    Completions::Candidates { kind: "session", are_prefixes: false, candidates }
}

/// Returns the start URL of a session, with the time left while its token is valid; or what is wrong with the session.
fn session_description(ctx: &Context, files: &ConfigFiles, name: &str) -> String {
    let session = match profile::named_session(ctx, files, name) {
        Ok(session) => session,
        Err(error) => return error.message,
    };
    match session::cached_token(ctx, &session).filter(|token| token.is_valid(ctx.now())) {
        Some(token) => format!("{} {}", session.start_url, human(token.expires_at.seconds_after(ctx.now()))),
        None => session.start_url,
    }
}

fn profiles(ctx: &Context, kind: ValueKind, typed: &str, matched_by: MatchedBy) -> Completions {
    let all = ProfileNames::read(ctx);
    let assignments = all.whole().map(|files| assignments(ctx, files, kind, typed)).unwrap_or_default();
    let mut names = all.iter();
    names.extend(assignments.keys().map(|name| Cow::Borrowed(name.as_str())));
    let (are_prefixes, mut names) = match matches(names, typed, matched_by) {
        Matches::Names(names) => (false, names),
        Matches::Prefixes(names) => (true, names),
    };
    names.retain(|name| is_printable(name));
    let is_described = !are_prefixes && names.len() <= MAX_DESCRIBED;
    let files = if is_described { all.files(ctx, &names) } else { None };
    let mut candidates: Vec<Candidate> = match files {
        Some(files) => {
            let accounts = AccountNames::load(ctx);
            let candidate = |name: String| match assignments.get(&name) {
                Some(description) => Some(Candidate::new(name, description)),
                None => described(ctx, &files, &accounts, kind, name),
            };
            names.into_iter().filter_map(candidate).collect()
        }
        None => names.into_iter().map(|name| Candidate::new(name, "")).collect(),
    };
    if kind == ValueKind::ProfileOrPrevious && typed.is_empty() {
        let previous = ctx.var("SSOX_PREVIOUS").map(|name| Candidate::new("-", printable(&format!("back to {name}"))));
        candidates.extend(previous);
    }
    Completions::Candidates { kind: "profile", are_prefixes, candidates }
}

/// Returns the assignments that no profile has, by the name that is offered, with their descriptions.
fn assignments(ctx: &Context, files: &ConfigFiles, kind: ValueKind, typed: &str) -> HashMap<String, String> {
    if !matches!(kind, ValueKind::Profile | ValueKind::ProfileOrPrevious) {
        return HashMap::new();
    }
    let described = |assignment: WithoutProfile| {
        let name = assignment.offered(typed).to_string();
        let account = if name == assignment.numbered { assignment.account_name } else { Some(assignment.account_id) };
        let description = format!("{} {}", account.unwrap_or_default(), assignment.session);
        (name, printable(description.trim_start()))
    };
    profile::without_profile(ctx, files).into_iter().map(described).collect()
}

/// The names of all profiles: from the index of large files, or from the files.
enum ProfileNames {
    Indexed(String),
    Read(Option<Box<ConfigFiles>>),
}

impl ProfileNames {
    fn read(ctx: &Context) -> Self {
        // What assignments are offered depends on all profiles.
        let has_assignments = assignments::any(ctx);
        if let Some(names) = ConfigFiles::indexed_profile_names(ctx).filter(|_| !has_assignments) {
            return Self::Indexed(names);
        }
        let files = ConfigFiles::load(ctx).ok();
        Self::Read(files.inspect(|files| files.save_index(ctx)).map(Box::new))
    }

    fn iter(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Indexed(names) => names.lines().map(Cow::Borrowed).collect(),
            Self::Read(files) => files.iter().flat_map(|files| files.unmerged_profile_names()).collect(),
        }
    }

    /// Returns the files if they were read as a whole.
    fn whole(&self) -> Option<&ConfigFiles> {
        match self {
            Self::Indexed(_) => None,
            Self::Read(files) => files.as_deref(),
        }
    }

    /// Returns the files, with those profiles at least, for many look-ups by name.
    fn files(self, ctx: &Context, names: &[String]) -> Option<Box<ConfigFiles>> {
        let files = match self {
            Self::Indexed(_) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                ConfigFiles::excerpt(ctx, &names).or_else(|| ConfigFiles::load(ctx).ok()).map(Box::new)
            }
            Self::Read(files) => files,
        };
        files.inspect(|files| files.index_names())
    }
}

/// Returns a profile with account, role and time left; `None` when it is not of the requested kind.
fn described(
    ctx: &Context,
    files: &ConfigFiles,
    accounts: &AccountNames,
    kind: ValueKind,
    name: String,
) -> Option<Candidate> {
    let profile = match Profile::resolve(ctx, files, &name) {
        Ok(profile) => profile,
        Err(error) => return Some(Candidate::new(name, printable(&format!("error: {}", error.message)))),
    };
    let source = &profile.source;
    match kind {
        ValueKind::ProfileWithSession if source.session().is_none() => return None,
        ValueKind::ProfileWithSaml if source.kind() != "saml" => return None,
        _ => {}
    }
    let expiration = source.cached(ctx).and_then(|entry| entry.credentials.expiration);
    let left = expiration.map(|expiration| expiration.seconds_after(ctx.now())).filter(|left| *left > 0).map(human);
    let role = source.role_name().or_else(|| source.role_arn()).unwrap_or(source.kind());
    let account = source.account_id().map(|id| accounts.get(id).unwrap_or(id));
    let facts = [account, Some(role), left.as_deref()];
    let facts: Vec<&str> = facts.into_iter().flatten().collect();
    Some(Candidate::new(name, printable(&facts.join(" "))))
}

/// Tells whether a name can be offered: hidden characters could control a shell or a terminal.
fn is_printable(name: &str) -> bool {
    !name.is_empty() && !name.contains(is_hidden)
}
