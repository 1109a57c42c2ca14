//! Calls AWS with a valid token: the cached one, a refreshed one, or one from a new sign-in.

use super::{Session, SignInOptions, Token, refresh, sign_in, token};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use std::time::Duration;

/// Returns the cached token, even if it has expired. Returns `None` if there is no cached token, or the cached token is
/// broken or cannot be read.
///
/// Invariant: this function sends no request and changes no file.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Option<Token> {
    stored_token(ctx, session).ok().flatten()
}

/// Returns the cached token, even if it has expired; `None` if there is no cached token, or it is broken.
///
/// # Errors
/// `Configuration`: the file cannot be read. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn stored_token(ctx: &Context, session: &Session) -> Result<Option<Token>> {
    token::read(ctx, session)
}

/// Returns a valid token. Refreshes the cached token if it expires soon. If the refresh fails, returns the cached token
/// as long as it is valid.
///
/// Invariant: this function never signs in.
///
/// # Errors
/// `NeedsPerson`: the person must sign in, or the keyring cannot be used. `Unreachable`, `Refused`: the token has
/// expired, and AWS cannot be reached to refresh it, or refuses to. `Configuration`: the token file cannot be read, or
/// the new token could not be written.
pub(crate) fn valid_token(ctx: &Context, session: &Session) -> Result<Token> {
    refresh::token(ctx, session)
}

/// Calls AWS with a token of the session. Signs in at most once: if no cached or refreshed token works, and a person
/// can be asked.
///
/// AWS may reject a token that has not expired. In that case, tries a refreshed token before it signs in.
///
/// # Errors
/// `NeedsPerson`: a sign-in is needed and nobody can be asked (`no_input`), or the person denied the sign-in or did not
/// sign in in time. `Refused`, `Unreachable`: AWS rejects a request, or sends no valid response. `Configuration`: the
/// token file or a network setting cannot be used. Those of `call`.
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

/// Replaces the hint of an error of the kind `NeedsPerson` by `ssox login … --fresh`: without `--fresh`, the command
/// would keep a token that has not expired. Returns other errors unchanged.
fn hint_at_fresh(session: &Session, error: Error) -> Error {
    if error.kind != ErrorKind::NeedsPerson {
        return error;
    }
    error.only_hint(format!("{} --fresh", session.sign_in_line()))
}
