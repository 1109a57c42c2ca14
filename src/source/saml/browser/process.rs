//! A browser's process: how it ends, and what it says then.
//!
//! Deliberately not here: how it is started in detail (`pipe`).

use super::connection::Connection;
use super::pipe;
use serde_json::json;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How long a browser may take to close: it writes its cookies then.
const CLOSING: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// A browser and its pipe; closed, else killed, and in any case waited for when it is dropped.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) connection: Connection,
    child: Child,
    last_words: Receiver<String>,
}

impl Process {
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let (mut child, to_browser, from_browser) = pipe::spawn(command)?;
        let (sender, last_words) = channel();
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || sender.send(last_words_of(errors)));
        }
        Ok(Self { connection: Connection::new(to_browser, from_browser), child, last_words })
    }

    /// Waits for the end of a browser that closed its pipe; returns how it ended, unless it ended well.
    pub(super) fn failure(&mut self) -> Option<String> {
        if !self.ends_within(CLOSING) {
            self.kill();
        }
        self.child.wait().ok().filter(|status| !status.success()).map(|status| status.to_string())
    }

    /// Returns the errors it logged last, when it has ended.
    pub(super) fn last_words(&self) -> Option<String> {
        self.last_words.recv_timeout(PAUSE * 50).ok().filter(|words| !words.is_empty())
    }

    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        for _ in 0..limit.as_millis() / PAUSE.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(PAUSE);
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.connection.send(None, "Browser.close", &json!({}));
            if !self.ends_within(CLOSING) {
                self.kill();
            }
        }
    }
}

/// Reads to the end; returns the last two errors of a browser's log, else its last line.
fn last_words_of(errors: impl Read) -> String {
    let (mut last, mut errors_of_log) = (String::new(), Vec::new());
    for line in BufReader::new(errors.take(1 << 24)).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_string();
        match () {
            () if line.is_empty() || is_noise(&line) => {}
            // `[7:7:1120/120000.1:ERROR:file.cc(1)] what` is how browsers log.
            () if is_error(&line) => errors_of_log.push(line.split("] ").last().unwrap_or_default().to_string()),
            () => last = line,
        }
    }
    let words = match &errors_of_log[..] {
        [] => last,
        [.., one, other] => format!("{one}; {other}"),
        [one] => one.clone(),
    };
    words.chars().take(300).collect()
}

fn is_error(line: &str) -> bool {
    line.contains(":ERROR:") || line.contains(":FATAL:")
}

/// What a browser complains of that has no message bus, and no cache on disk.
fn is_noise(line: &str) -> bool {
    is_error(line) && (line.contains(":dbus/") || line.contains("cache"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_errors_are_what_counts() {
        let log = "started\n[1:1:1120/1.2:ERROR:x/y.cc:1] Old\n[1:1:1120/1.2:ERROR:ui/x11.cc:25] Missing X server\n\
                   [1:1:1120/1.2:ERROR:dbus/bus.cc:40] Failed to connect to the bus\n\
                   [1:1:1120/1.2:ERROR:ui/env.cc:2] The platform failed\n#0 0x1 base::trace\n\n";
        assert_eq!(last_words_of(log.as_bytes()), "Missing X server; The platform failed");
        assert_eq!(last_words_of(&b"one\ntwo \n"[..]), "two");
        assert_eq!(last_words_of(&b""[..]), "");
    }
}
