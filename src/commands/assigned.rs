//! `ssox list --assigned`: every account and role that the sessions may use, with or without a profile.

use super::none_configured::say_none;
use super::renewal;
use super::table::{Table, json_list};
use super::verb::Done;
use crate::arn::AccountId;
use crate::assignments::{self, Listing};
use crate::cache::{EntryNames, Key};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::profile::{self, RoleProfiles};
use crate::session::{self, Session};
use crate::terminal::{say, warn_with_hint};
use crate::time::{Timestamp, human};
use serde::Serialize;

/// If the stored accounts and roles of a session are older than this many seconds, ssox asks AWS for them again, in the
/// background.
const OLD: i64 = 24 * 3600;

/// The options of `ssox list --assigned`.
#[derive(Debug)]
pub(super) struct AssignedArgs<'a> {
    pub(super) json: bool,
    /// Whether to ask AWS for the accounts and roles, even if ssox has stored the answer of an earlier call.
    pub(super) refresh: bool,
    /// The name or start URL of the session whose assignments are listed; `None` lists those of all sessions.
    pub(super) sso_session: Option<&'a str>,
    /// Whether this ssox process runs in the background: it stores the accounts and roles, and prints nothing.
    pub(super) background: bool,
}

/// Returns the assignments as a table or a JSON array. If AWS did not list all assignments of some sessions, the exit
/// status is that of the error for the last of these sessions. With `background`, only stores the assignments.
///
/// # Errors
/// `Configuration`: the configuration cannot be read, or the session is unknown. `NeedsPerson`: nobody is signed in to
/// any session. `Refused`, `Unreachable`: only one session can be listed, because there is no other or nobody is signed
/// in to the others, and AWS did not list it. `Interrupted`: the person pressed Ctrl-C.
pub(super) fn run(ctx: &Context, args: &AssignedArgs) -> Result<Done> {
    let files = ConfigFiles::load(ctx)?;
    let sessions = sessions(ctx, &files, args.sso_session)?;
    if args.background {
        let listed = sessions.iter().try_for_each(|session| assignments::list_in_background(ctx, session));
        return listed.map(Done::from);
    }
    if sessions.is_empty() {
        say_none(ctx, &files, "sessions");
        return Ok(if args.json { Done::from("[]\n".to_string()) } else { Done::default() });
    }
    let sessions = signed_in(ctx, sessions)?;
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    let (profiles, cached) = (RoleProfiles::of(&files), EntryNames::read(ctx));
    for session in &sessions {
        match listing(ctx, session, args.refresh) {
            Ok((listing, incomplete)) => {
                rows.extend(self::rows(session, listing, &profiles, &cached));
                failures.extend(incomplete);
            }
            Err(error) if error.kind == ErrorKind::Interrupted || sessions.len() == 1 => return Err(error),
            Err(error) => failures.push(error),
        }
    }
    cached.renew_index();
    cached.error().into_iter().for_each(warn_with_hint);
    let stdout = if args.json { json_list(rows.iter()) } else { table(ctx, &rows) };
    let error = failures.pop();
    failures.iter().for_each(warn_with_hint);
    Ok(Done { error, ..Done::from(stdout) })
}

/// Returns the named session. Without a name, returns all sessions that can be used, and prints a warning for each
/// session that cannot be used.
pub(super) fn sessions(ctx: &Context, files: &ConfigFiles, name: Option<&str>) -> Result<Vec<Session>> {
    if let Some(name) = name {
        return profile::labelled_session(ctx, files, name).map(|session| vec![session]);
    }
    let found = profile::sessions(ctx, files);
    found.iter().filter_map(|found| found.as_ref().err()).for_each(warn_with_hint);
    Ok(found.into_iter().flatten().collect())
}

/// Returns the sessions that somebody is signed in to, and tells the person to which sessions nobody is signed in.
/// Fails if nobody is signed in to any session.
fn signed_in(ctx: &Context, sessions: Vec<Session>) -> Result<Vec<Session>> {
    let (signed_in, signed_out): (Vec<Session>, Vec<Session>) =
        sessions.into_iter().partition(|session| has_token(ctx, session));
    if let ([], [first, ..]) = (signed_in.as_slice(), signed_out.as_slice()) {
        return Err(session::valid_token(ctx, first)
            .err()
            .unwrap_or_else(|| Error::needs_person("nobody is signed in")));
    }
    for session in &signed_out {
        let stored = session::stored_token(ctx, session);
        let cause = stored.map_or_else(|error| error.message, |_| "nobody is signed in to this session".into());
        say(&format!("the accounts and roles of session `{}` are not listed: {cause}", session.label()));
        say(&format!("hint: {}", session.sign_in_line()));
    }
    Ok(signed_in)
}

pub(super) fn has_token(ctx: &Context, session: &Session) -> bool {
    let token = session::cached_token(ctx, session);
    token.is_some_and(|token| token.is_valid(ctx.now()) || token.is_refreshable(ctx.now()))
}

