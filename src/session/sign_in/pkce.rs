//! Signing in with PKCE (RFC 7636): AWS redirects a browser on this machine to a local server of ssox, with an
//! authorization code.

use super::callback::{AuthorizationResponse, CallbackListener};
use super::client::Client;
use super::http_page::HttpPage;
use crate::aws::oidc::{self, Grant, TokenResponse};
use crate::browser::{self, OpenedBrowser};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::percent::encode;
use crate::secret::Secret;
use crate::session::flow::{Flow, SignInOptions};
use crate::session::registration::{self, Registration};
use crate::terminal::{self, Countdown};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Opens AWS's sign-in page in the person's browser, receives the authorization code, and exchanges this code for a
/// token. Returns `None` if no browser can be started here, and no option requires this flow.
///
/// # Errors
/// `Configuration`: ssox cannot listen on the port, or AWS rejects the parameters of a request. `NeedsPerson`: the
/// person did not sign in in time. `Refused`: AWS rejects a request. `Unreachable`: AWS sends no valid response.
pub(super) fn sign_in(client: &Client, options: &SignInOptions) -> Result<Option<(Registration, TokenResponse)>> {
    // The server starts before the browser, because AWS may redirect the browser at once.
    let listener = CallbackListener::bind(options.port)?;
    let attempt = Attempt::new(client, &listener, client.registration(Flow::Pkce)?)?;
    let url = &attempt.authorization.url;
    let opened = open(client, options, url);
    let is_chosen = options.flow.is_some() || options.port.is_some() || options.no_browser;
    let may_continue = || is_chosen || opened.as_ref().is_some_and(|browser| !browser.has_failed());
    if !may_continue() {
        return Ok(None);
    }
    show(client, &listener, url, opened.as_ref());
    if options.copy {
        terminal::copy(client.ctx, url);
    }
    attempt.finish(may_continue)
}

/// A sign-in attempt with one client registration.
struct Attempt<'a> {
    client: &'a Client<'a>,
    listener: &'a CallbackListener,
    registration: Registration,
    authorization: Authorization,
}

impl<'a> Attempt<'a> {
    fn new(client: &'a Client, listener: &'a CallbackListener, registration: Registration) -> Result<Self> {
        let authorization = Authorization::new(client, listener, &registration)?;
        Ok(Self { client, listener, registration, authorization })
    }

    /// Waits for the browser, and exchanges its authorization code for a token. Returns the client registration that
    /// was used, and AWS's response; `None` if the browser failed.
    fn finish(mut self, may_continue: impl Fn() -> bool) -> Result<Option<(Registration, TokenResponse)>> {
        let ctx = self.client.ctx;
        let deadline = ctx.deadline(self.client.timeout);
        let countdown = Countdown::start("waiting for you in the browser");
        let keep_waiting = || {
            countdown.show(deadline.left());
            may_continue()
        };
        let mut is_first = true;
        loop {
            let Some(request) = self.listener.wait(ctx, &self.authorization.state, deadline, keep_waiting) else {
                return if may_continue() { Err(self.timed_out()) } else { Ok(None) };
            };
            let result = self.exchange(&request.response);
            if is_first && matches!(result, Ok(TokenResponse::InvalidClient)) {
                // AWS does not know the client. The same browser tab is redirected to AWS again, with a newly
                // registered client.
                is_first = false;
                let registration = self.client.register(Flow::Pkce)?;
                self = Self::new(self.client, self.listener, registration)?;
                request.reply(&HttpPage::redirect(&self.authorization.url));
                continue;
            }
            request.reply(&page(self.client, &result));
            return result.map(|response| Some((self.registration, response)));
        }
    }

    fn exchange(&self, response: &AuthorizationResponse) -> Result<TokenResponse> {
        match response {
            AuthorizationResponse::Code(code) => {
                self.client.create_token(&self.registration, &self.authorization.grant(code))
            }
            AuthorizationResponse::Error(why) => Ok(TokenResponse::Denied(why.clone())),
        }
    }

    /// Returns the error for a sign-in that took too long. Removes the client registration, because AWS may not know
    /// the client any more: AWS reports an unknown client only in the browser. The next sign-in registers a new client.
    fn timed_out(&self) -> Error {
        registration::remove(self.client.ctx, self.client.session);
        self.client.timed_out().hint(self.client.device_code_line())
    }
}

/// One authorization request, which the browser sends to AWS.
struct Authorization {
    url: String,
    state: String,
    redirect_uri: String,
    verifier: Secret,
}

