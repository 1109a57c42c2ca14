//! The OIDC service: exchanges codes and refresh tokens for tokens.

use crate::clock::milliseconds;
use crate::fields::{Fields, oidc_fields};
use crate::http::{Request, Response};
use crate::options::Rotation;
use crate::refusal::{Protocol, refusal};
use crate::registration::{Client, DEVICE_CODE, known_client};
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, base64_url, random};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Clients, sessions and their tokens.
#[derive(Debug, Default)]
pub(crate) struct Oidc {
    pub(crate) clients: HashMap<String, Client>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
}

/// A session: from the person's consent until it can no longer be refreshed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) ends_at: i64,
}

#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) session: usize,
    pub(crate) expires_at: i64,
}

#[derive(Debug)]
struct RefreshToken {
    session: usize,
    client: String,
    used: bool,
}

/// What CreateToken returns.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires_in: i64,
}

impl Issued {
    fn json(&self) -> Value {
        json!({
            "accessToken": self.access_token,
            "tokenType": "Bearer",
            "expiresIn": self.expires_in,
            "refreshToken": self.refresh_token,
            "idToken": null,
        })
    }
}

pub(crate) fn create_token(state: &mut State, request: &Request) -> Answer {
    let of_grant = |grant: &str| -> Option<&[&str]> {
        match grant {
            DEVICE_CODE => Some(&["clientId", "clientSecret", "grantType", "deviceCode"]),
            "authorization_code" => {
                Some(&["clientId", "clientSecret", "grantType", "code", "redirectUri", "codeVerifier"])
            }
            "refresh_token" => Some(&["clientId", "clientSecret", "grantType", "refreshToken"]),
            _ => None,
        }
    };
    let Some(required) = of_grant(&grant_type(request)) else {
        return Err(no(400, "UnsupportedGrantTypeException", "grant type is unknown"));
    };
    let fields = oidc_fields(state, request, required, &["scope"])?;
    let client = known_client(state, &fields)?;
    if !client.may(fields.text("grantType")) {
        return Err(no(400, "UnauthorizedClientException", "client is not registered for this grant type"));
    }
    let issued = match fields.text("grantType") {
        DEVICE_CODE => {
            state.redeem_device_code(fields.text("deviceCode"), &client)?;
            state.sign_in(&client)
        }
        "authorization_code" => {
            redeem_code(state, request, &fields, &client)?;
            state.sign_in(&client)
        }
        _ => refresh(state, fields.text("refreshToken"), &client)?,
    };
    Ok(Response::json(200, &issued.json()))
}

/// Returns the grant type of a CreateToken request, if it has one.
pub(crate) fn grant_type(request: &Request) -> String {
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap_or_default();
    body["grantType"].as_str().unwrap_or("").to_string()
}

fn redeem_code(state: &mut State, request: &Request, fields: &Fields, client: &Client) -> Result<(), Response> {
    let verifier = fields.text("codeVerifier");
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(unreserved) {
        return Err(state.violation(Protocol::Oidc, request, "codeVerifier is not 43 to 128 unreserved characters"));
    }
    let now = state.now();
    let invalid = || no(400, "InvalidGrantException", "code is not valid");
    let code = state.consents.codes.get_mut(fields.text("code")).ok_or_else(invalid)?;
    if std::mem::replace(&mut code.used, true) {
        state.count("reused_code");
        return Err(invalid());
    }
    let proven = base64_url(&Sha256::digest(verifier)) == code.challenge;
    let same = code.client == client.id && code.redirect_uri == fields.text("redirectUri");
    if !proven || !same || code.expires_at <= now {
        return Err(invalid());
    }
    Ok(())
}

fn refresh(state: &mut State, token: &str, client: &Client) -> Result<Issued, Response> {
    let invalid = || no(400, "InvalidGrantException", "refresh token is not valid");
    let rotates = state.options.rotation == Rotation::Rotates;
    let now = state.now();
    let known = state.oidc.refresh_tokens.get_mut(token).filter(|known| known.client == client.id);
    let known = known.ok_or_else(invalid)?;
    if known.used {
        state.count("reused_refresh_token");
        return Err(invalid());
    }
    let session = known.session;
    if state.oidc.sessions[session].ends_at <= now {
        return Err(invalid());
    }
    known.used = rotates;
    Ok(state.issue(&client.id, session, rotates))
}

impl State {
    /// Starts a session, as after a person's consent. Without scopes there is no refresh token.
    pub(crate) fn sign_in(&mut self, client: &Client) -> Issued {
        self.oidc.sessions.push(Session { ends_at: self.now() + milliseconds(self.options.session) });
        self.issue(&client.id, self.oidc.sessions.len() - 1, !client.scopes.is_empty())
    }

    fn issue(&mut self, client: &str, session: usize, refreshable: bool) -> Issued {
        let now = self.now();
        let lifetime = milliseconds(self.options.access_token).min(self.oidc.sessions[session].ends_at - now);
        let access_token = self.secret(format!("aoa{}", random(URL_ALPHABET, 320)));
        self.oidc.access_tokens.insert(access_token.clone(), AccessToken { session, expires_at: now + lifetime });
        let refresh_token = refreshable.then(|| self.secret(format!("aor{}", random(URL_ALPHABET, 320))));
        if let Some(token) = &refresh_token {
            let known = RefreshToken { session, client: client.into(), used: false };
            self.oidc.refresh_tokens.insert(token.clone(), known);
        }
        Issued { access_token, refresh_token, expires_in: lifetime / 1000 }
    }
}

pub(crate) fn no(status: u16, code: &str, message: &str) -> Response {
    refusal(Protocol::Oidc, status, code, message)
}
