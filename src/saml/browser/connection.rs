//! The DevTools protocol over a pipe: JSON objects, each followed by a NUL byte.
//! <https://chromedevtools.github.io/devtools-protocol/>

use crate::context::Deadline;
use crate::json::{self, SecretJson};
use crate::secret::Secret;
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use zeroize::{Zeroize as _, Zeroizing};

/// The largest message in bytes. A message with a posted form has some hundred KiB.
const MAX_MESSAGE: u64 = 16 << 20;
/// The most messages that are queued in each direction.
const QUEUE_LENGTH: usize = 1000;

/// The next message from the browser, or why there is none.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// The reply to a command, or an event.
    Message(SecretJson),
    /// The browser sent bytes that are not a message of the DevTools protocol.
    Malformed,
    /// The browser closed the pipe.
    Closed,
    /// The deadline has passed.
    TimedOut,
}

/// The connection to a browser, in both directions.
#[derive(Debug)]
pub(super) struct Connection {
    to_browser: SyncSender<Secret>,
    messages: Receiver<Incoming>,
    last_id: u64,
}

impl Connection {
    pub(super) fn new(to_browser: File, from_browser: File) -> Self {
        let (sender, messages) = sync_channel(QUEUE_LENGTH);
        let (to_browser_sender, commands) = sync_channel(QUEUE_LENGTH);
        thread::spawn(move || read(from_browser, &sender));
        thread::spawn(move || write(to_browser, &commands));
        Self { to_browser: to_browser_sender, messages, last_id: 0 }
    }

    /// Sends a command to the browser, or to one of its pages. Returns the ID that the browser's reply will have.
    ///
    /// Never blocks: when the queue is full, the command is lost. If the browser has ended, `send` reports no error;
    /// `receive` then returns `Closed`.
    pub(super) fn send(&mut self, page: Option<&str>, method: &str, params: &Value) -> u64 {
        self.last_id += 1;
        let mut command = json::secret_line(&Command { id: self.last_id, method, params, session_id: page });
        command.push_str("\0");
        let _ = self.to_browser.try_send(command);
        self.last_id
    }

    /// Waits for the next message. After the deadline, returns `TimedOut` even if messages are queued.
    pub(super) fn receive(&self, deadline: Deadline) -> Incoming {
        if deadline.is_expired() {
            return Incoming::TimedOut;
        }
        match self.messages.recv_timeout(deadline.left()) {
            Ok(incoming) => incoming,
            Err(RecvTimeoutError::Disconnected) => Incoming::Closed,
            Err(RecvTimeoutError::Timeout) => Incoming::TimedOut,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Command<'a> {
    id: u64,
    method: &'a str,
    params: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
}

/// Reads messages until the pipe or the channel is closed.
fn read(from_browser: File, messages: &SyncSender<Incoming>) {
    let mut reader = BufReader::new(from_browser);
    let mut message = Zeroizing::new(Vec::new());
    while (&mut reader).take(MAX_MESSAGE).read_until(0, &mut message).is_ok_and(|count| count > 0) {
        let is_cut = !message.ends_with(&[0]);
        // An incomplete message that is smaller than the limit means that the browser has ended.
        if is_cut && (message.len() as u64) < MAX_MESSAGE {
            return;
        }
        let Some(value) = SecretJson::parse(message.strip_suffix(&[0]).unwrap_or(&message)) else {
            return drop(messages.send(Incoming::Malformed));
        };
        if messages.send(Incoming::Message(value)).is_err() {
            return;
        }
        message.zeroize();
    }
}

/// Writes commands until the channel or the pipe is closed.
fn write(mut to_browser: File, commands: &Receiver<Secret>) {
    while let Ok(command) = commands.recv() {
        if to_browser.write_all(command.expose().as_bytes()).is_err() {
            return;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::context::{Clock, Context};
    use crate::secret::{HUNTER2, assert_redacted};
    use serde_json::json;
    use std::sync::Arc;
    use std::time::Duration;

    fn pipe() -> (File, File) {
        let (reader, writer) = std::io::pipe().unwrap();
        (File::from(std::os::fd::OwnedFd::from(reader)), File::from(std::os::fd::OwnedFd::from(writer)))
    }

    /// Makes a connection to a program that repeats the same text without end, and reads nothing.
    fn flooded(text: &'static [u8]) -> (Connection, File) {
        let ((unread, to_browser), (from_browser, mut flood)) = (pipe(), pipe());
        thread::spawn(move || while flood.write_all(&text.repeat(1 + 65_536 / text.len())).is_ok() {});
        (Connection::new(to_browser, from_browser), unread)
    }

    #[test]
    fn the_deadline_holds_for_a_program_that_never_stops_sending() {
        let mut ctx = Context::new([]);
        ctx.clock = Clock::ahead(Arc::default());
        let (mut connection, _unread) = flooded(b"{\"method\":\"x\"}\0");
        let (deadline, mut received) = (ctx.deadline(Duration::from_secs(3600)), 0);
        while let Incoming::Message(_) = connection.receive(deadline) {
            received += 1;
            ctx.sleep(Duration::from_secs(60));
            connection.send(None, "Fetch.enable", &json!({ "patterns": "x".repeat(1000) }));
        }
        assert!((1..=60).contains(&received), "{received}");
    }

    #[test]
    fn debug_shows_no_message() {
        let text = format!("{{\"postData\": \"{HUNTER2}\"}}");
        assert_redacted(&Incoming::Message(SecretJson::parse(text.as_bytes()).unwrap()));
        let (mut connection, _unread): (Connection, File) = flooded(b"{\"method\": \"hunter2\"}\0");
        connection.send(None, HUNTER2, &json!({}));
        assert_redacted(&connection);
    }

    #[test]
    fn other_bytes_are_malformed() {
        let ctx = Context::new([]);
        for text in [&b"y\n"[..], b"\0", b"y\0", b"[[[["] {
            let (connection, _unread) = flooded(text);
            assert!(
                matches!(connection.receive(ctx.deadline(Duration::from_secs(30))), Incoming::Malformed),
                "{text:?}"
            );
        }
    }
}
