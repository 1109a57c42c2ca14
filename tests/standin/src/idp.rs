//! A SAML identity provider: signs a person in once, then posts a response to where the browser is sent.
//!
//! `/idp/saml` takes its wishes from the query (`saml.rs`): `roles=0|1|2|N`, `order=role-first|provider-first|mixed`,
//! `prefix=saml2|saml|none`, `spaces`, `big`, `expired`, `encrypted`, `acs=URL`, and of its own `login=none` (no form) or
//! `login=typed` (a script fills it in and sends it), `cookie=session` (it ends with the browser), `submit=click` (the
//! form waits for a click), `submit=popup` (it is in a window of its own), `submit=frame` (in a frame), `evil` (it posts
//! elsewhere), `cacheable` (a browser may keep it), `not-assigned` (there is no form).
//!
//! Every password is accepted.

use crate::http::{Request, Response};
use crate::pages::{hidden_field, page};
use crate::saml::Wishes;
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, escape_markup, random};

const COOKIE: &str = "standin_idp";

pub(crate) fn saml_page(state: &mut State, request: &Request) -> Answer {
    let wishes = Wishes::read(request.target.split_once('?').map_or("", |(_, query)| query));
    if !is_signed_in(state, request) && wishes.text("login", "form") != "none" {
        return Ok(login_form(&request.target, wishes.text("login", "form") == "typed"));
    }
    if wishes.has("not-assigned") {
        let text = "<p>You are not assigned to this application. Ask your administrator.</p>";
        return Ok(page(403, "No access", text));
    }
    if let Some(page) = elsewhere(wishes.text("submit", "auto")) {
        return Ok(page);
    }
    let response = state.issue_saml_response(&wishes);
    let fields = hidden_field("SAMLResponse", &response) + &hidden_field("RelayState", "");
    let script = match wishes.text("submit", "auto") {
        "click" => "",
        _ => "<script>document.getElementById('saml').submit()</script>",
    };
    let form = format!(
        "<form id=\"saml\" method=\"post\" action=\"{}\">{fields}<button id=\"continue\" class=\"yes\">Continue</button></form>\
         {script}",
        escape_markup(wishes.acs())
    );
    let mut page = page(200, "Signing you in", &form);
    if wishes.has("cacheable") {
        page.headers.retain(|(name, _)| name != "Cache-Control");
        page = page.with("Cache-Control", "max-age=600");
    }
    Ok(page)
}

pub(crate) fn login(state: &mut State, request: &Request) -> Answer {
    let target = request.form_value("target").filter(|target| target.starts_with("/idp/")).unwrap_or_default();
    let name = request.form_value("username").unwrap_or_default();
    if name.is_empty() || target.is_empty() {
        return Ok(login_form(&target, false));
    }
    let session = random(URL_ALPHABET, 40);
    state.idp_sessions.insert(session.clone());
    let life = if target.contains("cookie=session") { "" } else { "Max-Age=28800; " };
    let cookie = format!("{COOKIE}={session}; Path=/idp; {life}HttpOnly; SameSite=Lax");
    Ok(Response { status: 303, ..Response::redirect(&target).with("Set-Cookie", &cookie) })
}

fn is_signed_in(state: &State, request: &Request) -> bool {
    let cookies = request.header("cookie").unwrap_or("").split(';').filter_map(|cookie| cookie.trim().split_once('='));
    cookies.filter(|(name, _)| *name == COOKIE).any(|(_, value)| state.idp_sessions.contains(value))
}

/// Opens the form in a new window or in a frame. The frame is on another host, so the browser runs it in another
/// process.
fn elsewhere(submit: &str) -> Option<Response> {
    let script = match submit {
        "popup" => "window.open(location.href.replace('submit=popup', ''))",
        "frame" => {
            "const frame = document.createElement('iframe');\
             frame.src = location.href.replace('submit=frame', '').replace('127.0.0.1', 'localhost');\
             document.body.append(frame)"
        }
        _ => return None,
    };
    Some(page(200, "Signing you in", &format!("<script>{script}</script>")))
}

fn login_form(target: &str, is_typed: bool) -> Response {
    let script = "<script>username.value = 'me'; document.getElementById('sign-in').click()</script>";
    let script = if is_typed { script } else { "" };
    let target = hidden_field("target", target);
    let form = format!(
        "<form id=\"login\" method=\"post\" action=\"/idp/login\">{target}<label>User name\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" autofocus></label><label>Password\
         <input id=\"password\" name=\"password\" type=\"password\"></label>\
         <button id=\"sign-in\" class=\"yes\">Sign in</button></form>{script}"
    );
    page(200, "Sign in", &form)
}
