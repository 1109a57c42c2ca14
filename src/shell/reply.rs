//! Writes the reply to a shell function: environment changes as data, each on one line, between a header and a trailer. A
//! value ends at the end of its line.
//!
//! Invariant: no shell evaluates any part of the reply.

use super::{Emit, Shell};
use crate::environment::EnvChanges;
use std::fmt::Write as _;

/// Returns all changes as one text, for a single write at the end: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME`
/// makes the shell forget the variable's value from before the first `use`. When no profile is in use after a reply, the
/// shell restores these values of the variables that the reply unsets.
pub(crate) fn reply(emit: Emit, changes: &EnvChanges) -> String {
    let mut text = String::from("#ssox1\n");
    for name in changes.forgotten() {
        writeln!(text, "!{name}").expect("a string takes everything");
    }
    for (name, value) in changes.iter() {
        let written = match (value, emit.shell) {
            (None, _) => writeln!(text, "-{name}"),
            (Some(value), Shell::PowerShell) => writeln!(text, "={name}={}", ascii(value)),
            (Some(value), _) => writeln!(text, "={name}={value}"),
        };
        written.expect("a string takes everything");
    }
    text + "#end\n"
}

/// Escapes all characters except ASCII, for PowerShell, which decodes a program's output with a code page. `\` is doubled.
pub(crate) fn ascii(value: &str) -> String {
    value.encode_utf16().fold(String::new(), |mut text, unit| {
        match char::from_u32(unit.into()) {
            Some('\\') => text.push_str("\\\\"),
            Some(c) if c.is_ascii() => text.push(c),
            _ => write!(text, "\\u{unit:04x}").expect("a string takes everything"),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes() -> EnvChanges {
        let mut changes = EnvChanges::default();
        changes.set("AWS_REGION", "eu-west-1").unwrap();
        changes.set("SSOX_PROFILE", "a=b \\ é😀").unwrap();
        changes.unset("AWS_PROFILE");
        changes.forget("AWS_VAULT");
        changes
    }

    #[test]
    fn changes_are_between_header_and_trailer() {
        assert_eq!(
            reply(Emit { shell: Shell::Zsh }, &changes()),
            "#ssox1\n!AWS_VAULT\n=AWS_REGION=eu-west-1\n=SSOX_PROFILE=a=b \\ é😀\n-AWS_PROFILE\n#end\n"
        );
    }

    #[test]
    fn powershell_gets_ascii() {
        assert_eq!(
            reply(Emit { shell: Shell::PowerShell }, &changes()),
            "#ssox1\n!AWS_VAULT\n=AWS_REGION=eu-west-1\n=SSOX_PROFILE=a=b \\\\ \\u00e9\\ud83d\\ude00\n-AWS_PROFILE\n#end\n"
        );
    }
}
