//! The syntax of sh, which zsh, bash, ksh and others also use.

use super::word::{single_quoted, word};

/// Returns the command that sets a variable, for hints.
pub(super) fn set(name: &str, value: &str) -> String {
    format!("export {name}={}", word(value, quoted))
}

/// Returns the command that unsets variables, for hints.
pub(super) fn unset(names: &[&str]) -> String {
    format!("unset {}", names.join(" "))
}

/// Quotes a word.
pub(super) fn quoted(value: &str) -> String {
    single_quoted(value, |c| if c == '\'' { r"'\'" } else { "" })
}
