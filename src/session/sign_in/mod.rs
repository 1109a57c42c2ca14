//! Signing in: a person, a browser, and one such conversation at a time.
//!
//! Deliberately not here: tokens that need no person (`token`, `refresh`).

mod callback;
mod flow;
mod page;
mod turn;

pub(crate) use flow::Flow;
