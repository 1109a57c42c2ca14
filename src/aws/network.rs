//! How to reach AWS: endpoints, certificate authorities, attempts and time limits.

use super::{CaBundle, CustomEndpoint};
use std::time::Duration;

/// How to reach AWS, as a profile and the environment configure it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// Custom endpoints by service; `None` is AWS's own host.
    pub(crate) sso: Option<CustomEndpoint>,
    pub(crate) sso_oidc: Option<CustomEndpoint>,
    pub(crate) sts: Option<CustomEndpoint>,
    pub(crate) signin: Option<CustomEndpoint>,
    pub(crate) iam: Option<CustomEndpoint>,
    /// Used in place of the system's certificate authorities.
    pub(crate) ca_bundle: Option<CaBundle>,
    /// Attempts for one call, including the first; 3 when absent.
    pub(crate) max_attempts: Option<u32>,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    pub(crate) timeouts: Timeouts,
}

/// The time limits of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// For a connection, TLS included.
    pub(crate) connect: Duration,
    /// For one attempt.
    pub(crate) attempt: Duration,
    /// For a call with all its attempts and the pauses between them.
    pub(crate) call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let [connect, attempt, call] = [3, 10, 30].map(Duration::from_secs);
        Self { connect, attempt, call }
    }
}
