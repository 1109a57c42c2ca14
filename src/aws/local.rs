//! Gets credentials from a service that AWS provides on the machine itself: the credential endpoint of a container
//! (ECS, EKS), and the metadata service of an EC2 instance.
//!
//! The requests never go through a proxy.

use super::channel::block_on;
use super::limited_body::LimitedBody;
use super::trust;
use crate::arn::AccountId;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result, has_control};
use crate::json::SecretJson;
use crate::secret::Secret;
use crate::time::Timestamp;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The time limit of one attempt to get credentials. It is short, because the credential service of a container or an
/// EC2 instance is on the same machine.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// How many times a request for credentials is sent at most.
const ATTEMPTS: usize = 3;
/// The pause between two attempts to get credentials.
const PAUSE: Duration = Duration::from_millis(300);
/// The path of an EC2 instance's metadata that lists its role, and below which the credentials of the role are.
const ROLES: &str = "latest/meta-data/iam/security-credentials/";

/// Gets credentials from a container's credential endpoint. `authorization` is the value of the HTTP header
/// `Authorization`; with `None`, this header is not sent.
///
/// # Errors
/// `Refused`: the service rejects the request, or responds that it has no credentials; the error contains the service's
/// message, if there is one. `Unreachable`: the service does not answer, answers 429 or 5xx, or its response has no
/// valid credentials. `Configuration`: the URL or the value of `Authorization` is invalid.
pub(crate) fn container(ctx: &Context, url: &str, authorization: Option<&Secret>) -> Result<RoleCredentials> {
    ctx.log(|| format!("asking for the container's credentials at {}", without_query(url)));
    let call = async {
        let mut headers = vec![("accept", Secret::new("application/json"))];
        headers.extend(authorization.map(|value| ("authorization", value.clone())));
        let service = Service::new("the container's credential service", url)?;
        Ok(parse_credentials(&service.send("GET", url, &headers).await?)?)
    };
    Ok(block_on(call)?)
}

/// Gets credentials from an EC2 instance's metadata service (IMDSv2). It first requests the token that this service
/// requires for each request.
///
/// # Errors
/// Those of [`container`]. `Refused`: also if the instance has no IAM role.
pub(crate) fn instance(ctx: &Context, endpoint: &str) -> Result<RoleCredentials> {
    let endpoint = endpoint.trim_end_matches('/');
    ctx.log(|| format!("asking for the instance's credentials at {endpoint}"));
    let call = async {
        let service = Service::new("the instance metadata service", endpoint)?;
        let ttl = [("x-aws-ec2-metadata-token-ttl-seconds", Secret::new("60"))];
        let token = service.send("PUT", &format!("{endpoint}/latest/api/token"), &ttl).await?;
        let token = [("x-aws-ec2-metadata-token", Secret::new(token.expose().trim()))];
        let roles = service.send("GET", &format!("{endpoint}/{ROLES}"), &token).await?;
        let Some(role) = roles.expose().lines().next().map(str::trim).filter(|role| !role.is_empty()) else {
            return Err(Error::refused("this EC2 instance has no IAM role").into());
        };
        Ok(parse_credentials(&service.send("GET", &format!("{endpoint}/{ROLES}{role}"), &token).await?)?)
    };
    Ok(block_on(call)?)
}

struct Service {
    /// The name of the service in messages.
    name: &'static str,
    connector: LimitedBody,
}

impl Service {
    fn new(name: &'static str, url: &str) -> Result<Self> {
        let builder = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        let trust = trust::context(None, url.starts_with("https:"))?;
        Ok(Self { name, connector: LimitedBody(builder.tls_context(trust).build()) })
    }

