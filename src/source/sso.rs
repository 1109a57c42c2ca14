//! A role in an account of Identity Center: exchanges a token for role credentials.

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

impl SsoRole {
    /// Returns the name of the cache entry.
    pub(crate) fn key(&self) -> Key {
        Key::sso(&self.account_id, &self.role_name, self.session.name.as_deref(), &self.session.start_url)
    }

    /// Returns the role's credentials. Asks a person to sign in if needed.
    ///
    /// # Errors
    /// Needs a person. Refused: the assignment does not exist. Unreachable.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.key(), request, || {
            session::with_token(ctx, &self.session, request.timeout, |token| self.fetch(ctx, request, token))
        })
    }

    fn fetch(&self, ctx: &Context, request: &Request, token: &Token) -> Result<Entry> {
        let Session { network, region, .. } = &self.session;
        cached::fetch(ctx, &self.key(), request, || {
            portal::get_role_credentials(ctx, network, region, &token.access_token, &self.account_id, &self.role_name)
        })
    }
}
