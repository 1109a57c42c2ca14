//! Credentials the machine itself serves over plain HTTP: a container's agent, an instance's metadata service.
//!
//! Deliberately not here: when these are asked (`source`), and proxies: such an address is never behind one.

use super::bounded::Bounded;
use super::channel::run;
use super::trust;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::time::Timestamp;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;
use std::time::Duration;

/// Such a service is next door: what is slower than this is not there.
const PATIENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;
const PAUSE: Duration = Duration::from_millis(300);
const ROLES: &str = "latest/meta-data/iam/security-credentials/";

/// Asks a container's agent; `authorization` is the value of the header as it stands.
///
/// # Errors
/// `Refused` with the agent's words, `Unreachable` when nobody answers or the answer holds no credentials.
pub(crate) fn container(ctx: &Context, url: &str, authorization: Option<&Secret>) -> Result<RoleCredentials> {
    ctx.log(|| format!("asking for the container's credentials at {}", without_query(url)));
    let asked = async {
        let mut headers = vec![("accept", "application/json".to_string())];
        headers.extend(authorization.map(|value| ("authorization", value.expose().to_string())));
        Ok(credentials(&Service::new("the container's agent", url)?.ask("GET", url, &headers).await?)?)
    };
    Ok(run(asked)?)
}

/// Asks an instance's metadata service, version 2: a session token first.
///
/// # Errors
/// As [`container`].
pub(crate) fn instance(ctx: &Context, endpoint: &str) -> Result<RoleCredentials> {
    let endpoint = endpoint.trim_end_matches('/');
    ctx.log(|| format!("asking for the instance's credentials at {endpoint}"));
    let asked = async {
        let service = Service::new("the instance metadata service", endpoint)?;
        let ttl = [("x-aws-ec2-metadata-token-ttl-seconds", "60".to_string())];
        let token = service.ask("PUT", &format!("{endpoint}/latest/api/token"), &ttl).await?;
        let token = [("x-aws-ec2-metadata-token", token.trim().to_string())];
        let roles = service.ask("GET", &format!("{endpoint}/{ROLES}"), &token).await?;
        let role = roles.lines().next().map(str::trim).filter(|role| !role.is_empty());
        let role = role.ok_or_else(|| Error::refused("this instance has no role"))?;
        Ok(credentials(&service.ask("GET", &format!("{endpoint}/{ROLES}{role}"), &token).await?)?)
    };
    Ok(run(asked)?)
}

struct Service {
    name: &'static str,
    connector: Bounded,
}

impl Service {
    fn new(name: &'static str, url: &str) -> Result<Self> {
        let builder = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        let trust = trust::context(None, url.starts_with("https:"))?;
        Ok(Self { name, connector: Bounded(builder.tls_context(trust).build()) })
    }

