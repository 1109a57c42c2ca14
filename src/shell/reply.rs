//! Writes the reply to a shell function: environment changes as data, one on each line, between a first and a last line
//! that mark the reply. A value ends at the end of its line.
//!
//! Invariant: no shell evaluates any part of the reply.

use super::Emit;
use crate::environment::EnvChanges;
use crate::secret::Secret;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns the reply as one text. The caller writes it in one piece when the command ends. In the reply, `=NAME=VALUE`
/// sets a variable, `-NAME` unsets it, and `!NAME` makes the shell forget the value that it saved before the first
/// `use`. If no profile is in use after the reply, the shell restores the saved values of all variables that are then
/// unset, except of those with a line `~NAME`: it restores these after a later reply.
pub(crate) fn reply(emit: Emit, changes: &EnvChanges) -> Secret {
    let mut text = Secret::new("#ssox1\n");
    for name in changes.forgotten() {
        writeln!(text, "!{name}").expect("writing to a string cannot fail");
    }
    for name in changes.postponed() {
        writeln!(text, "~{name}").expect("writing to a string cannot fail");
    }
    for (name, value) in changes.iter() {
        let written = match value.map(|value| emit.shell.reply_value(value)) {
            None => writeln!(text, "-{name}"),
            Some(Cow::Borrowed(value)) => writeln!(text, "={name}={value}"),
            Some(Cow::Owned(value)) => writeln!(text, "={name}={}", Secret::new(value).expose()),
        };
        written.expect("writing to a string cannot fail");
    }
    text.push_str("#end\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::Shell;

    fn replied(shell: &str) -> String {
        reply(Emit { shell: Shell::named(shell).unwrap() }, &changes()).expose().to_string()
    }

    fn changes() -> EnvChanges {
        let mut changes = EnvChanges::default();
        changes.set("AWS_REGION", "eu-west-1").unwrap();
        changes.set("SSOX_PROFILE", "a=b \\ é😀").unwrap();
        changes.unset("AWS_PROFILE");
        changes.forget("AWS_VAULT");
        changes.postpone("AWS_DEFAULT_REGION");
        changes
    }

    #[test]
    fn changes_are_between_header_and_trailer() {
        assert_eq!(
            replied("zsh"),
            "#ssox1\n!AWS_VAULT\n~AWS_DEFAULT_REGION\n=AWS_REGION=eu-west-1\n=SSOX_PROFILE=a=b \\ é😀\n-AWS_PROFILE\n#end\n"
        );
    }

    #[test]
    fn powershell_gets_ascii() {
        assert_eq!(
            replied("powershell"),
            "#ssox1\n!AWS_VAULT\n~AWS_DEFAULT_REGION\n=AWS_REGION=eu-west-1\n=SSOX_PROFILE=a=b \\\\ \\u00e9\\ud83d\\ude00\n-AWS_PROFILE\n#end\n"
        );
    }
}
