//! The OIDC rules: PKCE, redirect URIs, rotation, device codes, registrations of each flow.

use crate::client::{Reply, get, post_json, send};
use serde_json::{Value, json};
use ssox_standin::{Grant, Options, Person, Rotation, START_URL, Standin};
use std::time::Duration;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:36673/oauth/callback";
const STATE: &str = "0b0cb0de-1f4b-4d6c-9c5e-000000000000";

fn approving() -> Standin {
    Standin::with(Options { authorize: Person::Approves, device: Person::Approves, ..Options::default() })
}

fn register_for_codes(standin: &Standin) -> Value {
    let request = json!({
        "clientName": "c", "clientType": "public", "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"], "issuerUrl": START_URL, "scopes": ["sso:account:access"],
    });
    post_json(standin, "/client/register", &request).json()
}

fn register_for_devices(standin: &Standin) -> Value {
    let request = json!({ "clientName": "c", "clientType": "public", "scopes": ["sso:account:access"] });
    post_json(standin, "/client/register", &request).json()
}

fn authorize(standin: &Standin, client: &Value, redirect: &str, challenge: &str) -> Reply {
    let redirect = redirect.replace(':', "%3A").replace('/', "%2F");
    let client = client["clientId"].as_str().unwrap();
    let target = format!(
        "/authorize?response_type=code&client_id={client}&redirect_uri={redirect}&state={STATE}\
         &code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge={challenge}"
    );
    get(standin, &target, &[])
}

fn code_of(reply: &Reply) -> String {
    let location = reply.header("location").unwrap();
    let query = location.strip_prefix(&format!("{CALLBACK}?code=")).unwrap();
    query.strip_suffix(&format!("&state={STATE}")).unwrap().to_string()
}

fn redeem(standin: &Standin, client: &Value, code: &str, verifier: &str, redirect: &str) -> Reply {
    let request = json!({
        "clientId": client["clientId"], "clientSecret": client["clientSecret"], "grantType": "authorization_code",
        "code": code, "codeVerifier": verifier, "redirectUri": redirect,
    });
    post_json(standin, "/token", &request)
}

fn refresh(standin: &Standin, client: &Value, token: &Value) -> Reply {
    let request = json!({
        "clientId": client["clientId"], "clientSecret": client["clientSecret"], "grantType": "refresh_token",
        "refreshToken": token,
    });
    post_json(standin, "/token", &request)
}

#[track_caller]
fn refused(reply: &Reply, status: u16, exception: &str, error: &str) {
    assert_eq!((reply.status, reply.header("x-amzn-errortype")), (status, Some(exception)), "{}", reply.body);
    assert_eq!(reply.json()["error"], error);
}

#[test]
fn a_code_is_redeemed_once_with_its_own_verifier_and_redirect_uri() {
    let standin = approving();
    let client = register_for_codes(&standin);
    let fresh = || code_of(&authorize(&standin, &client, CALLBACK, CHALLENGE));
    let invalid = |reply: &Reply| refused(reply, 400, "InvalidGrantException", "invalid_grant");
    let wrong = VERIFIER.replace('d', "e");
    invalid(&redeem(&standin, &client, &fresh(), &wrong, CALLBACK));
    invalid(&redeem(&standin, &client, &fresh(), VERIFIER, &CALLBACK.replace("36673", "36674")));
    invalid(&redeem(&standin, &client, "no-code", VERIFIER, CALLBACK));
    let code = fresh();
    let reply = redeem(&standin, &client, &code, VERIFIER, CALLBACK);
    assert_eq!((reply.status, reply.json()["expiresIn"].as_i64()), (200, Some(3600)));
    invalid(&redeem(&standin, &client, &code, VERIFIER, CALLBACK));
    assert_eq!((standin.count("reused_code"), standin.violations()), (1, vec![]));
}

#[test]
fn authorize_answers_only_a_registered_client_and_redirect_uri() {
    let standin = approving();
    let client = register_for_codes(&standin);
    assert_eq!(authorize(&standin, &client, "http://127.0.0.1:1/oauth/callback", CHALLENGE).status, 302);
    for redirect in ["http://127.0.0.1:1/other", "http://localhost:1/oauth/callback", "https://evil.example/x"] {
        assert_eq!(authorize(&standin, &client, redirect, CHALLENGE).status, 400, "{redirect}");
    }
    assert_eq!(authorize(&standin, &client, CALLBACK, "plain").status, 400);
    assert_eq!(authorize(&standin, &json!({ "clientId": "nobody" }), CALLBACK, CHALLENGE).status, 400);
    let device = register_for_devices(&standin);
    assert_eq!(authorize(&standin, &device, CALLBACK, CHALLENGE).status, 400);
    assert_eq!(standin.violations().len(), 6);
}

#[test]
fn the_page_sends_the_person_back_with_a_code_or_a_refusal() {
    let standin = Standin::start();
    let client = register_for_codes(&standin);
    for (decision, expected) in [("allow", "?code="), ("deny", "?error=access_denied")] {
        let page = authorize(&standin, &client, CALLBACK, CHALLENGE);
        let id = page.body.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let form = format!("request={id}&decision={decision}");
        let reply = send(&standin, "POST", "/authorize/decision", &headers, &form).unwrap();
        assert!(reply.header("location").unwrap().starts_with(&format!("{CALLBACK}{expected}")));
    }
}

