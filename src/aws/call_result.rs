//! The result of a call to AWS; only the module `aws` uses it. The error also says whether the same call may succeed in
//! another region.

use crate::error::Error;

/// The result of a call to AWS, or the error of the failed call.
pub(super) type CallResult<T> = Result<T, CallError>;

/// Why a call to AWS failed, and whether it may succeed in another region.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) error: Error,
    /// Whether the same call may succeed in another region: the host name cannot be resolved (the service may not exist
    /// in this region), or the account has not activated STS for this region.
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
    /// Puts `what` (what the call could not do, e.g. `could not assume X`) before the message.
    pub(super) fn doing(self, what: &str) -> Self {
        Self { error: self.error.doing(what), ..self }
    }
}
