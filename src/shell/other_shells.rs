//! The shells without an integration: their programs, and the command lines of hints.

use super::sh_syntax;
use super::word::word;

/// A shell that ssox has no function for, or several with the same syntax for hints.
#[derive(Debug)]
pub(super) struct OtherShell {
    /// The file names of the programs, without a version.
    pub(super) programs: &'static [&'static str],
    /// Returns the line that sets a variable.
    pub(super) set: fn(&str, &str) -> String,
    /// Returns the line that unsets variables.
    pub(super) unset: fn(&[&str]) -> String,
    /// Tells whether a program with these options reads commands from a person.
    pub(super) is_interactive: fn(&[String]) -> bool,
}

/// All of them.
pub(super) static OTHER_SHELLS: [OtherShell; 2] = [
    OtherShell {
        programs: &["csh", "tcsh"],
        set: |name, value| format!("setenv {name} {}", word(value, sh_syntax::quoted)),
        unset: |names| each(names, "; ", |name| format!("unsetenv {name}")),
        is_interactive: super::interactive::reads_commands,
    },
    OtherShell {
        programs: &["cmd"],
        set: |name, value| format!("set {name}={value}"),
        unset: |names| each(names, "& ", |name| format!("set {name}=")),
        is_interactive: super::interactive::reads_commands,
    },
];

fn each(names: &[&str], between: &str, line: impl Fn(&str) -> String) -> String {
    names.iter().map(|name| line(name)).collect::<Vec<_>>().join(between)
}
