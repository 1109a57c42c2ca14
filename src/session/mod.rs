//! Sessions: a start URL people sign in to, and the token that yields.
//!
//! Deliberately not here: role credentials (`source`), and how profiles name sessions (`profile`).

mod registration;
pub(crate) mod sign_in;
pub(crate) mod token;

use crate::aws::Network;
use crate::context::Context;
use crate::error::Result;
pub(crate) use token::Token;

use crate::error::Error;
use std::time::Duration;

/// A session, as an `[sso-session]` or a legacy profile describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// `None` for the unnamed session of a legacy profile, known by its start URL.
    pub(crate) name: Option<String>,
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
        match &self.name {
            Some(name) => format!("ssox login --sso-session {}", shell_words::quote(name)),
            None => format!("ssox login PROFILE, where PROFILE is one with `sso_start_url = {}`", self.start_url),
        }
    }
}

/// Returns the token as it lies in the cache, whatever its age; `None` when there is none, or one that cannot be read.
/// Asks nobody and changes nothing.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Option<Token> {
    token::read(ctx, session).ok().flatten()
}

/// Returns a token that lives.
///
/// # Errors
/// A person is needed.
pub(crate) fn ensure(ctx: &Context, session: &Session, _timeout: Option<Duration>) -> Result<Token> {
    let living = token::read(ctx, session)?.filter(|token| token.is_valid(ctx.now()));
    living.ok_or_else(|| {
        Error::needs_person(format!("nobody is signed in to `{}`", session.label())).hint(session.sign_in_line())
    })
}

/// Returns another token than the one AWS has refused.
///
/// # Errors
/// A person is needed.
pub(crate) fn ensure_after_refusal(
    ctx: &Context,
    session: &Session,
    refused: &Token,
    timeout: Option<Duration>,
) -> Result<Token> {
    ensure(ctx, session, timeout).and_then(|token| match token.access_token == refused.access_token {
        false => Ok(token),
        true => Err(Error::needs_person("the session is over").hint(session.sign_in_line())),
    })
}
