//! HTTP requests without the SDK. ssox uses them to find the URL that a page redirects to, to read AWS's clock, and in
//! the modules `iam` and `signin`.
//!
//! Invariant: ssox never follows a redirect; the caller decides whether to trust the next host.

use super::call_result::CallResult;
use super::channel::{Channel, block_on};
use super::{Network, partition, unreachable};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::{DateTime, Format};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(400);

/// Returns the URL that a page redirects to; `None` when it does not redirect. The redirect is not followed.
///
/// # Errors
/// `Configuration`: the URL, the proxy or the CA bundle is invalid. `Unreachable`: the server sends no valid response,
/// or answers 429 or 5xx.
pub(crate) fn redirect(ctx: &Context, network: &Network, url: &str) -> Result<Option<String>> {
    let _progress = Progress::start("looking up the start URL");
    let channel = Channel::to_url(ctx, network, url)?;
    let Head { status, location, .. } = head(&channel, url)?;
    let error = match status {
        301 | 302 | 303 | 307 | 308 => return Ok(location),
        429 => unreachable::throttled(&channel.host),
        500.. => Error::unreachable(format!("`{}` answered {status}", channel.host)).hint("try again later"),
        _ => return Ok(None),
    };
    Err(error.doing(format!("could not open `{url}`")))
}

/// Returns how many seconds the local clock is ahead of AWS's clock.
///
/// # Errors
/// `Unreachable`: AWS sends no response, or a response without a `Date` header. `Configuration`: the endpoint, the
/// proxy or the CA bundle is invalid.
pub(crate) fn clock_ahead(ctx: &Context, network: &Network, region: &Region) -> Result<i64> {
    let url = match &network.sso_oidc {
        Some(endpoint) => endpoint.url.clone(),
        None => format!("https://{}", partition::host("oidc", region, network)),
    };
    let _progress = Progress::start("asking AWS for the time");
    let channel = Channel { endpoint: network.sso_oidc.clone(), ..Channel::to_url(ctx, network, &url)? };
    let Some(date) = head(&channel, &url)?.date else {
        return Err(Error::unreachable(format!("the response of `{url}` has no date")));
    };
    Ok(ctx.now().seconds_after(date))
}

/// Returns the HTTP headers of a page. Requests it with `HEAD`, or with `GET` if the server does not support `HEAD`.
fn head(channel: &Channel, url: &str) -> Result<Head> {
    channel.ctx.log(|| format!("HEAD {url}"));
    // The fragment of a URL is not part of a request.
    let page = url.split('#').next().unwrap_or_default();
    let send =
        async |method: &str| channel.send(&Request { method, url: page, headers: &[], body: Secret::default() }).await;
    let result = block_on(async {
        let response = send("HEAD").await?;
        if matches!(response.head.status, 405 | 501) { send("GET").await } else { Ok(response) }
    });
    result.map(|response| response.head).map_err(|error| error.error.doing(format!("could not open `{url}`")))
}

/// A request to send. The HTTP client copies headers and body, and does not wipe its copies from memory.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(String, Secret)],
    pub(super) body: Secret,
}

/// The status of a response, and those of its headers that ssox uses.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    location: Option<String>,
    date: Option<Timestamp>,
}

/// A response with any status.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) head: Head,
    pub(super) body: Secret,
}

impl Channel {
    /// Sends a request and returns the response, with any status. Retries, up to `attempts` times in all, when there is
    /// no response or its status is 429 or 5xx, but not when the host name cannot be resolved.
    pub(super) async fn send(&self, request: &Request<'_>) -> CallResult<Response> {
        let attempts = async {
            for _ in 1..self.attempts {
                match self.send_once(request).await {
                    Ok(response) if !matches!(response.head.status, 429 | 500..) => return Ok(response),
                    Err(error) if error.is_region_unavailable => return Err(error),
                    _ => sleep(PAUSE).await,
                }
            }
            self.send_once(request).await
        };
        let limit = self.timeouts.call;
        timeout(limit, attempts).await.unwrap_or_else(|_| Err(unreachable::no_response_within(self, limit).into()))
    }

