//! The DevTools protocol over a pipe: JSON objects, each ended by a NUL.
//! <https://chromedevtools.github.io/devtools-protocol/>
//!
//! Deliberately not here: which commands are sent, and what events mean (`capture`).

use crate::context::Deadline;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;

/// What came from the browser, if anything did.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A reply or an event.
    Message(Value),
    /// The browser is gone.
    Closed,
    /// The wait is over.
    TimedOut,
}

/// The two ends of the pipe.
#[derive(Debug)]
pub(super) struct Connection {
    to_browser: File,
    messages: Receiver<Value>,
    last_id: u64,
}

impl Connection {
    pub(super) fn new(to_browser: File, from_browser: File) -> Self {
        let (sender, messages) = channel();
        thread::spawn(move || read(from_browser, &sender));
        Self { to_browser, messages, last_id: 0 }
    }

    /// Sends a command, to the browser or to one of its pages; returns the id its reply will have.
    /// A browser that is gone is noticed when something is received.
    pub(super) fn send(&mut self, page: Option<&str>, method: &str, params: &Value) -> u64 {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(page) = page {
            message["sessionId"] = page.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let _ = self.to_browser.write_all(&bytes);
        self.last_id
    }

    /// Waits for the next message.
    pub(super) fn receive(&self, deadline: Deadline) -> Incoming {
        match self.messages.recv_timeout(deadline.left()) {
            Ok(message) => Incoming::Message(message),
            Err(RecvTimeoutError::Disconnected) => Incoming::Closed,
            Err(RecvTimeoutError::Timeout) => Incoming::TimedOut,
        }
    }
}

/// Reads until the browser, or whoever waits for it, is gone.
fn read(from_browser: File, messages: &Sender<Value>) {
    let mut reader = BufReader::new(from_browser);
    let mut message = Vec::new();
    while reader.read_until(0, &mut message).is_ok_and(|count| count > 0) {
        let text = message.strip_suffix(&[0]).unwrap_or(&message);
        if serde_json::from_slice(text).is_ok_and(|value| messages.send(value).is_err()) {
            return;
        }
        message.clear();
    }
}
