//! What may be written: only what the AWS CLI and every SDK read alike.
//!
//! Deliberately not here: what may be read, which is much more.

use crate::config::name::{SectionKind, WhichFile, is_portable, name};
use crate::config::scan::Headers;
use crate::config::section::without_comment;
use crate::error::{Error, Result};

/// Checks a key: lower case, as they all are.
pub(super) fn check_key(key: &str) -> Result<()> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    match !key.is_empty() && key.chars().all(is_letter) {
        true => Ok(()),
        false => Err(Error::configuration(format!("`{key}` cannot be a key of an AWS configuration file"))),
    }
}

/// Checks that a value will be read as it is. It may be a secret, and is not repeated.
pub(super) fn check_value(key: &str, value: &str) -> Result<()> {
    let refused = |why: &str| Err(Error::configuration(format!("the value for `{key}` {why}")));
    if value.contains(char::is_control) {
        return refused("has a line break or another control character in it");
    }
    if value.trim() != value {
        return refused("begins or ends with a blank");
    }
    let line = format!(" {value}");
    match without_comment(&line) == line {
        true => Ok(()),
        false => refused("has a `#` or `;` after a blank, where many tools see a comment"),
    }
}

/// Returns the header of a section, its name in quotes where the AWS CLI has them.
pub(super) fn header_line(which: WhichFile, kind: SectionKind, wanted: &str) -> Result<String> {
    let header = match (which, kind, wanted) {
        (WhichFile::Credentials, ..) | (_, SectionKind::Profile, "default") => format!("[{wanted}]"),
        _ if wanted.contains(' ') => format!("[{} '{wanted}']", kind.word()),
        _ => format!("[{} {wanted}]", kind.word()),
    };
    let is_read_back = |header: &str| match Headers::new(header).next().and_then(|first| name(header, first, which)) {
        Some((of, name)) => of == kind && name == wanted,
        None => false,
    };
    match wanted.chars().all(|c| is_portable(c) || c == ' ') && is_read_back(&header) {
        true => Ok(header),
        false => Err(illegal(kind, wanted, "")),
    }
}

/// Checks that every AWS tool will see a new name; with a blank in it, it is one for the AWS CLI alone.
///
/// # Errors
/// Configuration: only some would.
pub(crate) fn check_name(kind: SectionKind, name: &str) -> Result<()> {
    if name.starts_with('-') {
        return Err(illegal(kind, name, ": it would be taken for an option").hint("begin it with a letter or digit"));
    }
    match !name.is_empty() && name.chars().all(is_portable) {
        true => Ok(()),
        false => Err(illegal(kind, name, ": the SDKs would not see it")),
    }
}

fn illegal(kind: SectionKind, name: &str, why: &str) -> Error {
    Error::configuration(format!("`{name}` cannot be the name of a new {}{why}", kind.word()))
        .hint("use letters, digits and `_ - / . % @ : +`, which every AWS tool can read")
}
