//! The text of one of the two files, which may have secrets.

use crate::config::name::WhichFile;
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroize as _;

/// The text of a file. That of `~/.aws/credentials` is wiped when dropped; the other may have many megabytes and rarely
/// holds keys. `Debug` shows neither.
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
