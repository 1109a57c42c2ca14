//! What both flows need: the client registration, token requests, and the errors of failed sign-ins.

use super::callback;
use crate::aws::oidc::{self, Grant, RegistrationRequest, TokenResponse};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::Session;
use crate::session::flow::Flow;
use crate::session::registration::{self, Registration};
use crate::terminal;
use crate::time::human;
use std::time::Duration;

/// The client name that AWS shows when it asks the person for consent.
const NAME: &str = "ssox";

/// The OAuth client of one sign-in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    pub(super) ctx: &'a Context,
    pub(super) session: &'a Session,
    /// The start URL on an AWS host; a custom start URL has been replaced by the URL that it redirects to.
    pub(super) start_url: &'a str,
    /// How long to wait for the person to sign in.
    pub(super) timeout: Duration,
}

impl Client<'_> {
    /// Returns the cached client registration for a flow; if none is cached that can be used, registers a new client.
    pub(super) fn registration(&self, flow: Flow) -> Result<Registration> {
        match registration::read(self.ctx, self.session, flow) {
            Some(registration) => Ok(registration),
            None => self.register(flow),
        }
    }

    /// Registers a new client. The new registration replaces the cached one. Only warns if it cannot be cached.
    pub(super) fn register(&self, flow: Flow) -> Result<Registration> {
        registration::remove(self.ctx, self.session);
        let request = RegistrationRequest {
            client_name: NAME.into(),
            scopes: registration::scopes(self.session),
            grant_types: registration::grant_types(flow),
            redirect_uris: (flow == Flow::Pkce).then(callback::registered_uri).into_iter().collect(),
            issuer_url: (flow == Flow::Pkce).then(|| self.start_url.into()),
        };
        let registration = oidc::register_client(self.ctx, &self.session.network, &self.session.region, &request)?;
        if let Err(error) = registration::write(self.ctx, self.session, flow, &registration) {
            terminal::warn_of_cache(self.ctx, &error);
        }
        Ok(registration)
    }

    /// Requests a token in exchange for a grant. If AWS rejects the client registration, removes it from the cache, so
    /// that the next sign-in registers a new client.
    pub(super) fn create_token(&self, registration: &Registration, grant: &Grant) -> Result<TokenResponse> {
        let Registration { client_id, client_secret, .. } = registration;
        let (network, region) = (&self.session.network, &self.session.region);
        let response = oidc::create_token(self.ctx, network, region, client_id, client_secret, grant)?;
        if matches!(response, TokenResponse::InvalidClient) {
            registration::remove(self.ctx, self.session);
        }
        Ok(response)
    }

    /// Returns the session's name; for a session without a name, its start URL.
    pub(super) fn label(&self) -> &str {
        self.session.label()
    }

    /// Tells the person to sign in at the URL that the next line shows.
    pub(super) fn ask_to_sign_in(&self, is_browser_opened: bool) {
        let label = self.label();
        terminal::say(&if is_browser_opened {
            format!("opening your browser to sign in to `{label}`; if no page opens, open this URL:")
        } else {
            format!("to sign in to `{label}`, open this URL:")
        });
    }

    /// Returns the error for a response without a token.
    pub(super) fn error_for(&self, response: &TokenResponse) -> Error {
        let label = self.label();
        let message = match response {
            TokenResponse::Denied(why) if why.is_empty() => format!("signing in to `{label}` was refused"),
            TokenResponse::Denied(why) => format!("signing in to `{label}` was refused: {why}"),
            TokenResponse::Expired => format!("the code expired before the sign-in to `{label}` was complete"),
            TokenResponse::InvalidClient => format!("AWS rejected the client registration of ssox for `{label}`"),
            _ => format!("AWS did not accept the code of the sign-in to `{label}`"),
        };
        Error::needs_person(message).hint(self.session.sign_in_line())
    }

    /// Returns the command that signs in with a device code, in a browser on any machine.
    pub(super) fn device_code_line(&self) -> String {
        format!("{} --device-code", self.session.sign_in_line())
    }

    /// Returns the error when the person did not sign in within the time limit.
    pub(super) fn timed_out(&self) -> Error {
        let limit = human(i64::try_from(self.timeout.as_secs()).unwrap_or(i64::MAX));
        Error::needs_person(format!("nobody signed in to `{}` within {limit}", self.label()))
            .hint(self.session.sign_in_line())
    }
}
