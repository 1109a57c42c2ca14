//! Predicts which credentials AWS tools take in an environment with a configuration. The rules are the rows of `table`.
//!
//! Invariant: nobody is asked. It reads the environment and the two files, and starts nothing.

mod environment;
mod files;
mod prediction;
mod profile;
mod region;
mod table;

pub(crate) use prediction::{Prediction, Taken, predictions};
pub(crate) use table::CLI;
