//! A line at the bottom of the terminal that says how far a long operation is, while other lines are written above it.

use super::spinner::{self, spinner};
use crate::error::printable;
use indicatif::ProgressBar;

/// The line. Nothing is shown without a terminal, or before a text is set.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusLine(Option<ProgressBar>);

impl StatusLine {
    /// Starts without a text. From now on no spinner is drawn, and Ctrl-C is left to the caller.
    pub(crate) fn start() -> Self {
        spinner::leave_to_status_line();
        Self(super::is_seen().then(|| spinner("")))
    }

    /// Tells whether there is a terminal to show it on.
    pub(crate) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Shows a text, cut to the width of the terminal.
    pub(crate) fn set(&self, text: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(printable(text));
        }
    }

    /// Removes the line while something else is written.
    pub(crate) fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Removes the line.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
