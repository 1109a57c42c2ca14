//! Signing in: the person confirms the sign-in in a browser, in one of two flows.
//!
//! Invariant: one process at a time signs in to a session; the other processes wait for its token.

mod callback;
mod client;
mod device;
mod http_page;
mod lock;
mod pkce;
mod secret_url;

pub(crate) use secret_url::open_secret_url;

use super::flow::{self, Flow, SignInOptions};
use super::registration::Registration;
use super::token::{self, Token};
use super::{Session, moved, refresh, start_url};
use crate::aws::oidc::TokenResponse;
use crate::aws::web;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::terminal;
use crate::time::human;
use client::Client;
use lock::{Acquired, SignInLock};
use std::time::Duration;

/// How long to wait for the person if no option sets a time limit.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Signs in, or waits for another process that is already signing in to the session. Unless `options.fresh` is set,
/// returns the cached token if it is valid.
///
/// # Errors
/// `NeedsPerson`: nobody can be asked (`no_input`), the person denied the sign-in or did not sign in in time, or the
/// keyring cannot be used. `Refused`: AWS rejects a request. `Unreachable`: AWS sends no valid response.
/// `Configuration`: AWS rejects the parameters of a request, the start URL is invalid, ssox cannot listen on the port,
/// or the token cannot be written.
pub(crate) fn sign_in(ctx: &Context, session: &Session, options: &SignInOptions) -> Result<Token> {
    // Fails before the sign-in if no token can be written. Otherwise the person would sign in, and the token would be
    // lost.
    if !ctx.no_input {
        token::reserve(ctx, session)
            .map_err(|error| error.doing(format!("cannot sign in to `{}`", session.label())))?;
    }
    wait_or_sign_in(ctx, session, options, None)
}

/// Signs in after an error, if signing in helps (the error is of the kind `NeedsPerson`) and a person can be asked.
/// `rejected` is a token that AWS rejected; it is not used even if it is in the cache.
///
/// # Errors
/// `error` itself, if signing in does not help or nobody can be asked (`no_input`). Those of [`sign_in`].
pub(super) fn sign_in_after(
    ctx: &Context,
    session: &Session,
    options: &SignInOptions,
    rejected: Option<&Secret>,
    error: Error,
) -> Result<Token> {
    if error.kind != ErrorKind::NeedsPerson || ctx.no_input {
        return Err(error);
    }
    wait_or_sign_in(ctx, session, options, rejected)
}

/// Signs in, unless another process is signing in or has signed in. `rejected` is a token that AWS rejected; it is not
/// used even if it is in the cache.
fn wait_or_sign_in(
    ctx: &Context,
    session: &Session,
    options: &SignInOptions,
    rejected: Option<&Secret>,
) -> Result<Token> {
    if ctx.no_input {
        let why = "ssox cannot ask: there is no terminal, or `CI` or `--no-input` is set";
        let message = format!("signing in to `{}` needs a person, and {why}", session.label());
        return Err(Error::needs_person(message).hint(session.sign_in_line()));
    }
    moved::move_token(ctx, session)?;
    let cached = token::read(ctx, session)?.map(|token| token.access_token);
    let unwanted = if options.fresh { cached.as_ref() } else { rejected };
    let find_token = || {
        let token = token::read(ctx, session)?;
        Ok(token.filter(|token| token.is_valid(ctx.now()) && Some(&token.access_token) != unwanted))
    };
    let timeout = options.timeout.unwrap_or(DEFAULT_TIMEOUT);
    let token = match SignInLock::acquire(ctx, session, ctx.deadline(timeout), find_token)? {
        Acquired::Token(token) => token,
        Acquired::Lock(lock) => {
            let result = sign_in_now(ctx, session, options, timeout);
            lock.finish(&result);
            result?
        }
    };
    let left = human(token.expires_at.seconds_after(ctx.now()));
    terminal::say(&format!("signed in to `{}`, for {left}", session.label()));
    Ok(token)
}

/// Signs in, in one of the two flows, and writes the token.
fn sign_in_now(ctx: &Context, session: &Session, options: &SignInOptions, timeout: Duration) -> Result<Token> {
    // The person should know before signing in that the token cannot be written. The reserved space is freed again,
    // because Ctrl-C would leave the temporary file behind.
    if let Err(error) = token::reserve(ctx, session).map(drop)
        && ctx.is_first_unwritable_cache()
    {
        terminal::warn(&format!("{}; only this command can use the token of this sign-in", error.message));
    }
    let start_url = start_url::resolve(session, |url| web::redirect(ctx, &session.network, url))?;
    let client = Client { ctx, session, start_url: &start_url, timeout };
    let (registration, response) = run_flow(&client, options)?;
    let TokenResponse::Token { access_token, refresh_token, expires_in } = response else {
        return Err(client.error_for(&response));
    };
    let token = Token {
        start_url: Some(session.start_url.clone()),
        region: Some(session.region.to_string()),
        access_token,
        expires_at: ctx.now().plus(expires_in),
        client_id: Some(registration.client_id),
        client_secret: Some(registration.client_secret),
        registration_expires_at: Some(registration.expires_at),
        refresh_token,
        unknown: token::Unknown::default(),
    };
    // If the lock cannot be taken, another process may refresh the old token and overwrite the new one with the result.
    // That does no harm: both are valid.
    let _lock = token::lock(ctx, session).map_err(|error| terminal::warn(&error.message));
    refresh::store(ctx, session, token::reserve(ctx, session), &token);
    if let Some(after_sign_in) = ctx.after_sign_in {
        after_sign_in(ctx, session.label(), &session.start_url);
    }
    Ok(token)
}

/// Runs the flow that `flow::choose` selects. If PKCE cannot start a browser, signs in with a device code. Returns the
/// client registration that was used, and AWS's last response.
fn run_flow(client: &Client, options: &SignInOptions) -> Result<(Registration, TokenResponse)> {
    let Client { ctx, session, .. } = client;
    if flow::choose(ctx, options.flow, options.port, session.name.is_some()) == Flow::DeviceCode {
        return device::sign_in(client, options);
    }
    if let Some(done) = pkce::sign_in(client, options)? {
        return Ok(done);
    }
    terminal::say("no browser could be started here: sign in with the code below, in a browser on any machine");
    device::sign_in(client, &SignInOptions { no_browser: true, ..options.clone() })
}

#[cfg(test)]
mod tests;
