//! Signing in: a person, a browser, and one such conversation at a time.
//!
//! Deliberately not here: tokens that need no person (`token`, `refresh`).

pub(crate) mod flow;

pub(crate) use flow::Flow;
