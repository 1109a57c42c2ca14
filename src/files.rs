//! Reads and writes files that other programs use at the same time: reading has limits, writing is atomic, and an edit
//! keeps the changes that other programs make during the edit.

mod directory;
mod edit;
mod hash;
mod own;
mod owner;
mod read;
mod replace;
mod reserved;

pub(crate) use directory::{Directory, Reader, Stamp};
pub(crate) use edit::edit;
pub(crate) use hash::{hash, hashed};
pub(crate) use own::{append, create_private, open_own};
pub(crate) use read::{end, limited, open_regular, read, read_named, read_up_to};
pub(crate) use replace::write_secret;
pub(crate) use reserved::ReservedFile;

use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Tells whether a file cannot be replaced because its directory is read-only, for this user or for everybody.
#[cfg(unix)]
pub(crate) fn is_read_only(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    use rustix::io::Errno;
    matches!(access(parent(path), Access::WRITE_OK), Err(Errno::ACCESS | Errno::ROFS | Errno::PERM))
}

/// Always false on Windows, where only an attempt to write shows whether a directory is read-only.
#[cfg(not(unix))]
pub(crate) fn is_read_only(_: &Path) -> bool {
    false
}

/// Removes a file; does nothing if it is absent.
///
/// # Errors
/// `Configuration`: the file cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if !is_absent(&cause) => Err(Error::file("remove", path, &cause)),
        _ => Ok(()),
    }
}

/// Tells whether other users can read or write a file; always false on Windows.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let is_open = |metadata: fs::Metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0;
        fs::metadata(path).is_ok_and(is_open)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Returns a text with the size and the modification time of a file, or `absent` if the file does not exist or cannot
/// be reached. If the text changes, the file has changed.
pub(crate) fn state(path: &Path) -> String {
    match path.metadata() {
        Ok(metadata) => format!("{} {:?}", metadata.len(), metadata.modified().ok()),
        Err(_) => "absent".into(),
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Creates a directory, and its parents if they are missing. Each directory that is created gets mode 0700.
///
/// # Errors
/// I/O errors of the file system: the directory cannot be created.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    create_private_dir(&above)?;
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are Unix's"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        // Another process has created the directory since the check above.
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        created => created.and_then(|()| owner::inherit_dir(path, &above)),
    }
}

fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
