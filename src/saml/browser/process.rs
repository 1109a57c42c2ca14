//! The process of a browser: starts and closes it, and reads the errors that it logs.

use super::connection::Connection;
use super::pipe;
use serde_json::json;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How long a browser may take to close. While it closes, it writes its cookies to disk.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause between two checks whether the browser has closed.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// How long to wait for the browser's last log lines after it has ended.
const LOG_TIMEOUT: Duration = Duration::from_millis(500);

/// The process of a browser, and the pipe to it. Dropping this value closes the browser and waits until it has ended. A
/// browser that takes longer than [`CLOSE_TIMEOUT`] is killed.
#[derive(Debug)]
pub(super) struct BrowserProcess {
    pub(super) connection: Connection,
    child: Child,
    last_errors: Receiver<String>,
}

impl BrowserProcess {
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let (mut child, to_browser, from_browser) = pipe::spawn(command)?;
        let (sender, last_errors) = channel();
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || sender.send(last_errors_of(errors)));
        }
        Ok(Self { connection: Connection::new(to_browser, from_browser), child, last_errors })
    }

    /// Waits until a browser that closed its pipe has ended; kills it after [`CLOSE_TIMEOUT`]. Returns its exit status;
    /// `None` if it ended with success.
    pub(super) fn failure(&mut self) -> Option<String> {
        if !self.ends_within(CLOSE_TIMEOUT) {
            self.kill();
        }
        self.child.wait().ok().filter(|status| !status.success()).map(|status| status.to_string())
    }

    /// Returns the last errors that the browser logged. Returns `None` if it logged nothing or has not ended.
    pub(super) fn last_errors(&self) -> Option<String> {
        self.last_errors.recv_timeout(LOG_TIMEOUT).ok().filter(|errors| !errors.is_empty())
    }

    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        for _ in 0..limit.as_millis() / POLL_INTERVAL.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(POLL_INTERVAL);
        }
        false
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.connection.send(None, "Browser.close", &json!({}));
            if !self.ends_within(CLOSE_TIMEOUT) {
                self.kill();
            }
        }
    }
}

/// Reads a browser's log to the end. Returns the last two errors in the log; if the log has no errors, its last line.
fn last_errors_of(errors: impl Read) -> String {
    let (mut last_line, mut logged) = (String::new(), Vec::new());
    for line in BufReader::new(errors.take(1 << 24)).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_string();
        if line.is_empty() || is_noise(&line) {
            continue;
        }
        if is_error(&line) {
            // The format of a browser's log: `[7:7:1120/120000.1:ERROR:file.cc(1)] message`.
            logged.push(line.split("] ").last().unwrap_or_default().to_string());
        } else {
            last_line = line;
        }
    }
    let text = match &logged[..] {
        [] => last_line,
        [.., one, other] => format!("{one}; {other}"),
        [one] => one.clone(),
    };
    text.chars().take(300).collect()
}

fn is_error(line: &str) -> bool {
    line.contains(":ERROR:") || line.contains(":FATAL:")
}

/// Tells whether a line is one of the errors that every browser logs when there is no D-Bus or no disk cache.
fn is_noise(line: &str) -> bool {
    is_error(line) && (line.contains(":dbus/") || line.contains("cache"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_errors_are_quoted() {
        let log = "started\n[1:1:1120/1.2:ERROR:x/y.cc:1] Old\n[1:1:1120/1.2:ERROR:ui/x11.cc:25] Missing X server\n\
                   [1:1:1120/1.2:ERROR:dbus/bus.cc:40] Failed to connect to the bus\n\
                   [1:1:1120/1.2:ERROR:ui/env.cc:2] The platform failed\n#0 0x1 base::trace\n\n";
        assert_eq!(last_errors_of(log.as_bytes()), "Missing X server; The platform failed");
        assert_eq!(last_errors_of(&b"one\ntwo \n"[..]), "two");
        assert_eq!(last_errors_of(&b""[..]), "");
    }
}
