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
pub(crate) use registration::ACCOUNT_ACCESS;
pub(crate) use sign_in::{hand_over, sign_in};
pub(crate) use token::Token;

use crate::aws::Network;
use crate::context::Context;
use crate::error::Result;
use crate::secret::Secret;
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

/// Returns another token than the one AWS has refused: a newer one of the cache, or a renewed one. Never signs in.
///
/// # Errors
/// As [`token`].
pub(crate) fn token_after_refusal(ctx: &Context, session: &Session, refused: &Secret) -> Result<Token> {
    refresh::token_after_refusal(ctx, session, refused)
}

/// Returns a token as [`token`] does; where only a person can help and one is there, has them sign in.
///
/// # Errors
/// A person is needed and not there, refused, or did not come in time; AWS is unreachable.
pub(crate) fn ensure(ctx: &Context, session: &Session, timeout: Option<Duration>) -> Result<Token> {
    let options = SignIn { timeout, ..SignIn::default() };
    token(ctx, session).or_else(|error| sign_in::instead(ctx, session, &options, None, error))
}

/// Returns a token as [`token_after_refusal`] does; where only a person can help and one is there, has them sign in.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn ensure_after_refusal(
    ctx: &Context,
    session: &Session,
    refused: &Token,
    timeout: Option<Duration>,
) -> Result<Token> {
    let options = SignIn { timeout, ..SignIn::default() };
    let refused = &refused.access_token;
    let token = token_after_refusal(ctx, session, refused);
    token.or_else(|error| sign_in::instead(ctx, session, &options, Some(refused), error))
}
