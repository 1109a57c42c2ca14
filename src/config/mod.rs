//! The files `~/.aws/config` and `~/.aws/credentials`. Reading accepts everything that the AWS CLI or an SDK accepts, and a
//! malformed line never makes the whole file fail. Every entry has its position, so that edits keep every other byte.
//!
//! What the keys mean is the concern of `profile`.

mod check;
pub(crate) mod diff;
mod edit;
mod excerpt;
mod file;
mod files;
mod header_hint;
mod line;
mod name;
mod nearest;
mod plain;
mod redirect;
mod scan;
mod section;
mod severity;
mod update;

pub(crate) use edit::{Edits, check_name};
pub(crate) use excerpt::IndexedProfiles;
pub(crate) use file::File;
pub(crate) use files::{ConfigFiles, ProfileHeader};
pub(crate) use name::{SectionKind, WhichFile};
pub(crate) use nearest::{misspelt, nearest};
pub(crate) use plain::parse_plain;
pub(crate) use section::{Entry, Section};
pub(crate) use severity::Severity;
