//! The controls of `Standin` over HTTP, under `/_standin/`, for shell scripts and other processes.
//!
//! ```text
//! GET    /_standin/counts | violations | requests | secrets
//! POST   /_standin/faults    {"operation": "GetRoleCredentials", "fault": {"status": 429, "retry_after": 1}, "times": 2}
//!                            faults: {"status"[, "retry_after"]} {"exception"} {"delay_ms"} {"date_skew"} and the words
//!                            "hang" "reset" "reset_after_work" "truncated" "invalid_json" "html"; no times: for ever;
//!                            "percent": 10 in place of times: one call in ten
//! DELETE /_standin/faults    all of them, or ?operation=NAME
//! POST   /_standin/options   {"role_credentials": 8, "authorize": "approves", …}: lifetimes in seconds, persons, numbers;
//!                            {"accounts": [1000, 4]}: so many accounts with so many roles, or a list of [id, name, roles];
//!                            "portal_rate", "portal_retry_after"
//! POST   /_standin/token     {"expires_in", "refreshable", "registration_expires_in"}, all optional: a token, and its file
//! GET    /_standin/saml?…    a SAML response in base64, with the wishes of `/idp/saml`
//! POST   /_standin/approve | refuse | end_sessions | end_access_tokens | reset
//! ```
//!
//! There is no protection: the server listens on loopback and has no real secrets.

use crate::faults::{Fault, Times};
use crate::http::{Request, Response};
use crate::options::{Account, Options, Person, START_URL};
use crate::saml::Wishes;
use crate::state::{Answer, State};
use crate::token::Grant;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) fn control(state: &mut State, request: &Request) -> Answer {
    let body: Value = if request.body.is_empty() {
        json!({})
    } else {
        serde_json::from_str(&request.body).map_err(|error| wrong(&error.to_string()))?
    };
    let answer = match (request.method.as_str(), request.path().trim_start_matches("/_standin/")) {
        ("GET", "counts") => json!(state.counts),
        ("GET", "violations") => json!(state.violations),
        ("GET", "secrets") => json!(state.secrets),
        ("GET", "requests") => state.requests.iter().map(recorded).collect(),
        ("GET", "saml") => {
            let wishes = Wishes::read(request.target.split_once('?').map_or("", |(_, query)| query));
            return Ok(Response::new(200, "text/plain", state.issue_saml_response(&wishes)));
        }
        ("POST", "faults") => set_fault(state, &body)?,
        ("DELETE", "faults") => {
            state.faults.clear(&request.query_value("operation").unwrap_or_else(|| "*".into()));
            json!({})
        }
        ("POST", "options") => change_options(&mut state.options, &body)?,
        ("POST", "token") => issue_token(state, &body),
        ("POST", "approve") => json!({ "decided": state.decide_devices(Person::Approves) }),
        ("POST", "refuse") => json!({ "decided": state.decide_devices(Person::Refuses) }),
        ("POST", "end_sessions") => {
            state.end_sessions();
            json!({})
        }
        ("POST", "end_access_tokens") => {
            state.end_access_tokens();
            json!({})
        }
        ("POST", "reset") => {
            state.forget();
            json!({})
        }
        _ => return Err(wrong("there is no such control")),
    };
    Ok(Response::json(200, &answer))
}

fn recorded(request: &Request) -> Value {
    let headers = request.headers.iter().map(|(name, value)| json!([name, value]));
    json!({
        "operation": request.operation,
        "method": request.method,
        "target": request.target,
        "headers": headers.collect::<Vec<_>>(),
        "body": request.body,
    })
}

fn set_fault(state: &mut State, body: &Value) -> Result<Value, Response> {
    let operation = body["operation"].as_str().ok_or_else(|| wrong("operation is missing"))?;
    let fault = fault_of(&body["fault"]).ok_or_else(|| wrong("there is no such fault"))?;
    let percent = body["percent"].as_u64().and_then(|percent| u8::try_from(percent).ok());
    let times = match (body["times"].as_u64(), percent) {
        (_, Some(percent)) => Times::Percent(percent),
        (Some(times), None) => Times::Next(u32::try_from(times).unwrap_or(u32::MAX)),
        (None, None) => Times::Forever,
    };
    state.faults.set(operation, fault, times);
    Ok(json!({}))
}

