//! A string that must not be shown: it has no `Display`, a redacting `Debug`, and is wiped when dropped.
//!
//! It is not encrypted in memory. Neither are the tokens in files, which are shared with the AWS CLI.

use std::fmt;
use zeroize::Zeroizing;

/// A secret access key, a token, a client secret or a SAML assertion; or a text with one in it, such as a reply to a shell.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// Makes a secret of a value.
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Returns the value. A review looks at every call.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Appends a text. A buffer that becomes too small is wiped.
    pub(crate) fn push_str(&mut self, text: &str) {
        let length = self.0.len() + text.len();
        if length > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(length.max(2 * self.0.capacity())));
            larger.push_str(&self.0);
            self.0 = larger;
        }
        self.0.push_str(text);
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl fmt::Write for Secret {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// The secret in all tests of [`assert_redacted`].
#[cfg(test)]
pub(crate) const HUNTER2: &str = "hunter2";

/// Asserts that a value which holds [`HUNTER2`] does not show it in `Debug`.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_redacted(value: &dyn fmt::Debug) {
    let shown = format!("{value:?} {value:#?}");
    let bytes = format!("{:?}", HUNTER2.as_bytes());
    assert!(!shown.contains(HUNTER2) && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::ZeroizeOnDrop;

    #[test]
    fn debug_does_not_show_the_value() {
        assert_eq!(format!("{:?}", Some(Secret::new(HUNTER2))), "Some(Secret(…))");
        assert_redacted(&Secret::new(HUNTER2));
    }

    #[test]
    fn a_secret_is_wiped_when_it_is_dropped() {
        let is_wiped = |_: &dyn ZeroizeOnDrop| {};
        is_wiped(&Secret::new(HUNTER2).0);
    }

    #[test]
    fn a_secret_grows_like_a_string() {
        let mut secret = Secret::default();
        (0..100).for_each(|_| secret.push_str("añ"));
        assert_eq!(secret.expose(), "añ".repeat(100));
    }
}
