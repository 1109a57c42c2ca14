//! The text of a config file, which may contain secrets.

use crate::config::name::WhichFile;
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroize as _;

/// The text of a config file. The text of `~/.aws/credentials` is wiped from memory when it is dropped. That of
/// `~/.aws/config` is not, because it may be large and rarely contains access keys. `Debug` shows neither.
#[derive(PartialEq, Eq)]
pub(crate) struct Text {
    pub(super) text: String,
    pub(super) which: WhichFile,
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        if self.which == WhichFile::Credentials {
            self.text.zeroize();
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Text({} bytes)", self.text.len())
    }
}