    /// Returns the body of the answer; who does not answer, or is busy, is asked again.
    async fn ask(&self, method: &str, url: &str, headers: &[(&'static str, String)]) -> Result<String> {
        let mut attempt = 1;
        loop {
            let (status, body) = match tokio::time::timeout(PATIENCE, self.once(method, url, headers)).await {
                Ok(answer) => answer?,
                Err(_) => (0, String::new()),
            };
            match status {
                200 => return Ok(body),
                0 | 429 | 500.. if attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
                0 => return Err(Error::unreachable(format!("{} does not answer", self.name))),
                429 | 500.. => return Err(Error::unreachable(format!("{} answered {status}", self.name))),
                _ => return Err(Error::refused(format!("{} answered {status}{}", self.name, said(&body)))),
            }
            attempt += 1;
        }
    }

    /// Returns status and body; the status is 0 when nobody is there.
    async fn once(&self, method: &str, url: &str, headers: &[(&'static str, String)]) -> Result<(u16, String)> {
        let bad = |_| Error::configuration(format!("`{}` is not an address", without_query(url)));
        let mut request = HttpRequest::get(url).map_err(bad)?;
        request.set_method(method).map_err(bad)?;
        for (name, value) in headers {
            let illegal = |_| Error::configuration(format!("what is to be sent as `{name}` is no header"));
            request.headers_mut().try_insert(*name, value.clone()).map_err(illegal)?;
        }
        let Ok(response) = self.connector.call(request).await else { return Ok((0, String::new())) };
        let status = response.status().as_u16();
        let body = response.body().bytes().unwrap_or_default();
        Ok((status, String::from_utf8_lossy(body).into_owned()))
    }
}

fn said(body: &str) -> String {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    text("message").or_else(|| text("Message")).map(|said| format!(": {said}")).unwrap_or_default()
}

fn credentials(body: &str) -> Result<RoleCredentials> {
    let none = || Error::unreachable("the machine's own credentials came in an answer that is none");
    let document: Value = serde_json::from_str(body).map_err(|_| none())?;
    let text = |name: &str| {
        let text = document.get(name)?.as_str()?;
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_string())
    };
    if let Some(code) = text("Code").filter(|code| code != "Success") {
        return Err(Error::refused(format!("the machine has no credentials: {code}{}", said(body))));
    }
    Ok(RoleCredentials {
        access_key_id: text("AccessKeyId").ok_or_else(none)?,
        secret_access_key: Secret::new(text("SecretAccessKey").ok_or_else(none)?),
        session_token: Some(Secret::new(text("Token").ok_or_else(none)?)),
        expiration: Some(text("Expiration").and_then(|end| Timestamp::parse(&end)).ok_or_else(none)?),
        account_id: text("AccountId"),
        role_name: None,
    })
}

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

    /// Serves each answer once; returns the address, and later what was asked.
    fn serve(answers: Vec<(u16, String)>) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = thread::spawn(move || {
            let serve = |(status, body): (u16, String)| {
                let mut stream = listener.accept().unwrap().0;
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let asked: Vec<String> = lines.map(|line| line.unwrap()).take_while(|line| !line.is_empty()).collect();
                let head =
                    format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
                asked.join("\n").to_lowercase()
            };
            answers.into_iter().map(serve).collect()
        });
        (url, served)
    }

    #[test]
    fn an_instance_is_asked_with_a_session_token() {
        let answers = [(200, "IMDS-TOKEN"), (200, "role/x\n"), (200, KEYS)];
        let (url, served) = serve(answers.map(|(status, body)| (status, body.to_string())).to_vec());
        let keys = instance(&Context::default(), &format!("{url}/")).unwrap();
        assert_eq!((&*keys.access_key_id, keys.account_id.as_deref()), ("ASIA", Some("111122223333")));
        let asked = served.join().unwrap();
        assert!(asked[0].starts_with("put /latest/api/token http/1.1"), "{}", asked[0]);
        assert!(asked[1].contains("x-aws-ec2-metadata-token: imds-token"), "{}", asked[1]);
        assert!(asked[2].starts_with("get /latest/meta-data/iam/security-credentials/role/x "), "{}", asked[2]);
    }

    #[test]
    fn a_busy_agent_is_asked_again_with_the_token_as_it_stands() {
        let (url, served) = serve(vec![(500, String::new()), (200, KEYS.into())]);
        container(&Context::default(), &format!("{url}/v2/x?id=1"), Some(&Secret::new("Basic a b"))).unwrap();
        let asked = served.join().unwrap();
        assert!(
            asked[1].starts_with("get /v2/x?id=1 ") && asked[1].contains("authorization: basic a b"),
            "{}",
            asked[1]
        );
    }

    #[test]
    fn a_refusal_is_said_in_its_own_words() {
        let (url, _served) = serve(vec![(403, r#"{"code": "x", "message": "not for you"}"#.into())]);
        let error = container(&Context::default(), &url, None).unwrap_err();
        assert_eq!((error.kind.exit_status(), &*error.message), (5, "the container's agent answered 403: not for you"));
    }

    #[test]
    fn what_holds_no_credentials_is_no_answer() {
        for body in ["", "{}", "<html>", &KEYS.replace("ASIA", ""), &KEYS.replace("2096", "soon")] {
            assert_eq!(credentials(body).unwrap_err().kind.exit_status(), 6, "{body}");
        }
        let failed = credentials(r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot"}"#).unwrap_err();
        assert!(failed.message.ends_with("AssumeRoleUnauthorizedAccess: EC2 cannot"));
    }

    #[test]
    fn nobody_there_is_said() {
        let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        assert_eq!(container(&Context::default(), &url, None).unwrap_err().kind.exit_status(), 6);
    }
}
