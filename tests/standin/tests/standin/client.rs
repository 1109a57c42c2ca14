//! A minimal HTTP client for the stand-in's own tests.

use serde_json::Value;
use ssox_standin::Standin;
use std::io::{self, Read, Write};
use std::net::TcpStream;

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.filter(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// Sends one request on a connection of its own.
pub(crate) fn send(
    standin: &Standin,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Reply> {
    let url = standin.url();
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    let extra: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{extra}Content-Length: {length}\r\n\r\n");
    stream.write_all((head + body).as_bytes())?;
    read_reply(&mut stream)
}

pub(crate) fn read_reply(stream: &mut TcpStream) -> io::Result<Reply> {
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).map_err(|_| broken())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let mut reply = Reply { status, head, body: String::new() };
    let length = reply.header("content-length").and_then(|length| length.parse().ok()).ok_or_else(broken)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    reply.body = String::from_utf8(body).map_err(|_| broken())?;
    Ok(reply)
}

pub(crate) fn post_json(standin: &Standin, path: &str, body: &Value) -> Reply {
    let headers = [("Content-Type", "application/json")];
    send(standin, "POST", path, &headers, &body.to_string()).expect("the stand-in answers")
}

pub(crate) fn get(standin: &Standin, target: &str, headers: &[(&str, &str)]) -> Reply {
    send(standin, "GET", target, headers, "").expect("the stand-in answers")
}
