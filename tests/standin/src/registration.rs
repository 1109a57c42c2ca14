//! Client registrations: a client is known by its secret until the registration expires.

use crate::authorize::without_port;
use crate::clock::milliseconds;
use crate::fields::{Fields, oidc_fields};
use crate::http::{Request, Response};
use crate::oidc::no;
use crate::refusal::Protocol;
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, random};
use serde_json::json;

pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) expires_at: i64,
    pub(crate) scopes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
}

impl Client {
    /// A registration without grant types is one for device codes.
    pub(crate) fn may(&self, grant: &str) -> bool {
        if self.grant_types.is_empty() {
            grant == DEVICE_CODE || grant == "refresh_token"
        } else {
            self.grant_types.iter().any(|own| own == grant)
        }
    }
}

pub(crate) fn register_client(state: &mut State, request: &Request) -> Answer {
    let optional = ["scopes", "redirectUris", "grantTypes", "issuerUrl", "entitledApplicationArn"];
    let fields = oidc_fields(state, request, &["clientName", "clientType"], &optional)?;
    if fields.text("clientType") != "public" {
        return Err(no(400, "InvalidClientMetadataException", "clientType must be public"));
    }
    let grant_types = fields.list("grantTypes");
    let known = ["authorization_code", "refresh_token", DEVICE_CODE];
    if let Some(other) = grant_types.iter().find(|grant| !known.contains(&grant.as_str())) {
        return Err(state.violation(Protocol::Oidc, request, &format!("grant type {other} is unknown")));
    }
    let scopes = fields.list("scopes");
    if scopes.iter().any(|scope| !scope.contains(':') || scope.contains(char::is_whitespace)) {
        return Err(no(400, "InvalidScopeException", "a scope is unknown"));
    }
    let redirect_uris = fields.list("redirectUris");
    if grant_types.iter().any(|grant| grant == "authorization_code") {
        check_for_codes(state, request, &fields, &redirect_uris)?;
    }
    let now = state.now();
    let client = Client {
        id: random(URL_ALPHABET, 40),
        secret: state.secret(format!("eyJ{}", random(URL_ALPHABET, 600))),
        expires_at: now + milliseconds(state.options.registration),
        scopes,
        grant_types,
        redirect_uris,
    };
    let answer = json!({
        "clientId": client.id,
        "clientSecret": client.secret,
        "clientIdIssuedAt": now / 1000,
        "clientSecretExpiresAt": client.expires_at / 1000,
        "authorizationEndpoint": null,
        "tokenEndpoint": null,
    });
    state.oidc.clients.insert(client.id.clone(), client);
    Ok(Response::json(200, &answer))
}

fn check_for_codes(
    state: &mut State,
    request: &Request,
    fields: &Fields,
    redirects: &[String],
) -> Result<(), Response> {
    if redirects.is_empty() || redirects.iter().any(|uri| without_port(uri).as_ref() != Some(uri)) {
        state
            .violations
            .push(format!("RegisterClient: redirect URIs must be http://127.0.0.1/…, no port: {redirects:?}"));
        return Err(no(400, "InvalidRedirectUriException", "redirect URI is not valid"));
    }
    if !start_url_exists(state, fields.text("issuerUrl")) {
        return Err(no(400, "InvalidRequestException", "issuerUrl is not valid"));
    }
    if fields.list("scopes").is_empty() {
        return Err(state.violation(Protocol::Oidc, request, "a client for codes registers scopes"));
    }
    Ok(())
}

/// Returns the client of the fields `clientId` and `clientSecret`.
pub(crate) fn known_client(state: &State, fields: &Fields) -> Result<Client, Response> {
    let client = state.oidc.clients.get(fields.text("clientId"));
    let client = client.filter(|client| client.secret == fields.text("clientSecret"));
    match client.filter(|client| client.expires_at > state.now()) {
        Some(client) => Ok(client.clone()),
        None => Err(no(401, "InvalidClientException", "client is unknown, or its registration has expired")),
    }
}

pub(crate) fn start_url_exists(state: &State, url: &str) -> bool {
    let bare = |url: &str| url.trim_end_matches('/').trim_end_matches('#').trim_end_matches('/').to_string();
    state.options.start_urls.iter().any(|known| bare(known) == bare(url))
}
