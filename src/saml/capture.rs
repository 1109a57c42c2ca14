//! Opens an identity provider's page in a browser, and captures the SAML response that the page posts to AWS.
//!
//! Invariant: ssox reads only this one form, nothing that the person types on the identity provider's pages.

use super::browser::{Browser, Incoming};
use super::cookies;
use super::endpoint;
use super::form;
use crate::browser::page::{Page, Tone};
use crate::context::{Context, Deadline};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Countdown;
use crate::time::human;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

/// The URL of the last page, which ssox itself serves. The browser is redirected there after the captured POST, because
/// a browser stores the body of a POST request in its history.
const LAST_PAGE_URL: &str = "https://signin.aws.amazon.com/saml/ssox";

/// How long the browser may take to show the last page and to store its cookies.
const FINISH_TIMEOUT: Duration = Duration::from_secs(2);

/// How often ssox checks whether the remaining time on the terminal must be updated.
const COUNTDOWN_INTERVAL: Duration = Duration::from_secs(1);

/// Opens a URL in a browser, waits until the person has signed in, and returns the SAML response in base64.
///
/// # Errors
/// `NeedsPerson`: ssox may not open a browser (`no_input`), there is no browser or no screen, the person closed the
/// browser, the browser failed, or the sign-in or another one in the same browser took too long. `Configuration`: the
/// URL or the browser cannot be used. `Unreachable`: the page cannot be loaded, or another sign-in is stopped (Ctrl-Z).
pub(super) fn capture(ctx: &Context, url: &str, timeout: Duration) -> Result<Secret> {
    check(ctx, url)?;
    let deadline = ctx.deadline(timeout);
    let browser = Browser::start(ctx, deadline)?;
    let waiting = format!("waiting for the sign-in at {} in {} (Ctrl-C cancels)", endpoint::host(url), browser.name);
    let mut capture =
        Capture { ctx, url, browser, pages: Vec::new(), navigation: None, response: None, is_last_page_shown: false };
    capture.browser.send(None, "Target.setAutoAttach", &attach());
    let response = capture.wait(deadline, &Countdown::start(waiting)).map_err(|why| capture.explain(why, timeout))?;
    capture.finish();
    Ok(response)
}

fn check(ctx: &Context, url: &str) -> Result<()> {
    if !endpoint::is_start(url) {
        return Err(Error::configuration(format!("`ssox_saml_url` is `{url}`, which is not a valid `https` URL"))
            .hint("write `ssox_saml_url = https://…`: the URL that starts the sign-in in a browser"));
    }
    if ctx.no_input {
        let host = endpoint::host(url);
        let message = format!("the sign-in at `{host}` needs a person and a browser, and no browser is opened here");
        return Err(Error::needs_person(message)
            .hint("in a terminal, without `CI` and `--no-input`: run this command again, or `ssox login NAME`")
            .hint(format!("or {}", super::GIVE_RESPONSE)));
    }
    Ok(())
}

/// Why the browser posted no SAML response.
enum NoResponse {
    /// The person closed the last window.
    WindowsClosed,
    /// The browser's process ended, or it sent data that is not the DevTools protocol.
    Ended,
    TimedOut,
    /// The page cannot be loaded. The text is the browser's error code.
    Unreachable(String),
}

struct Capture<'a> {
    ctx: &'a Context,
    url: &'a str,
    browser: Browser,
    /// The DevTools session IDs of the open windows and tabs.
    pages: Vec<String>,
    /// The ID of the command that opens the URL.
    navigation: Option<u64>,
    response: Option<Secret>,
    /// Whether the browser has requested the page that ssox shows at the end of the sign-in.
    is_last_page_shown: bool,
}

