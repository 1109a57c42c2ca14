//! Every call, sent to the stand-in for AWS: with normal responses, and with each fault.

mod faults;
mod listing;
mod oidc;
mod portal;
mod sts;
mod web;
mod wire;

use super::{CustomEndpoint, Network, Origin, Timeouts, portal as calls};
use crate::arn::AccountId;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use ssox_standin::{Grant, Standin};
use std::ffi::OsString;
use std::time::Duration;

const REGION: &str = "eu-west-1";

fn context(variables: &[(&str, &str)]) -> Context {
    Context::new(variables.iter().map(|(name, value)| ((*name).into(), OsString::from(value))))
}

/// Returns network settings that send all requests to `url`, with a single attempt and the normal time limits.
fn network(url: &str) -> Network {
    let url = Some(endpoint(url));
    Network {
        sso: url.clone(),
        sso_oidc: url.clone(),
        sts: url.clone(),
        signin: url.clone(),
        iam: url,
        max_attempts: Some(1),
        ..Network::default()
    }
}

/// Makes a custom endpoint as `AWS_ENDPOINT_URL` would set it.
pub(crate) fn endpoint(url: &str) -> CustomEndpoint {
    CustomEndpoint { url: url.into(), origin: Origin::Variable("AWS_ENDPOINT_URL".into()) }
}

/// Shortens the time limits, for responses that never arrive.
fn with_short_timeouts(network: Network) -> Network {
    let [connect, attempt, call] = [2000, 200, 500].map(Duration::from_millis);
    Network { timeouts: Timeouts { connect, attempt, call }, ..network }
}

/// Returns the account of the role whose credentials the tests request.
fn account_id() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

/// Requests role credentials with these environment variables and this token.
fn get_with(variables: &[(&str, &str)], network: &Network, token: &Secret) -> Result<RoleCredentials> {
    calls::get_role_credentials(&context(variables), network, &REGION.into(), token, &account_id(), "ReadOnly")
}

/// Requests role credentials with a valid token.
fn get(network: &Network, standin: &Standin) -> Result<RoleCredentials> {
    get_with(&[], network, &token(standin))
}

fn token(standin: &Standin) -> Secret {
    Secret::new(standin.issue_token(&Grant::default()).access_token)
}

/// Returns the error of a request for role credentials.
fn fails(network: &Network, variables: &[(&str, &str)]) -> Error {
    get_with(variables, network, &Secret::new("aoa")).unwrap_err()
}

/// Checks the kind of an error, that its message or hints contain `words`, and that it has a hint.
#[track_caller]
fn assert_says(error: &Error, kind: ErrorKind, words: &str) {
    let text = error.to_string();
    assert!(error.kind == kind && text.contains(words), "expected {kind:?} and `{words}`: {:?} {text}", error.kind);
    assert!(!error.hints.is_empty(), "no hint: {text}");
}
