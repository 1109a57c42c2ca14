//! Draws a spinner with a message in the last line of the terminal, and removes it afterwards, even on Ctrl-C. On
//! Windows it is the unchanged spinner of the crate `indicatif`.

use crate::error::printable;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, WeakProgressBar};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Whether the last line of the terminal shows a status line. If so, no spinner may be drawn. This variable is global,
/// because the process has only one terminal.
static IS_LEFT: AtomicBool = AtomicBool::new(false);

/// The spinners that are shown. A spinner may start while another one is shown.
static SHOWN: Mutex<Vec<WeakProgressBar>> = Mutex::new(Vec::new());

/// Reserves the last line of the terminal for a status line. From now on no spinner may be drawn there, and the
/// spinners no longer handle Ctrl-C.
pub(super) fn leave_to_status_line() {
    IS_LEFT.store(true, Ordering::Relaxed);
}

/// Tells whether the last line of the terminal is reserved for a status line.
pub(super) fn is_left_to_status_line() -> bool {
    IS_LEFT.load(Ordering::Relaxed)
}

/// Shows a spinner with a message until the returned bar is finished.
pub(super) fn spinner(message: &str) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    // If the terminal cannot show spinners, the draw target of indicatif is hidden. A hidden target is not replaced.
    #[cfg(unix)]
    let target = if target.is_hidden() { target } else { ProgressDrawTarget::term_like(Box::new(line::CurrentLine)) };
    let spinner = ProgressBar::with_draw_target(None, target).with_message(printable(message));
    spinner.set_style(ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is valid"));
    if !is_left_to_status_line() {
        let mut shown = shown();
        shown.retain(|bar| bar.upgrade().is_some());
        shown.push(spinner.downgrade());
        #[cfg(unix)]
        interrupt::clear_on_interrupt();
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// Takes the spinners off the screen while `write` writes something else to the terminal.
pub(super) fn pause_for(write: &mut dyn FnMut()) {
    let bars: Vec<ProgressBar> = shown().iter().filter_map(WeakProgressBar::upgrade).collect();
    pause(&bars, write);
}

fn pause(bars: &[ProgressBar], write: &mut dyn FnMut()) {
    match bars.split_first() {
        Some((bar, others)) if !bar.is_finished() => bar.suspend(|| pause(others, write)),
        Some((_, others)) => pause(others, write),
        None => write(),
    }
}

fn shown() -> MutexGuard<'static, Vec<WeakProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
mod line {
    use indicatif::TermLike;
    use std::io::{Result, Write as _, stderr};

    /// How many columns are needed for `^C`, which the terminal shows for Ctrl-C, and for the cursor after it.
    const INTERRUPT_WIDTH: u16 = 3;

    /// The current line of the terminal without its last columns. indicatif fills the whole width; without these
    /// columns, `^C` would wrap to a new line.
    #[derive(Debug)]
    pub(super) struct CurrentLine;

    impl TermLike for CurrentLine {
        fn width(&self) -> u16 {
            let columns = terminal_size::terminal_size_of(stderr()).map_or(80, |(width, _)| width.0);
            columns.saturating_sub(INTERRUPT_WIDTH).max(1)
        }
        // The target is a single line, so the cursor stays in it.
        fn move_cursor_up(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> Result<()> {
            write!(stderr(), "{text}")
        }
        fn clear_line(&self) -> Result<()> {
            write!(stderr(), "\r\x1b[2K")
        }
        fn flush(&self) -> Result<()> {
            stderr().flush()
        }
    }
}

/// Handles Ctrl-C: removes the spinners, prints that ssox was interrupted, and ends the process.
#[cfg(unix)]
mod interrupt {
    use super::shown;
    use crate::context::tell;
    use crate::signals;
    use indicatif::{ProgressBar, WeakProgressBar};
    use signal_hook::consts::SIGINT;
    use std::sync::Once;
    use std::thread::spawn;

    /// Whether the signal handler is installed. It is installed only once, because it cannot be removed.
    static HANDLED: Once = Once::new();

    pub(super) fn clear_on_interrupt() {
        HANDLED.call_once(|| {
            if let Ok(mut signals) = signals::catch(&[SIGINT]) {
                spawn(move || signals.forever().for_each(clear_and_end));
            }
        });
    }

    fn clear_and_end(_: i32) {
        if super::is_left_to_status_line() {
            return;
        }
        let bars: Vec<ProgressBar> = shown().iter().filter_map(WeakProgressBar::upgrade).collect();
        bars.iter().for_each(ProgressBar::finish_and_clear);
        // On Ctrl-C, the terminal drops output that it has not shown yet, so the line is cleared once more.
        let clear = if bars.iter().any(|bar| !bar.is_hidden()) { "\r\x1b[2K" } else { "" };
        tell(&format!("{clear}ssox: interrupted"));
        signals::end_interrupted();
    }
}
