//! Each call, as it should be and with everything that can go wrong, against the stand-in.
//!
//! Deliberately not here: what is done with the answers.

mod faults;
mod oidc;
mod portal;
mod sts;
mod web;
mod wire;

use super::{Endpoint, Network, Origin, Timeouts, portal as calls};
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

/// One attempt, as long as any busy machine needs.
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

/// What a variable names.
pub(crate) fn endpoint(url: &str) -> Endpoint {
    Endpoint { url: url.into(), origin: Origin::Variable("AWS_ENDPOINT_URL".into()) }
}

/// Waits for no answer that does not come.
fn impatient(network: Network) -> Network {
    let [connect, attempt, call] = [2000, 200, 500].map(Duration::from_millis);
    Network { timeouts: Timeouts { connect, attempt, call }, ..network }
}

/// Asks for role credentials.
fn ask_with(variables: &[(&str, &str)], network: &Network, token: &Secret) -> Result<RoleCredentials> {
    calls::get_role_credentials(&context(variables), network, REGION, token, "111122223333", "ReadOnly")
}

/// Asks for role credentials with a good token.
fn ask(network: &Network, standin: &Standin) -> Result<RoleCredentials> {
    ask_with(&[], network, &token(standin))
}

fn token(standin: &Standin) -> Secret {
    Secret::new(standin.issue_token(&Grant::default()).access_token)
}

/// Asks in vain.
fn fails(network: &Network, variables: &[(&str, &str)]) -> Error {
    ask_with(variables, network, &Secret::new("aoa")).unwrap_err()
}

/// Expects a kind, and words in message or hint.
#[track_caller]
fn assert_says(error: &Error, kind: ErrorKind, words: &str) {
    let text = error.to_string();
    assert!(error.kind == kind && text.contains(words), "expected {kind:?} and `{words}`: {:?} {text}", error.kind);
    assert!(error.hint.is_some(), "no hint: {text}");
}