/// Returns the stored assignments of a session. If they are older than a day, also starts a background process that
/// asks AWS for them, for later calls. If none are stored, or `is_refreshed` is set, asks AWS now. The second value is
/// an error if the roles of some accounts are missing.
fn listing(ctx: &Context, session: &Session, is_refreshed: bool) -> Result<(Listing, Option<Error>)> {
    let stored = assignments::read(ctx, session).filter(|_| !is_refreshed);
    let Some(listing) = stored else {
        let listed = assignments::list(ctx, session)?;
        let failure = listed.failure.map(|error| incomplete(&listed.listing, session, error.kind).doing(error.message));
        return Ok((listed.listing, failure));
    };
    if ctx.now().seconds_after(listing.listed_at) > OLD && !assignments::are_being_listed(ctx, session) {
        refresh_in_background(ctx, session.label());
    }
    let failure = (!listing.is_complete()).then(|| incomplete(&listing, session, ErrorKind::Refused));
    Ok((listing, failure))
}

/// Returns the error for a listing that lacks the roles of some accounts.
pub(super) fn incomplete(listing: &Listing, session: &Session, kind: ErrorKind) -> Error {
    let missing = listing.accounts.iter().filter(|account| account.roles.is_none());
    let ids: Vec<String> = missing.map(|account| account.id.to_string()).collect();
    let (label, count) = (session.label(), ids.len());
    let accounts = if count == 1 { "1 account".to_string() } else { format!("{count} accounts") };
    let message = format!(
        "the listing of `{label}` is incomplete: the roles of {accounts} are missing ({})",
        super::name_list::name_list(&ids)
    );
    Error::new(kind, message).hint("`ssox list --assigned --refresh` tries again")
}

/// Lists the assignments of a session in the background after a sign-in. First deletes what an interrupted listing has
/// left: another person may have been signed in then.
pub(crate) fn list_after_sign_in(ctx: &Context, label: &str, start_url: &str) {
    if let Err(error) = assignments::forget_interrupted(ctx, label, start_url) {
        ctx.log(|| error.message);
    }
    refresh_in_background(ctx, label);
}

/// Lists, in the background, the assignments of a session that `configure sso` has just written. This was not possible
/// at the sign-in, because the configuration did not have the session yet. Does nothing if they are stored or being
/// listed already, if nobody is signed in, or if nobody can be asked (`ctx.no_input`).
pub(super) fn list_new_session(ctx: &Context, session: &Session) {
    let is_listed = || assignments::exists(ctx, session) || assignments::are_being_listed(ctx, session);
    if !ctx.no_input && has_token(ctx, session) && !is_listed() {
        refresh_in_background(ctx, session.label());
    }
}

/// Starts a process that lists and stores the assignments of a session. Does not wait until that process ends.
fn refresh_in_background(ctx: &Context, label: &str) {
    let option = format!("--sso-session={label}");
    let arguments = ["list", "--assigned", "--refresh", "--background", "--no-input", option.as_str()];
    if let Err(cause) = renewal::spawn_detached(ctx, &arguments) {
        ctx.log(|| format!("the listing could not be refreshed in the background: {cause}"));
    }
}

/// An assignment as `ssox list --assigned --json` prints it. An account whose roles could not be listed is one element
/// in which `role_name` is `null`.
#[derive(Serialize)]
struct AssignmentJson {
    session: Option<String>,
    account_id: AccountId,
    account_name: Option<String>,
    role_name: Option<String>,
    profiles: Vec<String>,
    expires_at: Option<Timestamp>,
    #[serde(skip)]
    label: String,
}

fn rows(session: &Session, listing: Listing, profiles: &RoleProfiles, cached: &EntryNames) -> Vec<AssignmentJson> {
    let (mut rows, mut expirations) = (Vec::new(), cached.expirations());
    for account in listing.accounts {
        let roles: Vec<Option<String>> = match account.roles {
            Some(roles) => roles.into_iter().map(Some).collect(),
            None => vec![None],
        };
        for role_name in roles {
            let key = role_name.as_deref().map(|role| {
                let key = Key::sso(&account.id, role, session.name.as_deref(), &session.start_url);
                key.in_store(session.store, session.label())
            });
            let names = role_name.as_deref().map(|role| profiles.names(&account.id, role, session.label()));
            rows.push(AssignmentJson {
                session: session.name.clone(),
                account_id: account.id,
                account_name: account.name.clone(),
                profiles: names.into_iter().flatten().map(String::from).collect(),
                expires_at: key.and_then(|key| expirations.get(&key)),
                label: session.label().into(),
                role_name,
            });
        }
    }
    rows
}

fn table(ctx: &Context, rows: &[AssignmentJson]) -> String {
    let mut table = Table::new(&["session", "account", "name", "role", "profiles", "left"]);
    for row in rows {
        let left = row.expires_at.map(|end| human(end.seconds_after(ctx.now()))).unwrap_or_default();
        table.row([
            row.label.clone(),
            row.account_id.to_string(),
            row.account_name.clone().unwrap_or_default(),
            row.role_name.clone().unwrap_or_else(|| "unknown".into()),
            row.profiles.join(" "),
            left,
        ]);
    }
    table.render()
}
