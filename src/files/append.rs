//! Adds to the end of a file of ssox's own.

use super::owner;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Adds to a file, which is made where it is not there (0600), and returns its size.
///
/// # Errors
/// Those of the system; `InvalidInput` when it is not a regular file.
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<u64> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // A named pipe waits for nobody, and a link leads nowhere.
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW).bits().cast_signed());
    }
    let mut file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    if metadata.len() == 0
        && let Some(directory) = path.parent()
    {
        owner::inherit(&file, directory)?;
    }
    file.write_all(content)?;
    Ok(metadata.len() + content.len() as u64)
}
