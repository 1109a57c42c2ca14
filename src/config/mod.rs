//! The config files `~/.aws/config` and `~/.aws/credentials`. ssox reads everything that the AWS CLI or an SDK accepts;
//! malformed lines are skipped. The position of every entry is known, so that edits keep all other bytes.
//!
//! The module `profile` interprets the keys.

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

pub(crate) use check::{Finding, Readers};
pub(crate) use edit::{Edits, check_name};
pub(crate) use excerpt::IndexedProfiles;
pub(crate) use file::File;
pub(crate) use files::{ConfigFiles, ProfileHeader};
pub(crate) use name::{SectionKind, WhichFile};
pub(crate) use nearest::{misspelt, nearest};
pub(crate) use plain::parse_plain;
pub(crate) use section::{Entry, Section};
pub(crate) use severity::Severity;
