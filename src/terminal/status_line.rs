//! A status line at the bottom of the terminal, which tells the progress of a long operation. Other lines are written
//! above it.

use super::spinner::{self, Spinner};
use std::sync::Arc;

/// A status line. Without a terminal, or without a text, nothing is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusLine(Option<Arc<Spinner>>);

impl StatusLine {
    /// Reserves the last line of the terminal for the status line, which has no text yet. Until the process ends, the
    /// terminal shows this status line and no spinner of `Progress`, and the caller must handle Ctrl-C.
    pub(crate) fn start() -> Self {
        spinner::leave_to_status_line();
        Self(super::is_seen().then(|| Arc::new(Spinner::start(""))))
    }

    /// Tells whether there is a terminal on which the status line is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Shows a text, cut to the width of the terminal.
    pub(crate) fn set(&self, text: &str) {
        if let Some(spinner) = &self.0 {
            spinner.set_message(text);
        }
    }

    /// Removes the status line while `write` writes something else.
    pub(crate) fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        spinner::pause_for(write)
    }

    /// Removes the status line.
    pub(crate) fn clear(&self) {
        self.set("");
    }
}
