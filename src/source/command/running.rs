//! Runs a program and reads its output. Kills the program if it takes too long or prints too much.

use crate::context::Deadline;
use crate::terminal::{self, Prefixed};
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// The most bytes that a program may print to stdout: a thousand times the size of credentials.
pub(super) const MAX_OUTPUT: usize = 1 << 20;
/// How many bytes of stderr are kept. The last bytes are kept, because they usually tell the cause of a failure.
const MAX_STDERR: usize = 4096;
/// After a program has closed its stdout: the pause between two checks whether the program has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait for the end of stderr after the program has ended: a background process that the program started
/// may keep stderr open.
const STDERR_TIMEOUT: Duration = Duration::from_millis(200);

type Bytes = Zeroizing<Vec<u8>>;

/// The process group that the program runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProcessGroup {
    /// The program runs in the process group of ssox, so Ctrl-C reaches both ssox and the program. If this group is in
    /// the foreground, the program may also read from the terminal.
    Shared,
    /// A process group of its own, so that ssox can kill the program together with all processes that it started.
    Own,
}

impl ProcessGroup {
    /// Returns [`ProcessGroup::Shared`] if ssox runs in a terminal, otherwise [`ProcessGroup::Own`].
    pub(super) fn for_terminal() -> Self {
        if terminal::is_attached() { Self::Shared } else { Self::Own }
    }
}

/// Why ssox killed a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Killed {
    TookTooLong,
    PrintedTooMuch,
}

/// The result of a program that ended without being killed by ssox.
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Bytes,
    /// The last [`MAX_STDERR`] bytes of stderr.
    pub(super) stderr: Bytes,
}

/// A running program. Background threads read its output.
pub(super) struct RunningProgram {
    child: Child,
    #[cfg_attr(not(unix), expect(dead_code, reason = "on Windows, only the program itself is killed"))]
    group: ProcessGroup,
    stdout: Receiver<Bytes>,
    stderr: Receiver<Bytes>,
}

impl RunningProgram {
    /// Starts a program. Reads its stdout in a thread, and in another thread its stderr, if stderr is a pipe.
    ///
    /// # Errors
    /// I/O errors of the operating system: the program cannot be started.
    pub(super) fn start(mut command: Command, group: ProcessGroup) -> io::Result<Self> {
        #[cfg(unix)]
        if group == ProcessGroup::Own {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let (stdout, stderr) =
            (in_background(child.stdout.take(), read_all), in_background(child.stderr.take(), read_last));
        Ok(Self { child, group, stdout, stderr })
    }

    /// Waits until the program has closed its stdout and has ended. Kills it at the deadline.
    ///
    /// # Errors
    /// `TookTooLong`, `PrintedTooMuch`: ssox has killed the program.
    pub(super) fn wait(mut self, deadline: Deadline) -> Result<Finished, Killed> {
        let Ok(stdout) = self.stdout.recv_timeout(deadline.left()) else { return Err(self.kill(Killed::TookTooLong)) };
        if stdout.len() > MAX_OUTPUT {
            return Err(self.kill(Killed::PrintedTooMuch));
        }
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    let stderr = self.stderr.recv_timeout(STDERR_TIMEOUT).unwrap_or_default();
                    return Ok(Finished { status, stdout, stderr });
                }
                Ok(None) if !deadline.is_expired() => thread::sleep(POLL_INTERVAL),
                _ => return Err(self.kill(Killed::TookTooLong)),
            }
        }
    }

    fn kill(mut self, why: Killed) -> Killed {
        #[cfg(unix)]
        if self.group == ProcessGroup::Own {
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

/// Reads to the end, but at most one byte more than [`MAX_OUTPUT`].
fn read_all(from: impl Read) -> Bytes {
    let mut all = Bytes::default();
    // If reading fails, the bytes before the error are used.
    let _ = from.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut all);
    all
}

/// Reads to the end and returns the last [`MAX_STDERR`] bytes. If the stderr of ssox is a terminal, writes all text to
/// this terminal as it arrives.
fn read_last(mut from: impl Read) -> Bytes {
    let mut prefixed = terminal::is_seen().then(Prefixed::default);
    let mut last = Bytes::default();
    let mut buffer = [0; MAX_STDERR];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(prefixed) = &mut prefixed {
            let _ = io::stderr().write_all(prefixed.show(&buffer[..count]).as_bytes());
        }
        last.extend_from_slice(&buffer[..count]);
        let surplus = last.len().saturating_sub(MAX_STDERR);
        last.drain(..surplus);
    }
    last
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::context::Context;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn processes_that_the_program_started_are_killed_with_it() {
        // Only the grandchild (`sleep`) holds the other end of the pipe, so reading ends when `sleep` has been killed.
        let (mut read, write) = io::pipe().unwrap();
        let mut command = shell("sleep 600; true");
        command.stdin(write);
        let running = RunningProgram::start(command, ProcessGroup::Own).unwrap();
        assert_eq!(
            running.wait(Context::default().deadline(Duration::from_millis(300))).err(),
            Some(Killed::TookTooLong)
        );
        assert_eq!(read.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn with_a_terminal_the_program_stays_in_the_process_group() {
        for (group, is_ours) in [(ProcessGroup::Shared, true), (ProcessGroup::Own, false)] {
            let running = RunningProgram::start(shell("ps -o pgid= -p $$"), group).unwrap();
            let printed = running.wait(Context::default().deadline(Duration::from_secs(20))).ok().unwrap().stdout;
            let ours = rustix::process::getpgrp().as_raw_nonzero().to_string();
            assert_eq!(String::from_utf8_lossy(&printed).trim() == ours, is_ours, "{group:?}");
        }
    }
}
