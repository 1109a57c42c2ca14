//! `/authorize`: the page on which a person allows or denies a client's request for a code (PKCE).

use crate::device::DeviceCode;
use crate::http::{Request, Response};
use crate::options::Person;
use crate::pages;
use crate::refusal::Protocol;
use crate::registration::Client;
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, percent_encode, random};
use std::collections::HashMap;

/// How long an authorization code is valid, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;

/// The requests for consent, and the person's answers.
#[derive(Debug, Default)]
pub(crate) struct Consents {
    asked: HashMap<String, Question>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) devices: HashMap<String, DeviceCode>,
}

#[derive(Clone, Debug)]
struct Question {
    client: String,
    redirect_uri: String,
    state: String,
    challenge: String,
}

#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) expires_at: i64,
    pub(crate) used: bool,
}

pub(crate) fn authorize(state: &mut State, request: &Request) -> Answer {
    let question = match read_question(state, request) {
        Ok(question) => question,
        Err(text) => return Err(state.violation(Protocol::Page, request, &text)),
    };
    match state.options.authorize {
        Person::Approves => Ok(agree(state, question)),
        Person::Refuses => Ok(refuse(&question)),
        Person::AtPage => {
            let id = random(URL_ALPHABET, 24);
            state.consents.asked.insert(id.clone(), question);
            Ok(pages::consent(&state.options.user, "/authorize/decision", &[("request", &id)]))
        }
    }
}

/// Handles the button that the person clicked.
pub(crate) fn decide(state: &mut State, request: &Request) -> Answer {
    let question = request.form_value("request").and_then(|id| state.consents.asked.remove(&id));
    let Some(question) = question else {
        return Err(pages::sorry("This request is no longer waiting for an answer."));
    };
    match request.form_value("decision").as_deref() {
        Some("allow") => Ok(agree(state, question)),
        _ => Ok(refuse(&question)),
    }
}

/// Returns a loopback redirect URI without its port, in the form in which it is registered.
pub(crate) fn without_port(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("http://127.0.0.1")?;
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let right = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (right && !path.contains(['?', '#'])).then(|| format!("http://127.0.0.1{path}"))
}

fn read_question(state: &State, request: &Request) -> Result<Question, String> {
    const NAMES: [&str; 7] =
        ["response_type", "client_id", "redirect_uri", "state", "code_challenge_method", "scopes", "code_challenge"];
    let query = request.query();
    if let Some((name, _)) = query.iter().find(|(name, _)| !NAMES.contains(&name.as_str())) {
        return Err(format!("parameter {name} does not belong there"));
    }
    let value = |name: &str| {
        let mut values = query.iter().filter(|(key, value)| key == name && !value.is_empty());
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Ok(value.clone()),
            _ => Err(format!("parameter {name} is missing or doubled")),
        }
    };
    let client = value("client_id")?;
    let client = state.oidc.clients.get(&client).ok_or("the client is not registered")?;
    if client.expires_at <= state.now() || !client.may("authorization_code") {
        return Err("the client's registration has expired, or is not for codes".into());
    }
    let question = Question {
        client: client.id.clone(),
        redirect_uri: value("redirect_uri")?,
        state: value("state")?,
        challenge: value("code_challenge")?,
    };
    check(&question, client, &value("scopes")?)?;
    match (value("response_type")?.as_str(), value("code_challenge_method")?.as_str()) {
        ("code", "S256") => Ok(question),
        _ => Err("response_type must be code, code_challenge_method S256".into()),
    }
}

fn check(question: &Question, client: &Client, scopes: &str) -> Result<(), String> {
    let registered = without_port(&question.redirect_uri).is_some_and(|uri| client.redirect_uris.contains(&uri));
    let base64_url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match () {
        () if !registered => Err(format!("redirect URI {} is not registered", question.redirect_uri)),
        () if scopes.split(' ').any(|scope| !client.scopes.iter().any(|own| own == scope)) => {
            Err(format!("scopes `{scopes}` are not registered"))
        }
        () if question.challenge.len() != 43 || !question.challenge.chars().all(base64_url) => {
            Err("code_challenge is not a SHA-256 in base64url without padding".into())
        }
        () if question.state.len() < 16 => Err("state is too short to be unguessable".into()),
        () => Ok(()),
    }
}

fn agree(state: &mut State, question: Question) -> Response {
    let code = state.secret(random(URL_ALPHABET, 120));
    let to = format!("{}?code={code}&state={}", question.redirect_uri, percent_encode(&question.state));
    let Question { client, redirect_uri, challenge, .. } = question;
    let expires_at = state.now() + CODE_LIFETIME;
    state.consents.codes.insert(code, Code { client, redirect_uri, challenge, expires_at, used: false });
    Response::redirect(&to)
}

fn refuse(question: &Question) -> Response {
    let description = percent_encode("The user refused the request");
    let (to, state) = (&question.redirect_uri, percent_encode(&question.state));
    Response::redirect(&format!("{to}?error=access_denied&error_description={description}&state={state}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopback_address_loses_its_port() {
        let cases = [
            ("http://127.0.0.1:36673/oauth/callback", Some("http://127.0.0.1/oauth/callback")),
            ("http://127.0.0.1", Some("http://127.0.0.1")),
            ("http://localhost:1/oauth/callback", None),
            ("https://127.0.0.1/x", None),
            ("http://127.0.0.1.evil.example/x", None),
            ("http://127.0.0.1:port/x", None),
            ("http://127.0.0.1:1/x?y", None),
        ];
        for (uri, expected) in cases {
            assert_eq!(without_port(uri).as_deref(), expected, "{uri}");
        }
    }
}
