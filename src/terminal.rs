//! Talks to people: lines on stderr, questions, and progress of operations that take long.
//!
//! Invariant: nothing here writes to stdout, which carries data or the reply to a shell function.

mod ask;
mod bar;
mod clipboard;
#[cfg(unix)]
mod interrupt;
mod line;
mod link;
pub(crate) mod picker;
mod prefixed;
mod spinner;
mod status_line;

pub(crate) use ask::{Answer, ask, confirm, input};
pub(crate) use bar::Bar;
pub(crate) use clipboard::copy;
pub(crate) use link::show_address;
pub(crate) use prefixed::Prefixed;
pub(crate) use status_line::StatusLine;

use crate::context::{Context, tell};
use crate::error::{Error, printable};
use crate::time::human;
use spinner::Spinner;
use std::cell::Cell;
use std::io::{IsTerminal as _, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// How long an operation takes before its progress is shown.
const PROGRESS_DELAY: Duration = Duration::from_millis(500);

/// Writes one line to stderr, after `ssox: `.
pub(crate) fn say(line: &str) {
    spinner::pause_for(|| tell(&format!("ssox: {}", printable(line))));
}

/// Writes one line to stderr. If stderr is not a terminal, as in the hook of a prompt, the terminal gets the line, too.
pub(crate) fn say_in_hook(line: &str) {
    say(line);
    if !is_seen() {
        ask::write(&format!("ssox: {}\n", printable(line)));
    }
}

/// Writes one line to the terminal of this process, unless stderr is a terminal. This is for a process whose caller
/// captures its stderr, and may never show it.
pub(crate) fn say_beside_stderr(line: &str) {
    if !is_seen() {
        ask::write(&format!("ssox: {}\n", printable(line)));
    }
}

/// Writes a line to stderr, after `ssox: warning: `.
pub(crate) fn warn(line: &str) {
    spinner::pause_for(|| tell(&format!("ssox: warning: {}", printable(line))));
}

/// Warns that a cache cannot be written. Only the first such warning of a process is shown.
pub(crate) fn warn_of_cache(ctx: &Context, error: &Error) {
    if ctx.is_first_unwritable_cache() {
        warn(&format!("{}; this command continues, and the next command asks AWS again", error.message));
    } else {
        ctx.log(|| error.message.clone());
    }
}

/// Shows an error as a warning with its hints, for commands that continue after the error.
pub(crate) fn warn_with_hint(error: &Error) {
    warn(&error.message);
    error.hints.iter().for_each(|hint| say(&format!("hint: {hint}")));
}

/// Tells whether stderr is a terminal, so that a person sees what is written to it.
pub(crate) fn is_seen() -> bool {
    stderr().is_terminal()
}

/// Tells whether this process has a terminal, even if stdin, stdout and stderr are redirected.
pub(crate) fn is_attached() -> bool {
    ask::open().is_ok()
}

/// Returns the name of the terminal, such as `/dev/pts/3`; `None` if stderr is not a terminal.
pub(crate) fn name() -> Option<String> {
    #[cfg(unix)]
    return rustix::termios::ttyname(stderr(), Vec::new()).ok()?.into_string().ok();
    #[cfg(not(unix))]
    return None;
}

/// Shows what the process waits for and how much time is left. The line disappears when this value is dropped; without
/// a terminal nothing is shown.
#[derive(Debug)]
pub(crate) struct Countdown {
    spinner: Option<Spinner>,
    what: String,
    shown: Cell<Option<u64>>,
}

impl Countdown {
    /// Shows what the process waits for; the first [`Countdown::show`] adds the time.
    pub(crate) fn start(what: impl Into<String>) -> Self {
        let what = what.into();
        Self { spinner: is_seen().then(|| Spinner::start(&what)), what, shown: Cell::new(None) }
    }

    /// Shows how much time is left.
    pub(crate) fn show(&self, left: Duration) {
        let seconds = left.as_secs() + 1;
        if let Some(spinner) = &self.spinner
            && self.shown.replace(Some(seconds)) != Some(seconds)
        {
            spinner.set_message(&format!("{}, {} left", self.what, human(i64::try_from(seconds).unwrap_or(i64::MAX))));
        }
    }
}

/// Shows a spinner with a message, if an operation takes more than half a second. It disappears when this value is
/// dropped; without a terminal nothing is shown.
#[derive(Debug)]
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Starts a timer; the message appears after half a second.
    pub(crate) fn start(message: impl Into<String>) -> Self {
        let message = message.into();
        Self((is_seen() && !spinner::is_left_to_status_line()).then(|| {
            let (done, when_done) = channel::<()>();
            let thread = spawn(move || {
                if when_done.recv_timeout(PROGRESS_DELAY) == Err(RecvTimeoutError::Timeout) {
                    let _spinner = Spinner::start(&message);
                    let _ = when_done.recv();
                }
            });
            (done, thread)
        }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.0.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}
