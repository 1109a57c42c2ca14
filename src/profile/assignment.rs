//! Finds the assignment for `ACCOUNT/ROLE` if no profile has this role. ACCOUNT is the ID of an account, or the name of
//! an account in the stored listings: the accounts and roles that AWS last listed for each session. With an ID, AWS is
//! asked only if no stored listing contains the role, and a person is signed in to several sessions.

use super::sessions;
use crate::arn::AccountId;
use crate::assignments::{self, AccountRoles, Listing};
use crate::config::{ConfigFiles, nearest};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, as_option};
use crate::session::{self, Session};
use crate::source::sso::SsoRole;

/// Where the listings of accounts and roles come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListingSource {
    /// Only stored listings are used.
    Stored,
    /// If a session has no stored listing, AWS is asked.
    Fetched,
}

/// An account that a session's listing contains.
struct Candidate<'a> {
    session: &'a Session,
    account: &'a AccountRoles,
}

/// Returns the role in the account with this ID.
///
/// # Errors
/// `Configuration`: there is no session; or there are several, and the listings do not tell which of them has the role.
/// `Refused`, `Unreachable`: AWS does not list the accounts.
pub(super) fn by_number(
    ctx: &Context,
    sessions: &[Session],
    listings: ListingSource,
    account_id: &AccountId,
    role_name: &str,
) -> Result<SsoRole> {
    let wanted = format!("{account_id}/{role_name}");
    match sessions_with(ctx, sessions, listings, account_id, role_name)?.as_slice() {
        [one] => Ok(SsoRole {
            session: (*one).clone(),
            account_id: *account_id,
            role_name: role_name.into(),
            is_configured: false,
        }),
        [] => {
            let message = format!(
                "could not choose a session for `{wanted}`: no session's list of accounts and roles contains it"
            );
            let options = session_options(&sessions.iter().collect::<Vec<_>>());
            Err(Error::configuration(message).hint(format!(
                "a list may be missing or out of date; if you know the session, add one of these options: {options}"
            )))
        }
        several => Err(choose_session(format!("several sessions have `{wanted}`"), several)),
    }
}

/// Returns the sessions that probably have the role. The first of these rules that finds a session decides:
/// - the only configured session;
/// - the sessions whose stored listing has the role;
/// - the only session that a person is signed in to;
/// - if AWS may be asked for listings, the sessions whose listing has the role.
fn sessions_with<'a>(
    ctx: &Context,
    sessions: &'a [Session],
    listings: ListingSource,
    account_id: &AccountId,
    role_name: &str,
) -> Result<Vec<&'a Session>> {
    if let [only] = sessions {
        return Ok(vec![only]);
    }
    let has_it = |listing: &Listing| {
        listing.account(account_id).is_some_and(|account| account.known_roles().iter().any(|known| known == role_name))
    };
    let stored = |session: &&Session| assignments::read(ctx, session).is_some_and(|listing| has_it(&listing));
    let with_it: Vec<&Session> = sessions.iter().filter(stored).collect();
    if !with_it.is_empty() {
        return Ok(with_it);
    }
    let is_signed_in = |session: &&Session| session::cached_token(ctx, session).is_some();
    let signed_in: Vec<&Session> = sessions.iter().filter(is_signed_in).collect();
    if signed_in.len() == 1 {
        return Ok(signed_in);
    }
    let listed = match self::listings(ctx, sessions, listings) {
        Err(error) if error.kind != ErrorKind::NeedsPerson => return Err(error),
        listed => listed.unwrap_or_default(),
    };
    Ok(listed.into_iter().filter(|(_, listing)| has_it(listing)).map(|(session, _)| session).collect())
}

/// Returns the role in the account with this name.
///
/// # Errors
/// `Configuration`: no account has this name, no account with this name has the role, or several accounts have the name
/// and the role. `NeedsPerson`: no session has a stored listing, and AWS may not be asked or nobody is signed in.
/// `Refused`, `Unreachable`: AWS does not list the accounts.
pub(super) fn by_name(
    ctx: &Context,
    sessions: &[Session],
    listings: ListingSource,
    name: &str,
    role_name: &str,
) -> Result<SsoRole> {
    let listed = self::listings(ctx, sessions, listings)?;
    let accounts = || {
        listed
            .iter()
            .flat_map(|(session, listing)| listing.accounts.iter().map(|account| Candidate { session, account }))
    };
    let named: Vec<Candidate> = accounts().filter(|candidate| candidate.account.label() == name).collect();
    if named.is_empty() {
        return Err(unknown_account(name, role_name, accounts().map(|candidate| candidate.account.label())));
    }
    let has_it = |candidate: &&Candidate| candidate.account.known_roles().iter().any(|known| known == role_name);
    let mut with_it: Vec<&Candidate> = named.iter().filter(has_it).collect();
    if with_it.is_empty() {
        // AWS could not list the roles of these accounts, so only the request for credentials will show whether the
        // role exists.
        with_it = named.iter().filter(|candidate| candidate.account.roles.is_none()).collect();
    }
    match with_it.as_slice() {
        [one] => {
            let (session, account_id) = (one.session.clone(), one.account.id);
            Ok(SsoRole { session, account_id, role_name: role_name.into(), is_configured: false })
        }
        [] => Err(unknown_role(&named, name, role_name)),
        several => Err(equal_names(several, name, role_name)),
    }
}

