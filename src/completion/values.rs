//! The values only ssox knows: profiles, sessions, regions, each with what tells it from the others.
//! What is said is what lies in the files; AWS is not asked.

use super::narrow::{Matching, Narrowed, narrow};
use super::regions::REGIONS;
use super::value_kind::ValueKind;
use super::{Candidate, Completions};
use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{is_hidden, printable};
use crate::profile::{self, Profile};
use crate::session;
use crate::session::ACCOUNT_ACCESS;
use crate::time::human;

/// More descriptions than this cost too much: each takes a file to read.
const DESCRIBED: usize = 200;

const OUTPUTS: [(&str, &str); 6] = [
    ("json", "JSON"),
    ("text", "columns for other programs"),
    ("table", "for people"),
    ("yaml", "YAML"),
    ("yaml-stream", "YAML, page by page"),
    ("off", "nothing"),
];
const SCOPES: [(&str, &str); 1] = [(ACCOUNT_ACCESS, "what accounts and roles take")];

/// Returns the values of a kind that may be meant by what was typed.
pub(super) fn answer(ctx: &Context, kind: ValueKind, typed: &str, matching: Matching) -> Completions {
    match kind {
        ValueKind::File => Completions::Files,
        ValueKind::Region => fixed("region", &REGIONS),
        ValueKind::Output => fixed("format", &OUTPUTS),
        ValueKind::Scope => fixed("scope", &SCOPES),
        ValueKind::Session => sessions(ctx),
        ValueKind::Profile
        | ValueKind::ProfileOrPrevious
        | ValueKind::ProfileWithSession
        | ValueKind::ProfileWithSaml => profiles(ctx, kind, typed, matching),
    }
}

fn fixed(kind: &'static str, values: &[(&str, &str)]) -> Completions {
    let candidates = values.iter().map(|(value, description)| Candidate::new(*value, *description)).collect();
    Completions::Candidates { kind, are_parts: false, candidates }
}

fn sessions(ctx: &Context) -> Completions {
    let files = ConfigFiles::load(ctx).ok();
    let named = |files: &ConfigFiles| files.sso_session_names().filter(|name| is_speakable(name)).collect::<Vec<_>>();
    let candidate = |files: &ConfigFiles, name: String| {
        let description = profile::named_session(ctx, files, &name).map_or_else(
            |error| error.message,
            |session| match session::cached_token(ctx, &session).filter(|token| token.is_valid(ctx.now())) {
                Some(token) => format!("{} {}", session.start_url, human(token.expires_at.seconds_after(ctx.now()))),
                None => session.start_url,
            },
        );
        Candidate::new(name, printable(&description))
    };
    let candidates = files.map(|files| named(&files).into_iter().map(|name| candidate(&files, name)).collect());
    Completions::Candidates { kind: "session", are_parts: false, candidates: candidates.unwrap_or_default() }
}

fn profiles(ctx: &Context, kind: ValueKind, typed: &str, matching: Matching) -> Completions {
    let files = ConfigFiles::load(ctx).ok();
    let names = files.as_ref().map(|files| files.unmerged_profile_names().collect());
    let (are_parts, mut names) = match narrow(names.unwrap_or_default(), typed, matching) {
        Narrowed::Names(names) => (false, names),
        Narrowed::Parts(names) => (true, names),
    };
    names.retain(|name| is_speakable(name));
    let mut candidates: Vec<Candidate> = match files {
        Some(files) if !are_parts && names.len() <= DESCRIBED => {
            files.index_names();
            let accounts = AccountNames::load(ctx);
            names.into_iter().filter_map(|name| described(ctx, &files, &accounts, kind, name)).collect()
        }
        _ => names.into_iter().map(|name| Candidate::new(name, "")).collect(),
    };
    if kind == ValueKind::ProfileOrPrevious && typed.is_empty() {
        let previous = ctx.var("SSOX_PREVIOUS").map(|name| Candidate::new("-", printable(&format!("back to {name}"))));
        candidates.extend(previous);
    }
    Completions::Candidates { kind: "profile", are_parts, candidates }
}

/// Returns the profile with account, role and time left; `None` when it is not of the kind that is asked for.
fn described(
    ctx: &Context,
    files: &ConfigFiles,
    accounts: &AccountNames,
    kind: ValueKind,
    name: String,
) -> Option<Candidate> {
    let profile = match Profile::resolve(ctx, files, &name) {
        Ok(profile) => profile,
        Err(error) => return Some(Candidate::new(name, printable(&format!("broken: {}", error.message)))),
    };
    let source = &profile.source;
    match kind {
        ValueKind::ProfileWithSession if source.session().is_none() => return None,
        ValueKind::ProfileWithSaml if source.kind() != "saml" => return None,
        _ => {}
    }
    let end = source.cached(ctx).and_then(|entry| entry.credentials.expiration);
    let left = end.map(|end| end.seconds_after(ctx.now())).filter(|left| *left > 0).map(human);
    let role = source.role_name().or_else(|| source.role_arn()).unwrap_or(source.kind());
    let account = source.account_id().map(|id| accounts.get(id).unwrap_or(id));
    let facts = [account, Some(role), left.as_deref()];
    let facts: Vec<&str> = facts.into_iter().flatten().collect();
    Some(Candidate::new(name, printable(&facts.join(" "))))
}

/// What a shell or a terminal would obey is never offered.
fn is_speakable(name: &str) -> bool {
    !name.is_empty() && !name.contains(is_hidden)
}
