//! What both conversations need: a registration with AWS, and words for how they end.
//!
//! Deliberately not here: the conversations.

use crate::aws::oidc::{self, Grant, RegistrationRequest, TokenResponse};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::Session;
use crate::session::flow::Flow;
use crate::session::registration::{self, Registration};
use crate::terminal;
use crate::time::human;
use std::time::Duration;

/// The name AWS shows to the person when it asks for consent.
const NAME: &str = "ssox";

/// Where a conversation takes place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    pub(super) ctx: &'a Context,
    pub(super) session: &'a Session,
    /// Where the session's start URL leads.
    pub(super) start_url: &'a str,
    /// How long the person may take.
    pub(super) timeout: Duration,
}

impl Client<'_> {
    /// Returns the registration for a flow: the one of the cache, or a new one.
    pub(super) fn registration(&self, flow: Flow, redirect_uri: Option<&str>) -> Result<Registration> {
        match registration::read(self.ctx, self.session, flow) {
            Some(registration) => Ok(registration),
            None => self.register(flow, redirect_uri),
        }
    }

    /// Registers anew, in place of a registration AWS does not know any more.
    pub(super) fn register(&self, flow: Flow, redirect_uri: Option<&str>) -> Result<Registration> {
        registration::remove(self.ctx, self.session);
        let request = RegistrationRequest {
            client_name: NAME.into(),
            scopes: registration::scopes(self.session),
            grant_types: registration::grant_types(flow),
            redirect_uris: redirect_uri.map(String::from).into_iter().collect(),
            issuer_url: (flow == Flow::Pkce).then(|| self.start_url.into()),
        };
        let answer = oidc::register_client(self.ctx, &self.session.network, &self.session.region, &request)?;
        let registration = Registration {
            client_id: answer.client_id,
            client_secret: answer.client_secret,
            expires_at: answer.expires_at,
        };
        if let Err(error) = registration::write(self.ctx, self.session, flow, &registration) {
            terminal::warn_of_cache(self.ctx, &error);
        }
        Ok(registration)
    }

    /// Asks for a token.
    pub(super) fn create_token(&self, registration: &Registration, grant: &Grant) -> Result<TokenResponse> {
        let Registration { client_id, client_secret, .. } = registration;
        oidc::create_token(self.ctx, &self.session.network, &self.session.region, client_id, client_secret, grant)
    }

    /// Returns what the person knows the session by.
    pub(super) fn label(&self) -> &str {
        self.session.label()
    }

    /// Asks the person to sign in, at the address that follows.
    pub(super) fn invite(&self, is_opened: bool) {
        terminal::say(&match is_opened {
            true => format!("opening your browser to sign in to `{}`; if nothing opens, go to", self.label()),
            false => format!("to sign in to `{}`, go to", self.label()),
        });
    }

    /// Makes the error for an answer that is no token.
    pub(super) fn refusal(&self, answer: &TokenResponse) -> Error {
        let label = self.label();
        let message = match answer {
            TokenResponse::Denied(why) if why.is_empty() => format!("signing in to `{label}` was refused"),
            TokenResponse::Denied(why) => format!("signing in to `{label}` was refused: {why}"),
            TokenResponse::Expired => format!("nobody signed in to `{label}` before the code ended"),
            TokenResponse::InvalidClient => {
                format!("AWS does not know the client it has just registered for `{label}`")
            }
            _ => format!("AWS did not accept what the browser brought for `{label}`"),
        };
        Error::needs_person(message).hint(self.session.sign_in_line())
    }

    /// Returns the line to type to sign in with a code, in a browser anywhere.
    pub(super) fn with_a_code(&self) -> String {
        format!("{} --device-code", self.session.sign_in_line())
    }

    /// Makes the error for a person who did not come.
    pub(super) fn nobody_came(&self) -> Error {
        let after = human(i64::try_from(self.timeout.as_secs()).unwrap_or(i64::MAX));
        Error::needs_person(format!("nobody signed in to `{}` within {after}", self.label()))
            .hint(self.session.sign_in_line())
    }
}
