//! Signing in and out with SAML profiles, for `login` and `logout`.

use crate::cache::{self, Entry};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::saml;
use crate::source::Source;
use crate::source::saml::Saml;
use crate::terminal::say;
use crate::time::human;
use std::time::Duration;

/// What `login` does if there are valid cached credentials of an earlier sign-in: uses them, or signs in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Cached,
    New,
}

/// Signs in, and caches the credentials. With [`Freshness::Cached`], does not sign in if there are valid cached
/// credentials. Credentials of an earlier sign-in stay in the cache until the new credentials replace them.
///
/// # Errors
/// `Configuration`: the settings of the profile are wrong, or the browser cannot be used. `NeedsPerson`: nobody signs
/// in. `Refused`: AWS rejects the SAML response. `Unreachable`: AWS or the sign-in page is unreachable.
pub(super) fn log_in(
    ctx: &Context,
    name: &str,
    saml: &Saml,
    freshness: Freshness,
    timeout: Option<Duration>,
) -> Result<()> {
    let left = |entry: &Entry| Some(human(entry.credentials.expiration?.seconds_after(ctx.now())));
    let known = cache::known(ctx, &saml.cache_key()).filter(|entry| entry.is_usable(ctx.now(), None));
    if let Some(entry) = known.filter(|_| freshness == Freshness::Cached) {
        let left = left(&entry).map(|left| format!(", for another {left}")).unwrap_or_default();
        say(&format!("already signed in to `{name}`{left}; --fresh signs in again"));
        return Ok(());
    }
    let entry = saml.sign_in(ctx, timeout)?;
    let left = left(&entry).map(|left| format!(", for {left}")).unwrap_or_default();
    say(&format!("signed in to `{name}`{left}"));
    Ok(())
}

/// Removes the cached credentials of the profiles. Also removes all sign-ins that ssox's own browser remembers: they
/// belong to identity providers, and not to single profiles. Returns the error of each removal that failed:
/// `Configuration`: a file cannot be removed; `NeedsPerson`: a sign-in is running, or the keyring cannot be used.
pub(super) fn log_out(ctx: &Context, profiles: &[(String, Box<Saml>)]) -> Vec<Error> {
    let forgotten = saml::browser::forget(ctx);
    let removed = profiles.iter().map(|(name, saml)| log_out_of_one(ctx, name, saml, &forgotten));
    let failures: Vec<Error> = removed.filter_map(Result::err).collect();
    forgotten.err().into_iter().chain(failures).collect()
}

fn log_out_of_one(ctx: &Context, name: &str, saml: &Saml, forgotten: &Result<bool>) -> Result<()> {
    let what = match (cache::remove(ctx, &saml.cache_key())?, forgotten) {
        (true, Ok(true)) => {
            "removed its cached credentials and the data of ssox's own browser, so all SAML profiles must sign in again"
        }
        (true, _) => "removed its cached credentials",
        (false, Ok(true)) => "removed the data of ssox's own browser, so all SAML profiles must sign in again",
        (false, Ok(false)) => {
            say(&format!("not signed in to `{name}`: there was nothing to remove"));
            return Ok(());
        }
        (false, Err(_)) => return Ok(()),
    };
    say(&format!("signed out of `{name}`; {what}"));
    if ctx.var("SSOX_PROFILE") == Some(name) && ctx.var("AWS_SESSION_TOKEN").is_some() {
        say("this shell still has credentials; `ssox clear` removes them");
    }
    Ok(())
}

/// Returns the name and the SAML settings of each profile whose credentials come from a SAML response. A profile that
/// cannot be used is left out.
pub(super) fn all(ctx: &Context, files: &ConfigFiles) -> Vec<(String, Box<Saml>)> {
    let resolved = files.profile_names().filter_map(|name| Some((Profile::resolve(ctx, files, &name).ok()?, name)));
    let ours = |(profile, name): (Profile, String)| match profile.source {
        Source::Saml(saml) => Some((name, saml)),
        _ => None,
    };
    resolved.filter_map(ours).collect()
}
