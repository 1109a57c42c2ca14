//! Sources: one file a kind of credentials. From a source and a request to credentials, through the cache.
//!
//! Deliberately not here: which source a profile has (`profile`), and what becomes of the credentials (`commands`).

mod cached;
pub(crate) mod saml;
pub(crate) mod sso;

use crate::cache::Entry;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::session::Session;
use std::path::PathBuf;
use std::time::Duration;

/// Where a profile's credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Sso(sso::SsoRole),
    Static(RoleCredentials),
}

/// What the caller asks of a source, beside the source itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// How much must be left of cached credentials; by default as the AWS CLI has it.
    pub(crate) min_ttl: Option<Duration>,
    /// The code of the MFA device, when it is known beforehand.
    pub(crate) mfa_code: Option<String>,
    /// A file with the SAML response; `-` is standard input.
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for a person.
    pub(crate) timeout: Option<Duration>,
}

impl Source {
    /// Returns credentials: from the cache while they are good, else from where they come.
    ///
    /// # Errors
    /// A person is needed, AWS refuses or is unreachable, or the configuration cannot work.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        match self {
            Self::Sso(role) => role.credentials(ctx, request),
            Self::Static(keys) => Ok(Entry { credentials: keys.clone(), since: ctx.now() }),
        }
    }

    /// Returns what the cache holds, good or not, without asking anybody.
    pub(crate) fn cached(&self, ctx: &Context) -> Option<Entry> {
        match self {
            Self::Sso(role) => crate::cache::read(ctx, &role.key()),
            Self::Static(_) => None,
        }
    }

    /// Returns the session a person signs in to, where there is one.
    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::Sso(role) => Some(&role.session),
            Self::Static(_) => None,
        }
    }

    /// Returns the account, as far as it is known without asking.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Self::Sso(role) => Some(&role.account_id),
            Self::Static(keys) => keys.account_id.as_deref(),
        }
    }

    /// Returns the name of the role, as far as it is known without asking.
    pub(crate) fn role_name(&self) -> Option<&str> {
        match self {
            Self::Sso(role) => Some(&role.role_name),
            Self::Static(_) => None,
        }
    }

    /// Returns the ARN of the role that is assumed.
    pub(crate) fn role_arn(&self) -> Option<&str> {
        match self {
            Self::Sso(_) | Self::Static(_) => None,
        }
    }

    /// Returns the kind's name, as `list` and JSON say it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sso(_) => "sso",
            Self::Static(_) => "static",
        }
    }
}
