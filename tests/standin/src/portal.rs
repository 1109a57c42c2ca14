//! The portal service: accounts, roles, role credentials, logout.

use crate::clock::milliseconds;
use crate::http::{Request, Response};
use crate::keys::Identity;
use crate::refusal::{Protocol, refusal};
use crate::state::{Answer, State};
use crate::text::{base64, base64_decode};
use serde_json::{Value, json};

pub(crate) fn list_accounts(state: &mut State, request: &Request) -> Answer {
    let query = read_query(state, request, &[], &["max_result", "next_token"])?;
    session(state, request)?;
    let accounts = state.options.accounts.iter().map(|account| {
        let mut entry = json!({ "accountId": account.id });
        if let Some(name) = &account.name {
            entry["accountName"] = json!(name);
        }
        if let Some(email) = &account.email {
            entry["emailAddress"] = json!(email);
        }
        entry
    });
    page(accounts.collect(), "accountList", &query, state.options.page_size)
}

pub(crate) fn list_account_roles(state: &mut State, request: &Request) -> Answer {
    let query = read_query(state, request, &["account_id"], &["max_result", "next_token"])?;
    session(state, request)?;
    let id = account_id(&query)?;
    if state.options.forbidden_accounts.contains(&id) {
        return Err(no(403, "ForbiddenException", "No access"));
    }
    let Some(account) = state.options.accounts.iter().find(|account| account.id == id) else {
        return Err(no(404, "ResourceNotFoundException", "Account is not assigned to the user"));
    };
    let roles = account.roles.iter().map(|role| json!({ "roleName": role, "accountId": id }));
    page(roles.collect(), "roleList", &query, state.options.page_size)
}

pub(crate) fn get_role_credentials(state: &mut State, request: &Request) -> Answer {
    let query = read_query(state, request, &["role_name", "account_id"], &[])?;
    session(state, request)?;
    let (id, role) = (account_id(&query)?, value(&query, "role_name").to_string());
    let account = state.options.accounts.iter().find(|account| account.id == id);
    if !account.is_some_and(|account| account.roles.contains(&role)) {
        return Err(no(403, "ForbiddenException", "No access"));
    }
    let identity = Identity::of_permission_set(&id, &role, &state.options.user);
    let key = state.mint(identity, milliseconds(state.options.role_credentials));
    let credentials = json!({
        "accessKeyId": key.id,
        "secretAccessKey": key.secret,
        "sessionToken": key.token,
        "expiration": key.expires_at,
    });
    Ok(Response::json(200, &json!({ "roleCredentials": credentials })))
}

pub(crate) fn logout(state: &mut State, request: &Request) -> Answer {
    read_query(state, request, &[], &[])?;
    let session = session(state, request)?;
    state.oidc.sessions[session].ends_at = 0;
    Ok(Response::new(200, "application/json", ""))
}

type Query = Vec<(String, String)>;

fn value<'q>(query: &'q Query, name: &str) -> &'q str {
    query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn read_query(state: &mut State, request: &Request, required: &[&str], optional: &[&str]) -> Result<Query, Response> {
    let query = request.query();
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    let known = |name: &&str| required.contains(name) || optional.contains(name);
    let doubled = |name: &&&str| names.iter().filter(|other| other == name).count() > 1;
    let text = match () {
        () if request.header("authorization").is_some() => "a request to the portal is not signed".into(),
        () if !request.body.is_empty() => "a request to the portal has no body".into(),
        () => match (names.iter().find(|name| !known(name)), names.iter().find(doubled)) {
            (Some(name), _) => format!("query parameter {name} does not belong there"),
            (_, Some(name)) => format!("query parameter {name} is doubled"),
            _ => match required.iter().find(|name| value(&query, name).is_empty()) {
                Some(name) => format!("query parameter {name} is missing"),
                None => return Ok(query),
            },
        },
    };
    Err(state.violation(Protocol::Portal, request, &text))
}

/// Returns the session of the request's access token, if the token is valid.
fn session(state: &mut State, request: &Request) -> Result<usize, Response> {
    let Some(token) = request.header("x-amz-sso_bearer_token").filter(|token| !token.is_empty()) else {
        return Err(state.violation(Protocol::Portal, request, "x-amz-sso_bearer_token is missing"));
    };
    let now = state.now();
    throttle(state, now)?;
    let known = state.oidc.access_tokens.get(token).filter(|known| known.expires_at > now);
    let session = known.map(|known| known.session).filter(|session| state.oidc.sessions[*session].ends_at > now);
    session.ok_or_else(|| no(401, "UnauthorizedException", "Session token not found or invalid"))
}

fn throttle(state: &mut State, now: i64) -> Result<(), Response> {
    while state.portal_calls.front().is_some_and(|call| now - call >= 1000) {
        state.portal_calls.pop_front();
    }
    state.portal_calls.push_back(now);
    match state.options.portal_rate {
        Some(rate) if state.portal_calls.len() > rate as usize => {
            state.portal_calls.pop_back();
            state.count("throttled");
            let response = no(429, "TooManyRequestsException", "HTTP 429 Unknown Code");
            Err(match state.options.portal_retry_after {
                Some(seconds) => response.with("Retry-After", &seconds.to_string()),
                None => response,
            })
        }
        _ => Ok(()),
    }
}

fn account_id(query: &Query) -> Result<String, Response> {
    let id = value(query, "account_id");
    let right = id.len() == 12 && id.chars().all(|c| c.is_ascii_digit());
    right.then(|| id.to_string()).ok_or_else(|| no(400, "InvalidRequestException", "Account id is not valid"))
}

/// Returns one page of the entries, with the token of the next page: the index of its first entry.
fn page(entries: Vec<Value>, name: &str, query: &Query, longest: usize) -> Answer {
    let invalid = || no(400, "InvalidRequestException", "max_result or next_token is not valid");
    let max = match value(query, "max_result") {
        "" => longest,
        text => text.parse().ok().filter(|max| (1..=100).contains(max)).ok_or_else(invalid)?,
    };
    let start = match value(query, "next_token") {
        "" => 0,
        text => base64_decode(text)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix("next/").and_then(|start| start.parse().ok()))
            .ok_or_else(invalid)?,
    };
    let end = entries.len().min(start + max.min(longest).max(1));
    let next = (end < entries.len()).then(|| base64(format!("next/{end}").as_bytes()));
    let entries: Vec<Value> = entries.into_iter().take(end).skip(start).collect();
    Ok(Response::json(200, &json!({ name: entries, "nextToken": next })))
}

fn no(status: u16, code: &str, message: &str) -> Response {
    refusal(Protocol::Portal, status, code, message)
}
