//! A line on the terminal that moves while something is waited for, and is gone afterwards, Ctrl-C included.
//!
//! Deliberately not here: when it is shown, and what it says. On Windows all is as indicatif does it.

use crate::error::printable;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Shows a message until the bar is finished.
pub(super) fn spinner(message: &str) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    // It is hidden on terminals that cannot do it.
    #[cfg(unix)]
    let target = if target.is_hidden() { target } else { ProgressDrawTarget::term_like(Box::new(line::Line)) };
    let spinner = ProgressBar::with_draw_target(None, target).with_message(printable(message));
    spinner.set_style(ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is valid"));
    #[cfg(unix)]
    interrupt::clears(&spinner);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

#[cfg(unix)]
mod line {
    use indicatif::TermLike;
    use std::io::{Result, Write as _, stderr};

    /// What the terminal echoes when Ctrl-C is typed, and the column in which the cursor stands then.
    const INTERRUPT_WIDTH: u16 = 3;

    /// The line of the terminal the cursor stands in, without the columns in which Ctrl-C is echoed: indicatif fills what
    /// it is given to its end, and the echo would begin a line of its own.
    #[derive(Debug)]
    pub(super) struct Line;

    impl TermLike for Line {
        fn width(&self) -> u16 {
            let columns = terminal_size::terminal_size_of(stderr()).map_or(80, |(width, _)| width.0);
            columns.saturating_sub(INTERRUPT_WIDTH).max(1)
        }
        // There is no other line to move to.
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

/// Ctrl-C takes the line off the screen, and then ends the process as it would have without us.
#[cfg(unix)]
mod interrupt {
    use indicatif::{ProgressBar, WeakProgressBar};
    use signal_hook::{consts::SIGINT, iterator::Signals, low_level::emulate_default_handler};
    use std::sync::{Mutex, OnceLock, PoisonError};
    use std::thread::spawn;

    /// The one that is shown. A process has one handler for a signal and no way to give it back, hence the global.
    static SHOWN: OnceLock<Mutex<WeakProgressBar>> = OnceLock::new();

    pub(super) fn clears(bar: &ProgressBar) {
        let shown = SHOWN.get_or_init(|| {
            if let Ok(mut signals) = Signals::new([SIGINT]) {
                spawn(move || signals.forever().for_each(clear_and_end));
            }
            Mutex::default()
        });
        *shown.lock().unwrap_or_else(PoisonError::into_inner) = bar.downgrade();
    }

    fn clear_and_end(signal: i32) {
        let shown = SHOWN.get().map(|shown| shown.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(bar) = shown.and_then(|shown| shown.upgrade()) {
            bar.finish_and_clear();
        }
        let _ = emulate_default_handler(signal);
    }
}
