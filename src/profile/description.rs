//! Describes profiles and sessions in a few words, for completion.

use super::{Profile, named_session};
use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::session;
use crate::time::human;

/// The data from which profiles are described: the config files and the names of the accounts.
pub(crate) struct Descriptions<'a> {
    ctx: &'a Context,
    files: &'a ConfigFiles,
    accounts: AccountNames,
}

impl<'a> Descriptions<'a> {
    /// Reads the names of the accounts.
    pub(crate) fn new(ctx: &'a Context, files: &'a ConfigFiles) -> Self {
        Self { ctx, files, accounts: AccountNames::load(ctx) }
    }

    /// Resolves a profile.
    ///
    /// # Errors
    /// Those of [`Profile::resolve`].
    pub(crate) fn resolve(&self, name: &str) -> Result<Profile> {
        Profile::resolve(self.ctx, self.files, name)
    }

    /// Returns the account and role of a profile, and how long its cached credentials are still valid. What is unknown
    /// is left out; a profile without a role has the kind of its source in place of the role.
    pub(crate) fn of(&self, profile: &Profile) -> String {
        let (now, source) = (self.ctx.now(), &profile.source);
        let expiration = source.cached(self.ctx).and_then(|entry| entry.credentials.expiration);
        let left = expiration.map(|expiration| expiration.seconds_after(now)).filter(|left| *left > 0).map(human);
        let role = source.role_name().or_else(|| source.role_arn()).unwrap_or(source.kind());
        let account = source.account_id().map(|id| self.accounts.get(id).unwrap_or(id));
        let facts = [account, Some(role), left.as_deref()];
        facts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Returns the names of all configured sessions, each with its description.
pub(crate) fn described_sessions(ctx: &Context) -> Vec<(String, String)> {
    let Ok(files) = ConfigFiles::load(ctx) else { return Vec::new() };
    let described = |name: String| {
        let description = session_description(ctx, &files, &name);
        (name, description)
    };
    files.sso_session_names().map(described).collect()
}

/// Returns the start URL of a session, and how long its token is still valid; or what is wrong with the session.
fn session_description(ctx: &Context, files: &ConfigFiles, name: &str) -> String {
    let session = match named_session(ctx, files, name) {
        Ok(session) => session,
        Err(error) => return error.message,
    };
    match session::cached_token(ctx, &session).filter(|token| token.is_valid(ctx.now())) {
        Some(token) => format!("{} {}", session.start_url, human(token.expires_at.seconds_after(ctx.now()))),
        None => session.start_url,
    }
}
