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
use crate::config::{as_argument, as_option};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
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
            (Some(name), _) => format!("ssox login {}", as_option("--sso-session", name)),
            (None, Some(profile)) => format!("ssox login {}", as_argument(profile)),
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

/// Asks AWS with a token of the session; has a person sign in, once, where only that helps and one is there. A token can
/// die before its time: then a renewed one is tried first.
///
/// # Errors
/// A person is needed and not there, refused, or did not come in time; AWS is unreachable; those of `ask`.
pub(crate) fn with_token<T>(
    ctx: &Context,
    session: &Session,
    timeout: Option<Duration>,
    ask: impl Fn(&Token) -> Result<T>,
) -> Result<T> {
    let options = SignIn { timeout, ..SignIn::default() };
    // `ssox login` alone would find a token that seems to live.
    let fresh = |error: Error| match error.kind {
        ErrorKind::NeedsPerson => error.hint(format!("{} --fresh", session.sign_in_line())),
        _ => error,
    };
    let sign_in_and_ask = |refused: Option<&Token>, error: Error| {
        let refused = refused.map(|token| &token.access_token);
        ask(&sign_in::instead(ctx, session, &options, refused, error)?).map_err(fresh)
    };
    let known = match token(ctx, session) {
        Ok(known) => known,
        Err(error) => return sign_in_and_ask(None, error),
    };
    match ask(&known) {
        Err(error) if error.kind == ErrorKind::NeedsPerson => {}
        asked => return asked,
    }
    let renewed = match refresh::token_after_refusal(ctx, session, &known.access_token) {
        Ok(renewed) => renewed,
        Err(error) => return sign_in_and_ask(Some(&known), error),
    };
    match ask(&renewed) {
        Err(error) if error.kind == ErrorKind::NeedsPerson => sign_in_and_ask(Some(&renewed), fresh(error)),
        asked => asked,
    }
}
