//! Runs a program and reads its output. Kills it if it takes too long or prints too much.

use crate::context::Deadline;
use crate::terminal::{self, Prefixed};
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// The limit of its stdout in bytes, which is a thousand times the size of credentials.
pub(super) const MAX_OUTPUT: usize = 1 << 20;
/// How many bytes are kept of the end of its stderr, where the cause is.
const MAX_STDERR: usize = 4096;
/// How often to check whether a program that closed its stdout has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait for the end of its stderr: a process that it left running may keep that open.
const STDERR_TIMEOUT: Duration = Duration::from_millis(200);

type Bytes = Zeroizing<Vec<u8>>;

/// The process group of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProcessGroup {
    /// That of ssox: both get Ctrl-C, and only processes of the terminal's group may read from the terminal.
    Shared,
    /// One of its own: every process that it starts can be killed with it.
    Own,
}

impl ProcessGroup {
    /// Returns the shared group if ssox has a terminal.
    pub(super) fn for_terminal() -> Self {
        if terminal::is_attached() { Self::Shared } else { Self::Own }
    }
}

/// Why a program was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Killed {
    TookTooLong,
    PrintedTooMuch,
}

/// The result of a program that ended by itself.
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Bytes,
    /// The last [`MAX_STDERR`] bytes.
    pub(super) stderr: Bytes,
}

/// A running program, whose output is read in the background.
pub(super) struct RunningProgram {
    child: Child,
    #[cfg_attr(not(unix), expect(dead_code, reason = "only the program itself is killed there"))]
    group: ProcessGroup,
    stdout: Receiver<Bytes>,
    stderr: Receiver<Bytes>,
}

impl RunningProgram {
    /// Starts a program, and reads its stdout, and its stderr if that is a pipe.
    ///
    /// # Errors
    /// Those of the operating system.
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

    /// Waits until the program ends, and kills it at the deadline.
    ///
    /// # Errors
    /// It took too long, or printed too much, and was killed.
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

/// Reads to the end, or one byte more than the limit.
fn read_all(from: impl Read) -> Bytes {
    let mut all = Bytes::default();
    // On an error, the bytes read before it are used.
    let _ = from.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut all);
    all
}

/// Reads to the end and returns the last bytes. Copies everything to the terminal at once, if there is one.
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
        // Only the grandchild holds the other end of the pipe, which is closed when it has been killed.
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
