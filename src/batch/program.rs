//! A running program: its pipes, its process group, and how it ends.

use std::io;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};

/// A program that runs without input, in a process group of its own.
pub(super) struct Program(Child);

impl Program {
    /// Starts a program; its stdout and stderr are pipes.
    ///
    /// # Errors
    /// I/O errors: the program cannot be started.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        system::own_group(command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map(Self)
    }

    pub(super) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    pub(super) fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr.take()
    }

    pub(super) fn group(&self) -> Group {
        Group(self.0.id())
    }

    /// Waits until the program exits, without reaping it. On Unix, a program that reads from the terminal, or changes
    /// the terminal's settings, is terminated, because nobody would see its question. Returns true if the program was
    /// terminated for this reason.
    pub(super) fn wait(&mut self) -> bool {
        system::wait(&mut self.0)
    }

    /// Reaps the program, and returns its exit status as shells report it (128 plus the signal's number after a
    /// signal).
    pub(super) fn status(&mut self) -> u8 {
        self.0.wait().map_or(1, shell_status)
    }
}

/// The process group of a program; on Windows, the program and the processes that it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(u32);

impl Group {
    /// Asks all processes of the group to end; on Windows, kills them.
    pub(super) fn end(self) {
        system::end(self.0);
    }

    /// Kills all processes of the group.
    pub(super) fn kill(self) {
        system::kill(self.0);
    }
}

fn shell_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| system::signal(status).map(|signal| 128 + signal));
    // Windows has exit codes above 255, which do not fit; they become 1.
    code.map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(unix)]
mod system {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::{Child, Command, ExitStatus};

    pub(super) fn own_group(command: &mut Command) {
        command.process_group(0);
    }

    /// Waits until the program exits. Ends a program that the kernel has stopped because it used the terminal, although
    /// its process group is not the terminal's foreground group. Returns true for such a program.
    pub(super) fn wait(child: &mut Child) -> bool {
        let mut asked = false;
        let pid = Pid::from_child(child);
        let options = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        while let Ok(Some(status)) = waitid(WaitId::Pid(pid), options) {
            if !status.stopped() {
                break;
            }
            // `NOWAIT` has left the report of this stop in the kernel. It is fetched here without `NOWAIT`, or else the
            // next `waitid` would return it again.
            let _ = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
            let terminal = [Signal::TTIN, Signal::TTOU].map(Signal::as_raw);
            if status.stopping_signal().is_some_and(|signal| terminal.contains(&signal)) {
                let signal = if asked { Signal::KILL } else { Signal::TERM };
                let _ = kill_process_group(pid, signal);
                let _ = kill_process_group(pid, Signal::CONT);
                asked = true;
            }
        }
        asked
    }

    pub(super) fn end(group: u32) {
        send(group, Signal::TERM);
        // A stopped process handles the signal only after it continues.
        send(group, Signal::CONT);
    }

    pub(super) fn kill(group: u32) {
        send(group, Signal::KILL);
    }

    pub(super) fn signal(status: ExitStatus) -> Option<i32> {
        status.signal()
    }

    fn send(group: u32, signal: Signal) {
        if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, signal);
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::process::{Child, Command, ExitStatus, Stdio};

    /// Does nothing: on Windows, Ctrl-C reaches every program of the console.
    pub(super) fn own_group(_command: &mut Command) {}

    pub(super) fn wait(child: &mut Child) -> bool {
        let _ = child.wait();
        false
    }

    pub(super) fn end(process: u32) {
        kill(process);
    }

    pub(super) fn kill(process: u32) {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(["/T", "/F", "/PID", &process.to_string()]);
        let _ = taskkill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    pub(super) fn signal(_status: ExitStatus) -> Option<i32> {
        None
    }
}
