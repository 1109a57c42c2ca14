//! Sources of credentials, one file for each kind. Each returns credentials through the cache.

pub(crate) mod assumed_role;
mod cached;
pub(crate) mod command;
pub(crate) mod credential_source;
pub(crate) mod login;
pub(crate) mod mfa;
pub(crate) mod process;
pub(crate) mod role_arn;
pub(crate) mod saml;
pub(crate) mod session_name;
pub(crate) mod sso;
pub(crate) mod static_keys;
pub(crate) mod tags;
pub(crate) mod web_identity;

use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::session::Session;
use role_arn::RoleArn;
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::time::Duration;

/// Where a profile's credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Sso(Box<sso::SsoRole>),
    AssumedRole(Box<assumed_role::AssumedRole>),
    WebIdentity(Box<web_identity::WebIdentity>),
    Saml(Box<saml::Saml>),
    Process(process::CredentialProcess),
    Login(login::AwsLogin),
    Static(static_keys::StaticKeys),
    /// Only ever the source of an assumed role, never of a profile.
    CredentialSource(credential_source::CredentialSource),
}

/// The options of a command that a source needs to return credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The time for which cached credentials must remain valid; by default that of the AWS CLI.
    pub(crate) min_ttl: Option<Duration>,
    /// The MFA code of the command line.
    pub(crate) mfa_code: Option<String>,
    /// A file with a SAML response; `-` is standard input.
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for a person to sign in.
    pub(crate) timeout: Option<Duration>,
}

impl Source {
    /// Returns credentials: from the cache while they are good, else new ones.
    ///
    /// # Errors
    /// Needs a person, Refused by AWS, Unreachable, or Configuration.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        match self {
            Self::Sso(role) => role.credentials(ctx, request),
            Self::AssumedRole(role) => role.credentials(ctx, request),
            Self::WebIdentity(role) => role.credentials(ctx, request),
            Self::Saml(saml) => saml.credentials(ctx, request),
            Self::Process(process) => process.credentials(ctx, request),
            Self::Login(login) => login.credentials(ctx),
            Self::Static(keys) => keys.credentials(ctx),
            Self::CredentialSource(source) => source.credentials(ctx).map(|keys| uncached(ctx, keys)),
        }
    }

    /// Returns the cached credentials, even if expired, without any request.
    pub(crate) fn cached(&self, ctx: &Context) -> Option<Entry> {
        match self {
            Self::Login(login) => login.cached(ctx),
            Self::Static(keys) => keys.cached(ctx),
            _ => cache::read(ctx, &self.key()?),
        }
    }

    /// Checks, before credentials are fetched, that they can be cached. Succeeds for a source without a cache entry.
    ///
    /// # Errors
    /// Configuration: the entry cannot be written.
    pub(crate) fn reserve(&self, ctx: &Context) -> Result<()> {
        self.key().map_or(Ok(()), |key| cache::reserve(ctx, &key).map(drop))
    }

    /// Removes the cache entry; tells whether there was one.
    ///
    /// # Errors
    /// Configuration: the file cannot be removed.
    pub(crate) fn forget(&self, ctx: &Context) -> Result<bool> {
        self.key().map_or(Ok(false), |key| cache::remove(ctx, &key))
    }

    fn key(&self) -> Option<Key> {
        match self {
            Self::Sso(role) => Some(role.key()),
            Self::AssumedRole(role) => Some(role.key()),
            Self::WebIdentity(role) => Some(role.key()),
            Self::Saml(saml) => Some(saml.key()),
            Self::Process(process) => Some(process.key()),
            Self::Login(_) | Self::Static(_) | Self::CredentialSource(_) => None,
        }
    }

    /// Returns a text that differs from that of every source with other credentials.
    pub(crate) fn identity(&self) -> String {
        match self {
            Self::Sso(role) => format!("{} of {} through {}", role.role_name, role.account_id, role.session.label()),
            Self::AssumedRole(role) => role.identity(),
            Self::WebIdentity(role) => role.identity(),
            Self::Saml(saml) => saml.identity(),
            Self::Process(process) => process.identity(),
            Self::Login(login) => format!("login session {}", login.session),
            Self::Static(keys) => format!("keys {}", keys.keys.access_key_id),
            Self::CredentialSource(source) => format!("credential source {}", source.name()),
        }
    }

    /// Returns the arguments of the STS call from which the AWS CLI computes the name of the cache entry.
    pub(crate) fn arguments(&self) -> Option<Map<String, Value>> {
        match self {
            Self::AssumedRole(role) => Some(role.arguments()),
            Self::WebIdentity(role) => Some(role.arguments()),
            _ => None,
        }
    }

    /// Tells whether the credentials are certainly those of a role. A role that they assume is limited to an hour.
    pub(crate) fn is_role(&self) -> bool {
        matches!(self, Self::Sso(_) | Self::AssumedRole(_) | Self::WebIdentity(_) | Self::Saml(_))
    }

    /// Returns the session that a person signs in to, if any.
    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::Sso(role) => Some(&role.session),
            Self::AssumedRole(role) => role.source.session(),
            _ => None,
        }
    }

    /// Returns the account id, if it is known without a request.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Self::Sso(role) => Some(&role.account_id),
            Self::Process(process) => process.account_id.as_deref(),
            Self::Static(keys) => keys.keys.account_id.as_deref(),
            _ => self.assumed().map(|arn| arn.account_id.as_str()),
        }
    }

    /// Returns the name of the role, if it is known without a request.
    pub(crate) fn role_name(&self) -> Option<&str> {
        match self {
            Self::Sso(role) => Some(&role.role_name),
            _ => self.assumed().map(|arn| arn.name.as_str()),
        }
    }

    /// Returns the ARN of the assumed role.
    pub(crate) fn role_arn(&self) -> Option<&str> {
        self.assumed().map(RoleArn::as_str)
    }

    /// Returns a region in the partition of the credentials.
    pub(crate) fn region(&self) -> Option<&str> {
        match self {
            Self::Sso(role) => Some(&role.session.region),
            Self::AssumedRole(role) => Some(&role.region),
            Self::WebIdentity(role) => Some(&role.region),
            _ => None,
        }
    }

    fn assumed(&self) -> Option<&RoleArn> {
        match self {
            Self::AssumedRole(role) => Some(&role.arn),
            Self::WebIdentity(role) => Some(&role.arn),
            Self::Saml(saml) => saml.role.as_ref(),
            _ => None,
        }
    }

    /// Returns the name of the kind in `ssox list` and in JSON.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sso(_) => "sso",
            Self::AssumedRole(_) => "assume_role",
            Self::WebIdentity(_) => "web_identity",
            Self::Saml(_) => "saml",
            Self::Process(_) => "process",
            Self::Login(_) => "login",
            Self::Static(_) | Self::CredentialSource(_) => "static",
        }
    }
}

/// Wraps credentials that are not cached. They count as issued now, so half of their remaining time is good.
fn uncached(ctx: &Context, credentials: RoleCredentials) -> Entry {
    Entry { credentials, issued_at: ctx.now() }
}
