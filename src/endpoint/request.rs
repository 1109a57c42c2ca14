//! Reads an HTTP request, and decides whether its sender gets credentials.
//!
//! A web page gets no credentials. Its requests have the header `Origin`; after DNS rebinding, `Host` contains the name
//! of the page's site; and no page knows the token.

use super::response::Refusal;
use crate::context::{Context, Deadline};
use crate::secret::Secret;
use httparse::{Header, Status};
use std::io::{ErrorKind, Read as _};
use std::net::TcpStream;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How much time a client of the local server for credentials has to send its request.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The largest request to the local server for credentials, in bytes.
const LARGEST: usize = 16 * 1024;
/// The most HTTP headers that a request to the local server for credentials may have.
const MOST_HEADERS: usize = 64;

/// The value of the header `Host` that a request must have (`127.0.0.1` without a port is allowed, too), and the token
/// that it must have in the header `Authorization`.
pub(super) struct Expected {
    pub(super) host: String,
    pub(super) token: Secret,
}

/// Reads a request without its body, and checks it; `None` if the client sent no complete request.
pub(super) fn read(ctx: &Context, stream: &TcpStream, expected: &Expected) -> Option<Result<(), Refusal>> {
    let deadline = ctx.deadline(TIME_LIMIT);
    stream.set_write_timeout(Some(TIME_LIMIT)).ok()?;
    let (mut head, mut buffer) = (Vec::with_capacity(1024), [0; 2048]);
    loop {
        let count = read_some(stream, deadline, &mut buffer)?;
        head.extend_from_slice(&buffer[..count]);
        if let Some(checked) = check(&head, expected) {
            return Some(checked);
        }
        if head.len() > LARGEST {
            return Some(Err(Refusal::NotHttp));
        }
    }
}

fn read_some(mut stream: &TcpStream, deadline: Deadline, buffer: &mut [u8]) -> Option<usize> {
    loop {
        stream.set_read_timeout(Some(deadline.left()).filter(|left| !left.is_zero())).ok()?;
        match stream.read(buffer) {
            Err(cause) if cause.kind() == ErrorKind::Interrupted && !deadline.is_expired() => {}
            read => return read.ok().filter(|count| *count > 0),
        }
    }
}

/// Checks the request line and the HTTP headers; `None` if they are incomplete. The AWS Common Runtime sends `Host`
/// without the port (awscrt 0.38.1).
fn check(head: &[u8], expected: &Expected) -> Option<Result<(), Refusal>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(Status::Partial) => return None,
        Ok(Status::Complete(_)) => {}
        Err(_) => return Some(Err(Refusal::NotHttp)),
    }
    let is = |name: &str, value: &[u8]| single(request.headers, name).is_some_and(|sent| sent.ct_eq(value).into());
    Some(if request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("origin")) {
        Err(Refusal::Origin)
    } else if !is("host", expected.host.as_bytes()) && !is("host", b"127.0.0.1") {
        Err(Refusal::Host)
    } else if !is("authorization", expected.token.expose().as_bytes()) {
        Err(Refusal::Token)
    } else if request.path != Some("/") {
        Err(Refusal::Path)
    } else if request.method != Some("GET") {
        Err(Refusal::Method)
    } else {
        Ok(())
    })
}

/// Returns the value of an HTTP header; `None` if it is absent or repeated.
fn single<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a [u8]> {
    let mut values = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    values.next().filter(|_| values.next().is_none()).map(|header| header.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(head: &str) -> Option<Result<(), Refusal>> {
        check(head.as_bytes(), &Expected { host: "127.0.0.1:8".into(), token: Secret::new("abc") })
    }

    #[test]
    fn only_the_exact_request_passes() {
        let (host, token) = ("Host: 127.0.0.1:8\r\n", "Authorization: abc\r\n");
        let rows = [
            (format!("GET / HTTP/1.1\r\n{host}{token}"), Ok(())),
            (format!("GET / HTTP/1.0\r\nauthorization:abc\r\nAccept: */*\r\n{host}"), Ok(())),
            (format!("GET / HTTP/1.1\r\n{host}{token}Origin: http://127.0.0.1:8\r\n"), Err(Refusal::Origin)),
            (format!("POST /x HTTP/1.1\r\nHost: evil.example\r\norigin: null\r\n{token}"), Err(Refusal::Origin)),
            (format!("GET / HTTP/1.1\r\n{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\nHost: localhost:8\r\n{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{token}"), Ok(())),
            (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:8.evil.example\r\n{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\n{host}{host}{token}"), Err(Refusal::Host)),
            (format!("GET / HTTP/1.1\r\n{host}"), Err(Refusal::Token)),
            (format!("GET / HTTP/1.1\r\n{host}{token}{token}"), Err(Refusal::Token)),
            (format!("GET / HTTP/1.1\r\n{host}Authorization: ab\r\n"), Err(Refusal::Token)),
            (format!("GET / HTTP/1.1\r\n{host}Authorization: abcd\r\n"), Err(Refusal::Token)),
            (format!("GET / HTTP/1.1\r\n{host}Authorization: Bearer abc\r\n"), Err(Refusal::Token)),
            (format!("GET /x HTTP/1.1\r\n{host}{token}"), Err(Refusal::Path)),
            (format!("GET /?x HTTP/1.1\r\n{host}{token}"), Err(Refusal::Path)),
            (format!("GET http://127.0.0.1:8/ HTTP/1.1\r\n{host}{token}"), Err(Refusal::Path)),
            (format!("POST / HTTP/1.1\r\n{host}{token}"), Err(Refusal::Method)),
            (format!("HEAD / HTTP/1.1\r\n{host}{token}"), Err(Refusal::Method)),
            ("\u{16}\u{3}\u{1}".into(), Err(Refusal::NotHttp)),
            (format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(65)), Err(Refusal::NotHttp)),
        ];
        for (head, expected) in rows {
            assert_eq!(checked(&format!("{head}\r\n")), Some(expected), "{head}");
        }
    }

    #[test]
    fn a_request_is_read_in_parts() {
        let whole = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8\r\nAuthorization: abc\r\n\r\n";
        (0..whole.len()).for_each(|end| assert_eq!(checked(&whole[..end]), None, "{end}"));
        assert_eq!(checked(whole), Some(Ok(())));
    }
}
