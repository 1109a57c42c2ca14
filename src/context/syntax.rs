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

    /// Returns the command that unsets those of the variables that are set. If none is set here, the command names all.
    pub(crate) fn line_to_unset(&self, names: &[&str]) -> String {
        let found: Vec<&str> = names.iter().copied().filter(|name| self.var_os(name).is_some()).collect();
        (self.syntax.unset)(self, if found.is_empty() { names } else { &found })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// PowerShell, nushell and xonsh report an error for a variable that is not set.
    #[test]
    fn only_variables_that_are_set_are_unset() {
        let ctx = Context::new(["B", "C"].map(|name| (name.to_string(), "".into())));
        assert_eq!(ctx.line_to_unset(&["A", "B", "C"]), "unset B C");
        assert_eq!(ctx.line_to_unset(&["A", "D"]), "unset A D");
    }
}
