//! What `login` signs in to, and `logout` signs out of.

use super::none_configured::NO_SESSION;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::find::Found;
use crate::profile::{self, Profile, Wanted};
use crate::session::Session;
use crate::source::Source;
use crate::source::saml::Saml;

/// A session, or the identity provider of a profile.
pub(super) enum SignInTarget {
    Session(Box<Session>),
    /// A SAML profile: its name and its settings.
    Saml(String, Box<Saml>),
}

/// Returns the given session, or the session or identity provider of the given profile. If neither is given, uses the
/// profile that the environment names, or else the profile `default` if there is one, or else the only session. `verb`,
/// `login` or `logout`, is for hints.
///
/// # Errors
/// `Configuration`: the session or profile is unknown or has wrong settings; the profile has no session; or neither is
/// given, and there is no session or there are several. `NeedsPerson`: the account is given by name, and no session's
/// accounts are listed yet.
pub(super) fn sign_in_target(
    ctx: &Context,
    verb: &'static str,
    files: &ConfigFiles,
    profile: Option<&str>,
    sso_session: Option<&str>,
) -> Result<SignInTarget> {
    if let Some(name) = sso_session {
        return profile::named_session(ctx, files, name).map(|session| SignInTarget::Session(Box::new(session)));
    }
    let implied = Wanted::implied(ctx);
    if let Some((name, saml)) = saml_profile(ctx, files, profile.unwrap_or(implied.name)) {
        return Ok(SignInTarget::Saml(name, saml));
    }
    let is_implied = implied.name != "default" || files.profile(implied.name).is_some();
    let session = match profile.map(Wanted::stored).or(is_implied.then_some(implied)) {
        Some(wanted) => profile::session_behind(ctx, files, &Wanted { session_verb: Some(verb), ..wanted })?,
        None => only_session(ctx, files)?,
    };
    Ok(SignInTarget::Session(Box::new(session)))
}

fn saml_profile(ctx: &Context, files: &ConfigFiles, wanted: &str) -> Option<(String, Box<Saml>)> {
    let Found::Profile(name) = profile::find::find(ctx, files, &Wanted::stored(wanted)).ok()? else { return None };
    match Profile::resolve(ctx, files, &name).ok()?.source {
        Source::Saml(saml) => Some((name, saml)),
        _ => None,
    }
}

fn only_session(ctx: &Context, files: &ConfigFiles) -> Result<Session> {
    let mut sessions = profile::sessions(ctx, files);
    match (sessions.pop(), sessions.is_empty()) {
        (None, _) => Err(no_session(ctx, files)),
        (Some(only), true) => only,
        _ => Err(Error::configuration("there are several sessions")
            .hint("give a profile, or --sso-session NAME; `ssox sessions` lists the sessions")),
    }
}

/// Returns the error for a configuration without an sso-session. It says why, if ssox knows it: for example, a variable
/// names another file.
pub(super) fn no_session(ctx: &Context, files: &ConfigFiles) -> Error {
    match files.why_absent(ctx, |usual| usual.sso_session_names().next().is_some()) {
        Some((cause, hint)) => Error::configuration(format!("{NO_SESSION}: {cause}")).hint(hint),
        None => Error::configuration(NO_SESSION).hint("ssox configure sso"),
    }
}
