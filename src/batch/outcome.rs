//! A job (a program to run) and its result.

use crate::error::{Error, ErrorKind, Result, cause_text};
use std::io;
use std::process::Command;
use std::time::Duration;

/// A program to run.
pub(crate) struct Job {
    pub(crate) name: String,
    /// Builds the command; called on the thread that runs it.
    pub(crate) command: Box<dyn FnOnce() -> Result<Command> + Send>,
}

/// The result of a job.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status as shells report it: 128 plus the signal's number after a signal; 126 or 127 if the program
    /// could not be started. `None` if ssox did not try to start the program, or killed it and it did not end.
    pub(crate) status: Option<u8>,
    /// Why the program was not started, why ssox ended it, or why its output could not be written; otherwise `None`.
    pub(crate) error: Option<Error>,
    /// Whether the job was not started, because ssox had already stopped all jobs.
    pub(crate) is_left_out: bool,
    pub(crate) time: Duration,
    pub(crate) stdout: Vec<u8>,
    /// All of stderr if output is kept in memory, else the end of stderr.
    pub(crate) stderr: Vec<u8>,
}

/// What happens after the first program has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFailure {
    GoOn,
    /// Starts no more programs, and ends the running ones.
    Stop,
}

/// The results in the order of the jobs. After a signal, `interrupted` has the names of the jobs that ran when the
/// signal came; otherwise it is `None`.
pub(crate) struct Finished {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) interrupted: Option<Vec<String>>,
}

/// Why no more programs are started: ssox got a signal, a program failed, or the pipe was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Signal,
    Failure,
    /// The program that reads the output of ssox has closed the pipe.
    Closed,
}

impl Outcome {
    pub(super) fn not_started(error: Error) -> Self {
        let (status, is_left_out, time) = (None, false, Duration::ZERO);
        Self { status, error: Some(error), is_left_out, time, stdout: Vec::new(), stderr: Vec::new() }
    }

    pub(super) fn left_out(stop: Stop) -> Self {
        Self { is_left_out: true, ..Self::not_started(stop.error()) }
    }

    /// Returns the result of a program that could not be started, with the exit status that shells use (126 or 127).
    pub(super) fn not_run(program: &str, cause: &io::Error) -> Self {
        let error = Error::other(format!("could not run `{program}`: {}", cause_text(cause)));
        Self { status: Some(exit_status(cause)), ..Self::not_started(error) }
    }

    /// Tells whether the program ran and succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.status == Some(0) && self.error.is_none()
    }
}

/// Returns the exit status that shells use for a program that could not be started: 127 if it was not found, else 126.
pub(crate) fn exit_status(cause: &io::Error) -> u8 {
    if cause.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
}

impl Stop {
    pub(super) fn error(self) -> Error {
        match self {
            Self::Signal => Error::new(ErrorKind::Interrupted, "interrupted"),
            Self::Failure => Error::other("stopped by --fail-fast, because another command failed"),
            Self::Closed => Error::other("stopped, because no program reads the output of ssox any more"),
        }
    }
}
