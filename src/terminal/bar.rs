//! Shows a progress bar with the time left, if an operation with many steps takes more than half a second.

use super::spinner::Spinner;
use super::{PROGRESS_DELAY, is_seen};
use crate::time::human;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Instant;

/// The width of the bar, in columns.
const WIDTH: usize = 20;

/// A progress bar. It disappears when this value is dropped; without a terminal nothing is shown.
#[derive(Debug)]
pub(crate) struct Bar(Option<Shown>);

#[derive(Debug)]
struct Shown {
    what: &'static str,
    shared: Arc<Mutex<Shared>>,
    /// The time of the first [`Bar::show`], and how many steps were done at that time.
    start: Option<(Instant, usize)>,
    done: Sender<()>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    message: String,
    spinner: Option<Spinner>,
}

impl Bar {
    /// Starts a timer; the bar appears after half a second. The bar shows `message` until the number of steps is known.
    /// `what` is the word after the number of steps, such as `accounts`.
    pub(crate) fn start(message: &str, what: &'static str) -> Self {
        if !is_seen() {
            return Self(None);
        }
        let shared = Arc::new(Mutex::new(Shared { message: message.into(), spinner: None }));
        let (done, when_done) = channel::<()>();
        let thread = spawn({
            let shared = Arc::clone(&shared);
            move || {
                if when_done.recv_timeout(PROGRESS_DELAY) == Err(RecvTimeoutError::Timeout) {
                    lock(&shared).show();
                    let _ = when_done.recv();
                    lock(&shared).spinner = None;
                }
            }
        });
        Self(Some(Shown { what, shared, start: None, done, thread }))
    }

    /// Shows how many of the steps are done.
    pub(crate) fn show(&mut self, done: usize, all: usize) {
        let Some(Shown { what, shared, start, .. }) = &mut self.0 else { return };
        let (since, before) = *start.get_or_insert((Instant::now(), done));
        let seconds = since.elapsed().as_secs_f64();
        let mut shared = lock(shared);
        shared.message = text(what, done, all, seconds_left(done, before, all, seconds));
        if let Some(spinner) = &shared.spinner {
            spinner.set_message(&shared.message);
        }
    }
}

impl Shared {
    fn show(&mut self) {
        self.spinner = Some(Spinner::start(&self.message));
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(Shown { done, thread, .. }) = self.0.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}

/// Returns how many seconds the remaining steps take at the speed so far; `None` if that is unknown.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "it is an estimate")]
fn seconds_left(done: usize, before: usize, all: usize, seconds: f64) -> Option<i64> {
    let steps = done.checked_sub(before).filter(|steps| *steps > 0)?;
    Some((seconds / steps as f64 * all.saturating_sub(done) as f64).ceil() as i64)
}

fn text(what: &str, done: usize, all: usize, left: Option<i64>) -> String {
    let full = (WIDTH * done).checked_div(all).unwrap_or(0).min(WIDTH);
    let left = left.filter(|left| *left > 0).map(|left| format!(", {} left", human(left))).unwrap_or_default();
    format!("{}{} {done} of {all} {what}{left}", "━".repeat(full), "─".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_the_count_and_the_time_left() {
        assert_eq!(text("accounts", 0, 0, None), "──────────────────── 0 of 0 accounts");
        let left = seconds_left(250, 50, 1000, 10.0);
        assert_eq!(text("accounts", 250, 1000, left), "━━━━━─────────────── 250 of 1000 accounts, 38s left");
        assert_eq!(text("accounts", 7, 7, seconds_left(7, 0, 7, 1.0)), "━━━━━━━━━━━━━━━━━━━━ 7 of 7 accounts");
    }
}
