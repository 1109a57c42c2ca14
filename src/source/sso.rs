//! A role in an account of Identity Center: exchanges a token for role credentials.

use super::kind::Kind;
use super::{Request, cached};
use crate::aws::portal;
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::error::Result;
use crate::session::{self, Session, Token};

/// An assignment: an account and a role (permission set) that a session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SsoRole {
    pub(crate) session: Session,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
}

impl Kind for SsoRole {
    fn kind(&self) -> &'static str {
        "sso"
    }

    fn identity(&self) -> String {
        format!("{} of {} through {}", self.role_name, self.account_id, self.session.label())
    }

    /// Returns the role's credentials. Asks a person to sign in if needed.
    ///
    /// # Errors
    /// Needs a person. Refused: the assignment does not exist. Unreachable.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.cache_key(), request, || {
            session::with_token(ctx, &self.session, request.timeout, |token| self.fetch(ctx, request, token))
        })
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn is_role(&self) -> bool {
        true
    }

    fn session(&self) -> Option<&Session> {
        Some(&self.session)
    }

    fn account_id(&self) -> Option<&str> {
        Some(&self.account_id)
    }

    fn role_name(&self) -> Option<&str> {
        Some(&self.role_name)
    }

    fn region(&self) -> Option<&str> {
        Some(&self.session.region)
    }
}

impl SsoRole {
    /// Returns the name of the cache entry.
    pub(crate) fn cache_key(&self) -> Key {
        Key::sso(&self.account_id, &self.role_name, self.session.name.as_deref(), &self.session.start_url)
    }

    fn fetch(&self, ctx: &Context, request: &Request, token: &Token) -> Result<Entry> {
        let Session { network, region, .. } = &self.session;
        cached::fetch(ctx, &self.cache_key(), request, || {
            portal::get_role_credentials(ctx, network, region, &token.access_token, &self.account_id, &self.role_name)
        })
    }
}
