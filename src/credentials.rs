//! Role credentials: what every source yields, the cache stores, and `shell` writes as environment changes.

use crate::arn::AccountId;
use crate::secret::Secret;
use crate::time::Timestamp;

/// An access key with its secret, and for temporary credentials a session token and an expiration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    /// Absent for long-term keys of an IAM user.
    pub(crate) session_token: Option<Secret>,
    /// Absent for credentials that never expire.
    pub(crate) expiration: Option<Timestamp>,
    /// Absent where the source does not say.
    pub(crate) account_id: Option<AccountId>,
    /// The role a person chose, where the configuration names none.
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