impl Authorization {
    fn new(client: &Client, listener: &CallbackListener, registration: &Registration) -> Result<Self> {
        let (state, verifier) = (random::<24>()?, Secret::new(random::<48>()?));
        let redirect_uri = listener.redirect_uri();
        let base = oidc::authorize_base(&client.session.network, &client.session.region);
        // AWS reads `scopes`, not OAuth's `scope`. Names and order of the parameters are the AWS CLI's.
        let query = [
            ("response_type", "code"),
            ("client_id", &registration.client_id),
            ("redirect_uri", &redirect_uri),
            ("state", &state),
            ("code_challenge_method", "S256"),
            ("scopes", &registration::scopes(client.session).join(" ")),
            ("code_challenge", &challenge(&verifier)),
        ];
        let query = query.map(|(name, value)| format!("{name}={}", encode(value))).join("&");
        Ok(Self { url: format!("{base}/authorize?{query}"), state, redirect_uri, verifier })
    }

    fn grant(&self, code: &Secret) -> Grant {
        Grant::AuthorizationCode {
            code: code.clone(),
            redirect_uri: self.redirect_uri.clone(),
            code_verifier: self.verifier.clone(),
        }
    }
}

fn open(client: &Client, options: &SignInOptions, url: &str) -> Option<OpenedBrowser> {
    if options.no_browser || !browser::can_open(client.ctx) {
        return None;
    }
    browser::open_private(client.ctx, url)
}

/// Shows the URL, and what to do if the browser is on another machine. ssox always shows both, because a command that
/// opens a browser may report success on a machine without a browser.
fn show(client: &Client, listener: &CallbackListener, url: &str, opened: Option<&OpenedBrowser>) {
    client.ask_to_sign_in(opened.is_some());
    terminal::show_address(client.ctx, url);
    let port = listener.port();
    let tunnel = tunnel(client.ctx, port).unwrap_or_else(|| format!("ssh -L {port}:127.0.0.1:{port} HOST"));
    terminal::say(&format!("if the browser is on another machine: {}", client.device_code_line()));
    terminal::say(&format!("or, before you open the URL, run this on the machine with the browser: {tunnel}"));
}

/// Returns the command that forwards the port. The person runs it on the machine from which this SSH session comes.
/// `None` if this is no SSH session.
fn tunnel(ctx: &Context, port: u16) -> Option<String> {
    let connection: Vec<&str> = ctx.var("SSH_CONNECTION")?.split(' ').collect();
    let [_, _, host, ssh_port] = connection[..] else { return None };
    let user = ctx.var("USER").map(|user| format!("{user}@")).unwrap_or_default();
    let other_port = if ssh_port == "22" { String::new() } else { format!("-p {} ", shell_words::quote(ssh_port)) };
    let destination = format!("{user}{host}");
    Some(format!("ssh -L {port}:127.0.0.1:{port} {other_port}{}", shell_words::quote(&destination)))
}

/// Returns the page that the browser shows at the end: whether the sign-in succeeded, otherwise why not.
fn page(client: &Client, result: &Result<TokenResponse>) -> HttpPage {
    match result {
        Ok(TokenResponse::Token { .. }) => HttpPage::signed_in(client.label()),
        Ok(response) => HttpPage::not_signed_in(&client.error_for(response).message),
        Err(error) => HttpPage::not_signed_in(&error.message),
    }
}

fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

/// Returns random bytes as base64url, whose characters need no escaping in URLs and shells.
pub(super) fn random<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|cause| Error::other(format!("could not get random bytes from the system: {cause}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_command_for_a_tunnel_is_quoted() {
        let line = |vars: &[(&str, &str)]| {
            tunnel(&Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into()))), 8400)
        };
        let ssh = |connection: &'static str| ("SSH_CONNECTION", connection);
        assert_eq!(line(&[]), None);
        assert_eq!(line(&[ssh("nonsense")]), None);
        assert_eq!(line(&[ssh("10.0.0.1 5000 10.0.0.2 22")]).unwrap(), "ssh -L 8400:127.0.0.1:8400 10.0.0.2");
        let line = line(&[ssh("::1 5000 fe80::1%eth0 2222"), ("USER", "j; id")]).unwrap();
        assert_eq!(line, "ssh -L 8400:127.0.0.1:8400 -p 2222 'j; id@fe80::1%eth0'");
    }
}
