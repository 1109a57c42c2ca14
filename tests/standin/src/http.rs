//! HTTP/1.1 as the SDKs use it: keep-alive, bodies with a length, each response in one write.
//!
//! Chunked requests are not supported: no AWS client sends one for these operations.

use crate::clock::http_date;
use crate::text::parse_form;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::TcpStream;

const LONGEST: usize = 4 << 20;

/// A received request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The operation: `CreateToken`, `GetRoleCredentials`, …, or the path if it is unknown.
    pub operation: String,
    pub method: String,
    /// The path and the query, undecoded.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// Returns a header by its name, whatever the case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the path, without the query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// Returns the query, decoded and in order.
    pub fn query(&self) -> Vec<(String, String)> {
        parse_form(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn form_value(&self, name: &str) -> Option<String> {
        parse_form(&self.body).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or("").split(';').next().unwrap_or("").trim()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type".into(), content_type.into())], body: body.into() }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body).with("Cache-Control", "no-store")
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, headers: vec![("Location".into(), to.into())], body: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Formats the whole response; the response to HEAD has the length but not the body.
    pub(crate) fn bytes(&self, date: i64, head_only: bool) -> Vec<u8> {
        let mut message = format!("HTTP/1.1 {} {}\r\nDate: {}\r\n", self.status, reason(self.status), http_date(date));
        for (name, value) in &self.headers {
            message.push_str(&format!("{name}: {}\r\n", value.replace(['\r', '\n'], " ")));
        }
        message.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut message = message.into_bytes();
        message.extend_from_slice(if head_only { &[] } else { &self.body });
        message
    }
}

/// One client's connection. The last byte of a request is read only after the response: so dropping the connection
/// earlier is a reset, as in a broken network, and not an orderly close.
pub(crate) struct Connection {
    stream: TcpStream,
    unread: bool,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, unread: false }
    }

    /// Waits for the next request; `None` when the client has closed the connection or does not send HTTP.
    pub(crate) fn read(&mut self) -> Option<Request> {
        let mut received = Vec::new();
        let mut ahead = vec![0; 64 << 10];
        loop {
            let count = self.stream.peek(&mut ahead).ok().filter(|count| *count > 0)?;
            let before = received.len();
            received.extend_from_slice(&ahead[..count]);
            match message_length(&received)? {
                Some(length) if length <= received.len() => {
                    self.stream.read_exact(&mut ahead[..length - before - 1]).ok()?;
                    self.unread = true;
                    return parse(&received[..length]);
                }
                _ => self.stream.read_exact(&mut ahead[..count]).ok()?,
            }
        }
    }

    pub(crate) fn write(&mut self, message: &[u8]) -> io::Result<()> {
        self.take_last_byte()?;
        self.stream.write_all(message)
    }

    /// Waits until the client closes its end or the server is stopped.
    pub(crate) fn hang(&mut self) -> io::Result<()> {
        self.take_last_byte()?;
        while self.stream.read(&mut [0; 512])? > 0 {}
        Ok(())
    }

    fn take_last_byte(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.unread) {
            self.stream.read_exact(&mut [0])?;
        }
        Ok(())
    }
}

/// Returns the length of the request once its head is complete; an error when it is not HTTP.
fn message_length(received: &[u8]) -> Option<Option<usize>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
        return (received.len() < LONGEST).then_some(None);
    };
    let head = std::str::from_utf8(&received[..end]).ok()?;
    let lengths = head.lines().filter_map(|line| line.split_once(':'));
    let length = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value).next();
    let length: usize = length.map_or(Some(0), |length| length.trim().parse().ok())?;
    (length < LONGEST).then_some(Some(end + 4 + length))
}

fn parse(message: &[u8]) -> Option<Request> {
    let text = String::from_utf8_lossy(message);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let headers = lines.filter_map(|line| line.split_once(':'));
    Some(Request {
        operation: String::new(),
        method: first.next()?.into(),
        target: first.next()?.into(),
        headers: headers.map(|(name, value)| (name.to_string(), value.trim().to_string())).collect(),
        body: body.into(),
    })
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_body_ends_at_its_content_length() {
        assert_eq!(message_length(b"POST / HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nabcd"), Some(Some(41)));
        assert_eq!(message_length(b"GET / HTTP/1.1\r\nHost: a\r\n"), Some(None));
        assert_eq!(message_length(b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), None);
    }

    #[test]
    fn a_header_cannot_be_split() {
        let message = Response::redirect("http://a/\r\nX: y").bytes(0, false);
        assert!(!String::from_utf8(message).unwrap().contains("\r\nX:"));
    }
}
