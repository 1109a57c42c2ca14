//! Speaking to people: lines on stderr, progress that shows itself only when something takes long.
//!
//! Deliberately not here: stdout, which carries data or the reply to a shell function.

mod ask;
mod link;
pub(crate) mod picker;
mod quoted;
mod spinner;

pub(crate) use ask::{ask, input};
pub(crate) use link::show_address;
pub(crate) use quoted::Quoted;

use crate::context::{Context, tell};
use crate::error::{Error, printable};
use crate::time::human;
use indicatif::ProgressBar;
use spinner::spinner;
use std::cell::Cell;
use std::io::{IsTerminal as _, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// What is faster than this needs no progress.
const PATIENCE: Duration = Duration::from_millis(500);

/// Says one line to the person, with the program's name.
pub(crate) fn say(line: &str) {
    tell(&format!("ssox: {}", printable(line)));
}

/// Warns the person; the command goes on.
pub(crate) fn warn(line: &str) {
    tell(&format!("ssox: warning: {}", printable(line)));
}

/// Warns the person, once, that a cache cannot be written; the command goes on.
pub(crate) fn warn_of_cache(ctx: &Context, error: &Error) {
    match ctx.is_first_unwritable_cache() {
        true => warn(&format!("{}; this command goes on, the next one asks AWS again", error.message)),
        false => ctx.log(|| error.message.clone()),
    }
}

/// Tells whether a person can see stderr.
pub(crate) fn is_seen() -> bool {
    stderr().is_terminal()
}

/// Tells whether this process belongs to a terminal, whatever its channels are.
pub(crate) fn is_attached() -> bool {
    ask::open().is_ok()
}

/// Returns the terminal's name, for people who have several.
pub(crate) fn name() -> Option<String> {
    #[cfg(unix)]
    return rustix::termios::ttyname(stderr(), Vec::new()).ok()?.into_string().ok();
    #[cfg(not(unix))]
    return None;
}

/// Shows what is waited for and how much longer, as long as it lives; nothing without a terminal.
#[derive(Debug)]
pub(crate) struct Countdown {
    bar: Option<ProgressBar>,
    what: String,
    shown: Cell<Option<u64>>,
}

impl Countdown {
    /// Begins with what is waited for; the time appears with the first [`Countdown::show`].
    pub(crate) fn start(what: impl Into<String>) -> Self {
        let what = what.into();
        Self { bar: is_seen().then(|| spinner(&what)), what, shown: Cell::new(None) }
    }

    /// Shows how much longer.
    pub(crate) fn show(&self, left: Duration) {
        let seconds = left.as_secs() + 1;
        if let Some(bar) = &self.bar
            && self.shown.replace(Some(seconds)) != Some(seconds)
        {
            bar.set_message(format!(
                "{}, {} left",
                printable(&self.what),
                human(i64::try_from(seconds).unwrap_or(i64::MAX))
            ));
        }
    }
}

impl Drop for Countdown {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Shows a spinner with a message as long as it lives, beginning after half a second; nothing without a terminal.
#[derive(Debug)]
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Starts to count.
    pub(crate) fn start(message: impl Into<String>) -> Self {
        let message = message.into();
        Self(is_seen().then(|| {
            let (done, when_done) = channel::<()>();
            let thread = spawn(move || {
                if when_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    let spinner = spinner(&message);
                    let _ = when_done.recv();
                    spinner.finish_and_clear();
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
