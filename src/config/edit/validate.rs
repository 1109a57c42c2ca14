//! Checks names, keys and values before they are written: the AWS CLI and every SDK must read them in the same way.
//! ssox itself also reads names, keys and values that fail these checks.

use crate::config::name::{SectionKind, WhichFile, is_portable, name};
use crate::config::scan::Headers;
use crate::config::section::without_comment;
use crate::error::{Error, Result};

/// Checks that a config key is not empty and has only lower-case letters, digits, `_`, `-` and `.`.
pub(super) fn check_key(key: &str) -> Result<()> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    if key.is_empty() || !key.chars().all(is_letter) {
        return Err(Error::configuration(format!("`{key}` is not a valid key of an AWS configuration file")));
    }
    Ok(())
}

/// Checks that every AWS tool reads a value back unchanged.
///
/// Invariant: the error does not contain the value, which may be a secret.
pub(super) fn check_value(key: &str, value: &str) -> Result<()> {
    let refused = |why: &str| Err(Error::configuration(format!("the value for `{key}` {why}")));
    if value.contains(char::is_control) {
        return refused("contains a line break or another control character");
    }
    if value.trim() != value {
        return refused("begins or ends with a blank");
    }
    let line = format!(" {value}");
    if without_comment(&line) != line {
        return refused("contains a `#` or `;` after a blank, which many tools read as a comment");
    }
    Ok(())
}

/// Returns the header line of a section. A name with blanks is put in quotes in `config`.
///
/// # Errors
/// `Configuration`: some AWS tools would not read the name, for another reason than its blanks.
pub(super) fn header_line(which: WhichFile, kind: SectionKind, wanted: &str) -> Result<String> {
    let header = match (which, kind, wanted) {
        (WhichFile::Credentials, ..) | (_, SectionKind::Profile, "default") => format!("[{wanted}]"),
        _ if wanted.contains(' ') => format!("[{} '{wanted}']", kind.word()),
        _ => format!("[{} {wanted}]", kind.word()),
    };
    let read_back = Headers::new(&header).next().and_then(|first| name(&header, first, which));
    let is_read_back = read_back.is_some_and(|(of, name)| of == kind && name == wanted);
    if !is_read_back || !wanted.chars().all(|c| is_portable(c) || c == ' ') {
        return Err(invalid_name(kind, wanted, ""));
    }
    Ok(header)
}

/// Checks that every AWS tool reads a new section name. A name with blanks is an error, because only the AWS CLI reads
/// it.
///
/// # Errors
/// `Configuration`: some AWS tools would not read the name.
pub(crate) fn check_name(kind: SectionKind, name: &str) -> Result<()> {
    if name.starts_with('-') {
        return Err(invalid_name(kind, name, ": it looks like an option").hint("start the name with a letter or digit"));
    }
    if name.is_empty() || !name.chars().all(is_portable) {
        return Err(invalid_name(kind, name, ": the SDKs would ignore it"));
    }
    Ok(())
}

fn invalid_name(kind: SectionKind, name: &str, why: &str) -> Error {
    Error::configuration(format!("`{name}` cannot be the name of a new {}{why}", kind.word()))
        .hint("use the letters a–z and A–Z, digits and `_ - / . % @ : +`")
}
