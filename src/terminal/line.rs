//! The last line of the terminal, which shows the spinner that was started last.

use super::picker::cut;
use std::collections::BTreeMap;
use std::io::{Write as _, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

const PICTURES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// The time between two pictures of the spinner.
const STEP: Duration = Duration::from_millis(120);
/// The number of columns besides the message: two for the picture and the space after it, and three for the cursor and
/// for `^C`, which the terminal shows for Ctrl-C.
const OTHER_COLUMNS: usize = 2 + 3;

/// The last line of the terminal. It is global, because the process has only one terminal.
static LINE: Mutex<Line> = Mutex::new(Line {
    messages: BTreeMap::new(),
    started: 0,
    step: 0,
    pauses: 0,
    is_drawn: false,
    is_moving: false,
    is_status_line: false,
});

/// What the last line of the terminal shows.
pub(super) struct Line {
    /// The messages of the spinners, by their numbers.
    pub(super) messages: BTreeMap<usize, String>,
    /// How many spinners have been started.
    pub(super) started: usize,
    step: usize,
    /// How many callers are writing something else to the terminal.
    pub(super) pauses: usize,
    is_drawn: bool,
    /// Whether a thread is drawing the pictures of the spinner.
    pub(super) is_moving: bool,
    /// Whether the last line of the terminal is reserved for a status line.
    pub(super) is_status_line: bool,
}

impl Line {
    /// Draws the last line of the terminal, or clears it if there is nothing to show.
    pub(super) fn draw(&mut self) {
        let message = self.messages.values().next_back().filter(|message| !message.is_empty() && self.pauses == 0);
        let Some(message) = message else { return self.clear() };
        let columns = terminal_size::terminal_size_of(stderr()).map_or(80, |(width, _)| usize::from(width.0));
        let picture = PICTURES[self.step % PICTURES.len()];
        let text = format!("{picture} {}", cut(message.clone(), columns.saturating_sub(OTHER_COLUMNS)));
        clear_line();
        let _ = stderr().write_all(text.as_bytes());
        self.is_drawn = true;
    }

    /// Clears the last line of the terminal, if something was drawn.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            clear_line();
        }
    }
}

/// Draws the pictures one after the other, until there is no spinner.
pub(super) fn move_on() {
    loop {
        sleep(STEP);
        let mut line = line();
        line.is_moving = !line.messages.is_empty();
        if !line.is_moving {
            return;
        }
        line.step += 1;
        line.draw();
    }
}

/// Clears the line in which the cursor is, and moves the cursor to the beginning of this line.
fn clear_line() {
    #[cfg(unix)]
    let _ = stderr().write_all(b"\r\x1b[2K");
    #[cfg(not(unix))]
    let _ = {
        use crossterm::{cursor::MoveToColumn, execute, terminal::Clear, terminal::ClearType};
        execute!(stderr(), MoveToColumn(0), Clear(ClearType::CurrentLine))
    };
}

/// Locks [`LINE`] and returns it. No other thread changes it until the result is dropped.
pub(super) fn line() -> MutexGuard<'static, Line> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}
