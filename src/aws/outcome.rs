//! What becomes of a conversation with AWS.
//!
//! Deliberately not here: what a failure says (`failure`, `unreachable`).

use crate::error::Error;

/// What becomes of a conversation.
pub(super) type Outcome<T> = Result<T, Failure>;

/// A failed call.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// The service is not there in this region, or switched off.
    pub(super) region_is_missing: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, region_is_missing: false }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Failure {
    /// Says what could not be done.
    pub(super) fn doing(self, what: &str) -> Self {
        Self { error: self.error.doing(what), ..self }
    }
}
