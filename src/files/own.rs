//! Opens files of ssox itself for writing, without following links and without waiting for the reader of a pipe.

use super::owner;
use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Opens a file for reading and writing; creates it with mode 0600 if it does not exist.
///
/// # Errors
/// I/O errors of the file system. `InvalidInput`: the file is not a regular file.
pub(crate) fn open_own(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().read(true).write(true).truncate(false))
}

/// Appends to a file and returns its new size; creates it with mode 0600 if it does not exist.
///
/// # Errors
/// Those of [`open_own`].
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<u64> {
    let mut file = open(path, OpenOptions::new().append(true))?;
    file.write_all(content)?;
    file.metadata().map(|metadata| metadata.len())
}

/// Creates a file with mode 0600; an existing file is removed first.
///
/// # Errors
/// `Configuration`: the file cannot be created.
pub(crate) fn create_private(path: &Path) -> Result<File> {
    super::remove(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|cause| Error::file("create", path, &cause))
}

fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW).bits().cast_signed());
    }
    let file = options.create(true).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    if let Some(directory) = path.parent().filter(|_| metadata.len() == 0) {
        owner::inherit(&file, directory)?;
    }
    Ok(file)
}
