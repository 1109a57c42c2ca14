//! The HTTP responses of the local server for credentials: credentials, or a refusal with `code` and `message`.
//!
//! Invariant: the status of a refusal is never 429 or 5xx, because SDKs would repeat the request up to eleven times.

use super::lifetime;
use crate::cache::Entry;
use crate::error::{Error, ErrorKind};
use crate::json;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::Serialize;

/// A whole HTTP response of the local server for credentials. It contains credentials or an error.
pub(super) struct Response(Secret);

/// The JSON fields that SDKs read. `Token` is always present, because some SDKs reject a response without it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CredentialsJson<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

#[derive(Serialize)]
struct RefusalJson<'a> {
    code: &'a str,
    message: &'a str,
}

/// Why the local server for credentials refuses a request: it is not HTTP, or this part of it is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotHttp,
    Origin,
    Host,
    Token,
    Path,
    Method,
}

impl Response {
    /// Makes the response with credentials.
    pub(super) fn credentials(entry: &Entry, now: Timestamp) -> Self {
        let credentials = &entry.credentials;
        let body = json::secret_line(&CredentialsJson {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            token: credentials.session_token.as_ref().map_or("", Secret::expose),
            expiration: lifetime::told_expiration(entry, now),
            account_id: credentials.account_id.as_deref(),
        });
        Self::new("200 OK", "", &body)
    }

    /// Makes the response that says why there are no credentials. Many tools show its message, so the message contains
    /// the first hint, too.
    pub(super) fn failure(error: &Error) -> Self {
        let code = match error.kind {
            ErrorKind::NeedsPerson => "SignInRequired",
            ErrorKind::Refused => error.code.as_deref().unwrap_or("AccessDenied"),
            ErrorKind::Unreachable => "Unreachable",
            _ => "CredentialsUnavailable",
        };
        Self::refused("403 Forbidden", "", code, &one_line(error))
    }

    fn refused(status: &str, header: &str, code: &str, message: &str) -> Self {
        Self::new(status, header, &Secret::new(json::line(&RefusalJson { code, message })))
    }

    fn new(status: &str, header: &str, body: &Secret) -> Self {
        let length = body.expose().len();
        let mut response = Secret::new(format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{header}\r\n"
        ));
        response.push_str(body.expose());
        Self(response)
    }

    /// Returns the bytes of the response.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let (status, header, code, message) = match refusal {
            Refusal::NotHttp => ("400 Bad Request", "", "BadRequest", "this is not an HTTP request for credentials"),
            Refusal::Origin => ("403 Forbidden", "", "OriginNotAllowed", "web pages get no credentials"),
            Refusal::Host => (
                "403 Forbidden",
                "",
                "HostNotAllowed",
                "the header Host must be 127.0.0.1 with the port of this server",
            ),
            Refusal::Token => {
                let message = "the header Authorization must be the value of AWS_CONTAINER_AUTHORIZATION_TOKEN";
                ("401 Unauthorized", "", "InvalidToken", message)
            }
            Refusal::Path => ("404 Not Found", "", "NotFound", "credentials are at the path / only"),
            Refusal::Method => ("405 Method Not Allowed", "Allow: GET\r\n", "MethodNotAllowed", "use the method GET"),
        };
        Self::refused(status, header, code, message)
    }
}

/// Returns the message and the first hint of an error as one line.
pub(super) fn one_line(error: &Error) -> String {
    match error.first_hint() {
        Some(hint) => format!("{}; hint: {hint}", error.message),
        None => error.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lifetime::tests::entry;
    use super::*;
    use serde_json::{Value, json};

    fn body(response: &Response) -> (String, Value) {
        let text = String::from_utf8(response.bytes().to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        assert!(!head.contains("Access-Control"), "{head}");
        (head.lines().next().unwrap().into(), serde_json::from_str(body).unwrap())
    }

    #[test]
    fn credentials_have_the_keys_that_sdks_read() {
        let (status, body) = body(&Response::credentials(&entry(Some(60)), Timestamp(1000)));
        assert_eq!(status, "HTTP/1.1 200 OK");
        let expected = json!({ "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "Token": "token",
            "Expiration": "1970-01-01T00:17:40Z", "AccountId": "111122223333" });
        assert_eq!(body, expected);
    }

    #[test]
    fn long_term_keys_have_an_empty_token_and_an_expiry_in_an_hour() {
        let (_, body) = body(&Response::credentials(&entry(None), Timestamp(1000)));
        assert_eq!((&body["Token"], &body["Expiration"]), (&json!(""), &json!("1970-01-01T01:16:40Z")));
    }

    #[test]
    fn a_failure_says_what_to_type() {
        let error = Error::needs_person("the session `corp` has expired").hint("ssox login --sso-session corp");
        let message = "the session `corp` has expired; hint: ssox login --sso-session corp";
        let (status, shown) = body(&Response::failure(&error));
        assert_eq!(status, "HTTP/1.1 403 Forbidden");
        assert_eq!(shown, json!({ "code": "SignInRequired", "message": message }));
        let (_, shown) = body(&Response::failure(&Error::refused("no").coded("ForbiddenException")));
        assert_eq!(shown["code"], "ForbiddenException");
    }
}
