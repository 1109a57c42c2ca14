//! Sessions: a start URL people sign in to, and the token that yields.
//!
//! Deliberately not here: role credentials (`source`), and how profiles name sessions (`profile`).

mod flow;
mod logout;
mod refresh;
mod registration;
pub(crate) mod sign_in;
pub(crate) mod start_url;
pub(crate) mod token;

pub(crate) use flow::{Flow, SignIn};
pub(crate) use logout::{foreign_tokens, logout};
pub(crate) use registration::{ACCOUNT_ACCESS, scopes as registration_scopes};
pub(crate) use sign_in::{hand_over, sign_in};
pub(crate) use token::Token;

use crate::aws::Network;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use std::time::Duration;

/// A session, as an `[sso-session]` or a legacy profile describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// `None` for the unnamed session of a legacy profile, known by its start URL.
    pub(crate) name: Option<String>,
    /// The legacy profile it was found through.
    pub(crate) profile: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: String,
    /// `sso_registration_scopes` as configured, in order; empty when absent.
    pub(crate) scopes: Vec<String>,
    pub(crate) network: Network,
}

impl Session {
    /// Returns what people know the session by: its name, or else its start URL.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url)
    }

    /// Returns the line to type to sign in.
    pub(crate) fn sign_in_line(&self) -> String {
        match (&self.name, &self.profile) {
            (Some(name), _) => format!("ssox login --sso-session {}", shell_words::quote(name)),
            (None, Some(profile)) => format!("ssox login {}", shell_words::quote(profile)),
            (None, None) => "ssox login".into(),
        }
    }

    /// Tells whether two sessions have their token in the same file: whoever signs in to one is signed in to the other.
    pub(crate) fn shares_token_with(&self, other: &Self) -> bool {
        self.label() == other.label()
    }
}

/// Returns the token as it lies in the cache, whatever its age; `None` when there is none, or one that cannot be read.
/// Asks nobody and changes nothing.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Option<Token> {
    token::read(ctx, session).ok().flatten()
}

/// Returns a token that lives, renewed when it is about to end. Never signs in.
///
/// # Errors
/// A person is needed; AWS is unreachable and the token has ended; the file is there and cannot be read.
pub(crate) fn token(ctx: &Context, session: &Session) -> Result<Token> {
    refresh::token(ctx, session)
}

/// Asks AWS with a token of the session; has a person sign in where only that helps and one is there. A token can die
/// before its time: then it is asked once more with another.
///
/// # Errors
/// A person is needed and not there, refused, or did not come in time; AWS is unreachable; those of `ask`.
pub(crate) fn with_token<T>(
    ctx: &Context,
    session: &Session,
    timeout: Option<Duration>,
    ask: impl Fn(&Token) -> Result<T>,
) -> Result<T> {
    let token = ensure(ctx, session, timeout)?;
    match ask(&token) {
        Err(error) if error.kind == Kind::NeedsPerson => {
            let again = |error: Error| match error.kind {
                Kind::NeedsPerson => error.hint(format!("{} --fresh", session.sign_in_line())),
                _ => error,
            };
            ask(&ensure_after_refusal(ctx, session, &token, timeout)?).map_err(again)
        }
        asked => asked,
    }
}

/// Returns a token as [`token`] does; where only a person can help and one is there, has them sign in.
fn ensure(ctx: &Context, session: &Session, timeout: Option<Duration>) -> Result<Token> {
    let options = SignIn { timeout, ..SignIn::default() };
    token(ctx, session).or_else(|error| sign_in::instead(ctx, session, &options, None, error))
}

/// Returns another token than the one AWS has refused; where only a person can help and one is there, has them sign in.
fn ensure_after_refusal(ctx: &Context, session: &Session, refused: &Token, timeout: Option<Duration>) -> Result<Token> {
    let options = SignIn { timeout, ..SignIn::default() };
    let refused = &refused.access_token;
    let token = refresh::token_after_refusal(ctx, session, refused);
    token.or_else(|error| sign_in::instead(ctx, session, &options, Some(refused), error))
}
