//! Predicts which credentials other AWS tools take, with this environment and these configuration files. The rules of
//! each tool are a row of `table`.
//!
//! What a program in `credential_process` does is not predicted, unless the caller knows it (see `view::Refusal`).
//!
//! Invariant: this module calls no service and starts no program. It reads the environment, the configuration files and
//! token files.

mod access_keys;
mod environment;
mod failure;
mod files;
mod key_files;
mod kind;
mod misread;
mod prediction;
mod profile;
mod region;
mod rules;
mod table;
mod token;
mod view;

pub(crate) use access_keys::{BEDROCK_KEY, KeysEnd, keys_end};
pub(crate) use key_files::{CREDENTIAL_FILE, deciding_boto_file};
pub(crate) use prediction::{Prediction, predictions, rejection};
pub(crate) use table::{BOTO3, CLI};
pub(crate) use view::Taken;
