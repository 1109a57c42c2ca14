//! Predicts which credentials other AWS tools take, with this environment and these configuration files. The rules of
//! each tool are a row of `table`.
//!
//! Invariant: this module calls no service and starts no program. It reads the environment, the configuration files and
//! token files.

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
