//! Keys that stand in a file: a user's long-term ones, or temporary ones another tool wrote.

use super::uncached;
use crate::cache::Entry;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};

/// The keys, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StaticKeys {
    pub(crate) profile: String,
    pub(crate) keys: RoleCredentials,
}

impl StaticKeys {
    /// Returns the keys. When they expire is known only where the tool that wrote them wrote that, too.
    ///
    /// # Errors
    /// A person is needed: the keys have expired.
    pub(crate) fn credentials(&self, ctx: &Context) -> Result<Entry> {
        let entry = uncached(ctx, self.keys.clone());
        match self.keys.expiration.filter(|_| entry.is_expired(ctx.now())) {
            None => Ok(entry),
            Some(end) => {
                let profile = &self.profile;
                Err(Error::needs_person(format!("the keys of profile `{profile}` expired at {end}"))
                    .hint(format!("run the tool again that wrote the keys of `[{profile}]`, then try again")))
            }
        }
    }

    /// Returns the keys when they end: they are read again before that, for somebody may have written new ones.
    pub(crate) fn cached(&self, ctx: &Context) -> Option<Entry> {
        self.keys.expiration.is_some().then(|| uncached(ctx, self.keys.clone()))
    }
}
