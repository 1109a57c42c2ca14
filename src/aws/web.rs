//! Plain requests, for what the SDK has no client for: where an address leads, which time it is at AWS, forms.
//!
//! Deliberately not here: redirects that are followed. Who asks decides whether to trust the next host.

use super::channel::{Channel, run};
use super::outcome::Outcome;
use super::{Network, partition, unreachable};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::{DateTime, Format};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const PAUSE: Duration = Duration::from_millis(400);

/// Returns the target an address redirects to; `None` when it does not redirect.
///
/// # Errors
/// Configuration: no address, a proxy or a CA bundle that cannot be used. `Unreachable`.
pub(crate) fn redirect(ctx: &Context, network: &Network, url: &str) -> Result<Option<String>> {
    let _progress = Progress::start("looking where the start URL leads");
    let Head { status, location, .. } = head(&Channel::to(ctx, network, url)?, url)?;
    Ok(location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308)))
}

/// Returns how many seconds the local clock is ahead of AWS's.
///
/// # Errors
/// `Unreachable`, also when AWS does not say its time.
pub(crate) fn clock_ahead(ctx: &Context, network: &Network, region: &str) -> Result<i64> {
    partition::check_region(region)?;
    let own = || format!("https://{}", partition::host("oidc", region, network));
    let url = network.sso_oidc.as_ref().map_or_else(own, |endpoint| endpoint.url.clone());
    let _progress = Progress::start("asking AWS for the time");
    let channel = Channel { endpoint: network.sso_oidc.clone(), ..Channel::to(ctx, network, &url)? };
    let date = head(&channel, &url)?.date;
    let date = date.ok_or_else(|| Error::unreachable(format!("`{url}` does not say which time it is")))?;
    Ok(ctx.now().seconds_after(date))
}

/// Asks for the head of a page, as `HEAD` or, of who does not know that, as `GET`.
fn head(channel: &Channel, url: &str) -> Result<Head> {
    channel.ctx.log(|| format!("HEAD {url}"));
    // What follows the `#` is for browsers.
    let page = url.split('#').next().unwrap_or_default();
    let ask = async |method: &str| channel.ask(&Form { method, url: page, headers: &[], body: String::new() }).await;
    let answer = run(async {
        match ask("HEAD").await? {
            Answer { head: Head { status: 405 | 501, .. }, .. } => ask("GET").await,
            answer => Ok(answer),
        }
    });
    answer.map(|answer| answer.head).map_err(|failure| failure.error.doing(format!("could not open `{url}`")))
}

/// A request as it travels.
pub(super) struct Form<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(String, String)],
    pub(super) body: String,
}

/// What an answer begins with.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    location: Option<String>,
    date: Option<Timestamp>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) body: String,
}

impl Channel {
    /// Asks, and asks again who does not answer or fails, as often as is configured and time allows.
    pub(super) async fn ask(&self, form: &Form<'_>) -> Outcome<Answer> {
        let attempts = async {
            for _ in 1..self.attempts {
                match self.ask_once(form).await {
                    Ok(answer) if !matches!(answer.head.status, 429 | 500..) => return Ok(answer),
                    Err(failure) if failure.region_is_missing => return Err(failure),
                    _ => sleep(PAUSE).await,
                }
            }
            self.ask_once(form).await
        };
        let time = self.timeouts.call;
        timeout(time, attempts).await.unwrap_or_else(|_| Err(unreachable::no_answer_within(self, time).into()))
    }

    async fn ask_once(&self, form: &Form<'_>) -> Outcome<Answer> {
        let time = self.timeouts.attempt;
        let answer = async {
            let response = self.connector.call(form.request()?).await;
            let response = response.map_err(|error| unreachable::failure(self, &error))?;
            let head = head_of(&response);
            self.ctx.log(|| format!("`{}` answered {}", self.host, head.status));
            let body = response.body().bytes().unwrap_or_default();
            Ok(Answer { head, body: String::from_utf8_lossy(body).into_owned() })
        };
        timeout(time, answer).await.unwrap_or_else(|_| Err(unreachable::no_answer_within(self, time).into()))
    }
}

impl Form<'_> {
    fn request(&self) -> Result<HttpRequest> {
        let bad = |_| {
            Error::configuration(format!("`{}` cannot be asked for", self.url))
                .hint("is it a whole address, without blanks?")
        };
        let mut request = HttpRequest::new(SdkBody::from(self.body.clone()));
        request.set_method(self.method).map_err(bad)?;
        request.set_uri(self.url).map_err(bad)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name.clone(), value.clone()).map_err(bad)?;
        }
        Ok(request)
    }
}

fn head_of(response: &HttpResponse) -> Head {
    let text = |name: &str| response.headers().get(name);
    let date = text("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
    Head {
        status: response.status().as_u16(),
        location: text("location").map(String::from),
        date: date.map(|date| Timestamp(date.secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    /// Answers each request with the next of these, and returns the lines that were asked with what came of it.
    fn answered(answers: &'static [&'static str]) -> (Vec<String>, Result<Option<String>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/start?x=1#/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let answer = |answer: &&str| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
                write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                first
            };
            answers.iter().map(answer).collect()
        });
        let result = redirect(&Context::new([]), &Network::default(), &url);
        (server.join().unwrap(), result)
    }

    #[test]
    fn a_redirect_is_read_and_not_followed() {
        let (asked, target) = answered(&["302 Found\r\nLocation: https://d-1.awsapps.com/start"]);
        assert_eq!(target.unwrap().as_deref(), Some("https://d-1.awsapps.com/start"));
        assert_eq!(asked, ["HEAD /start?x=1 HTTP/1.1"]);
    }

    #[test]
    fn a_server_without_head_is_asked_for_the_page() {
        let (asked, target) = answered(&["405 Method Not Allowed", "301 Moved\r\nLocation: https://x/"]);
        assert_eq!(target.unwrap().as_deref(), Some("https://x/"));
        assert_eq!(asked, ["HEAD /start?x=1 HTTP/1.1", "GET /start?x=1 HTTP/1.1"]);
    }

    #[test]
    fn a_page_is_no_redirect() {
        for answer in [&["200 OK\r\nLocation: https://x/"][..], &["404 Not Found"], &["302 Found"]] {
            assert_eq!(answered(answer).1.unwrap(), None);
        }
    }

    #[test]
    fn nobody_there_is_said() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let error = redirect(&Context::new([]), &Network::default(), &format!("http://{free}/")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
    }
}