/// Returns a hint for a role that the session's stored listing does not contain. The hint says which similar
/// `ACCOUNT_ID/ROLE` of the listing a person may have meant; if none is similar, how to list all. Returns `None` if
/// there is no stored listing, or if the listing contains the role.
pub(super) fn nearest_to(ctx: &Context, role: &SsoRole) -> Option<String> {
    let listing = assignments::read(ctx, &role.session)?;
    let near = match listing.account(&role.account_id) {
        None => {
            let ids = listing.accounts.iter().map(|account| &*account.id);
            nearest(&role.account_id, ids).into_iter().map(|id| format!("{id}/{}", role.role_name)).collect()
        }
        Some(account) if account.known_roles().contains(&role.role_name) => return None,
        Some(account) => nearest_roles(account, &role.role_name, &role.account_id),
    };
    Some(did_you_mean(&near))
}

/// Returns the listings of the sessions. A session without a stored listing is left out in two cases: AWS may not be
/// asked, or there are several sessions and nobody is signed in to this one. If all sessions are left out, returns an
/// error.
fn listings<'a>(ctx: &Context, sessions: &'a [Session], from: ListingSource) -> Result<Vec<(&'a Session, Listing)>> {
    let mut listings = Vec::new();
    for session in sessions {
        let is_only = sessions.len() == 1;
        let can_list = from == ListingSource::Fetched && (is_only || session::cached_token(ctx, session).is_some());
        match assignments::read(ctx, session) {
            Some(listing) => listings.push((session, listing)),
            None if can_list => listings.push((session, assignments::list(ctx, session)?.listing)),
            None => {}
        }
    }
    if listings.is_empty()
        && let Some(first) = sessions.first()
    {
        let is_signed_in = |session: &Session| {
            session::cached_token(ctx, session)
                .is_some_and(|token| token.is_valid(ctx.now()) || token.is_refreshable(ctx.now()))
        };
        if sessions.iter().any(is_signed_in) {
            return Err(Error::needs_person("the accounts are not listed yet").hint("ssox list --assigned"));
        }
        return Err(
            Error::needs_person("the accounts are not listed yet: nobody is signed in").hint(first.sign_in_line())
        );
    }
    Ok(listings)
}

fn choose_session(message: String, sessions: &[&Session]) -> Error {
    Error::configuration(message).hint(format!("add one of these options: {}", session_options(sessions)))
}

fn session_options(sessions: &[&Session]) -> String {
    let options: Vec<String> = sessions.iter().map(|session| as_option("--sso-session", session.label())).collect();
    options.join(" or ")
}

fn unknown_account<'a>(name: &str, role_name: &str, labels: impl Iterator<Item = &'a str>) -> Error {
    let near: Vec<String> = nearest(name, labels).into_iter().map(|near| format!("{near}/{role_name}")).collect();
    Error::configuration(format!("there is no profile `{name}/{role_name}`, and no account `{name}`"))
        .hint(did_you_mean(&near))
}

fn unknown_role(named: &[Candidate], name: &str, role_name: &str) -> Error {
    let near: Vec<String> =
        named.iter().flat_map(|candidate| nearest_roles(candidate.account, role_name, name)).collect();
    Error::configuration(format!("you have no role `{role_name}` in account `{name}`")).hint(did_you_mean(&near))
}

/// Returns, as ACCOUNT/ROLE, the roles of an account whose names are similar to `role_name`. If none is similar and the
/// account has few roles, returns all of them.
fn nearest_roles(account: &AccountRoles, role_name: &str, label: &str) -> Vec<String> {
    let roles = account.known_roles();
    let near = nearest(role_name, roles.iter().map(String::as_str));
    let near = if near.is_empty() && roles.len() <= 3 { roles.to_vec() } else { near };
    near.into_iter().map(|role| format!("{label}/{role}")).collect()
}

fn equal_names(candidates: &[&Candidate], name: &str, role_name: &str) -> Error {
    let [first, rest @ ..] = candidates else { return Error::configuration("no account has this name") };
    if rest.iter().all(|other| other.account.id == first.account.id) {
        let sessions: Vec<&Session> = candidates.iter().map(|candidate| candidate.session).collect();
        return choose_session(format!("several sessions have `{name}/{role_name}`"), &sessions);
    }
    let mut numbers: Vec<String> =
        candidates.iter().map(|candidate| format!("{}/{role_name}", candidate.account.id)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Error::configuration(format!("{} accounts are called `{name}`", numbers.len()))
        .hint(format!("use the account ID: {}", numbers.join(" or ")))
}

fn did_you_mean(near: &[String]) -> String {
    match near {
        [] => "`ssox list --assigned --refresh` shows every account and role that you may use".into(),
        near => format!("did you mean `{}`? `ssox list --assigned` shows every account and role", near.join("` or `")),
    }
}

/// Returns the session with this name, or all usable sessions if no name is given.
///
/// # Errors
/// `Configuration`: no session has this name, or no session can be used.
pub(super) fn candidates(ctx: &Context, files: &ConfigFiles, session: Option<&str>) -> Result<Vec<Session>> {
    if let Some(label) = session {
        return sessions::labelled_session(ctx, files, label).map(|session| vec![session]);
    }
    let mut usable = Vec::new();
    let mut broken = None;
    for session in sessions::sessions(ctx, files) {
        match session {
            Ok(session) => usable.push(session),
            Err(error) => broken = broken.or(Some(error)),
        }
    }
    match broken {
        Some(error) if usable.is_empty() => Err(error),
        _ => Ok(usable),
    }
}