    async fn send_once(&self, request: &Request<'_>) -> CallResult<Response> {
        let attempt = async {
            let result = self.connector.call(request.to_http()?).await;
            let response = result.map_err(|error| unreachable::call_error(self, &error))?;
            let head = head_of(&response);
            self.ctx.log(|| format!("`{}` answered {}", self.host, head.status));
            let body = response.body().bytes().unwrap_or_default();
            Ok(Response { head, body: Secret::new(String::from_utf8_lossy(body)) })
        };
        let limit = self.timeouts.attempt;
        timeout(limit, attempt).await.unwrap_or_else(|_| Err(unreachable::no_response_within(self, limit).into()))
    }
}

impl Request<'_> {
    fn to_http(&self) -> Result<HttpRequest> {
        let invalid = |_| {
            Error::configuration(format!("`{}` is not a valid URL", self.url))
                .hint("write it as https://host/path, without spaces")
        };
        let mut request = HttpRequest::new(SdkBody::from(self.body.expose()));
        request.set_method(self.method).map_err(invalid)?;
        request.set_uri(self.url).map_err(invalid)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name.clone(), value.expose().to_string()).map_err(invalid)?;
        }
        Ok(request)
    }
}

fn head_of(response: &HttpResponse) -> Head {
    let header = |name: &str| response.headers().get(name);
    let date = header("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
    Head {
        status: response.status().as_u16(),
        location: header("location").map(String::from),
        date: date.map(|date| Timestamp(date.secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::secret::{HUNTER2, assert_redacted};
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    /// Starts a server that sends each response once, and calls [`redirect`] with its URL. Returns the request lines
    /// and the result.
    fn redirected(responses: &'static [&'static str]) -> (Vec<String>, Result<Option<String>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/start?x=1#/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let serve = |response: &&str| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
                write!(stream, "HTTP/1.1 {response}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                first
            };
            responses.iter().map(serve).collect()
        });
        let result = redirect(&Context::new([]), &Network::default(), &url);
        (server.join().unwrap(), result)
    }

    #[test]
    fn debug_shows_no_secret_of_a_request_or_response() {
        let secret = || Secret::new(HUNTER2);
        let headers = [("x-amz-security-token".to_string(), secret())];
        assert_redacted(&Request { method: "POST", url: "https://x", headers: &headers, body: secret() });
        assert_redacted(&Response { head: Head { status: 200, location: None, date: None }, body: secret() });
    }

    #[test]
    fn a_redirect_is_read_and_not_followed() {
        let (requests, target) = redirected(&["302 Found\r\nLocation: https://d-1.awsapps.com/start"]);
        assert_eq!(target.unwrap().as_deref(), Some("https://d-1.awsapps.com/start"));
        assert_eq!(requests, ["HEAD /start?x=1 HTTP/1.1"]);
    }

    #[test]
    fn a_server_without_head_is_asked_for_the_page() {
        let (requests, target) = redirected(&["405 Method Not Allowed", "301 Moved\r\nLocation: https://x/"]);
        assert_eq!(target.unwrap().as_deref(), Some("https://x/"));
        assert_eq!(requests, ["HEAD /start?x=1 HTTP/1.1", "GET /start?x=1 HTTP/1.1"]);
    }

    #[test]
    fn a_page_is_not_a_redirect() {
        for response in [&["200 OK\r\nLocation: https://x/"][..], &["404 Not Found"], &["302 Found"]] {
            assert_eq!(redirected(response).1.unwrap(), None);
        }
    }

    #[test]
    fn a_server_that_throttles_or_fails_is_unreachable() {
        for (responses, words) in [
            (&["429 Too Many Requests"; 3], "is throttling: too many requests"),
            (&["503 Service Unavailable"; 3], "` answered 503"),
        ] {
            let error = redirected(responses).1.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unreachable);
            assert!(error.message.ends_with(words), "{error}");
        }
    }

    #[test]
    fn a_closed_port_is_unreachable() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let error = redirect(&Context::new([]), &Network::default(), &format!("http://{free}/")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
    }
}
