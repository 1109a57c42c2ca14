//! Draws a spinner with a message in the last line of the terminal, and removes it afterwards, even on Ctrl-C.

use super::line::{line, move_on};
use crate::context::is_dumb_terminal;
use crate::error::printable;
use std::thread::spawn;

/// A spinner. It disappears when this value is dropped; a terminal that cannot clear a line does not show it.
#[derive(Debug)]
pub(super) struct Spinner(usize);

impl Spinner {
    /// Shows a spinner with a message; shows nothing if the message is empty.
    pub(super) fn start(message: &str) -> Self {
        let mut line = line();
        line.started += 1;
        let spinner = Self(line.started);
        if is_dumb_terminal() {
            return spinner;
        }
        #[cfg(unix)]
        if !line.is_status_line {
            super::interrupt::clear_on_interrupt();
        }
        line.messages.insert(spinner.0, printable(message));
        line.draw();
        if !std::mem::replace(&mut line.is_moving, true) {
            spawn(move_on);
        }
        spinner
    }

    /// Changes the message.
    pub(super) fn set_message(&self, message: &str) {
        let mut line = line();
        if let Some(shown) = line.messages.get_mut(&self.0) {
            *shown = printable(message);
            line.draw();
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        let mut line = line();
        if line.messages.remove(&self.0).is_some() {
            line.draw();
        }
    }
}

/// Reserves the last line of the terminal for a status line. The spinners no longer handle Ctrl-C.
pub(super) fn leave_to_status_line() {
    line().is_status_line = true;
}

/// Tells whether the last line of the terminal is reserved for a status line.
pub(super) fn is_left_to_status_line() -> bool {
    line().is_status_line
}

/// Clears the last line of the terminal while `write` writes something else.
pub(super) fn pause_for<T>(write: impl FnOnce() -> T) -> T {
    let mut before = line();
    before.pauses += 1;
    before.clear();
    drop(before);
    let result = write();
    let mut after = line();
    after.pauses -= 1;
    after.draw();
    result
}
