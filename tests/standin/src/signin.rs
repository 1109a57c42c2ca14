//! The sign-in endpoint of the console: exchanges credentials for a sign-in token, and the token for a console session.

use crate::http::{Request, Response};
use crate::keys::Key;
use crate::pages;
use crate::refusal::{Protocol, refusal};
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, escape_markup, parse_form, random};
use serde_json::{Value, json};

/// How long a sign-in token is valid, in milliseconds.
const LIFETIME: i64 = 15 * 60 * 1000;

#[derive(Debug)]
pub(crate) struct SigninToken {
    account: String,
    arn: String,
    expires_at: i64,
}

/// Only by POST: a query would leave the credentials in logs.
pub(crate) fn get_signin_token(state: &mut State, request: &Request) -> Answer {
    const NAMES: [&str; 4] = ["Action", "Session", "SessionDuration", "SessionType"];
    let form = parse_form(&request.body);
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let text = match () {
        () if request.method != "POST" || request.target.contains('?') => "credentials must not stand in a URL",
        () if request.content_type() != "application/x-www-form-urlencoded" => "the request is no form",
        () if form.iter().any(|(name, _)| !NAMES.contains(&name.as_str())) => "a parameter does not belong there",
        () if value("Action") != Some("getSigninToken") => "Action is not getSigninToken",
        () => "",
    };
    if !text.is_empty() {
        return Err(state.violation(Protocol::Page, request, text));
    }
    let Some(key) = key_of_session(state, value("Session").unwrap_or("")) else {
        return Err(refusal(Protocol::Page, 400, "InvalidSession", "Session is not valid"));
    };
    if let Some(duration) = value("SessionDuration") {
        let right = duration.parse().is_ok_and(|duration: i64| (900..=43_200).contains(&duration));
        if !right || is_chained(&key) {
            return Err(refusal(Protocol::Page, 400, "InvalidDuration", "SessionDuration is not allowed here"));
        }
    }
    let token = state.secret(random(URL_ALPHABET, 400));
    let (account, arn) = (key.identity.account, key.identity.arn);
    let expires_at = state.now() + LIFETIME;
    state.signin_tokens.insert(token.clone(), SigninToken { account, arn, expires_at });
    Ok(Response::json(200, &json!({ "SigninToken": token })))
}

pub(crate) fn login(state: &mut State, request: &Request) -> Answer {
    let now = state.now();
    let destination = request.query_value("Destination").unwrap_or_default();
    let token = request.query_value("SigninToken").and_then(|token| state.signin_tokens.get(&token));
    let Some(token) = token.filter(|token| token.expires_at > now) else {
        return Err(pages::sorry("The sign-in token is not valid."));
    };
    let body = format!(
        "<p>Account <b id=\"account\">{}</b>, <b id=\"arn\">{}</b>, on the way to <b id=\"destination\">{}</b>.</p>",
        token.account,
        escape_markup(&token.arn),
        escape_markup(&destination)
    );
    if destination.starts_with("https://") {
        Ok(pages::page(200, "Console", &body))
    } else {
        Err(state.violation(Protocol::Page, request, "Destination is not an https URL"))
    }
}

/// Returns the key of `{"sessionId", "sessionKey", "sessionToken"}`; long-term keys are rejected.
fn key_of_session(state: &State, session: &str) -> Option<Key> {
    let session: Value = serde_json::from_str(session).ok()?;
    let key = state.key(session["sessionId"].as_str()?)?;
    let same = session["sessionKey"] == key.secret && key.token.as_deref() == session["sessionToken"].as_str();
    (same && key.expires_at > Some(state.now()) && session.as_object()?.len() == 3).then_some(key)
}

/// Sessions of permission sets do not count as chained roles, other sessions of roles do.
fn is_chained(key: &Key) -> bool {
    key.identity.is_role && !key.identity.arn.contains(":assumed-role/AWSReservedSSO_")
}
