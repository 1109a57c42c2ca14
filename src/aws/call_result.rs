//! The result of a call to AWS inside this module: an error that also says whether another region may help.

use crate::error::Error;

/// The result of a call.
pub(super) type CallResult<T> = Result<T, CallError>;

/// A failed call.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) error: Error,
    /// The service does not exist in this region, or is not activated for the account.
    pub(super) is_region_unavailable: bool,
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self { error, is_region_unavailable: false }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        error.error
    }
}

impl CallError {
    /// Puts what could not be done before the message.
    pub(super) fn doing(self, what: &str) -> Self {
        Self { error: self.error.doing(what), ..self }
    }
}
