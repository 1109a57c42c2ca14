//! Sessions as the configuration names them: `[sso-session NAME]`, or the start URL of a legacy profile.

use super::{Profile, check_region, find, network::network};
use crate::config::{ConfigFiles, Section, SectionKind, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::Session;

/// Returns the session `[sso-session NAME]`.
///
/// # Errors
/// Configuration: no such section, or one without start URL or region.
pub(crate) fn named_session(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Session> {
    let section = files.sso_session(name).ok_or_else(|| unknown(ctx, files, name))?;
    session(ctx, files, Some(name), &section, &section)
}

/// Returns every session of the configuration, each once: the named ones, then the start URLs of legacy profiles.
pub(crate) fn sessions(ctx: &Context, files: &ConfigFiles) -> Vec<Result<Session>> {
    let mut found: Vec<Result<Session>> =
        files.sso_session_names().map(|name| named_session(ctx, files, &name)).collect();
    for name in files.profile_names() {
        let Some(section) = files.profile(&name) else { continue };
        if section.value("sso_session").is_some() || section.value("sso_start_url").is_none() {
            continue;
        }
        let legacy = of_profile(ctx, files, &name, &section);
        let is_known = |session: &Session| {
            found.iter().flatten().any(|known| known.name.is_none() && known.start_url == session.start_url)
        };
        match legacy {
            Ok(session) if is_known(&session) => {}
            legacy => found.push(legacy),
        }
    }
    found
}

/// Returns the session behind a profile: its own, or that of the profile its credentials come from.
///
/// # Errors
/// Configuration: no such profile, or one that nobody signs in for.
pub(crate) fn session_behind(ctx: &Context, files: &ConfigFiles, wanted: &str) -> Result<Session> {
    let name = find::name(ctx, files, wanted)?;
    let section = files.profile(&name).ok_or_else(|| find::unknown(ctx, files, &name))?;
    if section.value("sso_session").is_some() || section.value("sso_start_url").is_some() {
        return of_profile(ctx, files, &name, &section);
    }
    let profile = Profile::resolve(ctx, files, &name)?;
    profile.source.session().cloned().ok_or_else(|| {
        Error::configuration(format!("profile `{name}` has no session: nobody signs in for it"))
            .hint("ssox sessions shows the profiles of each session")
    })
}

/// Returns the session a profile uses.
///
/// # Errors
/// Configuration: the session is not there, is incomplete, or says other than the profile itself.
pub(super) fn of_profile(ctx: &Context, files: &ConfigFiles, profile: &str, section: &Section) -> Result<Session> {
    let Some(name) = section.value("sso_session") else {
        return session(ctx, files, None, section, section)
            .map(|session| Session { profile: Some(profile.into()), ..session })
            .map_err(|error| error.doing(format!("profile `{profile}` cannot sign in")));
    };
    let of_session = files.sso_session(name).ok_or_else(|| unknown(ctx, files, name))?;
    for key in ["sso_start_url", "sso_region"] {
        if let (Some(one), Some(other)) = (section.get(key), of_session.get(key))
            && one != other
        {
            return Err(Error::configuration(format!(
                "`{key}` of profile `{profile}` is `{one}`, of its sso-session `{name}` `{other}`"
            ))
            .hint(format!("take `{key}` out of `[profile {profile}]` in ~/.aws/config")));
        }
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
    let place = name.map_or_else(String::new, |name| format!("sso-session `{name}` "));
    let required = |key: &str| section.value(key).ok_or_else(|| missing(&place, key, section));
    let region = required("sso_region")?;
    check_region(&format!("{place}`sso_region`"), region)?;
    Ok(Session {
        name: name.map(String::from),
        profile: None,
        start_url: required("sso_start_url")?.into(),
        region: region.into(),
        scopes: scopes(section.get("sso_registration_scopes").unwrap_or_default()),
        network: network(ctx, files, endpoints)?,
    })
}

/// Takes a list of scopes apart.
pub(crate) fn scopes(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(String::from).collect()
}

fn missing(place: &str, key: &str, section: &Section) -> Error {
    let error = Error::configuration(format!("{place}has no `{key}`").trim_start().to_string());
    let hint = misspelt(section, key);
    error.hint(hint.unwrap_or_else(|| format!("add `{key} = …` in ~/.aws/config, or run ssox configure sso")))
}

/// Names the key that was probably meant to be this one.
pub(super) fn misspelt(section: &Section, key: &str) -> Option<String> {
    let near = nearest(key, section.keys().filter(|known| *known != key));
    near.first().map(|near| format!("`{near}` looks like it: write `{key}` in ~/.aws/config"))
}

fn unknown(ctx: &Context, files: &ConfigFiles, name: &str) -> Error {
    let error = Error::configuration(format!("there is no sso-session `{name}`"));
    if let Some((cause, hint)) = files.why_absent(ctx, |usual| usual.sso_session(name).is_some()) {
        return Error::configuration(format!("{}: {cause}", error.message)).hint(hint);
    }
    if let Some(hint) = files.header_hint(SectionKind::SsoSession, name) {
        return error.hint(hint);
    }
    let names: Vec<String> = files.sso_session_names().collect();
    match nearest(name, names.iter().map(String::as_str)).first() {
        Some(near) => error.hint(format!("did you mean `{near}`? ssox sessions shows all")),
        None => error.hint(format!("add `[sso-session {name}]` to ~/.aws/config, or run ssox configure sso")),
    }
}