impl Capture<'_> {
    fn wait(&mut self, deadline: Deadline, countdown: &Countdown) -> std::result::Result<Secret, NoResponse> {
        loop {
            countdown.show(deadline.left());
            match self.browser.receive(self.ctx.deadline(deadline.left().min(COUNTDOWN_INTERVAL))) {
                Incoming::Message(message) => self.handle(&message)?,
                Incoming::Closed | Incoming::Malformed => return Err(NoResponse::Ended),
                Incoming::TimedOut if deadline.is_expired() => return Err(NoResponse::TimedOut),
                Incoming::TimedOut => {}
            }
            if let Some(response) = self.response.take() {
                return Ok(response);
            }
        }
    }

    /// Waits until the browser requests ssox's last page, which says that the sign-in is complete. Then gives the
    /// session cookies an expiration date. Without this date, the browser would delete the cookies when it closes, and
    /// the person would have to type the password at the next sign-in.
    fn finish(&mut self) {
        let deadline = self.ctx.deadline(FINISH_TIMEOUT);
        while !self.is_last_page_shown {
            let Incoming::Message(message) = self.browser.receive(deadline) else { break };
            let _ = self.handle(&message);
        }
        cookies::keep(&mut self.browser, self.ctx.now(), deadline);
    }

    fn handle(&mut self, message: &Value) -> std::result::Result<(), NoResponse> {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Target.attachedToTarget") => self.attached(params),
            Some("Target.detachedFromTarget") => return self.detached(params),
            Some("Fetch.requestPaused") => self.paused(message["sessionId"].as_str(), params),
            Some(_) => {}
            None if message["id"].as_u64() == self.navigation => return check_reached(&message["result"]),
            None => {}
        }
        Ok(())
    }

    /// Makes the browser pause those requests of a new page or frame that may post the SAML response. The first page
    /// then opens the URL.
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

    /// Forgets a page that was closed. Returns an error after the last page was closed: on macOS, a browser without
    /// windows keeps running.
    fn detached(&mut self, params: &Value) -> std::result::Result<(), NoResponse> {
        let had_pages = !self.pages.is_empty();
        self.pages.retain(|page| params["sessionId"] != page.as_str());
        if had_pages && self.pages.is_empty() { Err(NoResponse::WindowsClosed) } else { Ok(()) }
    }

    /// Handles a paused request. Takes the SAML response from the request that posts it to AWS, and redirects the
    /// browser to ssox's last page. Answers the request for that page. All other requests continue unchanged.
    fn paused(&mut self, page: Option<&str>, params: &Value) {
        let request = &params["request"];
        let url = request["url"].as_str().unwrap_or_default();
        let method = request["method"].as_str().unwrap_or_default();
        let is_last_page = url == LAST_PAGE_URL;
        let mut response = None;
        if method == "POST" && endpoint::is_sign_in(url) {
            // The browser omits `postData` only if the body is not text; the body of a form is always text.
            response = request["postData"].as_str().and_then(form::posted);
        }
        let action = if response.is_some() || is_last_page { "intercepted" } else { "continued" };
        self.ctx.log(|| format!("browser: {method} to {} {action}", endpoint::host(url)));
        let id = &params["requestId"];
        match response {
            Some(response) => {
                self.response = Some(response);
                self.browser.send(page, "Fetch.fulfillRequest", &redirect(id));
            }
            None if is_last_page => {
                self.is_last_page_shown = true;
                self.browser.send(page, "Fetch.fulfillRequest", &last_page(id));
            }
            None => {
                self.browser.send(page, "Fetch.continueRequest", &json!({ "requestId": id }));
            }
        }
    }

    fn explain(&mut self, why: NoResponse, timeout: Duration) -> Error {
        let (name, host) = (self.browser.name.clone(), endpoint::host(self.url));
        let assigned = "if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS";
        match why {
            NoResponse::Unreachable(cause) => Error::unreachable(format!("`{name}` cannot open `{host}`: {cause}"))
                .hint("check `ssox_saml_url`, and the network (VPN, proxy)"),
            NoResponse::TimedOut => {
                let waited = human(i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX));
                Error::needs_person(format!("no SAML response came from `{host}` within {waited}"))
                    .hint("to wait longer: --timeout 20m")
                    .hint(assigned)
            }
            NoResponse::WindowsClosed | NoResponse::Ended => {
                let failure = if matches!(why, NoResponse::Ended) { self.browser.failure() } else { None };
                let how = failure.map_or("was closed".into(), |status| format!("ended ({status})"));
                Error::needs_person(format!("`{name}` {how} before a SAML response came from `{host}`"))
                    .hint("try again, and leave the window open until it closes by itself")
                    .hint(assigned)
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
        json!([{ "name": "Location", "value": LAST_PAGE_URL }, { "name": "Cache-Control", "value": "no-store" }]);
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
    let text = "This window closes by itself. Go back to your terminal.";
    Page { tone: Tone::Good, title: "You are signed in", text, detail: String::new() }.html()
}

/// Returns an error if the server could not be reached. Other errors (an invalid certificate, a proxy that wants a
/// password) appear in the browser, where the person can handle them.
fn check_reached(result: &Value) -> std::result::Result<(), NoResponse> {
    const FINAL: [&str; 5] = ["NAME_", "CONNECTION_", "ADDRESS_", "INTERNET_DISCONNECTED", "UNSAFE_PORT"];
    let error = result["errorText"].as_str().unwrap_or_default();
    let name = error.strip_prefix("net::ERR_").unwrap_or_default();
    if FINAL.iter().any(|known| name.starts_with(known)) {
        return Err(NoResponse::Unreachable(error.into()));
    }
    Ok(())
}
