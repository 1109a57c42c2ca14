//! The local HTTP server that AWS redirects the browser to after a sign-in. The redirect carries the authorization
//! response.
//!
//! It accepts one path, one method, one `Host` and one `state`. All other requests (a port scan, a favicon, another
//! page) get a short response. Each connection has its own thread, so that no connection delays the redirect.

use super::http_page::HttpPage;
use crate::context::{Context, Deadline};
use crate::error::{Error, Result, cause_text};
use crate::peer::{self, Peer};
use crate::percent;
use crate::secret::Secret;
use crate::terminal;
use httparse::Status;
use std::collections::HashSet;
use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// The path of the redirect URI.
const PATH: &str = "/oauth/callback";

/// How long a client may take to send a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of a request, from its first line to the end of its headers.
const MAX_REQUEST_SIZE: usize = 16 * 1024;

/// The most HTTP headers of a request; a browser sends about 15.
const MAX_HEADERS: usize = 100;

/// The pause between two checks for a new connection.
const PAUSE: Duration = Duration::from_millis(20);

/// A server that listens on 127.0.0.1, so other machines cannot reach it.
#[derive(Debug)]
pub(super) struct CallbackListener {
    listener: TcpListener,
    port: u16,
}

/// The browser's request, which contains the authorization response. The browser still waits for the HTTP response of
/// ssox: the page that it will show.
#[derive(Debug)]
pub(super) struct CallbackRequest {
    pub(super) response: AuthorizationResponse,
    stream: TcpStream,
}

/// The authorization response: what AWS sends through the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AuthorizationResponse {
    Code(Secret),
    /// AWS's error code, followed by its description if there is one.
    Error(String),
}

/// Returns the redirect URI to register the client with. This URI has no port, so AWS accepts every port.
pub(super) fn registered_uri() -> String {
    format!("http://127.0.0.1{PATH}")
}

impl CallbackListener {
    /// Listens on a port; if none is given, on any free port.
    ///
    /// # Errors
    /// `Configuration`: ssox cannot listen on the port, e.g. because it is in use.
    pub(super) fn bind(port: Option<u16>) -> Result<Self> {
        let wanted = port.unwrap_or(0);
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            Ok(Self { listener, port })
        });
        bound.map_err(|cause| {
            let error = Error::configuration(format!("could not listen on 127.0.0.1:{wanted}: {}", cause_text(&cause)));
            error.hint("choose another port with `--port`, or sign in with `--device-code`")
        })
    }

    /// Returns the port that the server listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL that AWS redirects the browser to.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the authorization response that has the expected `state`. Returns `None` at the deadline, or when
    /// `keep_waiting` returns false.
    ///
    /// `keep_waiting` is called several times per second; it may show the remaining time.
    pub(super) fn wait(
        &self,
        ctx: &Context,
        state: &str,
        deadline: Deadline,
        keep_waiting: impl Fn() -> bool,
    ) -> Option<CallbackRequest> {
        let (sender, events) = channel();
        let mut reported_users = HashSet::new();
        while !deadline.is_expired() && keep_waiting() {
            let pause = match self.listener.accept() {
                Ok((stream, _)) => {
                    self.handle(ctx, stream, state, sender.clone());
                    Duration::ZERO
                }
                // No connection has arrived, or the client has already closed it.
                Err(_) => PAUSE,
            };
            match events.recv_timeout(pause) {
                Ok(Event::Response(request)) => return Some(request),
                Ok(Event::OtherUser(user)) if reported_users.insert(user.clone()) => self.warn_of(&user),
                Ok(Event::OtherUser(_)) | Err(_) => {}
            }
        }
        None
    }

    /// Handles a connection in a new thread.
    fn handle(&self, ctx: &Context, stream: TcpStream, state: &str, sender: Sender<Event>) {
        let (ctx, hosts, state) = (ctx.clone(), hosts(self.port), state.to_string());
        // If no thread can be started, the connection is closed, and the browser tries again.
        let _ = thread::Builder::new().stack_size(256 * 1024).spawn(move || {
            match peer::of(&ctx, &stream) {
                Peer::Closed => return,
                Peer::OtherUser(user) => {
                    let _ = sender.send(Event::OtherUser(user));
                    return HttpPage::other_user().send(&stream);
                }
                Peer::SameUser | Peer::Unknown => {}
            }
            let Some(head) = read_head(&stream, ctx.deadline(REQUEST_TIMEOUT)) else { return };
            match parse_request(&head, &hosts, &state) {
                Ok(response) => drop(sender.send(Event::Response(CallbackRequest { response, stream }))),
                Err(page) => page.send(&stream),
            }
        });
    }

    fn warn_of(&self, user: &str) {
        terminal::warn(&format!(
            "refused a connection of the user {user} to 127.0.0.1:{}, which only your browser may use; still waiting for your browser",
            self.port
        ));
    }
}

