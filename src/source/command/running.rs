//! A program that runs: what it prints is read, and it is ended when it takes too long or prints too much.
//!
//! Deliberately not here: which program it is, and what its end means.

use crate::terminal::{self, Prefixed};
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Credentials and codes are a thousandth of this.
const LONGEST: usize = 1 << 20;
/// How much is kept of what it says on stderr: the end, where the cause is.
const LAST_WORDS: usize = 4096;
/// How often a program that closed its output is looked at.
const GLANCE: Duration = Duration::from_millis(5);
/// What the program left running may hold its stderr open; what it said itself is there by then.
const AFTERWARDS: Duration = Duration::from_millis(200);

type Bytes = Zeroizing<Vec<u8>>;

/// To which process group the program belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// To ours: Ctrl-C on the terminal is for both, and who is outside of the terminal's group may not read from it.
    Ours,
    /// To its own: all that it starts can be ended with it.
    Own,
}

impl Group {
    /// Returns the group that is right here.
    pub(super) fn here() -> Self {
        if terminal::is_attached() { Self::Ours } else { Self::Own }
    }
}

/// Why a program was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    TooLong,
    TooMuch,
}

/// A program that ended by itself.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) printed: Bytes,
    /// The end of what it said on stderr.
    pub(super) said: Bytes,
}

/// A program, and what it prints and says.
pub(super) struct Running {
    child: Child,
    #[cfg_attr(not(unix), expect(dead_code, reason = "there the program alone is ended"))]
    group: Group,
    printed: Receiver<Bytes>,
    said: Receiver<Bytes>,
}

impl Running {
    /// Starts a program, and reads what it prints and, where its stderr is a pipe, what it says.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn start(mut command: Command, group: Group) -> io::Result<Self> {
        #[cfg(unix)]
        if group == Group::Own {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let (printed, said) = (child.stdout.take(), child.stderr.take());
        Ok(Self { child, group, printed: in_background(printed, whole), said: in_background(said, last_words) })
    }

    /// Waits for its end, and makes it one where that is overdue.
    ///
    /// # Errors
    /// It took too long, or printed too much.
    pub(super) fn wait(mut self, limit: Duration) -> Result<Ended, Cut> {
        let deadline = Instant::now() + limit;
        let printed = match self.printed.recv_timeout(limit) {
            Ok(printed) if printed.len() > LONGEST => return Err(self.cut(Cut::TooMuch)),
            Ok(printed) => printed,
            Err(_) => return Err(self.cut(Cut::TooLong)),
        };
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    let said = self.said.recv_timeout(AFTERWARDS).unwrap_or_default();
                    return Ok(Ended { status, printed, said });
                }
                Ok(None) if Instant::now() < deadline => thread::sleep(GLANCE),
                _ => return Err(self.cut(Cut::TooLong)),
            }
        }
    }

    fn cut(mut self, why: Cut) -> Cut {
        #[cfg(unix)]
        if self.group == Group::Own {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill().and_then(|()| self.child.wait());
        why
    }
}

fn in_background<F: Read + Send + 'static>(from: Option<F>, read: fn(F) -> Bytes) -> Receiver<Bytes> {
    let (sender, receiver) = channel();
    thread::spawn(move || from.map(|from| sender.send(read(from))));
    receiver
}

/// Reads to the end, or a little more than is taken.
fn whole(from: impl Read) -> Bytes {
    let mut all = Bytes::default();
    // What came before an error counts all the same.
    let _ = from.take(LONGEST as u64 + 1).read_to_end(&mut all);
    all
}

/// Reads to the end, keeps that, and passes on what comes as it comes, if somebody is there to see it.
fn last_words(mut from: impl Read) -> Bytes {
    let mut prefixed = terminal::is_seen().then(Prefixed::default);
    let mut last = Bytes::default();
    let mut buffer = [0; LAST_WORDS];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(prefixed) = &mut prefixed {
            let _ = io::stderr().write_all(prefixed.show(&buffer[..count]).as_bytes());
        }
        last.extend_from_slice(&buffer[..count]);
        let surplus = last.len().saturating_sub(LAST_WORDS);
        last.drain(..surplus);
    }
    last
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn what_it_started_is_ended_with_it() {
        // Who holds the pipe's other end is the grandchild: the pipe is closed when that is gone.
        let (mut read, write) = io::pipe().unwrap();
        let mut command = shell("sleep 600; true");
        command.stdin(write);
        let running = Running::start(command, Group::Own).unwrap();
        assert_eq!(running.wait(Duration::from_millis(300)).err(), Some(Cut::TooLong));
        assert_eq!(read.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn where_a_terminal_is_it_stays_in_our_group() {
        for (group, is_ours) in [(Group::Ours, true), (Group::Own, false)] {
            let running = Running::start(shell("ps -o pgid= -p $$"), group).unwrap();
            let printed = running.wait(Duration::from_secs(20)).ok().unwrap().printed;
            let ours = rustix::process::getpgrp().as_raw_nonzero().to_string();
            assert_eq!(String::from_utf8_lossy(&printed).trim() == ours, is_ours, "{group:?}");
        }
    }
}
