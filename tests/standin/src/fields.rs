//! The JSON fields of an OIDC request: unknown and missing ones are rejected.

use crate::http::{Request, Response};
use crate::refusal::Protocol;
use crate::state::State;
use serde_json::{Map, Value};

const LISTS: [&str; 4] = ["scopes", "redirectUris", "grantTypes", "scope"];

pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Returns a text field; empty if an optional field was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or("")
    }

    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(String::from).collect()
    }
}

/// Parses the body; an unknown field, a missing one or one of the wrong type is a violation.
pub(crate) fn oidc_fields(
    state: &mut State,
    request: &Request,
    required: &[&str],
    optional: &[&str],
) -> Result<Fields, Response> {
    match read(request, required, optional) {
        Ok(fields) => Ok(fields),
        Err(text) => Err(state.violation(Protocol::Oidc, request, &text)),
    }
}

fn read(request: &Request, required: &[&str], optional: &[&str]) -> Result<Fields, String> {
    if request.content_type() != "application/json" {
        return Err(format!("content type is `{}`, not application/json", request.content_type()));
    }
    if request.header("authorization").is_some() {
        return Err("a request to OIDC is not signed".into());
    }
    if request.target.contains('?') {
        return Err("a request to OIDC has no query".into());
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(&request.body) else {
        return Err("the body is not a JSON object".into());
    };
    if let Some(name) = required.iter().find(|name| !fields.contains_key(**name)) {
        return Err(format!("field {name} is missing"));
    }
    for (name, value) in &fields {
        let known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        let right = if LISTS.contains(&name.as_str()) {
            value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
        } else {
            value.as_str().is_some_and(|text| !text.is_empty())
        };
        match (known, right) {
            (false, _) => return Err(format!("field {name} does not belong there")),
            (_, false) => return Err(format!("field {name} has the wrong type or is empty")),
            _ => {}
        }
    }
    Ok(Fields(fields))
}
