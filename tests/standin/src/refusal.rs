//! The error responses of each protocol, in the form of the real services.

use crate::http::Response;
use crate::text::{HEX_ALPHABET, escape_markup, random};
use serde_json::json;

/// The protocol of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Oidc,
    Portal,
    /// STS and IAM: forms in, XML out.
    Query,
    /// Pages for browsers.
    Page,
}

/// Formats an exception. SDKs read its name from the header `x-amzn-ErrorType`, or from `Code` in the XML.
pub(crate) fn refusal(protocol: Protocol, status: u16, code: &str, message: &str) -> Response {
    match protocol {
        Protocol::Oidc => {
            let body = json!({ "error": oauth_error(code), "error_description": message });
            Response::json(status, &body).with("x-amzn-ErrorType", code).with("x-amzn-RequestId", &request_id())
        }
        Protocol::Portal => {
            let body = json!({ "__type": format!("com.amazonaws.switchboard.portal#{code}"), "message": message });
            Response::json(status, &body).with("x-amzn-ErrorType", code).with("x-amzn-RequestId", &request_id())
        }
        Protocol::Query => {
            let fault = if status < 500 { "Sender" } else { "Receiver" };
            let (message, id) = (escape_markup(message), request_id());
            let body = format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
                 <Type>{fault}</Type>\n    <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n  \
                 <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
            );
            Response::new(status, "text/xml", body)
        }
        Protocol::Page => {
            Response::html(status, format!("<!doctype html><title>{code}</title><p>{}</p>\n", escape_markup(message)))
        }
    }
}

pub(crate) fn request_id() -> String {
    [8, 4, 4, 4, 12].map(|length| random(HEX_ALPHABET, length)).join("-")
}

/// `AuthorizationPendingException` is `authorization_pending` in OAuth.
fn oauth_error(code: &str) -> String {
    let name = code.strip_suffix("Exception").unwrap_or(code);
    let mut error = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !error.is_empty() {
            error.push('_');
        }
        error.push(c.to_ascii_lowercase());
    }
    error.replace("internal_server", "server_error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_have_oauth_names() {
        assert_eq!(oauth_error("AuthorizationPendingException"), "authorization_pending");
        assert_eq!(oauth_error("SlowDownException"), "slow_down");
        assert_eq!(oauth_error("InvalidRedirectUriException"), "invalid_redirect_uri");
    }
}
