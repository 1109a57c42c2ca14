//! Handles Ctrl-C while a spinner is shown: removes the spinners, prints that ssox was interrupted, and ends the
//! process.

use super::line::line;
use crate::context::tell;
use crate::signals;
use signal_hook::consts::SIGINT;
use std::sync::Once;
use std::thread::spawn;

/// Whether the signal handler is installed. It is installed only once, because it cannot be removed.
static HANDLED: Once = Once::new();

/// Installs the handler for Ctrl-C.
pub(super) fn clear_on_interrupt() {
    HANDLED.call_once(|| {
        if let Ok(mut signals) = signals::catch(&[SIGINT]) {
            spawn(move || signals.forever().for_each(clear_and_end));
        }
    });
}

fn clear_and_end(_: i32) {
    let mut line = line();
    if line.is_status_line {
        return;
    }
    let was_shown = !line.messages.is_empty();
    line.messages.clear();
    line.clear();
    drop(line);
    // On Ctrl-C, the terminal drops output that it has not shown yet, so the line is cleared once more.
    let clear = if was_shown { "\r\x1b[2K" } else { "" };
    tell(&format!("{clear}ssox: interrupted"));
    signals::end_interrupted();
}
