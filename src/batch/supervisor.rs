//! The thread that supervises the workers: it takes their results, draws the status line, and ends the programs.

use super::outcome::{OnFailure, Outcome, Stop};
use super::program;
use super::workers::{AFTER_KILL, Event, Running, Shared, lock};
use crate::terminal::StatusLine;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How much time programs have after SIGTERM before they get SIGKILL.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait after SIGKILL for a program that does not end, because it waits for a device or a file server.
const UNKILLABLE: Duration = Duration::from_secs(15);
/// How often the status line is drawn again.
const REDRAW: Duration = Duration::from_millis(100);

/// The state of the supervising thread.
pub(super) struct Supervisor {
    pub(super) shared: Arc<Shared>,
    pub(super) received: Receiver<Event>,
    pub(super) status: StatusLine,
    pub(super) names: Vec<String>,
    pub(super) on_failure: OnFailure,
    /// The time at which ssox kills those programs that were asked to end, but still run.
    pub(super) deadline: Option<Instant>,
    pub(super) interrupted: Option<Vec<String>>,
}

impl Supervisor {
    /// Waits until all jobs have ended, and returns their results in the order of the jobs. Stops waiting for programs
    /// that do not end after ssox has killed them.
    pub(super) fn until_all_ended(&mut self) -> Vec<Outcome> {
        let mut ended: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut failed = 0;
        let mut drawn = Instant::now() + REDRAW * 5;
        while ended.len() < self.names.len() {
            let wait = if self.deadline.is_some() || self.status.is_shown() { REDRAW } else { Duration::MAX };
            let had_time = self.deadline.is_some_and(|deadline| deadline <= Instant::now()) && self.kill();
            match self.next_event(wait) {
                Ok(Event::Ended(at, outcome)) => {
                    let is_failure = !outcome.is_success();
                    failed += usize::from(is_failure);
                    ended.insert(at, *outcome);
                    if is_failure && self.on_failure == OnFailure::Stop {
                        self.stop(Stop::Failure);
                    }
                }
                Ok(Event::Signal) => self.interrupt(),
                Ok(Event::OutputClosed) => self.stop(Stop::Closed),
                Err(()) if had_time => break,
                Err(()) => {}
            }
            if drawn <= Instant::now() {
                self.draw(ended.len(), failed);
                drawn = Instant::now() + REDRAW;
            }
        }
        self.status.clear();
        let stop = lock(&self.shared.running).stop.unwrap_or(Stop::Signal);
        let missing = || Outcome::not_started(stop.error());
        (0..self.names.len()).map(|at| ended.remove(&at).unwrap_or_else(missing)).collect()
    }

    fn next_event(&self, wait: Duration) -> std::result::Result<Event, ()> {
        if wait == Duration::MAX {
            return self.received.recv().map_err(drop);
        }
        self.received.recv_timeout(wait).map_err(|_: RecvTimeoutError| ())
    }

    /// Handles a signal: the first asks all programs to end, the second kills them.
    fn interrupt(&mut self) {
        if self.interrupted.is_some() {
            self.deadline = Some(Instant::now());
            return;
        }
        let running = lock(&self.shared.running).programs.values().map(|(name, _)| name.clone()).collect();
        self.interrupted = Some(running);
        self.stop(Stop::Signal);
    }

    /// Starts no more programs, and asks the running ones to end.
    fn stop(&mut self, why: Stop) {
        let mut running = lock(&self.shared.running);
        if running.stop.is_none() {
            self.deadline = Some(Instant::now() + GRACE);
            groups(&running).for_each(program::Group::end);
        }
        running.stop = Some(running.stop.map_or(why, |before| if why == Stop::Signal { why } else { before }));
    }

    /// Kills the programs that still run. Returns true if so much time has passed since the first call that ssox no
    /// longer waits for programs that do not end.
    fn kill(&self) -> bool {
        let mut running = lock(&self.shared.running);
        groups(&running).for_each(program::Group::kill);
        let time = if groups(&running).next().is_some() { UNKILLABLE } else { AFTER_KILL };
        running.killed.get_or_insert_with(Instant::now).elapsed() >= time
    }

    fn draw(&self, ended: usize, failed: usize) {
        let running: Vec<String> = lock(&self.shared.running).programs.values().map(|(name, _)| name.clone()).collect();
        let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        self.status.set(&format!("{ended} of {} done{failed}; running: {}", self.names.len(), running.join(", ")));
    }
}

fn groups(running: &Running) -> impl Iterator<Item = program::Group> {
    running.programs.values().filter_map(|(_, group)| *group)
}
