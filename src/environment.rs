//! Environment changes: the variables that ssox sets and unsets. The reply to a shell consists only of such changes.

use crate::error::{Error, Result, has_control};
use crate::secret::Secret;

/// Variables to set (`Some`) or unset (`None`), in order and without repetitions. Values may be secret. A shell saves
/// the values that variables have before the first `use`, to restore them later; `forgotten` lists the variables whose
/// saved values the shell must forget, and `postponed` those whose saved values it must not restore yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnvChanges {
    changes: Vec<(&'static str, Option<Secret>)>,
    forgotten: Vec<&'static str>,
    postponed: Vec<&'static str>,
}

/// Variables of other tools, without the prefix `AWS_`. If they stay set, prompts show the wrong profile.
pub(crate) const FOREIGN_LEFTOVERS: [&str; 3] = ["AWSUME_PROFILE", "AWSUME_EXPIRATION", "AWSU_PROFILE"];

/// The variable that GDAL reads instead of the AWS variable with the path of the credentials file. ssox sets it for
/// programs that use ssox's endpoint.
pub(crate) const GDAL_CREDENTIALS_FILE: &str = "CPL_AWS_CREDENTIALS_FILE";

/// The variable with the path of the configuration file of boto 2 and gsutil. botocore also looks for access keys in
/// this file. If the file has access keys, ssox sets the variable to an empty file for programs that use ssox's
/// endpoint. Otherwise ssox does not set it, because the file may contain settings of gsutil.
pub(crate) const BOTO_CONFIG: &str = "BOTO_CONFIG";

/// The variables that list the hosts to which programs connect without a proxy. If there is a proxy, ssox sets them for
/// programs that use ssox's endpoint. `ssox use` does not change them.
pub(crate) const PROXY_BYPASS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The largest size of a variable with its name and the `=`, in bytes. Windows allows 32,767 characters, Linux 128 KiB,
/// and macOS 1 MiB for all arguments and variables together. A session token has some hundred to a few thousand bytes.
const LARGEST: usize = 32_767;

impl EnvChanges {
    /// Sets a variable; replaces an earlier change of the same variable.
    ///
    /// # Errors
    /// `Configuration`: the value contains a control character, such as a line break, which could end a line of the
    /// reply; or the value is so large that the shell could not start any program afterwards.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) -> Result<()> {
        let secret = Secret::new(value);
        let value = secret.expose();
        if has_control(value) {
            // The message does not contain the value, which may be a secret.
            return Err(Error::configuration(format!("could not set {name}: the value contains a control character"))
                .hint("if the value is in a configuration file: `ssox doctor` shows the file and the line"));
        }
        if name.len() + value.len() >= LARGEST {
            return Err(Error::configuration(format!(
                "the value for {name} has {} bytes, which is too large: the shell could not start programs with such a variable",
                value.len()
            ))
            .hint("use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment"));
        }
        self.change(name, Some(secret));
        Ok(())
    }

    /// Unsets a variable.
    pub(crate) fn unset(&mut self, name: &'static str) {
        self.change(name, None);
    }

    /// Removes the change of a variable, so that the variable stays as it is.
    pub(crate) fn keep(&mut self, name: &str) {
        self.changes.retain(|(known, _)| *known != name);
    }

    /// Tells the shell to forget the saved value of a variable, which is the value from before the first `use`.
    pub(crate) fn forget(&mut self, name: &'static str) {
        self.forgotten.push(name);
    }

    /// Returns the variables whose saved value the shell is to forget.
    pub(crate) fn forgotten(&self) -> &[&'static str] {
        &self.forgotten
    }

    /// Tells the shell to keep the saved value of a variable, and not to restore it before a later reply.
    pub(crate) fn postpone(&mut self, name: &'static str) {
        self.postponed.push(name);
    }

    /// Returns the variables whose saved value the shell is to restore later.
    pub(crate) fn postponed(&self) -> &[&'static str] {
        &self.postponed
    }

    /// Returns the change of a variable: `Some(Some(value))` sets it, `Some(None)` unsets it, `None` does not change
    /// it.
    pub(crate) fn get(&self, name: &str) -> Option<Option<&str>> {
        self.changes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref().map(Secret::expose))
    }

    /// Returns all changes, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.changes.iter().map(|(name, value)| (*name, value.as_ref().map(Secret::expose)))
    }

    fn change(&mut self, name: &'static str, value: Option<Secret>) {
        let files = [GDAL_CREDENTIALS_FILE, BOTO_CONFIG];
        let is_other = [&FOREIGN_LEFTOVERS[..], &PROXY_BYPASS, &files].iter().any(|names| names.contains(&name));
        debug_assert!(name.starts_with("AWS_") || name.starts_with("SSOX_") || is_other);
        self.keep(name);
        self.changes.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn a_value_too_large_for_an_environment_is_refused() {
        let mut changes = EnvChanges::default();
        changes.set("AWS_SESSION_TOKEN", "x".repeat(20_000)).unwrap();
        let error = changes.set("AWS_SESSION_TOKEN", "x".repeat(32_750)).unwrap_err();
        assert_eq!(error.kind.exit_status(), 4);
        assert!(error.message.starts_with("the value for AWS_SESSION_TOKEN has 32750 bytes"), "{}", error.message);
    }

    #[test]
    fn debug_shows_no_value() {
        let mut changes = EnvChanges::default();
        changes.set("AWS_SECRET_ACCESS_KEY", HUNTER2).unwrap();
        assert_redacted(&changes);
    }

    #[test]
    fn the_last_change_of_a_name_counts() {
        let mut changes = EnvChanges::default();
        changes.set("AWS_REGION", "eu-west-1").unwrap();
        changes.unset("AWS_REGION");
        assert_eq!(changes.iter().collect::<Vec<_>>(), [("AWS_REGION", None)]);
    }

    #[test]
    fn a_control_character_is_refused() {
        for value in ["a\nb", "a\rb", "\u{1b}[31m", "\u{9b}"] {
            let error = EnvChanges::default().set("AWS_SECRET_ACCESS_KEY", value).unwrap_err();
            assert!(!error.message.contains(value), "{error:?}");
        }
    }
}
