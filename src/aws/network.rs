//! The network settings: custom endpoints, certificate authorities, number of attempts and time limits.

use super::{CaBundle, CustomEndpoint};
use std::time::Duration;

/// How to connect to AWS, as the profile and the environment configure it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// The custom endpoint of the access portal; the next four fields are those of the other services. `None` for AWS's
    /// own host.
    pub(crate) sso: Option<CustomEndpoint>,
    pub(crate) sso_oidc: Option<CustomEndpoint>,
    pub(crate) sts: Option<CustomEndpoint>,
    pub(crate) signin: Option<CustomEndpoint>,
    pub(crate) iam: Option<CustomEndpoint>,
    /// The CA bundle that replaces the system's certificate authorities.
    pub(crate) ca_bundle: Option<CaBundle>,
    /// The number of attempts for one call, the first one included; `None` for the default, 3.
    pub(crate) max_attempts: Option<u32>,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    pub(crate) timeouts: Timeouts,
}

/// The time limits of a call to AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// The time limit for opening a connection, including the TLS handshake.
    pub(crate) connect: Duration,
    /// The time limit for one attempt: request and response.
    pub(crate) attempt: Duration,
    /// The time limit for the whole call: all attempts, and the pauses between them.
    pub(crate) call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let [connect, attempt, call] = [3, 10, 30].map(Duration::from_secs);
        Self { connect, attempt, call }
    }
}
