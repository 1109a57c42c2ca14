//! Predicts which credentials AWS tools take in an environment with a configuration. The rules are the rows of `table`.
//!
//! Invariant: it asks no service and starts no program. It reads the environment, the two files and the files with tokens.

mod environment;
mod files;
mod kind;
mod prediction;
mod profile;
mod region;
mod rules;
mod table;
mod token;
mod view;

pub(crate) use prediction::{Prediction, predictions};
pub(crate) use table::CLI;
pub(crate) use view::Taken;
