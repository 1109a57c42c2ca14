//! Roles that are assumed with SAML: ssox exchanges the identity provider's SAML response for role credentials.

mod choice;
mod exchange;

use super::kind::Kind;
use super::profile_keys::ProfileKeys;
use super::role_arn::RoleArn;
use super::role_keys;
use super::{Request, cached};
use crate::aws::Network;
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::saml::{Assertion, AssertionOrigin, TIMEOUT, assertion};
use std::time::Duration;

/// A profile that assumes a role with SAML, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saml {
    /// The URL where the sign-in starts: `ssox_saml_url`.
    pub(crate) url: String,
    /// The role to use: `ssox_saml_role_arn`. It is needed if the identity provider encrypts the list of roles. If
    /// absent, and several roles are offered, the person chooses.
    pub(crate) role: Option<RoleArn>,
    pub(crate) provider_arn: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    /// The region of STS; it is used only if it is in the role's partition.
    pub(crate) region: Option<Region>,
    pub(crate) network: Network,
}

impl Kind for Saml {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        keys.section.value("ssox_saml_url").map(|url| read(keys, url))
    }

    fn kind(&self) -> &'static str {
        "saml"
    }

    /// Returns a text that is the same for two sources only if they give the same credentials.
    fn identity(&self) -> String {
        let role = self.role.as_ref().map_or("", RoleArn::as_str);
        let provider = self.provider_arn.as_deref().unwrap_or_default();
        let duration = self.duration_seconds.unwrap_or_default();
        format!("SAML from {} role {role} provider {provider} for {duration}", self.url)
    }

    /// Returns the role credentials: cached ones if they are valid for long enough, otherwise new ones after the person
    /// has signed in. A SAML response from the command line is used even if there are cached credentials.
    ///
    /// # Errors
    /// `NeedsPerson`: the SAML response from the command line has expired, or the keyring cannot be used. Those of
    /// [`assertion()`], [`choice::choose`] and [`exchange::exchange`].
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        if let Some(path) = &request.saml_response {
            let assertion = assertion(ctx, AssertionOrigin::File(path))?;
            check_not_expired(ctx, &assertion)?;
            return self.exchange(ctx, &assertion);
        }
        cached::get_or_renew(ctx, &self.cache_key(), request, || self.sign_in(ctx, request.timeout))
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn asks_person(&self) -> bool {
        true
    }

    fn assumed(&self) -> Option<&RoleArn> {
        self.role.as_ref()
    }

    fn is_role(&self) -> bool {
        true
    }
}

impl Saml {
    /// Opens a browser for the person to sign in, and caches the credentials in place of earlier ones.
    ///
    /// # Errors
    /// Those of [`assertion()`], [`choice::choose`] and [`exchange::exchange`].
    pub(crate) fn sign_in(&self, ctx: &Context, timeout: Option<Duration>) -> Result<Entry> {
        let timeout = timeout.unwrap_or(TIMEOUT);
        let assertion = assertion(ctx, AssertionOrigin::Browser { url: &self.url, timeout })?;
        self.exchange(ctx, &assertion)
    }

    fn exchange(&self, ctx: &Context, assertion: &Assertion) -> Result<Entry> {
        let role = choice::choose(ctx, self, assertion)?;
        Ok(cached::store(ctx, &self.cache_key(), exchange::exchange(ctx, self, assertion, &role)?))
    }

    /// Returns the name of the cache entry. This name is ssox's own, because the AWS tools do not cache credentials
    /// from SAML.
    pub(crate) fn cache_key(&self) -> Key {
        Key::own("saml", &[&self.identity()])
    }
}

fn read(keys: &ProfileKeys, url: &str) -> Result<Saml> {
    let ProfileKeys { name, section, .. } = keys;
    let role = section.value("ssox_saml_role_arn");
    let role = role.map(|arn| RoleArn::parse(&format!("`ssox_saml_role_arn` of profile `{name}`"), arn));
    Ok(Saml {
        url: url.into(),
        role: role.transpose()?,
        provider_arn: section.value("ssox_saml_provider_arn").map(String::from),
        duration_seconds: role_keys::duration(name, section)?,
        region: keys.region.cloned(),
        network: keys.network.clone(),
    })
}

/// Checks that a SAML response from the command line has not expired. A response from the browser is not checked: it is
/// new, and seems to have expired only if this machine's clock is wrong.
fn check_not_expired(ctx: &Context, assertion: &Assertion) -> Result<()> {
    let Some(end) = assertion.not_on_or_after.filter(|end| *end <= ctx.now()) else { return Ok(()) };
    Err(Error::needs_person(format!("the SAML response expired at {end}, and it is now {}", ctx.now()))
        .hint("sign in again, and pass the new response within 5 minutes"))
}
