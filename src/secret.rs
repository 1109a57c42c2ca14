//! A string that is never shown: it has no `Display`, its `Debug` is redacted, and it is wiped from memory when
//! dropped.
//!
//! It is not encrypted in memory. The token files, which the AWS CLI shares, are not encrypted either.

use std::fmt;
use zeroize::Zeroizing;

/// A secret access key, token, client secret or SAML assertion; or a text that contains one, such as a reply to a
/// shell.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// Makes a secret.
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Returns the value. A review should look at each call.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Appends a text. If the buffer is too small, a larger buffer is used and the old buffer is wiped.
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

/// The secret that all tests with [`assert_redacted`] use.
#[cfg(test)]
pub(crate) const HUNTER2: &str = "hunter2";

/// Asserts that `Debug` of a value that contains [`HUNTER2`] does not show it.
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
