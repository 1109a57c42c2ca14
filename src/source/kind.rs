//! What a kind of credentials is. Each kind says all of it in a file of its own.

use super::Request;
use super::profile_keys::ProfileKeys;
use super::role_arn::RoleArn;
use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::session::Session;
use serde_json::{Map, Value};

/// Where credentials come from.
pub(crate) trait Kind {
    /// Reads the source from a profile; `None` if the profile has no keys of this kind.
    ///
    /// # Errors
    /// Configuration: the keys are incomplete, or cannot work.
    fn read(_: &ProfileKeys) -> Option<Result<Self>>
    where
        Self: Sized,
    {
        None
    }

    /// Returns the name of the kind in `ssox list` and in JSON.
    fn kind(&self) -> &'static str;

    /// Returns a text that two sources share only if they give the same credentials.
    fn identity(&self) -> String;

    /// Returns credentials: from the cache while they are good, else new ones.
    ///
    /// # Errors
    /// Needs a person, Refused by AWS, Unreachable, or Configuration.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry>;

    /// Returns the name of the cache entry; `None` if the credentials are not cached.
    fn key(&self) -> Option<Key> {
        None
    }

    /// Returns the cached credentials, even if expired, without any request.
    fn cached(&self, ctx: &Context) -> Option<Entry> {
        cache::known(ctx, &self.key()?)
    }

    /// Returns the role that is assumed.
    fn assumed(&self) -> Option<&RoleArn> {
        None
    }

    /// Returns the arguments of the STS call from which the AWS CLI computes the name of the cache entry.
    fn arguments(&self) -> Option<Map<String, Value>> {
        None
    }

    /// Tells whether the credentials are certainly those of a role. A role that they assume is limited to an hour.
    fn is_role(&self) -> bool {
        self.assumed().is_some()
    }

    /// Returns the session that a person signs in to, if any.
    fn session(&self) -> Option<&Session> {
        None
    }

    /// Tells whether a person may have to do more for new credentials than sign in to a session, such as type an MFA
    /// code.
    fn asks_person(&self) -> bool {
        false
    }

    /// Returns the account id, if it is known without a request.
    fn account_id(&self) -> Option<&str> {
        self.assumed().map(|arn| &*arn.account_id)
    }

    /// Returns the name of the role, if it is known without a request.
    fn role_name(&self) -> Option<&str> {
        self.assumed().map(|arn| arn.name.as_str())
    }

    /// Returns a region in the partition of the credentials.
    fn region(&self) -> Option<&str> {
        None
    }
}

/// Wraps credentials that are not cached. They count as issued now, so half of their remaining time is good.
pub(super) fn uncached(ctx: &Context, credentials: RoleCredentials) -> Entry {
    Entry { credentials, issued_at: ctx.now() }
}
