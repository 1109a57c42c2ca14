//! Finds the values that clap does not know, such as profiles, sessions and regions, with a description of each.
//!
//! Invariant: all values and descriptions come from files; AWS is never asked.

use super::listed;
use super::matching::{MAX_NAMES, Matches, matches};
use super::value_kind::ValueKind;
use crate::aws::console::SERVICES;
use crate::context::Context;
use crate::profile::{self, Descriptions, ProfileNames, Typed, WithoutProfile};
use crate::region::REGIONS;
use crate::shell::completion::{Candidate, Completions, MatchedBy, is_insertable};
use std::borrow::Cow;
use std::collections::HashMap;

/// The highest number of matching profiles with which descriptions are shown. If more profiles match, no profile gets a
/// description, because a file is read for each description.
const MAX_DESCRIBED: usize = 200;

const OUTPUTS: [(&str, &str); 6] = [
    ("json", "JSON"),
    ("text", "tab-separated columns for scripts"),
    ("table", "for people"),
    ("yaml", "YAML"),
    ("yaml-stream", "YAML, page by page"),
    ("off", "no output"),
];
const SCOPES: [(&str, &str); 1] = [("sso:account:access", "access to accounts and roles")];

/// Returns the values of a kind. Some of them may not match what was typed: the caller or the shell selects those that
/// match.
pub(super) fn completions(ctx: &Context, kind: ValueKind, typed: &str, matched_by: MatchedBy) -> Completions {
    match kind {
        ValueKind::File => Completions::Files,
        ValueKind::Region => regions(typed),
        ValueKind::Service => services(),
        ValueKind::Output => fixed("format", &OUTPUTS),
        ValueKind::Scope => fixed("scope", &SCOPES),
        ValueKind::Session => sessions(ctx),
        ValueKind::Account => listed::accounts(ctx, typed),
        ValueKind::Role => listed::roles(ctx, typed),
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

/// Returns the regions; or their short forms if no region starts with what was typed.
fn regions(typed: &str) -> Completions {
    let is_region = REGIONS.iter().any(|(name, ..)| name.starts_with(typed));
    let described = |(name, short, place): &(&'static str, &'static str, &str)| {
        if is_region { Candidate::new(*name, *place) } else { Candidate::new(*short, format!("{name}, {place}")) }
    };
    let candidates = REGIONS.iter().map(described).collect();
    Completions::Candidates { kind: "region", are_prefixes: false, candidates }
}

fn services() -> Completions {
    let candidates = SERVICES.iter().map(|(name, _, what)| Candidate::new(*name, *what)).collect();
    Completions::Candidates { kind: "service", are_prefixes: false, candidates }
}

fn sessions(ctx: &Context) -> Completions {
    let described = profile::described_sessions(ctx).into_iter().filter(|(name, _)| is_insertable(name));
    let candidates = described.map(|(name, description)| Candidate::new(name, description)).collect();
    Completions::Candidates { kind: "session", are_prefixes: false, candidates }
}

fn profiles(ctx: &Context, kind: ValueKind, typed: &str, matched_by: MatchedBy) -> Completions {
    let (all, assignments) = names_and_assignments(ctx, kind, typed, matched_by);
    let mut names = all.iter();
    names.extend(assignments.keys().map(|name| Cow::Borrowed(name.as_str())));
    let (are_prefixes, mut names) = match matches(names, typed, matched_by) {
        Matches::Names(names) => (false, names),
        Matches::Prefixes(names) => (true, names),
    };
    names.retain(|name| is_insertable(name));
    let is_described = !are_prefixes && names.len() <= MAX_DESCRIBED;
    let files = if is_described { all.files(ctx, &names) } else { None };
    let mut candidates: Vec<Candidate> = match files {
        Some(files) => {
            let descriptions = Descriptions::new(ctx, &files);
            let candidate = |name: String| match assignments.get(&name) {
                Some(description) => Some(Candidate::new(name, description)),
                None => described(&descriptions, kind, name),
            };
            names.into_iter().filter_map(candidate).collect()
        }
        None => names.into_iter().map(|name| Candidate::new(name, "")).collect(),
    };
    if kind == ValueKind::ProfileOrPrevious && typed.is_empty() {
        let previous = ctx.var("SSOX_PREVIOUS").map(|name| Candidate::new("-", format!("back to {name}")));
        candidates.extend(previous);
    }
    Completions::Candidates { kind: "profile", are_prefixes, candidates }
}

/// Returns the names of all profiles. For an argument that may also be an assignment (`ACCOUNT/ROLE`), also returns the
/// assignments without a profile, each with its description.
fn names_and_assignments(
    ctx: &Context,
    kind: ValueKind,
    typed: &str,
    matched_by: MatchedBy,
) -> (ProfileNames, HashMap<String, String>) {
    if !matches!(kind, ValueKind::Profile | ValueKind::ProfileOrPrevious) {
        return (ProfileNames::read(ctx), HashMap::new());
    }
    // A shell that selects the matching names itself gets all names, if there are at most `MAX_NAMES` profiles, and at
    // most `MAX_NAMES` roles in the stored listings. Otherwise, roles that do not match what was typed are not read.
    let wanted = |all: &ProfileNames| {
        let is_for_shell = matched_by == MatchedBy::Shell && all.iter().len() <= MAX_NAMES;
        Typed { text: typed, all_up_to: if is_for_shell { MAX_NAMES } else { 0 } }
    };
    ProfileNames::with_assignments(ctx, wanted, |found| {
        let is_described = found.len() <= MAX_DESCRIBED;
        let described = |assignment: &WithoutProfile| {
            let description = if is_described { description(assignment, typed) } else { String::new() };
            (assignment.offered(typed), description)
        };
        found.iter().map(described).collect()
    })
}

/// Returns the description of an assignment: the account's name if the assignment is offered with the account ID,
/// otherwise the account ID; then the session.
fn description(assignment: &WithoutProfile, typed: &str) -> String {
    let account = assignment.account;
    let other = if assignment.is_numbered(typed) { account.name.as_deref().unwrap_or_default() } else { &account.id };
    format!("{other} {}", assignment.session).trim_start().to_string()
}

/// Returns the candidate for a profile, with its description; `None` if the profile is not of the kind `kind`.
fn described(descriptions: &Descriptions, kind: ValueKind, name: String) -> Option<Candidate> {
    let profile = match descriptions.resolve(&name) {
        Ok(profile) => profile,
        Err(error) => return Some(Candidate::new(name, format!("error: {}", error.message))),
    };
    match kind {
        ValueKind::ProfileWithSession if profile.source.session().is_none() => None,
        ValueKind::ProfileWithSaml if profile.source.kind() != "saml" => None,
        _ => Some(Candidate::new(name, descriptions.of(&profile))),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::config::ConfigFiles;
    use crate::context::Clock;
    use crate::profile::AllProfiles;
    use crate::session::ACCOUNT_ACCESS;
    use std::fs;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    const LISTINGS: [&str; 2] = [
        r#"{"session":"corp","startUrl":"https://corp.awsapps.com/start","listedAt":"2026-11-20T12:00:00Z","complete":true,
        "accounts":[{"accountId":"111122223333","accountName":"Data","email":null,"roles":["ReadOnly","Admin","Split"]},
        {"accountId":"222233334444","accountName":"twins","email":null,"roles":["ReadOnly","Admin"]},
        {"accountId":"333344445555","accountName":"twins","email":null,"roles":["ReadOnly"]},
        {"accountId":"444455556666","accountName":"p1","email":null,"roles":["ReadOnly"]}]}"#,
        r#"{"session":"gone","startUrl":"https://gone.awsapps.com/start","listedAt":"2026-11-20T12:00:00Z","complete":true,
        "accounts":[{"accountId":"555566667777","accountName":"Gone","email":null,"roles":["ReadOnly"]}]}"#,
    ];
    const LEGACY: &str = r#"{"session":null,"startUrl":"https://old.awsapps.com/start","listedAt":"2026-11-20T12:00:00Z",
        "complete":true,"accounts":[{"accountId":"666677778888","accountName":"Data","email":null,"roles":["Old"]}]}"#;

    /// Returns a config file. Most of its profiles have no role. The others have roles from the listings, written in
    /// every way in which a profile can contain a role.
    fn config() -> String {
        let comment = "#".repeat(250);
        let many: String = (0..1100).map(|n| format!("[profile p{n}]\nregion = eu-west-1\n{comment}\n")).collect();
        let session = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
        let roles = "[profile ro]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
            [profile split]\nsso_session = corp\nsso_account_id = 111122223333\n\
            [profile twins/Admin]\nregion = x\n\
            [profile process]\ncredential_process = ssox credential-process process\nssox_managed = corp\n\
            ssox_account_id = 333344445555\nssox_role_name = ReadOnly\n\
            [profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_account_id = 1\nsso_role_name = r\n\
            [profile split]\nsso_role_name = Split\n";
        format!("{session}{many}{roles}")
    }

    /// Checks that completion finds the same candidates with and without the index. `needs_files` is true if completion
    /// must read the whole files although there is an index.
    fn check(credentials: &str, listings: &[&str], needs_files: bool) {
        let home = tempfile::tempdir().unwrap();
        let mut ctx = Context::new([("HOME".to_string(), home.path().into())]);
        ctx.clock = Clock::ahead(Arc::default());
        let assignments = ctx.state_dir().unwrap().join("assignments");
        [home.path().join(".aws"), assignments.clone()].iter().for_each(|path| fs::create_dir_all(path).unwrap());
        let config_file = home.path().join(".aws/config");
        fs::write(&config_file, config()).unwrap();
        let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
        // No index is written while the modification time is in the future. Later, the test moves its clock past this
        // modification time.
        fs::File::options().write(true).open(&config_file).unwrap().set_modified(in_an_hour).unwrap();
        fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
        for (at, listing) in listings.iter().enumerate() {
            fs::write(assignments.join(format!("{at}.json")), listing).unwrap();
        }
        let all = || {
            let typed = ["", "111122223333/", "2222", "D", "data", "Data/R", "twins", "p12", "G", "6"];
            let matched_by = [MatchedBy::Shell, MatchedBy::Ssox];
            let of = |typed| matched_by.map(|by| completions(&ctx, ValueKind::Profile, typed, by));
            typed.map(of)
        };
        let without = all();
        assert!(ConfigFiles::indexed_profiles(&ctx).is_none());
        ctx.clock.advance(Duration::from_secs(7200));
        completions(&ctx, ValueKind::Profile, "p", MatchedBy::Ssox);
        let index = ConfigFiles::indexed_profiles(&ctx).unwrap();
        assert_eq!(AllProfiles::indexed(&ctx, &index, Typed::ALL).is_none(), needs_files);
        assert_eq!(all(), without);
        assert!(format!("{without:?}").contains("Data/Admin"));
    }

    #[test]
    fn the_offered_scope_is_the_one_that_gives_access_to_accounts() {
        assert_eq!(SCOPES.map(|(scope, _)| scope), [ACCOUNT_ACCESS]);
    }

    #[test]
    fn the_index_offers_the_same_assignments_as_the_whole_files() {
        check("", &LISTINGS, false);
        check("[only]\naws_access_key_id = x\n[twins/ReadOnly]\nregion = y\n", &LISTINGS, false);
    }

    #[test]
    fn what_the_index_cannot_know_is_read_from_the_files() {
        check("[p1]\nSSO_session = corp\nsso_account_id = 111122223333\nsso_role_name = Split\n", &LISTINGS, true);
        check("", &[LISTINGS[0], LEGACY], true);
    }
}
