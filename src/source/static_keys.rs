//! Keys in a file: a user's long-term ones, or temporary ones that another tool wrote.

use super::Request;
use super::kind::{Kind, uncached};
use crate::cache::Entry;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};

/// The keys of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StaticKeys {
    pub(crate) profile: String,
    pub(crate) keys: RoleCredentials,
}

impl Kind for StaticKeys {
    fn kind(&self) -> &'static str {
        "static"
    }

    fn identity(&self) -> String {
        format!("keys {}", self.keys.access_key_id)
    }

    /// Returns the keys. Their expiry is known only if the tool that wrote them wrote it as well.
    ///
    /// # Errors
    /// Needs a person: the keys have expired.
    fn credentials(&self, ctx: &Context, _: &Request) -> Result<Entry> {
        let entry = uncached(ctx, self.keys.clone());
        let Some(end) = self.keys.expiration.filter(|_| entry.is_expired(ctx.now())) else { return Ok(entry) };
        let profile = &self.profile;
        Err(Error::needs_person(format!("the keys of profile `{profile}` expired at {end}"))
            .hint(format!("run the tool that wrote the keys of `[{profile}]` again")))
    }

    /// Returns the keys if they expire. They are read again before that, because a tool may have written new ones.
    fn cached(&self, ctx: &Context) -> Option<Entry> {
        self.keys.expiration.is_some().then(|| uncached(ctx, self.keys.clone()))
    }

    fn account_id(&self) -> Option<&str> {
        self.keys.account_id.as_deref()
    }
}
