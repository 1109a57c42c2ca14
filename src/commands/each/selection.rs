//! Chooses the profiles, and the accounts and roles without a profile (assignments), whose credentials `ssox each`
//! gives to the command.

use super::Each;
use super::filter::{Candidate, Filter};
use super::listings::{Listings, number_and_role};
use crate::arn::AccountId;
use crate::commands::assigned;
use crate::config::{ConfigFiles, Section, nearest};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, as_option};
use crate::profile::find::{Found, find};
use crate::profile::{self, Profile, Wanted};
use crate::session::Session;
use crate::source::sso::{SsoRole, account_and_role, session_label};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What lists all assignments. It asks AWS again, because the stored listings have already been searched.
const LIST_ASSIGNED: &str = "`ssox list --assigned --refresh` shows every account and role that you may use";

/// The name of a profile, or of an account and role without a profile, that the command line chose; and the loaded
/// profile, or why it cannot be used.
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) profile: Result<Profile>,
}

/// The chosen profiles and assignments in the order of their names. Without `--include-protected`, protected profiles
/// and assignments are left out.
pub(super) struct Selection {
    pub(super) chosen: Vec<Chosen>,
    /// The names of the profiles and assignments that are left out because a person must confirm each use of them.
    pub(super) protected: Vec<String>,
    /// The sessions whose accounts could not be listed, and why.
    pub(super) refused: Vec<(Session, Error)>,
    /// An error for each session whose listing is incomplete: AWS did not list the roles of an account that the command
    /// line could choose.
    pub(super) incomplete: Vec<Error>,
}

/// The profiles, and the accounts and roles without a profile, that were found so far: each by its name, with the
/// loaded profile or why it cannot be used.
type AllFound = BTreeMap<String, Result<Profile>>;

/// Selects the profiles and assignments that the command line names.
///
/// # Errors
/// `Usage`: nothing is chosen, or a pattern matches nothing. `Configuration`: a file cannot be read, or the session is
/// unknown. `NeedsPerson`, `Refused`, `Unreachable`: nothing matches, because accounts could not be listed.
/// `Interrupted`: the person pressed Ctrl-C while ssox listed the accounts.
pub(super) fn select(ctx: &Context, args: &Each) -> Result<Selection> {
    if args.patterns.is_empty() && args.fetch.sso_session.is_none() && args.account.is_empty() && args.role.is_empty() {
        return Err(
            Error::usage("no profile is chosen").hint("`ssox each 'dev-*' -- COMMAND`, or `'*'` for all profiles")
        );
    }
    let files = ConfigFiles::load(ctx)?;
    if let Some(name) = &args.fetch.sso_session {
        profile::labelled_session(ctx, &files, name)?;
    }
    let listings = Listings::read(ctx, &files, args)?;
    let mut filter = Filter::new(ctx, args);
    files.index_names();
    let mut found = AllFound::new();
    add_profiles(ctx, &files, &mut filter, &mut found);
    add_assignments(ctx, &files, &listings, &mut filter, &mut found);
    add_numbered(ctx, &files, args, &mut filter, &mut found)?;
    check_all_match(&files, &listings, args, &filter, &found)?;
    let incomplete = incomplete(&listings, args, &filter);
    let mut selection = Selection { chosen: Vec::new(), protected: Vec::new(), refused: listings.refused, incomplete };
    for (name, profile) in found {
        let (role_arn, duration) = (args.fetch.role_arn.as_deref(), args.fetch.duration);
        let profile = profile.and_then(|profile| profile.with_role(ctx, role_arn)?.with_duration(duration));
        let is_protected = profile.as_ref().is_ok_and(|profile| profile.protection.needs_confirmation());
        if is_protected && !args.include_protected {
            selection.protected.push(name);
        } else {
            selection.chosen.push(Chosen { name, profile });
        }
    }
    Ok(selection)
}

fn add_profiles(ctx: &Context, files: &ConfigFiles, filter: &mut Filter, found: &mut AllFound) {
    for name in files.profile_names() {
        if !filter.may_match(&name) {
            continue;
        }
        let profile = Profile::resolve(ctx, files, &name);
        let is_chosen = match &profile {
            Ok(Profile { source, .. }) => filter.matches(&Candidate {
                name: Some(&name),
                account_id: source.account_id(),
                role_name: source.role_name(),
                session: source.session().map(Session::label),
            }),
            // If a profile cannot be loaded, the settings in its section are compared with the filter.
            Err(_) => {
                let section = files.profile(&name);
                let role = section.as_ref().and_then(account_and_role);
                filter.matches(&Candidate {
                    name: Some(&name),
                    account_id: role.map(|(account_id, _)| account_id),
                    role_name: role.map(|(_, role_name)| role_name),
                    session: section.as_ref().and_then(session_label),
                })
            }
        };
        if is_chosen {
            found.insert(name, profile);
        }
    }
}

/// Adds the listed assignments that the command line chooses and for which there is no profile.
fn add_assignments(ctx: &Context, files: &ConfigFiles, listings: &Listings, filter: &mut Filter, found: &mut AllFound) {
    let with_profile = if listings.listed.is_empty() { HashSet::new() } else { roles_of_profiles(files, filter) };
    let mut sessions: HashMap<String, Vec<&Session>> = HashMap::new();
    for (session, listing) in &listings.listed {
        for account in &listing.accounts {
            for role_name in account.known_roles() {
                let candidate = Candidate {
                    name: None,
                    account_id: Some(&account.id),
                    role_name: Some(role_name),
                    session: Some(session.label()),
                };
                if with_profile.contains(&(account.id, role_name.clone())) || !filter.matches(&candidate) {
                    continue;
                }
                let name = format!("{}/{role_name}", account.id);
                let role = SsoRole {
                    session: session.clone(),
                    account_id: account.id,
                    role_name: role_name.clone(),
                    is_configured: false,
                };
                let sessions = sessions.entry(name.clone()).or_default();
                if sessions.is_empty() && found.contains_key(&name) {
                    // A profile has this name, and comes before an assignment.
                    continue;
                }
                sessions.push(session);
                let profile = match sessions.as_slice() {
                    [_] => Profile::of_assignment(ctx, files, role, &filter.names),
                    several => Err(several_sessions(&name, several)),
                };
                found.insert(name, profile);
            }
        }
    }
}