    /// Sends a request and returns the body of a response with status 200. Retries, up to [`ATTEMPTS`] times in all,
    /// when the service does not answer, or answers with 429 or 5xx.
    async fn send(&self, method: &str, url: &str, headers: &[(&'static str, Secret)]) -> Result<Secret> {
        let mut attempt = 1;
        loop {
            let (is_retryable, error) = match timeout(ATTEMPT_TIMEOUT, self.send_once(method, url, headers)).await {
                Ok(Ok(Some((200, body)))) => return Ok(body),
                Ok(Ok(Some((status, body)))) => self.refusal(status, body.expose()),
                Ok(Ok(None)) | Err(_) => (true, Error::unreachable(format!("{} does not answer", self.name))),
                Ok(Err(error)) => return Err(error),
            };
            if !is_retryable || attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            sleep(PAUSE).await;
        }
    }

    /// Sends a request once. Returns the HTTP status and the body; `None` when there was no response.
    async fn send_once(
        &self,
        method: &str,
        url: &str,
        headers: &[(&'static str, Secret)],
    ) -> Result<Option<(u16, Secret)>> {
        let invalid_url = |_| Error::configuration(format!("`{}` is not a valid URL", without_query(url)));
        let mut request = HttpRequest::get(url).map_err(invalid_url)?;
        request.set_method(method).map_err(invalid_url)?;
        for (name, value) in headers {
            let inserted = request.headers_mut().try_insert(*name, value.expose().to_string());
            inserted.map_err(|_| invalid_header(name))?;
        }
        let Ok(response) = self.connector.call(request).await else { return Ok(None) };
        let body = response.body().bytes().unwrap_or_default();
        Ok(Some((response.status().as_u16(), Secret::new(String::from_utf8_lossy(body)))))
    }

    /// Returns the error for a response whose status is not 200, and whether another attempt may succeed.
    fn refusal(&self, status: u16, body: &str) -> (bool, Error) {
        let message = format!("{} answered {status}", self.name);
        if matches!(status, 429 | 500..) {
            (true, Error::unreachable(message))
        } else {
            (false, Error::refused(message + &message_in(body)))
        }
    }
}

/// Returns the `message` of a JSON error response, such as ", with the message `access denied`". Returns an empty text
/// when the response has no `message`.
fn message_in(body: &str) -> String {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let message = document.get("message").or_else(|| document.get("Message"));
    message.and_then(Value::as_str).map(|message| format!(", with the message `{message}`")).unwrap_or_default()
}

fn invalid_header(name: &str) -> Error {
    let error = Error::configuration(format!("the value for the HTTP header `{name}` is not valid"));
    if name != "authorization" {
        return error;
    }
    error.hint("remove line ends from AWS_CONTAINER_AUTHORIZATION_TOKEN, or from the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names")
}

fn parse_credentials(body: &Secret) -> Result<RoleCredentials> {
    let invalid =
        || Error::unreachable("the credential service of this container or instance sent no valid credentials");
    let body = body.expose();
    let document = SecretJson::parse(body.as_bytes()).ok_or_else(invalid)?;
    let text = |name: &str| {
        let text = document.get(name)?.as_str()?;
        (!text.is_empty() && !has_control(text)).then(|| text.to_string())
    };
    if let Some(code) = text("Code").filter(|code| code != "Success") {
        return Err(Error::refused(format!(
            "the credential service of this container or instance has no credentials: {code}{}",
            message_in(body)
        )));
    }
    let keys = RoleCredentials::new(
        text("AccessKeyId").ok_or_else(invalid)?,
        Secret::new(text("SecretAccessKey").ok_or_else(invalid)?),
        Some(Secret::new(text("Token").ok_or_else(invalid)?)),
        Some(text("Expiration").and_then(|end| Timestamp::parse(&end)).ok_or_else(invalid)?),
    );
    Ok(RoleCredentials { account_id: text("AccountId").as_deref().and_then(AccountId::parse), ..keys })
}

/// Returns a URL without its query string, which may contain a secret.
fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread;

    const KEYS: &str = r#"{"Code": "Success", "AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t",
        "Expiration": "2096-11-20T21:48:08Z", "AccountId": "111122223333"}"#;

    /// Starts a server that sends each response once. Returns its URL, and a thread handle whose result is the list of
    /// requests.
    fn serve(responses: Vec<(u16, String)>) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = thread::spawn(move || {
            let serve = |(status, body): (u16, String)| {
                let mut stream = listener.accept().unwrap().0;
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let requests: Vec<String> =
                    lines.map(|line| line.unwrap()).take_while(|line| !line.is_empty()).collect();
                let head =
                    format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
                requests.join("\n").to_lowercase()
            };
            responses.into_iter().map(serve).collect()
        });
        (url, served)
    }

    #[test]
    fn an_instance_is_asked_with_a_session_token() {
        let responses = [(200, "IMDS-TOKEN"), (200, "role/x\n"), (200, KEYS)];
        let (url, served) = serve(responses.map(|(status, body)| (status, body.to_string())).to_vec());
        let keys = instance(&Context::default(), &format!("{url}/")).unwrap();
        assert_eq!((&*keys.access_key_id, keys.account_id.as_deref()), ("ASIA", Some("111122223333")));
        let requests = served.join().unwrap();
        assert!(requests[0].starts_with("put /latest/api/token http/1.1"), "{}", requests[0]);
        assert!(requests[1].contains("x-aws-ec2-metadata-token: imds-token"), "{}", requests[1]);
        assert!(requests[2].starts_with("get /latest/meta-data/iam/security-credentials/role/x "), "{}", requests[2]);
    }

    #[test]
    fn a_busy_agent_is_asked_again_with_the_same_token() {
        let (url, served) = serve(vec![(500, String::new()), (200, KEYS.into())]);
        container(&Context::default(), &format!("{url}/v2/x?id=1"), Some(&Secret::new("Basic a b"))).unwrap();
        let requests = served.join().unwrap();
        assert!(
            requests[1].starts_with("get /v2/x?id=1 ") && requests[1].contains("authorization: basic a b"),
            "{}",
            requests[1]
        );
    }

    #[test]
    fn a_token_with_a_line_end_is_refused_and_its_variable_named() {
        let error = container(&Context::default(), "http://127.0.0.1:1/", Some(&Secret::new("Basic a\n"))).unwrap_err();
        assert_eq!(error.message, "the value for the HTTP header `authorization` is not valid");
        assert!(error.hints[0].contains("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), "{:?}", error.hints);
    }

    #[test]
    fn a_refusal_shows_the_message_of_the_agent() {
        let (url, _served) = serve(vec![(403, r#"{"code": "x", "message": "not for you"}"#.into())]);
        let error = container(&Context::default(), &url, None).unwrap_err();
        assert_eq!(
            (error.kind.exit_status(), &*error.message),
            (5, "the container's credential service answered 403, with the message `not for you`")
        );
    }

    #[test]
    fn a_response_without_credentials_is_an_error() {
        for body in ["", "{}", "<html>", &KEYS.replace("ASIA", ""), &KEYS.replace("2096", "soon")] {
            assert_eq!(parse_credentials(&Secret::new(body)).unwrap_err().kind.exit_status(), 6, "{body}");
        }
        let failed =
            parse_credentials(&Secret::new(r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot"}"#))
                .unwrap_err();
        assert!(failed.message.ends_with("AssumeRoleUnauthorizedAccess, with the message `EC2 cannot`"));
    }

    #[test]
    fn an_agent_that_does_not_listen_is_unreachable() {
        let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        assert_eq!(container(&Context::default(), &url, None).unwrap_err().kind.exit_status(), 6);
    }
}
