//! Sessions of Identity Center: a start URL to sign in to, and the token that signing in yields.

mod flow;
mod logout;
mod refresh;
mod registration;
pub(crate) mod sign_in;
pub(crate) mod start_url;
pub(crate) mod token;

pub(crate) use flow::{Flow, SignInOptions};
pub(crate) use logout::{foreign_tokens, logout};
pub(crate) use registration::{ACCOUNT_ACCESS, scopes as registration_scopes};
pub(crate) use sign_in::{open_secret_url, sign_in};
pub(crate) use token::Token;

use crate::aws::Network;
use crate::config::{as_argument, as_option};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::region::Region;
use std::time::Duration;

/// A session, as an `[sso-session]` or a legacy profile configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// `None` for the unnamed session of a legacy profile, which is identified by its start URL.
    pub(crate) name: Option<String>,
    /// The legacy profile that configures the session.
    pub(crate) profile: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: Region,
    /// `sso_registration_scopes` as configured, in order; empty when absent.
    pub(crate) scopes: Vec<String>,
    pub(crate) network: Network,
}

impl Session {
    /// Returns the session's name, or the start URL of an unnamed session.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url)
    }

    /// Returns the command that signs in.
    pub(crate) fn sign_in_line(&self) -> String {
        match (&self.name, &self.profile) {
            (Some(name), _) => format!("ssox login {}", as_option("--sso-session", name)),
            (None, Some(profile)) => format!("ssox login {}", as_argument(profile)),
            (None, None) => "ssox login".into(),
        }
    }

    /// Tells whether two sessions have their token in the same file, so that signing in to one signs in to both.
    pub(crate) fn shares_token_with(&self, other: &Self) -> bool {
        self.label() == other.label()
    }
}

/// Returns the cached token, expired or not; `None` when there is none or it cannot be read.
///
/// Invariant: this sends no request and changes no file.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Option<Token> {
    token::read(ctx, session).ok().flatten()
}

/// Returns a valid token; refreshes it when it is about to expire.
///
/// Invariant: this never signs in.
///
/// # Errors
/// `NeedsPerson`: only signing in helps. `Unreachable`: the token has expired and cannot be refreshed now.
/// Configuration: the file cannot be read.
pub(crate) fn token(ctx: &Context, session: &Session) -> Result<Token> {
    refresh::token(ctx, session)
}

/// Calls AWS with a token of the session; signs in, once, when only that helps and a person is there.
///
/// AWS may reject a token that has not expired; a refreshed one is tried before signing in.
///
/// # Errors
/// `NeedsPerson`: no person is there, or the person refused or did not sign in in time. `Unreachable`. Those of `call`.
pub(crate) fn with_token<T>(
    ctx: &Context,
    session: &Session,
    timeout: Option<Duration>,
    call: impl Fn(&Token) -> Result<T>,
) -> Result<T> {
    let sign_in_and_call = |rejected: Option<&Token>, error: Error| {
        let options = SignInOptions { timeout, ..SignInOptions::default() };
        let rejected = rejected.map(|token| &token.access_token);
        let token = sign_in::sign_in_after(ctx, session, &options, rejected, error)?;
        call(&token).map_err(|error| hint_at_fresh(session, error))
    };
    let cached = match token(ctx, session) {
        Ok(token) => token,
        Err(error) => return sign_in_and_call(None, error),
    };
    match call(&cached) {
        Err(error) if error.kind == ErrorKind::NeedsPerson => {}
        result => return result,
    }
    let refreshed = match refresh::token_after_rejection(ctx, session, &cached.access_token) {
        Ok(token) => token,
        Err(error) => return sign_in_and_call(Some(&cached), error),
    };
    match call(&refreshed) {
        Err(error) if error.kind == ErrorKind::NeedsPerson => {
            sign_in_and_call(Some(&refreshed), hint_at_fresh(session, error))
        }
        result => result,
    }
}

/// Adds `--fresh` to the hint: `ssox login` alone would find a token that has not expired.
fn hint_at_fresh(session: &Session, error: Error) -> Error {
    if error.kind != ErrorKind::NeedsPerson {
        return error;
    }
    error.only_hint(format!("{} --fresh", session.sign_in_line()))
}
