//! How hints set and unset variables: in the syntax of the shell that the person uses.

use super::Context;
use std::fmt;

/// How a shell sets and unsets variables.
#[derive(Clone, Copy)]
pub(crate) struct ShellSyntax {
    /// Returns the command that sets a variable. The value is quoted if necessary.
    pub(crate) set: fn(&Context, &str, &str) -> String,
    /// Returns the command that unsets variables.
    pub(crate) unset: fn(&Context, &[&str]) -> String,
}

impl Context {
    /// Returns the command that sets a variable.
    pub(crate) fn line_to_set(&self, name: &str, value: &str) -> String {
        (self.syntax.set)(self, name, value)
    }

    /// Returns the command that unsets variables.
    pub(crate) fn line_to_unset(&self, names: &[&str]) -> String {
        (self.syntax.unset)(self, names)
    }
}

/// The syntax of POSIX shells.
impl Default for ShellSyntax {
    fn default() -> Self {
        Self {
            set: |_, name, value| format!("export {name}={}", shell_words::quote(value)),
            unset: |_, names| format!("unset {}", names.join(" ")),
        }
    }
}

impl fmt::Debug for ShellSyntax {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ShellSyntax")
    }
}
