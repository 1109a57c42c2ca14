//! Runs many programs, a few at a time, reads their output, and ends all of them on Ctrl-C.

mod outcome;
mod output;
mod program;
mod signals;
mod stream;
mod supervisor;
mod workers;

pub(crate) use outcome::{Finished, Job, OnFailure, Outcome, exit_status};
pub(crate) use output::{Colours, Output, Shown};

use crate::terminal::StatusLine;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use supervisor::Supervisor;
use workers::Shared;

/// Runs the jobs, at most `limit` at a time, and returns when all have ended. In three cases, ends the running programs
/// and starts no more: after a signal, after a failure with [`OnFailure::Stop`], and when no program reads the output
/// of ssox any more.
pub(crate) fn run(jobs: Vec<Job>, limit: usize, output: Output, on_failure: OnFailure) -> Finished {
    let status = StatusLine::start();
    let (events, received) = channel();
    let _signals = signals::forward(events.clone());
    let names: Vec<String> = jobs.iter().map(|job| job.name.clone()).collect();
    let output = Arc::new(output.around(status.clone()));
    let queue = Mutex::new(jobs.into_iter().enumerate().collect());
    let shared = Arc::new(Shared { queue, running: Mutex::default(), output, events });
    for _ in 0..limit.min(names.len()) {
        let shared = Arc::clone(&shared);
        // These threads are not joined: a thread could wait for ever for the output of a process that left the killed
        // process group.
        thread::spawn(move || while shared.run_next() {});
    }
    let mut supervisor = Supervisor { shared, received, status, names, on_failure, deadline: None, interrupted: None };
    let outcomes = supervisor.until_all_ended();
    Finished { outcomes, interrupted: supervisor.interrupted }
}
