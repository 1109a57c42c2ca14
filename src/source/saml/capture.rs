//! Drives a browser to an identity provider, and catches what its page posts to AWS.
//!
//! Deliberately not here: the person's part. Whatever the identity provider asks (a password, a key, a click) is between
//! the two; nothing is typed, read or stored here but the one form that would have gone to AWS.

use super::browser::{Browser, Incoming};
use super::cookies;
use super::endpoint;
use super::form;
use crate::context::{Context, Deadline};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Countdown;
use crate::time::human;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

const PAGE: &str = include_str!("../../session/pages/answer.html");

/// Where the browser is sent instead of to AWS: by GET, for what a page was posted is stored with its history.
const DESTINATION: &str = "https://signin.aws.amazon.com/saml/ssox";

/// How long the browser may take to show the last page, and to keep its cookies.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// How often the time that is left is shown.
const SECOND: Duration = Duration::from_secs(1);

/// Signs a person in at an address, and returns the SAML response in base64.
///
/// # Errors
/// Needs a person: none is there, the browser is missing or was closed, or it took too long.
/// Configuration: the address or the browser cannot be used. Unreachable: the page cannot be had.
pub(super) fn capture(ctx: &Context, url: &str, timeout: Duration) -> Result<Secret> {
    check(ctx, url)?;
    let deadline = ctx.deadline(timeout);
    let browser = Browser::start(ctx, deadline)?;
    let waiting = format!("waiting for the sign-in at {} in {} (Ctrl-C ends it)", endpoint::host(url), browser.name);
    let mut capture =
        Capture { ctx, url, browser, pages: Vec::new(), navigation: None, response: None, is_shown: false };
    capture.browser.send(None, "Target.setAutoAttach", &attach());
    let response = capture.wait(deadline, &Countdown::start(waiting)).map_err(|end| capture.explain(end, timeout))?;
    capture.finish();
    Ok(response)
}

fn check(ctx: &Context, url: &str) -> Result<()> {
    if !endpoint::is_start(url) {
        return Err(Error::configuration(format!("`ssox_saml_url` is `{url}`, and that is no address of a page"))
            .hint("ssox_saml_url = https://… is the address that starts the sign-in in a browser"));
    }
    match ctx.no_input {
        true => {
            Err(Error::needs_person(format!("the sign-in at `{}` needs a person and a browser", endpoint::host(url)))
                .hint(format!("run it in a terminal; or {}", super::GIVE_RESPONSE)))
        }
        false => Ok(()),
    }
}

/// How a wait for the response can end without one.
enum End {
    /// The last window was closed.
    Closed,
    /// The browser is not there any more.
    Gone,
    TimedOut,
    /// The page cannot be had, and the browser says why.
    Unreachable(String),
}

struct Capture<'a> {
    ctx: &'a Context,
    url: &'a str,
    browser: Browser,
    /// The windows and tabs that are open, by the id under which they are driven.
    pages: Vec<String>,
    /// The command that went to the address.
    navigation: Option<u64>,
    response: Option<Secret>,
    /// Whether our own page was shown.
    is_shown: bool,
}

