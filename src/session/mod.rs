//! Sessions: a start URL people sign in to, and the token that yields.
//!
//! Deliberately not here: role credentials (`source`), and how profiles name sessions (`profile`).

mod registration;
pub(crate) mod sign_in;
pub(crate) mod token;

use crate::aws::Network;
use crate::context::Context;
use crate::error::Result;
use token::Token;

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

/// Returns the token as it lies in the cache, whatever its age; `None` when there is none, or a broken one.
/// Asks nobody and changes nothing.
///
/// # Errors
/// Configuration, when the file is there and cannot be read.
pub(crate) fn cached_token(ctx: &Context, session: &Session) -> Result<Option<Token>> {
    token::read(ctx, session)
}
