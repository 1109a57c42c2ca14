//! `ssox logout`: signs out of one session or SAML profile, or of all configured ones, and shows what it removed. Only
//! `ssox clear` can remove credentials from a shell.

use super::saml_profiles;
use super::sign_in_target::{SignInTarget, sign_in_target};
use super::verb::{Done, VerbArgs};
use crate::assignments;
use crate::config::ConfigFiles;
use crate::context::{Context, tell};
use crate::error::{Error, Result};
use crate::profile::{self, Profile};
use crate::session::{self, Session};
use crate::store::{Store, remove_of_session};
use crate::terminal::{say, warn, warn_with_hint};
use clap::Args;

#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox logout --sso-session corp")]
pub(crate) struct Logout {
    /// Profile whose session to sign out of
    profile: Option<String>,
    /// Session to sign out of
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    sso_session: Option<String>,
    /// Sign out of every configured session
    #[arg(long, conflicts_with_all = ["profile", "sso_session"])]
    all: bool,
}

impl VerbArgs for Logout {
    /// Signs out of the selected session or SAML profile, or with `--all` of all configured ones. With `--all`, an
    /// error in one session does not keep ssox from signing out of the others.
    ///
    /// # Errors
    /// `Configuration`: the session or profile is unknown, or a file cannot be removed. `NeedsPerson`: the keyring
    /// cannot be used, or a sign-in in ssox's own browser is running. `Unreachable`: another process holds the lock on
    /// the token.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        if self.all {
            first_of(log_out_of_all(ctx, &files))?;
            return Ok(Done::default());
        }
        match sign_in_target(ctx, "logout", &files, self.profile.as_deref(), self.sso_session.as_deref())? {
            SignInTarget::Session(session) => first_of(log_out(ctx, &files, &session))?,
            SignInTarget::Saml(name, saml) => first_of(saml_profiles::log_out(ctx, &[(name, saml)]))?,
        }
        Ok(Done::default())
    }
}

/// Signs out of all sessions and all SAML profiles. Returns all errors. A session with wrong settings is skipped with a
/// warning, and the token files that belong to no configured session are kept and named.
fn log_out_of_all(ctx: &Context, files: &ConfigFiles) -> Vec<Error> {
    let found = profile::sessions(ctx, files);
    found.iter().filter_map(|found| found.as_ref().err()).for_each(warn_with_hint);
    let sessions: Vec<Session> = found.into_iter().flatten().collect();
    let mut failures: Vec<Error> = sessions.iter().flat_map(|session| log_out(ctx, files, session)).collect();
    for (path, start_url) in session::foreign_tokens(ctx, &sessions) {
        let start_url = start_url.map(|url| format!(" ({url})")).unwrap_or_default();
        say(&format!("kept the token file `{}`{start_url}: it belongs to no configured session", path.display()));
    }
    let saml = saml_profiles::all(ctx, files);
    if sessions.is_empty() && saml.is_empty() {
        say("there is no session to sign out of");
    }
    failures.extend(saml_profiles::log_out(ctx, &saml));
    failures
}

/// Returns the first error, which the caller reports. Prints the other errors here, in the same way: message and hints.
/// Of equal messages that follow each other, only one is kept: a keyring that cannot be used is one error, not one for
/// each of its secrets.
fn first_of(mut failures: Vec<Error>) -> Result<()> {
    failures.dedup_by(|later, earlier| later.message == earlier.message);
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else { return Ok(()) };
    failures.for_each(|error| tell(&error.to_string()));
    Err(first)
}

/// Signs out of a session: removes its cached token, its cached role credentials, and its stored list of accounts and
/// roles. Returns all errors. Removes nothing if another process holds the lock on the token.
fn log_out(ctx: &Context, files: &ConfigFiles, session: &Session) -> Vec<Error> {
    let label = session.label();
    let is_in_keyring = session::kept::may_be_in(ctx, session, Store::Keyring);
    let done = match session::logout(ctx, session) {
        Ok(done) => done,
        Err(error) => return vec![error],
    };
    let mut roles = RemovedRoles::default();
    let is_in_shell = remove_roles(ctx, files, session, &mut roles);
    if is_in_keyring {
        roles.add(remove_of_session(ctx, Store::Keyring, label));
    }
    roles.failures.extend(assignments::forget(ctx, session).err());
    let is_signed_out = !done.removed.is_empty() && done.failures.is_empty() && done.server_error.is_none();
    if let Some(error) = done.server_error {
        warn(&format!("{}; this session expires on its own", error.message));
    }
    let RemovedRoles { count, failures } = roles;
    let failures: Vec<Error> = done.failures.into_iter().chain(failures).collect();
    let roles = match count {
        0 => None,
        1 => Some("the cached credentials of 1 role".to_string()),
        many => Some(format!("the cached credentials of {many} roles")),
    };
    let removed: Vec<String> = done.removed.into_iter().chain(roles).collect();
    if removed.is_empty() && failures.is_empty() {
        say(&format!("not signed in to `{label}`: there was nothing to remove"));
    } else if !removed.is_empty() {
        let removed = removed.join(" and ");
        if is_signed_out {
            say(&format!("signed out of `{label}`; removed {removed}"));
        } else {
            say(&format!("removed {removed} of session `{label}`"));
        }
    }
    if is_in_shell {
        say("this shell still has credentials; `ssox clear` removes them");
    }
    failures
}

/// How many cached credentials were removed, and why others were not.
#[derive(Default)]
struct RemovedRoles {
    count: usize,
    failures: Vec<Error>,
}

impl RemovedRoles {
    fn add(&mut self, removed: Result<usize>) {
        match removed {
            Ok(count) => self.count += count,
            Err(error) => self.failures.push(error),
        }
    }
}

/// Removes the cached credentials of the session's roles, and of roles that are assumed with those credentials. Returns
/// whether this shell has credentials of one of these roles.
fn remove_roles(ctx: &Context, files: &ConfigFiles, session: &Session, removed: &mut RemovedRoles) -> bool {
    let mut is_in_shell = false;
    for name in files.profile_names() {
        let Ok(Profile { source, .. }) = Profile::resolve(ctx, files, &name) else { continue };
        if source.session().is_some_and(|of| of.shares_token_with(session)) {
            removed.add(source.forget(ctx).map(usize::from));
            is_in_shell |= ctx.var("SSOX_PROFILE") == Some(&name);
        }
    }
    removed.add(remove_of_session(ctx, Store::Files, session.label()));
    let held = ctx.var("SSOX_PROFILE").and_then(|name| Profile::held(ctx, files, name).ok());
    is_in_shell |= held.is_some_and(|held| {
        held.is_assignment && held.source.session().is_some_and(|of| of.shares_token_with(session))
    });
    is_in_shell && ctx.var("AWS_SESSION_TOKEN").is_some()
}
