//! The trait that each kind of credentials implements, in a file of its own.

use super::Request;
use super::profile_keys::ProfileKeys;
use super::role_arn::RoleArn;
use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::session::Session;
use serde_json::{Map, Value};

/// A source of credentials.
pub(crate) trait Kind {
    /// Reads this kind of source from a profile. Returns `None` if the profile has no config keys of this kind.
    ///
    /// # Errors
    /// `Configuration`: config keys are missing, or their values cannot work.
    fn read(_: &ProfileKeys) -> Option<Result<Self>>
    where
        Self: Sized,
    {
        None
    }

    /// Returns the name of this kind, as `ssox list` and the JSON output show it.
    fn kind(&self) -> &'static str;

    /// Returns a text that is the same for two sources only if they give the same credentials.
    fn identity(&self) -> String;

    /// Returns credentials: cached ones if they are valid for long enough, otherwise new ones.
    ///
    /// # Errors
    /// `NeedsPerson`: a person must sign in, enter a code or renew access keys. `Refused`: AWS rejects the request.
    /// `Unreachable`: AWS sends no valid response, or a program takes too long. `Configuration`: a setting, a file or a
    /// program of the source cannot be used. `Other`: a program fails. `Usage`: `--mfa-code` is not an MFA code.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry>;

    /// Returns the name of the cache entry; `None` if the credentials are not cached.
    fn key(&self) -> Option<Key> {
        None
    }

    /// Returns the cached credentials, even if they have expired. Sends no request.
    fn cached(&self, ctx: &Context) -> Option<Entry> {
        cache::known(ctx, &self.key()?)
    }

    /// Returns the ARN of the role that this source assumes, if it is known without a request.
    fn assumed(&self) -> Option<&RoleArn> {
        None
    }

    /// Returns the configured arguments of AssumeRole or AssumeRoleWithWebIdentity, from which the AWS CLI computes the
    /// name of the cache entry; `None` for a kind that calls neither.
    fn arguments(&self) -> Option<Map<String, Value>> {
        None
    }

    /// Tells whether the credentials certainly belong to a role. With the credentials of a role, another role can be
    /// assumed for an hour at most.
    fn is_role(&self) -> bool {
        self.assumed().is_some()
    }

    /// Returns the Identity Center session that the person signs in to, if the source has one.
    fn session(&self) -> Option<&Session> {
        None
    }

    /// Tells whether new credentials may need more from the person than a sign-in to a session: for example, an MFA
    /// code.
    fn asks_person(&self) -> bool {
        false
    }

    /// Returns the account ID, if it is known without a request.
    fn account_id(&self) -> Option<&str> {
        self.assumed().map(|arn| &*arn.account_id)
    }

    /// Returns the role name, if it is known without a request.
    fn role_name(&self) -> Option<&str> {
        self.assumed().map(|arn| arn.name.as_str())
    }

    /// Returns a region in the partition that the credentials are valid in; `None` if the configuration does not tell.
    fn region(&self) -> Option<&str> {
        None
    }
}

/// Makes an [`Entry`] of credentials that ssox does not cache. It is unknown when they were issued, so `issued_at` is
/// set to now.
pub(super) fn uncached(ctx: &Context, credentials: RoleCredentials) -> Entry {
    Entry { credentials, issued_at: ctx.now() }
}
