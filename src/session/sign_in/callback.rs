//! The listener the browser brings the answer to: one path, one method, one host, one state.
//!
//! Deliberately not here: what the answer is exchanged for. Whoever else knocks (a port scan, a favicon, another page in
//! the same browser) gets a short answer in a thread of its own, and the wait goes on.

use super::page::Page;
use crate::context::{Context, Deadline};
use crate::error::{Error, Result, cause_text};
use crate::peer::{self, Peer};
use crate::percent;
use crate::secret::Secret;
use crate::terminal;
use std::collections::HashSet;
use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

/// The path that is registered with AWS.
pub(super) const PATH: &str = "/oauth/callback";

/// How long somebody who connects may take to say what he wants, and how much of it is read.
const REQUEST_TIME: Duration = Duration::from_secs(5);
const REQUEST_SIZE: usize = 16 * 1024;

/// How often the door is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// A listener on 127.0.0.1; nobody from another machine can reach it.
#[derive(Debug)]
pub(super) struct Callback {
    listener: TcpListener,
    port: u16,
}

/// The browser with the answer; it waits for its page.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) answer: Answer,
    stream: TcpStream,
}

/// What the browser brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Code(Secret),
    /// The error AWS names, and what it says about it.
    Refused(String),
}

impl Callback {
    /// Begins to listen, on a free port unless one is asked for.
    ///
    /// # Errors
    /// Configuration, when the port is taken.
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

    /// Returns the port it listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address the browser is sent back to.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the browser that brings the state back; `None` when it did not come in time. `goes_on` is called all the
    /// while, to show the person the time; where it says no, the wait ends.
    pub(super) fn wait(
        &self,
        ctx: &Context,
        state: &str,
        deadline: Deadline,
        goes_on: impl Fn() -> bool,
    ) -> Option<Visitor> {
        let (sender, visits) = channel();
        let mut strangers = HashSet::new();
        while !deadline.is_expired() && goes_on() {
            let pause = match self.listener.accept() {
                Ok((stream, _)) => {
                    self.attend(ctx, stream, state, sender.clone());
                    Duration::ZERO
                }
                // Nobody there, or one who left already.
                Err(_) => PAUSE,
            };
            match visits.recv_timeout(pause) {
                Ok(Visit::Answer(visitor)) => return Some(visitor),
                Ok(Visit::Stranger(user)) if strangers.insert(user.clone()) => self.warn_of(&user),
                Ok(Visit::Stranger(_)) | Err(_) => {}
            }
        }
        None
    }

    fn attend(&self, ctx: &Context, stream: TcpStream, state: &str, sender: Sender<Visit>) {
        let (ctx, hosts, state) = (ctx.clone(), hosts(self.port), state.to_string());
        // A thread that cannot be had drops the connection; the browser will come again.
        let _ = thread::Builder::new().stack_size(256 * 1024).spawn(move || {
            match peer::of(&ctx, &stream) {
                Peer::Closed => return,
                Peer::OtherUser(user) => {
                    let _ = sender.send(Visit::Stranger(user));
                    return Page::another_user().send(&stream);
                }
                Peer::SameUser | Peer::Unknown => {}
            }
            let Some(head) = read_head(&stream, ctx.deadline(REQUEST_TIME)) else { return };
            match judge(&head, &hosts, &state) {
                Ok(answer) => drop(sender.send(Visit::Answer(Visitor { answer, stream }))),
                Err(page) => page.send(&stream),
            }
        });
    }

    fn warn_of(&self, user: &str) {
        terminal::warn(&format!(
            "the user {user} connected to 127.0.0.1:{}, which is for your browser, and got nothing; still waiting for you",
            self.port
        ));
    }
}

/// Who came.
#[derive(Debug)]
enum Visit {
    Answer(Visitor),
    /// Another user of this machine, who can read the address in the browser's command line.
    Stranger(String),
}

impl Visitor {
    /// Shows the browser its page.
    pub(super) fn reply(self, page: &Page) {
        page.send(&self.stream);
    }
}

/// The names a browser can have for us after being sent to the redirect URI: it leaves out the port 80.
fn hosts(port: u16) -> Vec<String> {
    let mut hosts = vec![format!("127.0.0.1:{port}")];
    if port == 80 {
        hosts.push("127.0.0.1".into());
    }
    hosts
}

/// Reads up to the empty line; `None` from somebody who does not come to the point.
fn read_head(mut stream: &TcpStream, deadline: Deadline) -> Option<Vec<u8>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_write_timeout(Some(REQUEST_TIME)).ok()?;
    let (mut head, mut buffer) = (Vec::new(), [0; 2048]);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        stream.set_read_timeout(Some(deadline.left()).filter(|left| !left.is_zero())).ok()?;
        match stream.read(&mut buffer) {
            Ok(count @ 1..) if head.len() + count <= REQUEST_SIZE => head.extend_from_slice(&buffer[..count]),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            _ => return None,
        }
        if deadline.is_expired() {
            return None;
        }
    }
    Some(head)
}

/// Decides whether a request is the answer that is waited for; if not, which page it gets.
fn judge(head: &[u8], hosts: &[String], state: &str) -> std::result::Result<Answer, Page> {
    let bad = |why: &str| Page::no_answer("400 Bad Request", why);
    let head = std::str::from_utf8(head).map_err(|_| bad("This is not HTTP."))?;
    let mut lines = head.split("\r\n");
    let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, "HTTP/1.1" | "HTTP/1.0"] = words[..] else { return Err(bad("This is not HTTP.")) };
    let named = |line: &str| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(value);
    let found: Vec<String> = lines.filter_map(named).collect();
    if !matches!(&found[..], [host] if hosts.contains(host)) {
        return Err(bad("The host is not this computer's."));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match (path == PATH, method) {
        (false, _) => Err(Page::no_answer("404 Not Found", "There is nothing here.")),
        (true, "GET") => answer(query, state).ok_or_else(|| bad("It does not belong to this sign-in.")),
        (true, _) => Err(Page::wrong_method()),
    }
}

fn value(header: (&str, &str)) -> String {
    header.1.trim().to_string()
}

/// Reads the query; `None` unless it has our state, and each value once.
fn answer(query: &str, state: &str) -> Option<Answer> {
    let pairs: Option<Vec<(&str, String)>> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| Some((name, percent::decode(value)?)))
        .collect();
    let pairs = pairs?;
    let one = |name: &str| {
        let mut values = pairs.iter().filter(|(other, _)| *other == name).map(|(_, value)| value.as_str());
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    };
    one("state").filter(|found| *found == state)?;
    match (one("error"), one("code")) {
        (Some(error), _) => {
            Some(Answer::Refused(one("error_description").map_or(error.into(), |why| format!("{error}: {why}"))))
        }
        (None, code) => Some(Answer::Code(Secret::new(code?))),
    }
}

#[cfg(test)]
mod tests;
