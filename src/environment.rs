//! Environment changes: the full list of variables ssox sets or unsets; the only thing it ever says to a shell.

use crate::error::{Error, Result};

/// Variables to set (`Some`) or unset (`None`), in order, no name twice; and variables whose value from before the first
/// `use` the shell is to forget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnvChanges {
    changes: Vec<(&'static str, Option<String>)>,
    forgotten: Vec<&'static str>,
}

/// Leftovers of other tools outside `AWS_…` that make prompts lie.
pub(crate) const FOREIGN_LEFTOVERS: [&str; 3] = ["AWSUME_PROFILE", "AWSUME_EXPIRATION", "AWSU_PROFILE"];

/// The most a variable may have in bytes, with its name: Windows takes 32,767 characters, Linux 128 KiB, and macOS 1 MiB
/// for all arguments and variables together. A session token has some hundred to a few thousand.
const LARGEST: usize = 32_767;

impl EnvChanges {
    /// Sets a variable; a later change of the same name replaces the earlier one.
    ///
    /// # Errors
    /// Configuration, when the value holds a control character, which could end a line of the reply, or is so large that the
    /// shell could start no program afterwards.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) -> Result<()> {
        let value = value.into();
        if value.chars().any(char::is_control) {
            // The value may be a secret, so it is not said.
            return Err(Error::configuration(format!("the value for {name} has a control character"))
                .hint("ssox doctor shows the line"));
        }
        if name.len() + value.len() >= LARGEST {
            return Err(Error::configuration(format!(
                "the value for {name} has {} bytes, and an environment cannot hold it: no program would start any more",
                value.len()
            ))
            .hint("ssox credential-process NAME gives credentials to AWS tools without the environment"));
        }
        self.change(name, Some(value));
        Ok(())
    }

    /// Unsets a variable.
    pub(crate) fn unset(&mut self, name: &'static str) {
        self.change(name, None);
    }

    /// Has the shell forget what was there before the first `use`.
    pub(crate) fn forget(&mut self, name: &'static str) {
        self.forgotten.push(name);
    }

    /// Returns the names to forget.
    pub(crate) fn forgotten(&self) -> &[&'static str] {
        &self.forgotten
    }

    /// Returns what becomes of a variable: set to a value, unset (`None` inside), or not mentioned.
    pub(crate) fn get(&self, name: &str) -> Option<Option<&str>> {
        self.changes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_deref())
    }

    /// Returns the changes in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.changes.iter().map(|(name, value)| (*name, value.as_deref()))
    }

    fn change(&mut self, name: &'static str, value: Option<String>) {
        debug_assert!(name.starts_with("AWS_") || name.starts_with("SSOX_") || FOREIGN_LEFTOVERS.contains(&name));
        self.changes.retain(|(known, _)| *known != name);
        self.changes.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_no_environment_can_hold_is_refused() {
        let mut changes = EnvChanges::default();
        changes.set("AWS_SESSION_TOKEN", "x".repeat(20_000)).unwrap();
        let error = changes.set("AWS_SESSION_TOKEN", "x".repeat(32_750)).unwrap_err();
        assert_eq!(error.kind.exit_status(), 4);
        assert!(error.message.starts_with("the value for AWS_SESSION_TOKEN has 32750 bytes"), "{}", error.message);
    }

    #[test]
    fn the_last_change_of_a_name_counts() {
        let mut changes = EnvChanges::default();
        changes.set("AWS_REGION", "eu-west-1").unwrap();
        changes.unset("AWS_REGION");
        assert_eq!(changes.iter().collect::<Vec<_>>(), [("AWS_REGION", None)]);
    }

    #[test]
    fn a_control_character_never_enters() {
        for value in ["a\nb", "a\rb", "\u{1b}[31m", "\u{9b}"] {
            let error = EnvChanges::default().set("AWS_SECRET_ACCESS_KEY", value).unwrap_err();
            assert!(!error.message.contains(value), "{error:?}");
        }
    }
}
