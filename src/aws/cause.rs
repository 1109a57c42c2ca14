//! Finds out why a request failed, from the chain of causes of its error.

use std::error::Error as Cause;
use std::io::{self, ErrorKind};

/// Tells whether another attempt would fail for the same reason: the host name cannot be resolved, or the server's
/// certificate is invalid.
pub(super) fn is_permanent(error: &(dyn Cause + 'static)) -> bool {
    is_unresolved(error) || matches!(find(error), Some(rustls::Error::InvalidCertificate(_)))
}

/// Tells whether the name of the host, or of the proxy, could not be resolved.
pub(super) fn is_unresolved(error: &(dyn Cause + 'static)) -> bool {
    chain(error).any(|cause| cause.to_string() == "dns error")
}

/// Tells whether an I/O error of this kind means that the server or the proxy closed the connection.
pub(super) fn is_closed(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
    )
}

/// Returns an error and all its causes, outermost first.
pub(super) fn chain<'a>(error: &'a (dyn Cause + 'static)) -> impl Iterator<Item = &'a (dyn Cause + 'static)> {
    // The method `source` of an `io::Error` skips the wrapped error; `get_ref` returns the wrapped error.
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Cause + 'static)),
        None => error.source(),
    })
}

/// Returns the innermost cause that has the type `T`.
pub(super) fn find<'a, T: Cause + 'static>(error: &'a (dyn Cause + 'static)) -> Option<&'a T> {
    chain(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// Returns the message of the innermost cause.
pub(super) fn innermost_text(error: &(dyn Cause + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

/// Returns the messages of an error and of all its causes, in lower case.
pub(super) fn full_text(error: &(dyn Cause + 'static)) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ").to_lowercase()
}