/// Returns the account and role of each profile, without the profiles of sessions that `--sso-session` excludes.
fn roles_of_profiles(files: &ConfigFiles, filter: &Filter) -> HashSet<(AccountId, String)> {
    let sections = files.profiles().filter(|section| filter.allows_session(session_label(section)));
    let role_of = |section: Section| {
        let (account_id, role_name) = account_and_role(&section)?;
        Some((AccountId::parse(account_id)?, role_name.to_string()))
    };
    sections.filter_map(role_of).collect()
}

/// Returns the error for an assignment of several sessions. The message names the sessions, because the report of
/// `each` has no hints.
fn several_sessions(name: &str, sessions: &[&Session]) -> Error {
    let options: Vec<String> = sessions.iter().map(|session| as_option("--sso-session", session.label())).collect();
    Error::configuration(format!("several sessions have `{name}`: choose one with {}", options.join(" or ")))
}

/// Adds the assignment for each pattern ACCOUNT_ID/ROLE that has matched nothing so far, without checking that it
/// exists. A listing is used only to find out which of several sessions has the role.
fn add_numbered(
    ctx: &Context,
    files: &ConfigFiles,
    args: &Each,
    filter: &mut Filter,
    found: &mut AllFound,
) -> Result<()> {
    for at in filter.unused() {
        let pattern = &args.patterns[at];
        let Some((account_id, role_name)) = number_and_role(pattern) else { continue };
        let session = args.fetch.sso_session.as_deref();
        let candidate = Candidate { name: None, account_id: Some(account_id), role_name: Some(role_name), session };
        if profile::sessions(ctx, files).is_empty() || !filter.matches(&candidate) {
            continue;
        }
        if let Found::Assignment(role) = find(ctx, files, &Wanted::new(pattern, session))? {
            found.insert(pattern.clone(), Profile::of_assignment(ctx, files, *role, &filter.names));
        }
    }
    Ok(())
}

/// Checks that each pattern matches something, and that something is chosen.
///
/// # Errors
/// If an assignment could be missing because a session could not be listed, the error of this session; otherwise
/// `Usage`.
fn check_all_match(
    files: &ConfigFiles,
    listings: &Listings,
    args: &Each,
    filter: &Filter,
    found: &AllFound,
) -> Result<()> {
    let unused = filter.unused().first().map(|at| &args.patterns[*at]);
    if unused.is_none() && !found.is_empty() {
        return Ok(());
    }
    let is_listed = unused.is_none_or(|pattern| pattern.contains('/'));
    if let (true, Some((_, error))) = (is_listed, listings.refused.first()) {
        return Err(error.clone());
    }
    Err(match unused {
        Some(pattern) => unmatched(files, listings, args, pattern),
        None => Error::usage(format!("no profile and no assignment matches {}", options(args)))
            .hint("`ssox list` shows all profiles")
            .hint(LIST_ASSIGNED),
    })
}

/// Returns those options of the command line that exclude profiles and assignments, with their values; an empty text if
/// there are none.
fn options(args: &Each) -> String {
    let session = args.fetch.sso_session.iter().map(|name| as_option("--sso-session", name));
    let accounts = args.account.iter().map(|glob| as_option("--account", glob));
    let roles = args.role.iter().map(|glob| as_option("--role", glob));
    session.chain(accounts).chain(roles).collect::<Vec<_>>().join(" ")
}

fn unmatched(files: &ConfigFiles, listings: &Listings, args: &Each, pattern: &str) -> Error {
    let mut names: Vec<String> = files.profile_names().collect();
    let (what, list) = if pattern.contains('/') {
        names.extend(listings.spelled());
        ("no profile and no assignment", LIST_ASSIGNED)
    } else {
        ("no profile", "`ssox list` shows all profiles")
    };
    let options = options(args);
    let beside = if options.is_empty() { String::new() } else { format!(" together with {options}") };
    let error = Error::usage(format!("{what} matches `{pattern}`{beside}"));
    if files.sso_session(pattern).is_some() {
        let option = as_option("--sso-session", pattern);
        return error.hint(format!("`{pattern}` is an sso-session: ssox each {option} -- COMMAND"));
    }
    // The options may exclude a profile whose name is exactly the pattern.
    let others = names.iter().map(String::as_str).filter(|name| *name != pattern);
    match nearest(pattern, others).as_slice() {
        [] => error.hint(list),
        near => error.hint(format!("did you mean `{}`? {list}", near.join("` or `"))),
    }
}

/// Returns an error for each session whose stored assignments lack the roles of an account that the command line could
/// choose.
fn incomplete(listings: &Listings, args: &Each, filter: &Filter) -> Vec<Error> {
    let missing = listings.listed.iter().map(|(session, listing)| {
        let mut listing = listing.clone();
        listing.accounts.retain(|account| account.roles.is_none() && filter.may_match_account(&account.id, args));
        (session, listing)
    });
    missing
        .filter(|(_, listing)| !listing.accounts.is_empty())
        .map(|(session, listing)| assigned::incomplete(&listing, session, ErrorKind::Refused))
        .collect()
}
