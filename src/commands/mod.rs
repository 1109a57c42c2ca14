//! One file a verb: its steps, in order.
//!
//! Deliberately not here: how any step is done.

pub(crate) mod init;
