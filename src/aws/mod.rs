//! Calls to AWS: OIDC, access portal, STS, IAM and console sign-in, as synchronous functions.
//!
//! The SDK clients read no config files and no environment variables: the caller passes the settings as [`Network`].
//!
//! Invariant: no other module uses the SDK, tokio or `async`. A command that needs only cached credentials makes no SDK
//! client and starts no tokio runtime.

mod attempts;
mod call_result;
mod cause;
mod channel;
pub(crate) mod console;
mod endpoint;
pub(crate) mod iam;
mod limited_body;
pub(crate) mod listing;
pub(crate) mod local;
mod network;
pub(crate) mod oidc;
mod pace;
pub(crate) mod partition;
pub(crate) mod portal;
mod portal_page;
mod proxy;
mod sdk_error;
pub(crate) mod signin;
pub(crate) mod sts;
#[cfg(test)]
pub(crate) mod tests;
mod trust;
mod unreachable;
pub(crate) mod web;

pub(crate) use endpoint::{CustomEndpoint, Origin};
pub(crate) use network::{Network, Timeouts};
pub(crate) use trust::CaBundle;
