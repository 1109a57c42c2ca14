//! What made a request fail, read out of its error: the chain of causes below it.
//!
//! Deliberately not here: the words for it (`unreachable`).

use std::error::Error as Cause;
use std::io::{self, ErrorKind};

/// Tells whether asking again would end the same way.
pub(super) fn is_lasting(error: &(dyn Cause + 'static)) -> bool {
    is_unresolved(error) || matches!(find(error), Some(rustls::Error::InvalidCertificate(_)))
}

/// Tells whether a host (its own, or that of a proxy) has no address.
pub(super) fn is_unresolved(error: &(dyn Cause + 'static)) -> bool {
    chain(error).any(|cause| cause.to_string() == "dns error")
}

/// Tells whether the other end hung up.
pub(super) fn is_cut(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
    )
}

/// Returns an error and its causes. Those of an `io::Error` begin with what it wraps, which `source` leaves out.
pub(super) fn chain<'a>(error: &'a (dyn Cause + 'static)) -> impl Iterator<Item = &'a (dyn Cause + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Cause + 'static)),
        None => error.source(),
    })
}

/// Returns the innermost cause of a type.
pub(super) fn find<'a, T: Cause + 'static>(error: &'a (dyn Cause + 'static)) -> Option<&'a T> {
    chain(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// Returns what all of the chain says, in lower case.
pub(super) fn all_text(error: &(dyn Cause + 'static)) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ").to_lowercase()
}
