//! Role credentials. Every source returns them, the cache stores them, and verbs give them to shells and programs.

use crate::arn::AccountId;
use crate::secret::Secret;
use crate::time::Timestamp;

/// An access key ID and its secret access key; temporary credentials also have a session token and an expiration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    /// `None` for the long-term access key of an IAM user.
    pub(crate) session_token: Option<Secret>,
    /// `None` if the credentials never expire.
    pub(crate) expiration: Option<Timestamp>,
    /// `None` if the source does not tell the account.
    pub(crate) account_id: Option<AccountId>,
    /// The role that a person chose because the profile contains none.
    pub(crate) role_name: Option<String>,
}

impl RoleCredentials {
    /// Makes credentials without an account and a role.
    pub(crate) fn new(
        access_key_id: impl Into<String>,
        secret_access_key: Secret,
        session_token: Option<Secret>,
        expiration: Option<Timestamp>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key,
            session_token,
            expiration,
            account_id: None,
            role_name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn debug_shows_no_secret() {
        assert_redacted(&RoleCredentials::new("ASIA", Secret::new(HUNTER2), Some(Secret::new(HUNTER2)), None));
    }
}
