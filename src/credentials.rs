//! Role credentials: what every source ends in.
//!
//! Deliberately not here: where they come from (`source`), where they lie (`cache`), how they are spelled (`shell`).

use crate::secret::Secret;
use crate::time::Timestamp;

/// An access key, its secret, and for temporary credentials their session token and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    /// Absent for long-term keys of an IAM user.
    pub(crate) session_token: Option<Secret>,
    /// Absent for credentials that do not end by themselves.
    pub(crate) expiration: Option<Timestamp>,
    /// Absent where the source does not say.
    pub(crate) account_id: Option<String>,
    /// Where a person chose it, and no configuration says it.
    pub(crate) role_name: Option<String>,
}
