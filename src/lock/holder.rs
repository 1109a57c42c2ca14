//! The process that holds a lock: what it has written into the lock file, and its state according to the system.

use crate::context::Context;
use crate::error::printable;
use crate::files;
use crate::terminal;
use std::fmt;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// A process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) pid: u32,
    /// The command line without options, which may contain secrets.
    command: String,
    terminal: Option<String>,
}

/// The state of a process.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "ssox finds out the state only on Linux"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    /// The holder was stopped by Ctrl-Z or a debugger.
    Stopped,
    /// No ssox process with this id is visible: the holder runs in another container or on another machine.
    Elsewhere,
    /// The system does not tell the state.
    Unknown,
}

impl Holder {
    /// Describes this process.
    pub(super) fn of_this_process(ctx: &Context) -> Self {
        Self { pid: std::process::id(), command: ctx.command.clone(), terminal: terminal::name() }
    }

    /// Writes the holder into the lock file. Errors are ignored; they only make messages less specific.
    pub(super) fn write(&self, file: &mut File) {
        let lines = [&self.pid.to_string(), &self.command, self.terminal.as_deref().unwrap_or_default()];
        let _ = file.set_len(0).and_then(|()| file.write_all(lines.join("\n").as_bytes()));
    }

    /// Reads the holder from the lock file; `None` if the file is absent or malformed.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = String::from_utf8(files::read(path).ok()??).ok()?;
        let mut lines = text.split('\n').map(printable);
        let pid = lines.next()?.parse().ok()?;
        Some(Self { pid, command: lines.next()?, terminal: lines.next().filter(|name| !name.is_empty()) })
    }

    /// Tells whether the process is stopped (Ctrl-Z), so that it does nothing until it is continued.
    pub(crate) fn is_stopped(&self) -> bool {
        self.state() == State::Stopped
    }

    /// Returns the hint that says how to make the holder release the lock.
    pub(crate) fn release_hint(&self) -> String {
        let pid = self.pid;
        match (self.state(), &self.terminal) {
            (State::Stopped, Some(terminal)) => format!("type `fg` in its shell on {terminal}, or `kill {pid}`"),
            (State::Stopped, None) => format!("`kill -CONT {pid}` continues it, `kill {pid}` ends it"),
            (State::Elsewhere, _) => "end it in the container or on the machine where it runs".into(),
            (State::Running | State::Unknown, _) => format!("try again, or `kill {pid}`"),
        }
    }

    #[cfg(target_os = "linux")]
    fn state(&self) -> State {
        // The file contains `4711 (ssox) T …`; the name in parentheses may itself contain blanks and parentheses.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)) else { return State::Elsewhere };
        let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(") ")) else {
            return State::Unknown;
        };
        match rest.chars().next() {
            _ if !name.starts_with("ssox") => State::Elsewhere,
            Some('T' | 't') => State::Stopped,
            _ => State::Running,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn state(&self) -> State {
        State::Unknown
    }
}

/// Writes the command, process id, state and terminal, such as "`ssox use dev` (pid 4711, stopped, on /dev/pts/3)".
impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` (pid {}", self.command, self.pid)?;
        match self.state() {
            State::Stopped => write!(out, ", stopped")?,
            State::Elsewhere => write!(out, ", not on this system")?,
            State::Running | State::Unknown => {}
        }
        match &self.terminal {
            Some(terminal) => write!(out, ", on {terminal})"),
            None => write!(out, ")"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(text: &str) -> Option<Holder> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Holder::read(file.path())
    }

    #[test]
    fn a_holder_is_read_as_it_was_written() {
        let written = Holder { pid: 7, command: "ssox use dev".into(), terminal: None };
        let mut file = tempfile::NamedTempFile::new().unwrap();
        written.write(file.as_file_mut());
        assert_eq!(Holder::read(file.path()), Some(written));
    }

    #[test]
    fn the_file_cannot_control_the_terminal() {
        let held = holder("7\nssox use \u{1b}[31m\n/dev/pts/3").unwrap();
        assert!(held.to_string().starts_with("`ssox use \u{fffd}[31m` (pid 7"), "{held}");
        assert!(held.to_string().ends_with("on /dev/pts/3)"), "{held}");
        for broken in ["", "7", "x\nssox", "-1\nssox"] {
            assert_eq!(holder(broken), None, "{broken}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_is_not_ssox_must_not_be_killed() {
        let init = Holder { pid: 1, command: "ssox use dev".into(), terminal: None };
        assert!(init.to_string().contains("not on this system"), "{init}");
        assert!(!init.release_hint().contains("kill"));
    }
}
