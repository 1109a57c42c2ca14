//! The clock of a process: the system's clock. A unit test can use a clock that only the test moves.

use super::Context;
use crate::time::Timestamp;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that tells the time of day, measures time limits, and pauses.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// Invariant: this field exists only in unit tests, so nothing can set the clock of the real program.
    #[cfg(test)]
    moved: Option<&'static tests::Moved>,
}

/// The moment at which a wait ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    clock: Clock,
}

impl Context {
    /// Returns the current time.
    pub(crate) fn now(&self) -> Timestamp {
        let since = self.clock.system_time().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// Returns the deadline that is this duration from now. Setting the system's time does not change this deadline.
    pub(crate) fn deadline(&self, after: Duration) -> Deadline {
        self.clock.deadline(after)
    }

    /// Waits for this duration.
    pub(crate) fn sleep(&self, time: Duration) {
        self.clock.sleep(time);
    }

    /// Returns the time when a file was last written; the current time if that time is in the future; `None` if the
    /// file cannot be read.
    pub(crate) fn written_at(&self, path: &Path) -> Option<Timestamp> {
        let modified = fs::metadata(path).ok()?.modified().ok()?;
        let seconds = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some(Timestamp(i64::try_from(seconds).ok()?).min(self.now()))
    }
}

impl Deadline {
    /// Returns the time that is left; zero after the deadline.
    pub(crate) fn left(self) -> Duration {
        #[cfg(test)]
        self.clock.looked_at();
        self.at.saturating_duration_since(self.clock.instant())
    }

    /// Tells whether the deadline has passed.
    pub(crate) fn is_expired(self) -> bool {
        self.left().is_zero()
    }
}

impl Clock {
    /// Returns the deadline that is this duration from now. Setting the system's time does not change this deadline.
    pub(super) fn deadline(self, after: Duration) -> Deadline {
        let now = self.instant();
        Deadline { at: now.checked_add(after).unwrap_or(now), clock: self }
    }

    /// Returns the time of day.
    pub(super) fn system_time(self) -> SystemTime {
        SystemTime::now() + self.moved()
    }

    /// Waits. The clock of a test does not wait; it moves ahead instead.
    pub(super) fn sleep(self, time: Duration) {
        #[cfg(test)]
        if let Some(moved) = self.moved {
            return moved.by(time);
        }
        std::thread::sleep(time);
    }

    fn instant(self) -> Instant {
        Instant::now() + self.moved()
    }

    #[cfg(not(test))]
    fn moved(self) -> Duration {
        Duration::ZERO
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::context::Context;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    /// How far a test's clock is ahead of the system's.
    #[derive(Debug)]
    pub(super) struct Moved {
        milliseconds: Arc<AtomicU64>,
        is_looked_at: AtomicBool,
    }

    impl Moved {
        pub(super) fn by(&self, time: Duration) {
            let milliseconds = u64::try_from(time.as_millis()).unwrap();
            self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    impl Clock {
        /// Makes a clock that is ahead by a number of milliseconds, which several clocks may share.
        pub(crate) fn ahead(milliseconds: Arc<AtomicU64>) -> Self {
            // Leaks a few bytes in each test, so that `Clock` can be `Copy`.
            let moved = Box::new(Moved { milliseconds, is_looked_at: AtomicBool::new(false) });
            Self { moved: Some(Box::leak(moved)) }
        }

        /// Moves the clock on.
        pub(crate) fn advance(self, time: Duration) {
            self.moved.expect("only a test's clock can be moved").by(time);
        }

        /// Waits until another thread asks how much time is left until a deadline of this clock. A thread asks this
        /// just before it waits.
        pub(crate) fn wait_for_waiter(self) {
            let moved = self.moved.expect("only a test's clock can be moved");
            while !moved.is_looked_at.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }

        pub(super) fn moved(self) -> Duration {
            self.moved.map_or(Duration::ZERO, |moved| Duration::from_millis(moved.milliseconds.load(Ordering::SeqCst)))
        }

        pub(super) fn looked_at(self) {
            if let Some(moved) = self.moved {
                moved.is_looked_at.store(true, Ordering::SeqCst);
            }
        }
    }

    #[test]
    fn a_sleep_moves_the_clock_of_a_test_and_all_its_deadlines() {
        let mut ctx = Context::new([]);
        ctx.clock = Clock::ahead(Arc::default());
        let (before, deadline, later) =
            (ctx.now(), ctx.deadline(Duration::from_secs(3600)), ctx.deadline(Duration::from_secs(9000)));
        assert!(!deadline.is_expired());
        ctx.sleep(Duration::from_secs(3600));
        assert!(deadline.is_expired() && !later.is_expired());
        assert!(ctx.now().seconds_after(before) >= 3600);
    }
}