/// What the thread of a connection to the redirect URI reports: the authorization response, or a wrong user.
#[derive(Debug)]
enum Event {
    Response(CallbackRequest),
    /// A connection from another user of this machine. That user may have read the URL in the browser's command line.
    OtherUser(String),
}

impl CallbackRequest {
    /// Sends the page that the browser shows.
    pub(super) fn reply(self, page: &HttpPage) {
        page.send(&self.stream);
    }
}

/// Returns the values of the `Host` header that are accepted in a request for the redirect URI: the address with its
/// port; for port 80 also the address alone, because browsers omit this port.
fn hosts(port: u16) -> Vec<String> {
    let mut hosts = vec![format!("127.0.0.1:{port}")];
    if port == 80 {
        hosts.push("127.0.0.1".into());
    }
    hosts
}

/// Reads a request up to the empty line after its headers. Returns `None` if that takes too long, the request is too
/// large, or the connection ends before.
fn read_head(mut stream: &TcpStream, deadline: Deadline) -> Option<Zeroizing<Vec<u8>>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_write_timeout(Some(REQUEST_TIMEOUT)).ok()?;
    // The buffer has its full size from the start. If it grew, the old buffer with a part of the authorization code
    // would stay in memory.
    let mut head = Zeroizing::new(Vec::with_capacity(MAX_REQUEST_SIZE));
    let mut buffer = Zeroizing::new([0; 2048]);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        stream.set_read_timeout(Some(deadline.left()).filter(|left| !left.is_zero())).ok()?;
        match stream.read(&mut *buffer) {
            Ok(count @ 1..) if head.len() + count <= MAX_REQUEST_SIZE => head.extend_from_slice(&buffer[..count]),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            _ => return None,
        }
        if deadline.is_expired() {
            return None;
        }
    }
    Some(head)
}

/// Reads the authorization response from a request. For any other request, the error is the page to send.
fn parse_request(head: &[u8], hosts: &[String], state: &str) -> std::result::Result<AuthorizationResponse, HttpPage> {
    let bad_request = |why: &str| HttpPage::unrelated("400 Bad Request", why);
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let (Ok(Status::Complete(_)), Some(method), Some(target)) = (request.parse(head), request.method, request.path)
    else {
        return Err(bad_request("This is not HTTP."));
    };
    let mut found = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let is_own = |host: &httparse::Header| hosts.iter().any(|own| own.as_bytes() == host.value);
    if !found.next().is_some_and(is_own) || found.next().is_some() {
        return Err(bad_request("The `Host` header of the request is not the address of ssox."));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != PATH {
        return Err(HttpPage::unrelated("404 Not Found", "There is nothing here."));
    }
    if method != "GET" {
        return Err(HttpPage::wrong_method());
    }
    parse_query(query, state).ok_or_else(|| bad_request("The request does not belong to this sign-in."))
}

/// Reads the authorization response from the query string. Returns `None` if the query does not have the expected
/// `state`, or has a parameter twice.
fn parse_query(query: &str, state: &str) -> Option<AuthorizationResponse> {
    let mut pairs = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((name, Secret::new(percent::decode(value)?)));
    }
    let single = |name: &str| {
        let mut values = pairs.iter().filter(|(other, _)| *other == name).map(|(_, value)| value.expose());
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    };
    if single("state")? != state {
        return None;
    }
    if let Some(error) = single("error") {
        let description = single("error_description").map(|text| format!(": {text}")).unwrap_or_default();
        return Some(AuthorizationResponse::Error(format!("{error}{description}")));
    }
    Some(AuthorizationResponse::Code(Secret::new(single("code")?)))
}

#[cfg(test)]
mod tests;