fn fault_of(fault: &Value) -> Option<Fault> {
    match fault.as_str() {
        Some("hang") => return Some(Fault::Hang),
        Some("reset") => return Some(Fault::Reset),
        Some("reset_after_work") => return Some(Fault::ResetAfterWork),
        Some("truncated") => return Some(Fault::Truncated),
        Some("invalid_json") => return Some(Fault::InvalidJson),
        Some("html") => return Some(Fault::Html),
        _ => {}
    }
    let status = fault["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    match (status, fault["retry_after"].as_u64()) {
        (Some(status), Some(seconds)) => return Some(Fault::RetryAfter(status, seconds)),
        (Some(status), None) => return Some(Fault::Status(status)),
        _ => {}
    }
    let delay = fault["delay_ms"].as_u64().map(|delay| Fault::Delay(Duration::from_millis(delay)));
    let skew = fault["date_skew"].as_i64().map(Fault::DateSkew);
    let exception = fault["exception"].as_str().map(|code| Fault::Exception(code.into()));
    delay.or(skew).or(exception)
}

fn change_options(options: &mut Options, body: &Value) -> Result<Value, Response> {
    for (name, value) in body.as_object().into_iter().flatten() {
        let number = value.as_u64();
        let lifetime = number.map(Duration::from_secs);
        let person = match value.as_str() {
            Some("at_page") => Some(Person::AtPage),
            Some("approves") => Some(Person::Approves),
            Some("refuses") => Some(Person::Refuses),
            _ => None,
        };
        let small = number.and_then(|number| u32::try_from(number).ok());
        let done = match name.as_str() {
            "access_token" => lifetime.map(|lifetime| options.access_token = lifetime),
            "session" => lifetime.map(|lifetime| options.session = lifetime),
            "registration" => lifetime.map(|lifetime| options.registration = lifetime),
            "role_credentials" => lifetime.map(|lifetime| options.role_credentials = lifetime),
            "sts_credentials" => lifetime.map(|lifetime| options.sts_credentials = Some(lifetime)),
            "device_code" => lifetime.map(|lifetime| options.device_code = lifetime),
            "device_interval" => number.map(|number| options.device_interval = number),
            "device_polls" => small.map(|number| options.device_polls = number),
            "device_slow_downs" => small.map(|number| options.device_slow_downs = number),
            "page_size" => small.map(|number| options.page_size = number as usize),
            "portal_rate" => small.map(|number| options.portal_rate = Some(number)),
            "portal_retry_after" => number.map(|number| options.portal_retry_after = Some(number)),
            "accounts" => {
                many_accounts(value).or_else(|| named_accounts(value)).map(|accounts| options.accounts = accounts)
            }
            "clock_offset" => value.as_i64().map(|seconds| options.clock_offset = seconds),
            "authorize" => person.map(|person| options.authorize = person),
            "device" => person.map(|person| options.device = person),
            _ => None,
        };
        done.ok_or_else(|| wrong(&format!("there is no option {name} with the value {value}")))?;
    }
    Ok(json!({}))
}

/// Reads `[1000, 4]`: so many accounts with so many roles.
fn many_accounts(value: &Value) -> Option<Vec<Account>> {
    let number = |at: usize| usize::try_from(value[at].as_u64()?).ok();
    Some(Account::many(number(0)?, number(1)?))
}

/// Reads `[["111122223333", "dev", ["ReadOnly"]], …]`.
fn named_accounts(value: &Value) -> Option<Vec<Account>> {
    let account = |account: &Value| {
        let roles: Option<Vec<&str>> = account[2].as_array()?.iter().map(Value::as_str).collect();
        Some(Account::new(account[0].as_str()?, account[1].as_str()?, &roles?))
    };
    value.as_array()?.iter().map(account).collect()
}

fn issue_token(state: &mut State, body: &Value) -> Value {
    let usual = Grant::default();
    let token = state.issue_token(&Grant {
        expires_in: body["expires_in"].as_i64().unwrap_or(usual.expires_in),
        refreshable: body["refreshable"].as_bool().unwrap_or(usual.refreshable),
        registration_expires_in: body["registration_expires_in"].as_i64().unwrap_or(usual.registration_expires_in),
    });
    json!({ "access_token": token.access_token, "file": token.cache_json(START_URL, "eu-west-1") })
}

fn wrong(text: &str) -> Response {
    Response::json(400, &json!({ "error": text }))
}