impl Capture<'_> {
    fn wait(&mut self, deadline: Deadline, countdown: &Countdown) -> std::result::Result<Secret, End> {
        loop {
            countdown.show(deadline.left());
            match self.browser.receive(self.ctx.deadline(deadline.left().min(SECOND))) {
                Incoming::Message(message) => self.handle(&message)?,
                Incoming::Closed | Incoming::Broken => return Err(End::Gone),
                Incoming::TimedOut if deadline.is_expired() => return Err(End::TimedOut),
                Incoming::TimedOut => {}
            }
            if let Some(response) = self.response.take() {
                return Ok(response);
            }
        }
    }

    /// Shows our page, and lets the browser keep the sign-in.
    fn finish(&mut self) {
        let deadline = self.ctx.deadline(AFTERWARDS);
        while let (false, Incoming::Message(message)) = (self.is_shown, self.browser.receive(deadline)) {
            let _ = self.handle(&message);
        }
        cookies::keep(&mut self.browser, self.ctx.now(), deadline);
    }

    fn handle(&mut self, message: &Value) -> std::result::Result<(), End> {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Target.attachedToTarget") => self.attached(params),
            Some("Target.detachedFromTarget") => return self.detached(params),
            Some("Fetch.requestPaused") => self.paused(message["sessionId"].as_str(), params),
            Some(_) => {}
            None if message["id"].as_u64() == self.navigation => return reached(&message["result"]),
            None => {}
        }
        Ok(())
    }

    /// Watches a page or frame from before its first request on; the first page is sent to the address.
    fn attached(&mut self, params: &Value) {
        let Some(id) = params["sessionId"].as_str() else { return };
        let patterns = json!({ "patterns": [{ "urlPattern": "https://*signin.*saml*", "requestStage": "Request" }] });
        self.browser.send(Some(id), "Fetch.enable", &patterns);
        self.browser.send(Some(id), "Target.setAutoAttach", &attach());
        self.browser.send(Some(id), "Runtime.runIfWaitingForDebugger", &json!({}));
        if params["targetInfo"]["type"] == "page" {
            self.pages.push(id.into());
            if self.navigation.is_none() {
                self.navigation = Some(self.browser.send(Some(id), "Page.navigate", &json!({ "url": self.url })));
            }
        }
    }

    /// A browser without windows goes on running on macOS: that is closed all the same.
    fn detached(&mut self, params: &Value) -> std::result::Result<(), End> {
        let was_there = self.pages.len();
        self.pages.retain(|page| params["sessionId"] != page.as_str());
        match self.pages.is_empty() && was_there > 0 {
            true => Err(End::Closed),
            false => Ok(()),
        }
    }

    /// Takes the response out of the one request that carries it; all others go on as if nothing had been.
    fn paused(&mut self, page: Option<&str>, params: &Value) {
        let request = &params["request"];
        let url = request["url"].as_str().unwrap_or_default();
        let method = request["method"].as_str().unwrap_or_default();
        let is_ours = url == DESTINATION;
        let response = match endpoint::is_sign_in(url) && method == "POST" {
            // Always there as text, but for bytes that are none; those are no form.
            true => request["postData"].as_str().and_then(form::posted),
            false => None,
        };
        let fate = if response.is_some() || is_ours { "answered here" } else { "left alone" };
        self.ctx.log(|| format!("browser: {method} to {} {fate}", endpoint::host(url)));
        let id = &params["requestId"];
        match response {
            Some(response) => {
                self.response = Some(response);
                self.browser.send(page, "Fetch.fulfillRequest", &redirect(id));
            }
            None if is_ours => {
                self.is_shown = true;
                self.browser.send(page, "Fetch.fulfillRequest", &last_page(id));
            }
            None => {
                self.browser.send(page, "Fetch.continueRequest", &json!({ "requestId": id }));
            }
        }
    }

    fn explain(&mut self, end: End, timeout: Duration) -> Error {
        let (name, host) = (self.browser.name.clone(), endpoint::host(self.url));
        let assigned = "when the page says that you have no access, ask for this application to be assigned to you";
        match end {
            End::Unreachable(why) => Error::unreachable(format!("`{name}` cannot open `{host}`: {why}"))
                .hint("check `ssox_saml_url`, and the network (VPN, proxy)"),
            End::TimedOut => {
                let waited = human(i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX));
                Error::needs_person(format!("no SAML response came from `{host}` within {waited}"))
                    .hint(format!("`--timeout 20m` waits longer; {assigned}"))
            }
            End::Closed | End::Gone => {
                let failure = if matches!(end, End::Gone) { self.browser.failure() } else { None };
                let how = failure.map_or("was closed".into(), |why| format!("ended ({why})"));
                Error::needs_person(format!("`{name}` {how} before a SAML response came from `{host}`"))
                    .hint(format!("try again and leave the window open until it closes by itself; {assigned}"))
            }
        }
    }
}

fn attach() -> Value {
    let filter = json!([{ "type": "page" }, { "type": "iframe" }, { "exclude": true }]);
    json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter })
}

fn redirect(id: &Value) -> Value {
    let headers =
        json!([{ "name": "Location", "value": DESTINATION }, { "name": "Cache-Control", "value": "no-store" }]);
    json!({ "requestId": id, "responseCode": 303, "responseHeaders": headers })
}

fn last_page(id: &Value) -> Value {
    let headers = json!([
        { "name": "Content-Type", "value": "text/html; charset=utf-8" },
        { "name": "Cache-Control", "value": "no-store" },
        { "name": "Content-Security-Policy", "value": "default-src 'none'; style-src 'unsafe-inline'; img-src data:" },
    ]);
    json!({ "requestId": id, "responseCode": 200, "responseHeaders": headers, "body": STANDARD.encode(page()) })
}

fn page() -> String {
    PAGE.replace("{{tone}}", "good")
        .replace("{{title}}", "You are signed in")
        .replace("{{text}}", "This window closes by itself. Go back to your terminal.")
        .replace("{{detail}}", "")
}

/// Tells whether the address answered. What else can go wrong (a certificate, a proxy's password) the browser shows to
/// the person, who may know better.
fn reached(result: &Value) -> std::result::Result<(), End> {
    const FINAL: [&str; 5] = ["NAME_", "CONNECTION_", "ADDRESS_", "INTERNET_DISCONNECTED", "UNSAFE_PORT"];
    let error = result["errorText"].as_str().unwrap_or_default();
    let name = error.strip_prefix("net::ERR_").unwrap_or_default();
    match FINAL.iter().any(|known| name.starts_with(known)) {
        true => Err(End::Unreachable(error.into())),
        false => Ok(()),
    }
}
