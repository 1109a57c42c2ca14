//! Shells that ssox does not support: their programs, and the syntax of hints for them.

use super::sh_syntax;
use super::word::word;

/// A shell that ssox does not support, or several such shells with the same syntax.
#[derive(Debug)]
pub(super) struct OtherShell {
    /// The file names of the programs, without versions.
    pub(super) programs: &'static [&'static str],
    /// Returns the command that sets a variable.
    pub(super) set: fn(&str, &str) -> String,
    /// Returns the command that unsets variables.
    pub(super) unset: fn(&[&str]) -> String,
    /// Tells whether a process with these options reads commands from a person.
    pub(super) is_interactive: fn(&[String]) -> bool,
}

/// All shells that ssox does not support, but whose syntax it knows.
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
