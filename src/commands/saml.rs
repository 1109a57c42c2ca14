//! Profiles of accounts outside the organization: `ssox saml roles`, and `login` and `logout` for SAML profiles.

use super::table::{Table, json_list};
use crate::cache;
use crate::cli::{Login, SamlRoles};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Profile, implied_name};
use crate::saml::{self, Assertion, AssertionOrigin, SamlRole};
use crate::source::saml::Saml;
use crate::source::{Request, Source};
use crate::terminal::{say, warn};
use crate::time::human;
use serde::Serialize;

/// A role as `ssox saml roles --json` prints it.
#[derive(Serialize)]
struct RoleJson<'a> {
    account_id: &'a str,
    role_name: &'a str,
    role_arn: &'a str,
    provider_arn: &'a str,
}

/// Returns the table, or the JSON array.
///
/// # Errors
/// Configuration: not a SAML profile, or not a SAML response. `NeedsPerson`: nobody signed in. Refused: no role.
pub(super) fn roles(ctx: &Context, args: &SamlRoles) -> Result<String> {
    let assertion = assertion(ctx, args)?;
    let roles = saml::roles(&assertion)?;
    if let Some(end) = assertion.not_on_or_after.filter(|end| *end <= ctx.now()) {
        warn(&format!("this SAML response was valid until {end}: AWS no longer accepts it"));
    }
    if args.json {
        return Ok(json_list(roles.iter().map(|role| RoleJson {
            account_id: role.account_id(),
            role_name: role.role_name(),
            role_arn: &role.role_arn,
            provider_arn: &role.provider_arn,
        })));
    }
    let mut table = Table::new(&["account", "role", "arn", "provider"]);
    for role in roles {
        let SamlRole { role_arn, provider_arn } = role.clone();
        table.row(&[role.account_id().into(), role.role_name().into(), role_arn, provider_arn]);
    }
    Ok(table.render())
}

fn assertion(ctx: &Context, args: &SamlRoles) -> Result<Assertion> {
    if let Some(path) = &args.saml_response {
        return saml::assertion(ctx, AssertionOrigin::File(path));
    }
    let name = args.profile.as_deref().unwrap_or_else(|| implied_name(ctx));
    let profile = Profile::load(ctx, name)?;
    match &profile.source {
        Source::Saml(saml) => {
            let timeout = args.timeout.unwrap_or(saml::TIMEOUT);
            saml::assertion(ctx, AssertionOrigin::Browser { url: &saml.url, timeout })
        }
        _ => Err(Error::configuration(format!("profile `{}` has no `ssox_saml_url`", profile.name))
            .hint("ssox saml roles NAME, or ssox saml roles --saml-response FILE")),
    }
}

/// Returns the profile with that name, or the implied one, if it is a SAML profile.
pub(super) fn selected(ctx: &Context, profile: Option<&str>) -> Option<(String, Box<Saml>)> {
    let profile = Profile::load(ctx, profile.unwrap_or_else(|| implied_name(ctx))).ok()?;
    match profile.source {
        Source::Saml(saml) => Some((profile.name, saml)),
        _ => None,
    }
}

/// Signs in, and caches the credentials.
///
/// # Errors
/// Those of the sign-in.
pub(super) fn log_in(ctx: &Context, args: &Login, name: &str, saml: &Saml) -> Result<()> {
    if args.fresh {
        cache::remove(ctx, &saml.key())?;
    }
    let was_good = cache::read(ctx, &saml.key()).is_some_and(|entry| entry.is_usable(ctx.now(), None));
    let request = Request { timeout: args.timeout, ..Request::default() };
    let end = saml.credentials(ctx, &request)?.credentials.expiration;
    let left = end.map(|end| format!(", for {}", human(end.seconds_after(ctx.now())))).unwrap_or_default();
    if was_good {
        say(&format!("already signed in to `{name}`{left}; --fresh signs in again"));
    } else {
        say(&format!("signed in to `{name}`{left}"));
    }
    Ok(())
}

/// Removes the cached credentials of the profiles, and every sign-in that ssox's browser profile remembers: those belong to
/// identity providers, not to single profiles.
///
/// # Errors
/// Configuration: files that cannot be removed. `NeedsPerson`: somebody is signing in.
pub(super) fn log_out(ctx: &Context, profiles: &[(String, Box<Saml>)]) -> Result<()> {
    let is_forgotten = saml::browser::forget(ctx)?;
    for (name, saml) in profiles {
        let what = match (cache::remove(ctx, &saml.key())?, is_forgotten) {
            (true, true) => "removed its cached credentials, and the sign-ins in the browser that ssox starts",
            (true, false) => "removed its cached credentials",
            (false, true) => "removed the sign-ins in the browser that ssox starts",
            (false, false) => {
                say(&format!("not signed in to `{name}`: there was nothing to remove"));
                continue;
            }
        };
        say(&format!("signed out of `{name}`; {what}"));
        if ctx.var("SSOX_PROFILE") == Some(name) && ctx.var("AWS_SESSION_TOKEN").is_some() {
            say("this shell still has credentials of it; `ssox clear` removes them");
        }
    }
    Ok(())
}

/// Returns all SAML profiles.
pub(super) fn all(ctx: &Context, files: &ConfigFiles) -> Vec<(String, Box<Saml>)> {
    let resolved = files.profile_names().filter_map(|name| Some((Profile::resolve(ctx, files, &name).ok()?, name)));
    let ours = |(profile, name): (Profile, String)| match profile.source {
        Source::Saml(saml) => Some((name, saml)),
        _ => None,
    };
    resolved.filter_map(ours).collect()
}