#[test]
fn a_refresh_token_can_be_used_once() {
    let standin = Standin::start();
    let token = standin.issue_token(&Grant::default());
    let client = json!({ "clientId": token.client_id, "clientSecret": token.client_secret });
    let first = refresh(&standin, &client, &json!(token.refresh_token));
    assert_eq!(first.status, 200);
    let again = refresh(&standin, &client, &json!(token.refresh_token));
    refused(&again, 400, "InvalidGrantException", "invalid_grant");
    assert_eq!(refresh(&standin, &client, &first.json()["refreshToken"]).status, 200);
    assert_eq!((standin.count("reused_refresh_token"), standin.count("CreateToken.refresh_token")), (1, 3));
}

#[test]
fn without_rotation_the_old_refresh_token_is_kept() {
    let standin = Standin::with(Options { rotation: Rotation::Stays, ..Options::default() });
    let token = standin.issue_token(&Grant::default());
    let client = json!({ "clientId": token.client_id, "clientSecret": token.client_secret });
    for _ in 0..2 {
        let reply = refresh(&standin, &client, &json!(token.refresh_token));
        assert_eq!((reply.status, &reply.json()["refreshToken"]), (200, &Value::Null));
    }
}

#[test]
fn nothing_is_refreshed_after_the_session_or_with_an_expired_client() {
    let standin = Standin::with(Options { session: Duration::from_secs(60), ..Options::default() });
    let token = standin.issue_token(&Grant::default());
    let client = json!({ "clientId": token.client_id, "clientSecret": token.client_secret });
    let expires_in = refresh(&standin, &client, &json!(token.refresh_token)).json()["expiresIn"].as_i64();
    assert!((1..=60).contains(&expires_in.unwrap()), "no longer than the session");
    let token = standin.issue_token(&Grant { registration_expires_in: -1, ..Grant::default() });
    let client = json!({ "clientId": token.client_id, "clientSecret": token.client_secret });
    let reply = refresh(&standin, &client, &json!(token.refresh_token));
    refused(&reply, 401, "InvalidClientException", "invalid_client");
    let token = standin.issue_token(&Grant::default());
    standin.end_sessions();
    let client = json!({ "clientId": token.client_id, "clientSecret": token.client_secret });
    refused(&refresh(&standin, &client, &json!(token.refresh_token)), 400, "InvalidGrantException", "invalid_grant");
}

#[test]
fn a_device_code_follows_the_script_of_its_person() {
    let standin = approving();
    standin.configure(|options| (options.device_slow_downs, options.device_polls) = (1, 1));
    let client = register_for_devices(&standin);
    let (id, secret) = (&client["clientId"], &client["clientSecret"]);
    let request = json!({ "clientId": id, "clientSecret": secret, "startUrl": format!("{START_URL}/#/") });
    let device = post_json(&standin, "/device_authorization", &request).json();
    let poll = || {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let request =
            json!({ "clientId": id, "clientSecret": secret, "grantType": grant, "deviceCode": device["deviceCode"] });
        post_json(&standin, "/token", &request)
    };
    refused(&poll(), 400, "SlowDownException", "slow_down");
    refused(&poll(), 400, "AuthorizationPendingException", "authorization_pending");
    assert!(poll().json()["refreshToken"].is_string());
    refused(&poll(), 400, "InvalidGrantException", "invalid_grant");
}

#[test]
fn registrations_of_the_two_flows_are_not_interchangeable() {
    let standin = approving();
    let client = register_for_codes(&standin);
    let request = json!({
        "clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": START_URL,
    });
    let reply = post_json(&standin, "/device_authorization", &request);
    refused(&reply, 400, "UnauthorizedClientException", "unauthorized_client");
    let client = register_for_devices(&standin);
    let reply = redeem(&standin, &client, "x", VERIFIER, CALLBACK);
    refused(&reply, 400, "UnauthorizedClientException", "unauthorized_client");
}

#[test]
fn an_unknown_field_in_a_request_is_a_violation() {
    let standin = Standin::start();
    let extra = json!({ "clientName": "c", "clientType": "public", "surprise": "x" });
    let missing = json!({ "clientType": "public" });
    let port = json!({
        "clientName": "c", "clientType": "public", "grantTypes": ["authorization_code"], "issuerUrl": START_URL,
        "redirectUris": ["http://127.0.0.1:1/oauth/callback"], "scopes": ["sso:account:access"],
    });
    for request in [extra, missing, port, json!([])] {
        assert_eq!(post_json(&standin, "/client/register", &request).status, 400, "{request}");
    }
    assert_eq!(send(&standin, "POST", "/client/register", &[], "{}").unwrap().status, 400);
    assert_eq!(get(&standin, "/assignment/accounts?nextToken=x", &[("x-amz-sso_bearer_token", "x")]).status, 400);
    assert_eq!(get(&standin, "/assignment/accounts", &[]).status, 400);
    assert_eq!(get(&standin, "/elsewhere", &[]).status, 404);
    assert_eq!(standin.violations().len(), 8, "{:?}", standin.violations());
}
