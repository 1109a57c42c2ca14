//! The role of an Identity Center account: a token in, role credentials out.
//!
//! Deliberately not here: how a token is had (`session`).

use super::{Request, cached};
use crate::aws::portal;
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::error::Result;
use crate::session::{self, Session, Token};

/// A role (permission set) in an account, reached through a session.
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

    /// Returns the role's credentials; a person is asked to sign in when that is needed and one is there.
    ///
    /// # Errors
    /// A person is needed (3), the assignment does not exist (5), AWS is unreachable (6).
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
