//! Gets SAML responses: from an identity provider's sign-in page in a browser that ssox controls, or from a file that
//! the person saved.
//!
//! Invariant: ssox does not type, read or store what the person enters on the identity provider's pages (a password, a
//! security key, a click).

mod assertion;
pub(crate) mod browser;
mod capture;
mod cookies;
pub(crate) mod endpoint;
mod form;
mod response;
pub(crate) mod role;

pub(crate) use assertion::Assertion;
pub(crate) use role::SamlRole;

use crate::context::Context;
use crate::error::{Error, Result};
use std::path::Path;
use std::time::Duration;

/// How long the person may take to sign in.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(600);

/// The hint of every error that means that ssox cannot control a browser on this machine, or may not open one.
const GIVE_RESPONSE: &str = "sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it \
                             with `--saml-response FILE` (`-` for standard input)";

/// Where a SAML assertion comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AssertionOrigin<'a> {
    /// A sign-in in a browser. It starts at `url`.
    Browser { url: &'a str, timeout: Duration },
    /// A file with a SAML response; `-` for stdin.
    File(&'a Path),
}

/// Gets a SAML assertion: from a sign-in in a browser, or from a file.
///
/// # Errors
/// `NeedsPerson`: no browser can or may be opened, the person did not sign in in time, or the identity provider refused
/// the sign-in. `Configuration`: the text is not a SAML response, the file cannot be read, or the URL or the browser
/// cannot be used. `Unreachable`: the browser cannot load the page, or the ssox process of another sign-in is stopped
/// (Ctrl-Z). `Usage`: the file is `-`, and stdin is a terminal.
pub(crate) fn assertion(ctx: &Context, origin: AssertionOrigin) -> Result<Assertion> {
    let response = match origin {
        AssertionOrigin::Browser { url, timeout } => capture::capture(ctx, url, timeout)?,
        AssertionOrigin::File(path) => response::read(path)?,
    };
    let assertion = Assertion::parse(response.expose())?;
    let roles = assertion.roles.len();
    ctx.log(|| format!("SAML response of {} characters, {roles} roles", assertion.response.expose().len()));
    Ok(assertion)
}

/// Returns the roles that an assertion offers.
///
/// # Errors
/// `Refused`: the assertion offers no roles. `Configuration`: the roles are encrypted, or the response has no roles and
/// is addressed to another service than AWS.
pub(crate) fn roles(assertion: &Assertion) -> Result<&[SamlRole]> {
    if !assertion.roles.is_empty() {
        return Ok(&assertion.roles);
    }
    Err(if assertion.is_encrypted { roles_are_encrypted() } else { no_role_offered(assertion) })
}

/// Returns the error for a response whose roles are encrypted.
pub(crate) fn roles_are_encrypted() -> Error {
    Error::configuration("the SAML response is encrypted: only AWS can read which roles it offers")
        .hint("add `ssox_saml_role_arn = …` and `ssox_saml_provider_arn = …` to the profile")
}

/// Returns the error for a response that offers no roles: `Configuration` if it is addressed to another service than
/// AWS, otherwise `Refused`.
pub(crate) fn no_role_offered(assertion: &Assertion) -> Error {
    let destination = assertion.destination.as_deref().unwrap_or_default();
    if endpoint::is_sign_in(destination) || destination.is_empty() {
        return Error::refused("the SAML response offers no role")
            .hint("ask the administrator of the identity provider to assign you a role in this application");
    }
    Error::configuration(format!("the SAML response is addressed to `{destination}`, not to AWS"))
        .hint("set `ssox_saml_url` to the URL that opens the AWS application in the identity provider's portal")
}
