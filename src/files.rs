//! Files that other programs read at the same time: every write is atomic, and only the owner sees a secret one.

mod reserved;

pub(crate) use reserved::Reserved;

use crate::error::{Error, Result};
use crate::time::Timestamp;
use sha1::{Digest as _, Sha1};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// How temporary files begin; what a killed process leaves behind is known by it, and swept.
const TEMPORARY_PREFIX: &str = ".ssox-";
const TEMPORARY_LIFE: Duration = Duration::from_secs(600);

/// Reads a file; `None` when it, or a directory on the way to it, does not exist.
///
/// # Errors
/// Configuration, naming the file, when it is there and cannot be read (a directory, no permission).
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if is_absent(&cause) => Ok(None),
        Err(cause) => Err(Error::file("read", path, &cause).hint(format!("ls -ld '{}'", path.display()))),
    }
}

/// Returns when a file was last written, never later than now; `None` when that cannot be told.
pub(crate) fn written_at(path: &Path, now: Timestamp) -> Option<Timestamp> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    let seconds = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Timestamp(i64::try_from(seconds).ok()?).min(now))
}

/// Replaces a secret file in one step: readers see the old content or the new, mode 0600, directories 0700.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    let directory = parent(path);
    create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
    sweep(&directory);
    replace(path, content, None).map_err(|cause| Error::file("write", path, &cause))
}

/// Replaces a file that people edit: its mode stays, a symbolic link stays a link and its target is replaced.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn write_edited(path: &Path, content: &[u8]) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let directory = parent(&target);
    create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
    let permissions = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    replace(&target, content, permissions).map_err(|cause| Error::file("write", path, &cause))
}

/// Removes a file; one that is not there is removed already.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if !is_absent(&cause) => Err(Error::file("remove", path, &cause)),
        _ => Ok(()),
    }
}

/// Returns the SHA-1 of a text in lower-case hexadecimal digits: what the AWS CLI names its cache files by, and ssox its own.
pub(crate) fn hashed(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn replace(path: &Path, content: &[u8], permissions: Option<fs::Permissions>) -> io::Result<()> {
    let mut temporary = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(parent(path))?;
    temporary.write_all(content)?;
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions)?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Creates a directory that only its owner sees into, and those on the way to it.
///
/// # Errors
/// Those of the file system.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Removes temporary files that a killed process left long ago.
fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX);
    let age = |entry: &fs::DirEntry| entry.metadata().ok()?.modified().ok()?.elapsed().ok();
    for entry in entries.flatten().filter(is_ours) {
        if age(&entry).is_some_and(|age| age > TEMPORARY_LIFE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_file_is_replaced_whole_and_private() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/c.json");
        write_secret(&path, b"one").unwrap();
        write_secret(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn an_edited_file_keeps_its_mode_and_its_link() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        write_edited(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_directory_in_place_of_a_file_is_said() {
        let home = tempfile::tempdir().unwrap();
        assert!(read(home.path()).unwrap_err().message.contains("is a directory"));
        assert!(read(&home.path().join("none/such")).unwrap().is_none());
    }
}
