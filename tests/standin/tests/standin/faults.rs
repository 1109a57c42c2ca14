//! Faults look to a client as the network's and the service's own.

use crate::client::{get, post_json, read_reply, send};
use serde_json::json;
use ssox_standin::{Fault, Grant, Options, Standin, Times};
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const ACCOUNTS: &str = "/assignment/accounts";

/// A stand-in, and the header of a good token.
fn standin() -> (Standin, String) {
    let standin = Standin::start();
    let token = standin.issue_token(&Grant::default()).access_token;
    (standin, token)
}

#[test]
fn a_status_fault_happens_as_often_as_asked_in_the_form_of_the_service() {
    let (standin, token) = standin();
    let headers = [("x-amz-sso_bearer_token", token.as_str())];
    standin.fault("ListAccounts", Fault::RetryAfter(429, 2), Times::Next(1));
    standin.fault("ListAccounts", Fault::Status(403), Times::Next(1));
    let reply = get(&standin, ACCOUNTS, &headers);
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("2")));
    let reply = get(&standin, ACCOUNTS, &headers);
    assert_eq!((reply.status, reply.header("x-amzn-errortype")), (403, Some("ForbiddenException")));
    assert_eq!(get(&standin, ACCOUNTS, &headers).status, 200);
    assert_eq!(standin.count("ListAccounts"), 3);
}

#[test]
fn each_fault_breaks_the_response_as_its_name_says() {
    let (standin, token) = standin();
    let call = || send(&standin, "GET", ACCOUNTS, &[("x-amz-sso_bearer_token", &token)], "");
    standin.fault("*", Fault::Reset, Times::Next(1));
    assert_eq!(call().err().map(|error| error.kind()), Some(ErrorKind::ConnectionReset));
    standin.fault("*", Fault::Truncated, Times::Next(1));
    assert_eq!(call().err().map(|error| error.kind()), Some(ErrorKind::UnexpectedEof));
    standin.fault("*", Fault::InvalidJson, Times::Next(1));
    assert!(serde_json::from_str::<serde_json::Value>(&call().unwrap().body).is_err());
    standin.fault("*", Fault::Html, Times::Next(1));
    assert!(call().unwrap().header("content-type").unwrap().starts_with("text/html"));
    standin.fault("*", Fault::DateSkew(-86_400 * 365 * 20), Times::Next(1));
    assert!(call().unwrap().header("date").unwrap().contains(" 200"));
}

#[test]
fn a_hanging_response_ends_when_the_stand_in_is_dropped() {
    let (standin, _) = standin();
    standin.fault("*", Fault::Hang, Times::Forever);
    let mut stream = TcpStream::connect(standin.url().trim_start_matches("http://")).unwrap();
    write!(stream, "GET {ACCOUNTS} HTTP/1.1\r\n\r\n").unwrap();
    while standin.count("ListAccounts") == 0 {
        thread::yield_now();
    }
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert_eq!(read_reply(&mut stream).err().map(|error| error.kind()), Some(ErrorKind::WouldBlock));
    stream.set_read_timeout(None).unwrap();
    drop(standin);
    assert!(read_reply(&mut stream).is_err());
}

#[test]
fn a_kept_connection_gets_its_response_at_once() {
    let (standin, token) = standin();
    let mut stream = TcpStream::connect(standin.url().trim_start_matches("http://")).unwrap();
    stream.set_nodelay(true).unwrap();
    let fastest = (0..50).map(|_| {
        let begin = Instant::now();
        // In two pieces, as a client without a write buffer sends it.
        write!(stream, "GET {ACCOUNTS} HTTP/1.1\r\n").unwrap();
        write!(stream, "x-amz-sso_bearer_token: {token}\r\n\r\n").unwrap();
        assert_eq!(read_reply(&mut stream).unwrap().status, 200);
        begin.elapsed()
    });
    // A delayed acknowledgement stalls every request by 40 ms, and a busy machine only some.
    let fastest = fastest.min().unwrap();
    assert!(fastest < Duration::from_millis(40), "{fastest:?}");
}

#[test]
fn lists_come_in_pages() {
    let standin = Standin::with(Options { page_size: 2, ..Options::default() });
    let token = standin.issue_token(&Grant::default()).access_token;
    let headers = [("x-amz-sso_bearer_token", token.as_str())];
    let first = get(&standin, "/assignment/accounts?max_result=100", &headers).json();
    let next = first["nextToken"].as_str().unwrap().replace('=', "%3D");
    let second = get(&standin, &format!("/assignment/accounts?next_token={next}"), &headers).json();
    let count = |reply: &serde_json::Value| reply["accountList"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second), second["nextToken"].as_str()), (2, 1, None));
}

#[test]
fn the_portal_refuses_as_the_real_one_does() {
    let (standin, token) = standin();
    let headers = [("x-amz-sso_bearer_token", token.as_str())];
    let role = |account, role| format!("/federation/credentials?role_name={role}&account_id={account}");
    let status = |target: &str| get(&standin, target, &headers).status;
    assert_eq!(status(&role("111122223333", "ReadOnly")), 200);
    assert_eq!(status(&role("111122223333", "Nobody")), 403);
    assert_eq!(status(&role("11112222333", "ReadOnly")), 400);
    assert_eq!(status("/assignment/roles?account_id=999999999999"), 404);
    standin.configure(|options| options.portal_rate = Some(1));
    assert_eq!(status(&role("111122223333", "ReadOnly")), 429);
    standin.configure(|options| options.portal_rate = None);
    assert_eq!(send(&standin, "POST", "/logout", &headers, "").unwrap().status, 200);
    assert_eq!(status(&role("111122223333", "ReadOnly")), 401);
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn other_processes_have_the_same_controls() {
    let (standin, token) = standin();
    let fault = json!({ "operation": "ListAccounts", "fault": { "status": 500 }, "times": 1 });
    assert_eq!(post_json(&standin, "/_standin/faults", &fault).status, 200);
    let headers = [("x-amz-sso_bearer_token", token.as_str())];
    assert_eq!(get(&standin, ACCOUNTS, &headers).status, 500);
    assert_eq!(get(&standin, "/_standin/counts", &[]).json(), json!({ "ListAccounts": 1 }));
    let options = json!({ "role_credentials": 8, "device": "approves" });
    assert_eq!(post_json(&standin, "/_standin/options", &options).status, 200);
    assert_eq!(post_json(&standin, "/_standin/options", &json!({ "colour": 1 })).status, 400);
    let issued = post_json(&standin, "/_standin/token", &json!({ "expires_in": 240 })).json();
    assert!(issued["file"].as_str().unwrap().starts_with("{\"startUrl\": \"https://"));
}
