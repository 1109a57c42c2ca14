//! Where an address of somebody's own leads: one request, whose redirect is read and not followed.
//!
//! Deliberately not here: whether the target is to be trusted (`session`).

use super::Network;
use super::cause::unreachable;
use super::channel::{Channel, run};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::terminal::Progress;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};

/// Returns the target an address redirects to; `None` when it does not redirect.
///
/// # Errors
/// Configuration: no address, a proxy or a CA bundle that cannot be used. `Unreachable`.
pub(crate) fn redirect(ctx: &Context, network: &Network, url: &str) -> Result<Option<String>> {
    let _progress = Progress::start("looking where the start URL leads");
    ctx.log(|| format!("HEAD {url}"));
    let channel = Channel::to(ctx, network, url)?;
    let response = run(async {
        let answer = ask(&channel, "HEAD", url).await?;
        // There are servers that know no HEAD.
        match answer.status().as_u16() {
            405 | 501 => Ok(ask(&channel, "GET", url).await?),
            _ => Ok(answer),
        }
    })?;
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    Ok(response.headers().get("location").filter(|_| is_redirect).map(String::from))
}

async fn ask(channel: &Channel, method: &str, url: &str) -> Result<HttpResponse> {
    let bad = |_| Error::configuration(format!("`{url}` is not an address")).hint("ssox doctor");
    // What follows the `#` is for browsers.
    let mut request = HttpRequest::get(url.split('#').next().unwrap_or_default()).map_err(bad)?;
    request.set_method(method).map_err(bad)?;
    match tokio::time::timeout(channel.timeouts.attempt, channel.connector.call(request)).await {
        Ok(answer) => answer.map_err(|cause| unreachable(channel, &cause)),
        Err(_) => Err(Error::unreachable(format!("no answer from `{}`", channel.host))
            .hint("is the network up? is `sso_start_url` in ~/.aws/config right?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
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
        assert_eq!(error.kind, Kind::Unreachable);
    }
}
