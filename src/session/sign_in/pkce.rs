//! Signing in through a browser on this machine: it brings a code back to our listener (OAuth 2.0 with PKCE, RFC 7636).
//!
//! Deliberately not here: the listener, and what becomes of the token.

use super::callback::{Answer, Callback, PATH};
use super::client::Client;
use super::page::Page;
use crate::aws::oidc::{self, Grant, TokenResponse};
use crate::browser::{self, OpenedBrowser};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::percent::encode;
use crate::secret::Secret;
use crate::session::flow::{Flow, SignIn};
use crate::session::registration::{self, Registration};
use crate::terminal::{self, Countdown};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Sends the person's browser to AWS and exchanges what it brings back; `None` when no browser starts here, and nobody
/// asked for this way.
///
/// # Errors
/// A port that is taken; nobody came; AWS is unreachable.
pub(super) fn converse(client: &Client, options: &SignIn) -> Result<Option<(Registration, TokenResponse)>> {
    // A browser can be faster than we: the listener is there before it starts.
    let callback = Callback::bind(options.port)?;
    let registered_uri = format!("http://127.0.0.1{PATH}");
    let mut registration = client.registration(Flow::Pkce, Some(&registered_uri))?;
    let mut attempt = Attempt::new(client, &callback, &registration)?;
    let opening = open(client, options, &attempt.url);
    let is_asked_for = options.flow.is_some() || options.port.is_some() || options.no_browser;
    let is_dead = || !is_asked_for && opening.as_ref().is_none_or(OpenedBrowser::has_failed);
    if is_dead() {
        return Ok(None);
    }
    show(client, &callback, &attempt.url, opening.as_ref());
    let deadline = client.ctx.deadline(client.timeout);
    let countdown = Countdown::start("waiting for you in the browser");
    let mut is_first = true;
    loop {
        let goes_on = || {
            countdown.show(deadline.left());
            !is_dead()
        };
        let Some(visitor) = callback.wait(client.ctx, &attempt.state, deadline, goes_on) else {
            if is_dead() {
                return Ok(None);
            }
            // What AWS does not know any more it says to the browser only: next time it is a new registration.
            registration::remove(client.ctx, client.session);
            return Err(client.nobody_came().hint(client.with_a_code()));
        };
        let result = match &visitor.answer {
            Answer::Code(code) => client.create_token(&registration, &attempt.grant(code)),
            Answer::Refused(why) => Ok(TokenResponse::Denied(why.clone())),
        };
        if is_first && matches!(result, Ok(TokenResponse::InvalidClient)) {
            // The tab that is open already goes to AWS once more, as a client AWS knows.
            is_first = false;
            registration = client.register(Flow::Pkce, Some(&registered_uri))?;
            attempt = Attempt::new(client, &callback, &registration)?;
            visitor.reply(&Page::elsewhere(&attempt.url));
            continue;
        }
        visitor.reply(&page(client, &result));
        return result.map(|answer| Some((registration, answer)));
    }
}

/// What one trip of the browser is known by.
struct Attempt {
    url: String,
    state: String,
    redirect_uri: String,
    verifier: Secret,
}

impl Attempt {
    fn new(client: &Client, callback: &Callback, registration: &Registration) -> Result<Self> {
        let (state, verifier) = (random::<24>()?, Secret::new(random::<48>()?));
        let redirect_uri = callback.redirect_uri();
        let base = oidc::authorize_base(&client.session.network, &client.session.region);
        // AWS reads `scopes`, not the `scope` of OAuth; names and order are the AWS CLI's.
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

fn open(client: &Client, options: &SignIn, url: &str) -> Option<OpenedBrowser> {
    let is_wanted = !options.no_browser && browser::can_open(client.ctx);
    is_wanted.then(|| browser::open_private(client.ctx, url)).flatten()
}

/// Shows the address, and always the way out: a program may end well and open nothing, or open it on another machine.
fn show(client: &Client, callback: &Callback, url: &str, opening: Option<&OpenedBrowser>) {
    client.invite(opening.is_some());
    terminal::show_address(client.ctx, url);
    let port = callback.port();
    let tunnel = tunnel(client.ctx, port).unwrap_or_else(|| format!("ssh -L {port}:127.0.0.1:{port} HOST"));
    terminal::say(&format!(
        "is the browser on another machine? {}, or forward the port first: {tunnel}",
        client.with_a_code()
    ));
}

/// Returns the line that forwards the port from the machine this SSH session comes from.
fn tunnel(ctx: &Context, port: u16) -> Option<String> {
    let connection: Vec<&str> = ctx.var("SSH_CONNECTION")?.split(' ').collect();
    let [_, _, host, ssh_port] = connection[..] else { return None };
    let user = ctx.var("USER").map(|user| format!("{user}@")).unwrap_or_default();
    let other_port = if ssh_port == "22" { String::new() } else { format!("-p {} ", shell_words::quote(ssh_port)) };
    let place = format!("{user}{host}");
    Some(format!("ssh -L {port}:127.0.0.1:{port} {other_port}{}", shell_words::quote(&place)))
}

/// Returns what the person sees in the browser.
fn page(client: &Client, result: &Result<TokenResponse>) -> Page {
    match result {
        Ok(TokenResponse::Token { .. }) => Page::signed_in(client.label()),
        Ok(answer) => Page::not_signed_in(&client.refusal(answer).message),
        Err(error) => Page::not_signed_in(&error.message),
    }
}

fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

/// Returns random bytes in letters that need no escaping anywhere.
pub(super) fn random<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|cause| Error::other(format!("the system has no random bytes: {cause}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_line_for_a_tunnel_can_be_typed_as_it_is() {
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
