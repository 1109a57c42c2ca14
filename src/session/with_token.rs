//! Calls to AWS with a valid token: from the cache, refreshed, or after signing in.

use super::{Session, SignInOptions, Token, refresh, sign_in, token};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use std::time::Duration;

/// Returns the cached token, expired or not; `None` when there is none or it cannot be read.
///
/// Invariant: this sends no request and changes no file.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Option<Token> {
    stored_token(ctx, session).ok().flatten()
}

/// Returns the cached token, expired or not.
///
/// # Errors
/// Configuration: the file cannot be read. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn stored_token(ctx: &Context, session: &Session) -> Result<Option<Token>> {
    token::read(ctx, session)
}

/// Returns a valid token; refreshes it when it is about to expire.
///
/// Invariant: this never signs in.
///
/// # Errors
/// `NeedsPerson`: only signing in helps. `Unreachable`: the token has expired and cannot be refreshed now.
/// Configuration: the file cannot be read.
pub(crate) fn valid_token(ctx: &Context, session: &Session) -> Result<Token> {
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
    let cached = match valid_token(ctx, session) {
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
