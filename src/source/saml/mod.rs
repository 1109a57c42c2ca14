//! Roles of accounts outside the organization: an identity provider signs a person in and gives out a SAML response,
//! and AWS takes that for role credentials.
//!
//! Deliberately not here: passwords, and whatever else an identity provider asks: that is between it and the person.

mod assertion;
pub(crate) mod browser;
mod capture;
mod choice;
mod cookies;
mod endpoint;
mod exchange;
mod form;
mod response;
mod role;

pub(crate) use assertion::Assertion;
pub(crate) use role::SamlRole;

use super::role_arn::RoleArn;
use super::{Request, cached};
use crate::aws::Network;
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::error::{Error, Result};
use std::path::Path;
use std::time::Duration;

/// How long a person may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(600);

/// What helps wherever no browser can be driven.
const GIVE_RESPONSE: &str = "take the form field `SAMLResponse` from any browser's developer tools, and give it with \
                             `--saml-response FILE` (or `-`)";

/// A profile's SAML role, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saml {
    /// Where the sign-in starts: `ssox_saml_url`.
    pub(crate) url: String,
    /// Which role, when the identity provider may offer several, or encrypts what it offers.
    pub(crate) role: Option<RoleArn>,
    pub(crate) provider_arn: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    /// Whose STS is asked, when it is in the role's partition.
    pub(crate) region: Option<String>,
    pub(crate) network: Network,
}

/// Where an assertion comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    /// A sign-in in a browser, that starts there.
    Browser { url: &'a str, timeout: Duration },
    /// A file; `-` is standard input.
    File(&'a Path),
}

/// Signs in, or reads the file.
///
/// # Errors
/// Needs a person: none is there, it took too long, the identity provider refused, or the response is no longer good.
/// Configuration: what came is no SAML response, or the browser cannot be used.
pub(crate) fn assertion(ctx: &Context, origin: Origin) -> Result<Assertion> {
    let assertion = match origin {
        Origin::Browser { url, timeout } => Assertion::parse(capture::capture(ctx, url, timeout)?.expose())?,
        Origin::File(path) => Assertion::parse(response::read(path)?.expose())?,
    };
    let roles = assertion.roles.len();
    ctx.log(|| format!("SAML response of {} characters, {roles} roles", assertion.response.expose().len()));
    Ok(assertion)
}

/// Returns the roles an assertion offers.
///
/// # Errors
/// Refused: there are none. Configuration: they are encrypted.
pub(crate) fn roles(assertion: &Assertion) -> Result<&[SamlRole]> {
    match &assertion.roles[..] {
        [] if assertion.is_encrypted => Err(choice::encrypted()),
        [] => Err(choice::nothing_offered(assertion)),
        roles => Ok(roles),
    }
}

impl Saml {
    /// Returns all that tells these credentials from others.
    pub(crate) fn identity(&self) -> String {
        let role = self.role.as_ref().map_or("", RoleArn::as_str);
        let provider = self.provider_arn.as_deref().unwrap_or_default();
        let duration = self.duration_seconds.unwrap_or_default();
        format!("SAML from {} role {role} provider {provider} for {duration}", self.url)
    }

    /// Returns the name of the cache entry; AWS tools have none for it.
    pub(crate) fn key(&self) -> Key {
        Key::own("saml", &[&self.identity()])
    }

    /// Returns the role's credentials: from the cache while they are good, else a person signs in. A response that is
    /// given is used in any case.
    ///
    /// # Errors
    /// Those of [`assertion()`], of the choice among the roles, and of AWS.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        if let Some(path) = &request.saml_response {
            let assertion = assertion(ctx, Origin::File(path))?;
            check_end(ctx, &assertion)?;
            let role = choice::choose(ctx, self, &assertion)?;
            return Ok(cached::store(ctx, &self.key(), exchange::exchange(ctx, self, &assertion, &role)?));
        }
        cached::or_else(ctx, &self.key(), request, || {
            let timeout = request.timeout.unwrap_or(TIMEOUT);
            let assertion = assertion(ctx, Origin::Browser { url: &self.url, timeout })?;
            let role = choice::choose(ctx, self, &assertion)?;
            cached::fetch(ctx, &self.key(), request, || exchange::exchange(ctx, self, &assertion, &role))
        })
    }
}

/// A response that was kept may be over; of one that has just been made, only AWS knows by which clock.
fn check_end(ctx: &Context, assertion: &Assertion) -> Result<()> {
    match assertion.not_on_or_after.filter(|end| *end <= ctx.now()) {
        None => Ok(()),
        Some(end) => {
            Err(Error::needs_person(format!("the SAML response was good until {end}, and it is {}", ctx.now()))
                .hint("sign in again, and give the new one within 5 minutes"))
        }
    }
}
