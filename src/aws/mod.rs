//! Calls to AWS: OIDC, portal, STS. The only place that names the SDK, tokio and `async`; everything outside is
//! synchronous, and a cache hit never comes here.
//!
//! Deliberately not here: what is cached, locked or refreshed (`session`, `source`), and reading of config files:
//! the SDK clients are bare, so what a profile says about endpoints arrives as [`Network`].

mod attempts;
mod bounded;
mod cause;
mod channel;
pub(crate) mod console;
mod endpoint;
mod failure;
pub(crate) mod iam;
pub(crate) mod local;
pub(crate) mod oidc;
mod outcome;
pub(crate) mod partition;
pub(crate) mod portal;
mod proxy;
pub(crate) mod signin;
pub(crate) mod sts;
#[cfg(test)]
pub(crate) mod tests;
mod trust;
mod unreachable;
pub(crate) mod web;

pub(crate) use endpoint::{Endpoint, Origin};
pub(crate) use trust::CaBundle;

use std::time::Duration;

/// How AWS is reached: what a profile and the environment say about it, resolved by `profile`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// Endpoint overrides by service; `None` is AWS's own host.
    pub(crate) sso: Option<Endpoint>,
    pub(crate) sso_oidc: Option<Endpoint>,
    pub(crate) sts: Option<Endpoint>,
    pub(crate) signin: Option<Endpoint>,
    pub(crate) iam: Option<Endpoint>,
    /// Replaces the system's certificate authorities.
    pub(crate) ca_bundle: Option<CaBundle>,
    /// Attempts of one call, the first included; 3 when absent.
    pub(crate) max_attempts: Option<u32>,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    pub(crate) timeouts: Timeouts,
}

/// How long is waited.
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
