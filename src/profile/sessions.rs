//! Reads the configured sessions: `[sso-session NAME]` sections, and the start URLs of legacy profiles.

use super::network::network;
use super::store;
use crate::config::{ConfigFiles, Section, SectionKind, misspelt, nearest};
use crate::context::Context;
use crate::error::{Error, Result, as_option};
use crate::region::Region;
use crate::session::Session;
use crate::source::sso::{session_key, session_name};

/// Returns the session of the section `[sso-session NAME]`.
///
/// # Errors
/// `Configuration`: the section does not exist, lacks the start URL or the region, or has a value that cannot be used.
pub(crate) fn named_session(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Session> {
    let section = files.sso_session(name).ok_or_else(|| unknown_argument(ctx, files, name))?;
    session(ctx, files, Some(name), &section, &section)
}

/// Returns the session with this name, or the session without a name that has this start URL.
///
/// # Errors
/// Those of [`named_session`].
pub(crate) fn labelled_session(ctx: &Context, files: &ConfigFiles, label: &str) -> Result<Session> {
    if files.sso_session(label).is_some() || !files.contains(label) {
        return named_session(ctx, files, label);
    }
    let found = sessions(ctx, files).into_iter().flatten().find(|session| session.label() == label);
    found.map_or_else(|| named_session(ctx, files, label), Ok)
}

/// Returns all configured sessions, each once: those with a name, then those of legacy profiles. A session that cannot
/// be used is an error in the list.
pub(crate) fn sessions(ctx: &Context, files: &ConfigFiles) -> Vec<Result<Session>> {
    let mut found: Vec<Result<Session>> =
        files.sso_session_names().map(|name| named_session(ctx, files, &name)).collect();
    for name in files.names_with_key("sso_start_url") {
        let Some(section) = files.profile(&name) else { continue };
        if section.value("sso_session").is_some() || section.value("sso_start_url").is_none() {
            continue;
        }
        let session = of_profile(ctx, files, &name, &section);
        if !session.as_ref().is_ok_and(|session| has_legacy_session(&found, &session.start_url)) {
            found.push(session);
        }
    }
    found
}

fn has_legacy_session(sessions: &[Result<Session>], start_url: &str) -> bool {
    sessions.iter().flatten().any(|session| session.name.is_none() && session.start_url == start_url)
}

/// Returns the session that a profile uses.
///
/// # Errors
/// `Configuration`: the session does not exist, is incomplete, has a value that cannot be used, or has other values
/// than the profile.
pub(super) fn of_profile(ctx: &Context, files: &ConfigFiles, profile: &str, section: &Section) -> Result<Session> {
    let Some(name) = session_name(section) else {
        return session(ctx, files, None, section, section)
            .map(|session| Session { profile: Some(profile.into()), ..session })
            .map_err(|error| error.doing(format!("profile `{profile}` cannot sign in")));
    };
    let of_session = files.sso_session(name).ok_or_else(|| unknown_in_profile(ctx, files, section, name))?;
    for key in ["sso_start_url", "sso_region"] {
        if let (Some(one), Some(other)) = (section.get(key), of_session.get(key))
            && one != other
        {
            return Err(Error::configuration(format!(
                "`{key}` is `{one}` in profile `{profile}`, but `{other}` in its sso-session `{name}`"
            ))
            .hint(format!("remove `{key}` from `[profile {profile}]` in ~/.aws/config")));
        }
    }
    if let Some(elsewhere) = section.get(store::KEY).filter(|value| of_session.get(store::KEY) != Some(value)) {
        let message =
            format!("profile `{profile}` cannot be used: `{} = {elsewhere}` belongs in its sso-session", store::KEY);
        return Err(Error::configuration(message)
            .hint(format!("write `{} = {elsewhere}` into `[sso-session {name}]`", store::KEY)));
    }
    session(ctx, files, Some(name), &of_session, section)
}

fn session(
    ctx: &Context,
    files: &ConfigFiles,
    name: Option<&str>,
    section: &Section,
    endpoints: &Section,
) -> Result<Session> {
    let prefix = name.map_or_else(String::new, |name| format!("sso-session `{name}` "));
    let required = |key: &str| section.value(key).ok_or_else(|| missing(&prefix, key, section));
    let what = name.map_or("`sso_region`".into(), |name| format!("`sso_region` of sso-session `{name}`"));
    let region = Region::parse(&what, required("sso_region")?)?;
    Ok(Session {
        name: name.map(String::from),
        profile: None,
        start_url: required("sso_start_url")?.into(),
        region,
        scopes: scopes(section.get("sso_registration_scopes").unwrap_or_default()),
        network: network(ctx, files, endpoints)?,
        store: store::store(ctx, section)?,
    })
}

/// Splits a list of scopes at the commas.
pub(crate) fn scopes(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(String::from).collect()
}

fn missing(prefix: &str, key: &str, section: &Section) -> Error {
    let error = Error::configuration(format!("{prefix}has no `{key}`").trim_start().to_string());
    let hint = misspelt(section, key);
    error.hint(hint.unwrap_or_else(|| format!("add `{key} = …` in ~/.aws/config, or run `ssox configure sso`")))
}

/// Makes the error for an unknown session name that was typed.
fn unknown_argument(ctx: &Context, files: &ConfigFiles, name: &str) -> Error {
    if name.is_empty() {
        return Error::configuration("the name of the sso-session is empty")
            .hint("if the name comes from a variable, this variable may be unset; `ssox sessions` shows the sessions");
    }
    let hint = if let Some(section) = files.profile(name) {
        hint_for_profile(files, name, &section)
    } else if files.sso_session_names().next().is_some() {
        "`ssox sessions` shows the sessions, `ssox configure sso` adds one".into()
    } else {
        hint_to_add(name)
    };
    error_for_unknown(ctx, files, name, format!("there is no sso-session `{name}`"), hint)
}

/// Returns the hint for a person who typed the name of a profile instead of that of its session.
fn hint_for_profile(files: &ConfigFiles, name: &str, section: &Section) -> String {
    match session_name(section).filter(|session| files.sso_session(session).is_some()) {
        Some(session) => format!("`{name}` is a profile: give its session, {}", as_option("--sso-session", session)),
        None => format!("`{name}` is a profile: give its name without --sso-session"),
    }
}

/// Makes the error for a profile that names a session which does not exist.
fn unknown_in_profile(ctx: &Context, files: &ConfigFiles, section: &Section, name: &str) -> Error {
    let (profile, key) = (&section.name, session_key(section));
    let message = format!("profile `{profile}` has `{key} = {name}`, but there is no such sso-session");
    error_for_unknown(ctx, files, name, message, hint_to_add(name))
}

fn hint_to_add(name: &str) -> String {
    format!("add `[sso-session {name}]` to ~/.aws/config, or run `ssox configure sso`")
}

/// Makes the error for an unknown session name. If another file has the session, a section header is misspelt, or a
/// session has a similar name, the hint names this cause. Otherwise the hint is `hint`.
fn error_for_unknown(ctx: &Context, files: &ConfigFiles, name: &str, message: String, hint: String) -> Error {
    let error = Error::configuration(message);
    if let Some((cause, hint)) = files.why_absent(ctx, |usual| usual.sso_session(name).is_some()) {
        return Error::configuration(format!("{}: {cause}", error.message)).hint(hint);
    }
    if let Some(hint) = files.header_hint(SectionKind::SsoSession, name) {
        return error.hint(hint);
    }
    let names: Vec<String> = files.sso_session_names().collect();
    match nearest(name, names.iter().map(String::as_str)).first() {
        Some(near) => error.hint(format!("did you mean `{near}`? `ssox sessions` shows all sessions")),
        None => error.hint(hint),
    }
}
