//! What a job is, and what becomes of it.

use crate::error::{Error, ErrorKind, Result, cause_text};
use std::io;
use std::process::Command;
use std::time::Duration;

/// A program to run.
pub(crate) struct Job {
    pub(crate) name: String,
    /// Makes the command, on the thread that runs it.
    pub(crate) command: Box<dyn FnOnce() -> Result<Command> + Send>,
}

/// The result of a job.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status as a shell has it; `None` when the program was not started.
    pub(crate) status: Option<u8>,
    /// Why it was not started, or was ended.
    pub(crate) error: Option<Error>,
    pub(crate) time: Duration,
    pub(crate) stdout: Vec<u8>,
    /// All of stderr if the output is kept, else the end of it.
    pub(crate) stderr: Vec<u8>,
}

/// What happens after the first failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFailure {
    GoOn,
    /// Starts no more, and ends those that run.
    Stop,
}

/// The results, in the order of the jobs; and the names of the jobs that a signal has ended.
pub(crate) struct Finished {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) interrupted: Option<Vec<String>>,
}

/// Why no more programs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Signal,
    Failure,
    /// The reader of the output has closed it.
    Closed,
}

impl Outcome {
    pub(super) fn not_started(error: Error) -> Self {
        Self { status: None, error: Some(error), time: Duration::ZERO, stdout: Vec::new(), stderr: Vec::new() }
    }

    /// Returns the result of a program that could not be run, with the exit status of a shell.
    pub(super) fn not_run(program: &str, cause: &io::Error) -> Self {
        let error = Error::other(format!("could not run `{program}`: {}", cause_text(cause)));
        Self { status: Some(exit_status(cause)), ..Self::not_started(error) }
    }

    /// Tells whether the program ran and succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.status == Some(0) && self.error.is_none()
    }
}

/// Returns the exit status that a shell has for a program that could not be run.
pub(crate) fn exit_status(cause: &io::Error) -> u8 {
    if cause.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
}

impl Stop {
    pub(super) fn error(self) -> Error {
        match self {
            Self::Signal => Error::new(ErrorKind::Interrupted, "interrupted"),
            Self::Failure => Error::other("stopped by --fail-fast, because another command failed"),
            Self::Closed => Error::other("stopped, because nobody reads the output any more"),
        }
    }
}
