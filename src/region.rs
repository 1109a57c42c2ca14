//! AWS regions, such as `eu-west-1`.
//!
//! The list in [`known`] is used for the command line only, because AWS adds regions every year.

mod known;

pub(crate) use known::{REGIONS, in_full};

use crate::error::{Error, Result};
use std::fmt;
use std::ops::Deref;

/// The name of a region: 1 to 63 lower-case letters, digits and `-`. Other characters are not allowed, because ssox
/// puts the name into the hosts of URLs to which it sends secrets, and into variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region(String);

impl Region {
    /// Parses the name of a region. `what` begins the error message: an option, or a setting with its section.
    ///
    /// # Errors
    /// `Configuration`: the text cannot be a region.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self> {
        if Self::is(text) {
            return Ok(Self(text.into()));
        }
        let message = format!("{what}: `{text}` is not a region");
        Err(Error::configuration(message).hint("a region looks like `eu-west-1`"))
    }

    /// Parses the name of a region; `None` if the text cannot be a region.
    pub(crate) fn of(text: &str) -> Option<Self> {
        Self::is(text).then(|| Self(text.into()))
    }

    /// Tells whether a text can be a region, also one that AWS adds later.
    pub(crate) fn is(text: &str) -> bool {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&text.len()) && text.bytes().all(is_letter)
    }
}

/// Makes a region in a test.
#[cfg(test)]
impl From<&str> for Region {
    fn from(text: &str) -> Self {
        Self::of(text).expect("the test names a region")
    }
}

impl Deref for Region {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_label_of_a_host_name() {
        assert_eq!(&*Region::parse("x", "eu-west-1").unwrap(), "eu-west-1");
        assert!(Region::of(&"a".repeat(63)).is_some());
        for text in [
            "",
            "eu west",
            "a/b",
            "a.b",
            "eu/west",
            "x.evil.example",
            "eu-west-1.evil.example#",
            "a@b",
            "EU-WEST-1",
            "$(id)",
            "é",
            &"a".repeat(64),
        ] {
            let error = Region::parse("x", text).unwrap_err();
            assert_eq!((error.kind.exit_status(), error.message), (4, format!("x: `{text}` is not a region")));
        }
    }
}
