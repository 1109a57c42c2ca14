//! Reads a SAML response that the person saved, from a file or from stdin.

use super::form;
use crate::error::{Error, Result};
use crate::files;
use crate::secret::Secret;
use std::io::{IsTerminal as _, stdin};
use std::path::Path;
use zeroize::Zeroizing;

/// The largest input in bytes. Any page that contains a response is smaller; STS accepts 100,000 characters.
const MAX_SIZE: u64 = 4 << 20;

/// Returns the SAML response in a file, or in stdin if the path is `-`, as base64. If the file contains no SAML
/// response, returns its text.
///
/// # Errors
/// `Configuration`: the file cannot be read, or is larger than [`MAX_SIZE`]. `Usage`: stdin is a terminal.
pub(super) fn read(path: &Path) -> Result<Secret> {
    let bytes = if path == Path::new("-") { from_stdin()? } else { Zeroizing::new(files::read_named(path, MAX_SIZE)?) };
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    Ok(Secret::new(form::response(&text)))
}

fn from_stdin() -> Result<Zeroizing<Vec<u8>>> {
    if stdin().is_terminal() {
        // A terminal cuts a pasted line after 4,096 characters (1,024 on macOS). A response is longer than that.
        return Err(Error::usage("a SAML response is too long to be pasted into a terminal")
            .hint("pass it through a pipe: `pbpaste |`, `wl-paste |` or `xclip -o |`; or give a file instead of `-`"));
    }
    let all = files::limited(stdin(), MAX_SIZE);
    all.map(Zeroizing::new).map_err(|cause| Error::file("read", Path::new("standard input"), &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_it_in_any_form() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "SAMLResponse=ab%2Bcd&RelayState=").unwrap();
        assert_eq!(read(file.path()).unwrap().expose(), "ab+cd");
        std::fs::write(file.path(), [0xff, b'a']).unwrap();
        assert!(read(file.path()).is_ok());
        let error = read(Path::new("/none/such")).unwrap_err();
        assert!(error.message.contains("`/none/such`"));
        assert_eq!(error.kind.exit_status(), 4);
    }
}
