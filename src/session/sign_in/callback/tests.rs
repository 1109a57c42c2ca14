//! The local server, and requests that are not the expected redirect.

use super::*;
use crate::secret::{HUNTER2, assert_redacted};
use proptest::{prop_assert, proptest};
use std::io::Write as _;

const STATE: &str = "the-state";

fn request(line: &str, host: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n").into_bytes()
}

fn parsed(head: &[u8]) -> std::result::Result<AuthorizationResponse, &'static str> {
    parse_request(head, &hosts(8400), STATE).map_err(|page| &page.status[..3])
}

#[test]
fn a_request_with_our_state_is_the_response() {
    let code = Ok(AuthorizationResponse::Code(Secret::new("c/1 2")));
    let request = |line: &str| request(line, "127.0.0.1:8400");
    assert_eq!(parsed(&request("GET /oauth/callback?code=c%2F1+2&state=the-state")), code);
    assert_eq!(parsed(&request("GET /oauth/callback?state=the%2Dstate&x&code=c%2F1%202&y=z")), code);
    let refused = |text: &str| Ok(AuthorizationResponse::Error(text.into()));
    let line = "GET /oauth/callback?error=access_denied&error_description=No+thanks&state=the-state";
    assert_eq!(parsed(&request(line)), refused("access_denied: No thanks"));
    assert_eq!(parsed(&request("GET /oauth/callback?error=server_error&state=the-state")), refused("server_error"));
}

#[test]
fn every_other_request_is_refused() {
    let table = [
        ("GET /oauth/callback", "400"),
        ("GET /oauth/callback?code=c", "400"),
        ("GET /oauth/callback?code=c&state=", "400"),
        ("GET /oauth/callback?code=c&state=other", "400"),
        ("GET /oauth/callback?code=c&state=the-state&state=the-state", "400"),
        ("GET /oauth/callback?code=c&code=d&state=the-state", "400"),
        ("GET /oauth/callback?state=the-state", "400"),
        ("GET /oauth/callback?code=&state=the-state", "400"),
        ("GET /oauth/callback?code=%&state=the-state", "400"),
        ("GET /oauth/callback?error=access_denied", "400"),
        ("GET /oauth/callback#code=c&state=the-state", "404"),
        ("GET /oauth/callback/?code=c&state=the-state", "404"),
        ("GET /OAuth/callback?code=c&state=the-state", "404"),
        ("GET /?code=c&state=the-state", "404"),
        ("GET /favicon.ico", "404"),
        ("GET http://127.0.0.1:8400/oauth/callback?code=c&state=the-state", "404"),
        ("HEAD /oauth/callback?code=c&state=the-state", "405"),
        ("POST /oauth/callback?code=c&state=the-state", "405"),
        ("OPTIONS /oauth/callback", "405"),
        ("get /oauth/callback?code=c&state=the-state", "405"),
        ("GET  /oauth/callback?code=c&state=the-state", "400"),
        ("GET", "400"),
        ("", "400"),
    ];
    for (line, status) in table {
        assert_eq!(parsed(&request(line, "127.0.0.1:8400")), Err(status), "{line}");
    }
}

#[test]
fn only_the_host_of_the_listener_is_accepted() {
    let line = "GET /oauth/callback?code=c&state=the-state";
    for host in ["localhost:8400", "127.0.0.1", "127.0.0.1:80", "evil.example:8400", "127.0.0.1:8400.evil.example", ""]
    {
        assert_eq!(parsed(&request(line, host)), Err("400"), "{host}");
    }
    let twice = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1:8400\r\nhost: evil.example\r\n\r\n");
    assert_eq!(parsed(twice.as_bytes()), Err("400"));
    assert_eq!(parsed(format!("{line} HTTP/1.1\r\n\r\n").as_bytes()), Err("400"));
    let bare = request(line, "127.0.0.1");
    assert!(parse_request(&bare, &hosts(80), STATE).is_ok());
}

#[test]
fn bytes_that_are_not_http_are_refused() {
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
    assert_eq!(parsed(hello), Err("400"));
    assert_eq!(parsed(b"GET /oauth/callback?code=c&state=the-state HTTP/2\r\n\r\n"), Err("400"));
}

proptest! {
    #[test]
    fn no_request_without_our_state_is_accepted(line in "(GET|POST|[A-Z]{1,5}) (/oauth/callback\\?)?[a-z=&%0-9/?+-]{0,60}", bytes: Vec<u8>) {
        prop_assert!(parsed(&request(&line, "127.0.0.1:8400")).is_err());
        prop_assert!(parsed(&bytes).is_err());
    }
}

/// Sends bytes to the server, and returns its response.
fn ask(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn other_connections_do_not_block_the_right_one() {
    let ctx = Context::new([]);
    let listener = CallbackListener::bind(None).unwrap();
    let port = listener.port();
    let host = format!("127.0.0.1:{port}");
    let person = thread::spawn(move || {
        // Twenty connections send nothing, twenty send half a line, and all stay open. One closes at once, and one
        // sends too much.
        let mut lingering: Vec<TcpStream> =
            (0..40).map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap()).collect();
        lingering.iter_mut().skip(20).for_each(|stream| stream.write_all(b"GET /oauth/call").unwrap());
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
        assert_eq!(ask(port, &vec![b'x'; MAX_REQUEST_SIZE + 1]), "");
        assert!(ask(port, &request("GET /favicon.ico", &host)).starts_with("HTTP/1.1 404 "));
        assert!(ask(port, &request("POST /oauth/callback", &host)).starts_with("HTTP/1.1 405 "));
        let forged = ask(port, &request("GET /oauth/callback?code=evil&state=guess", &host));
        assert!(forged.starts_with("HTTP/1.1 400 ") && forged.contains("still waiting"), "{forged}");
        let page = ask(port, &request("GET /oauth/callback?code=right&state=the-state", &host));
        assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("You are signed in"), "{page}");
        drop(lingering);
    });
    let request = listener.wait(&ctx, STATE, ctx.deadline(Duration::from_secs(30)), || true).unwrap();
    assert_eq!(request.response, AuthorizationResponse::Code(Secret::new("right")));
    request.reply(&HttpPage::signed_in("corp"));
    person.join().unwrap();
}

#[test]
fn the_wait_ends_at_the_deadline() {
    let ctx = Context::new([]);
    let listener = CallbackListener::bind(None).unwrap();
    assert!(listener.wait(&ctx, STATE, ctx.deadline(Duration::from_millis(50)), || true).is_none());
}

#[test]
fn a_port_in_use_is_reported() {
    let taken = CallbackListener::bind(None).unwrap();
    let error = CallbackListener::bind(Some(taken.port())).unwrap_err();
    assert!(error.message.contains(&taken.port().to_string()), "{}", error.message);
    assert!(error.hints[0].contains("--port"));
}

#[test]
fn debug_does_not_show_the_code() {
    assert_redacted(&AuthorizationResponse::Code(Secret::new(HUNTER2)));
}
