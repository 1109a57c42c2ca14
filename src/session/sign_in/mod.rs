//! Signing in: a person, a browser, and one such conversation at a time.
//!
//! Deliberately not here: tokens that need no person (`refresh`).

mod callback;
mod client;
mod device;
mod handover;
mod page;
mod pkce;
mod turn;

pub(crate) use handover::hand_over;

use super::flow::{self, Flow, SignIn};
use super::token::{self, Token};
use super::{Session, refresh, start_url};
use crate::aws::oidc::TokenResponse;
use crate::aws::web;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::terminal;
use crate::time::human;
use client::Client;
use std::time::Duration;
use turn::Turn;

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Signs in, or waits for another process that is at it.
///
/// # Errors
/// A person is needed and not there, refused, or did not come in time; AWS is unreachable; a port is taken; the token
/// could not be kept.
pub(crate) fn sign_in(ctx: &Context, session: &Session, options: &SignIn) -> Result<Token> {
    // Nobody has to sign in for a token that cannot be kept.
    if !ctx.no_input {
        token::reserve(ctx, session)
            .map_err(|error| error.doing(format!("cannot sign in to `{}`", session.label())))?;
    }
    past(ctx, session, options, None)
}

/// Signs in after `error`, when that is what helps and a person is there; else it stays the error.
///
/// # Errors
/// `error`, or as [`sign_in`].
pub(super) fn instead(
    ctx: &Context,
    session: &Session,
    options: &SignIn,
    refused: Option<&Secret>,
    error: Error,
) -> Result<Token> {
    match error.kind == ErrorKind::NeedsPerson && !ctx.no_input {
        true => past(ctx, session, options, refused),
        false => Err(error),
    }
}

/// Signs in; a token is accepted from another process unless it is the one AWS refused.
fn past(ctx: &Context, session: &Session, options: &SignIn, refused: Option<&Secret>) -> Result<Token> {
    if ctx.no_input {
        let message = format!("signing in to `{}` needs a person at a terminal", session.label());
        return Err(Error::needs_person(message).hint(session.sign_in_line()));
    }
    let known = token::read(ctx, session)?.map(|token| token.access_token);
    let unwanted = if options.fresh { known.as_ref() } else { refused };
    let found = || {
        let token = token::read(ctx, session)?;
        Ok(token.filter(|token| token.is_valid(ctx.now()) && Some(&token.access_token) != unwanted))
    };
    let timeout = options.timeout.unwrap_or(PATIENCE);
    let token = match turn::take(ctx, session, ctx.deadline(timeout), found)? {
        Turn::Done(token) => token,
        Turn::Ours(owner) => {
            let result = converse(ctx, session, options, timeout);
            owner.end(&result);
            result?
        }
    };
    let left = human(token.expires_at.seconds_after(ctx.now()));
    terminal::say(&format!("signed in to `{}`, for {left}", session.label()));
    Ok(token)
}

/// Asks the person, one way or the other, and keeps what comes of it.
fn converse(ctx: &Context, session: &Session, options: &SignIn, timeout: Duration) -> Result<Token> {
    // Said before the person signs in, and not held meanwhile: Ctrl-C would leave the file.
    if let Err(error) = token::reserve(ctx, session).map(drop)
        && ctx.is_first_unwritable_cache()
    {
        terminal::warn(&format!("{}; this sign-in is for this command only", error.message));
    }
    let start_url = start_url::resolve(session, |url| web::redirect(ctx, &session.network, url))?;
    let client = Client { ctx, session, start_url: &start_url, timeout };
    let flow = flow::choose(ctx, options.flow, options.port, session.name.is_some());
    let done = match flow {
        Flow::Pkce => pkce::converse(&client, options)?,
        Flow::DeviceCode => Some(device::converse(&client, options)?),
    };
    let (registration, answer) = match done {
        Some(done) => done,
        None => {
            terminal::say("the browser here does not start: a code works in a browser anywhere");
            device::converse(&client, &SignIn { no_browser: true, ..options.clone() })?
        }
    };
    let TokenResponse::Token { access_token, refresh_token, expires_in } = answer else {
        return Err(client.refusal(&answer));
    };
    let token = Token {
        start_url: Some(session.start_url.clone()),
        region: Some(session.region.clone()),
        access_token,
        expires_at: ctx.now().plus(expires_in),
        client_id: Some(registration.client_id),
        client_secret: Some(registration.client_secret),
        registration_expires_at: Some(registration.expires_at),
        refresh_token,
        unknown: token::Unknown::default(),
    };
    // Without the lock a refresh that is under way may write after this; both tokens are valid.
    let _lock = token::lock(ctx, session).map_err(|error| terminal::warn(&error.message));
    refresh::store(ctx, session, token::reserve(ctx, session), &token);
    Ok(token)
}

#[cfg(test)]
mod tests;
