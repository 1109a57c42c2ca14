//! Reserves disk space for a secret file before its content is known. AWS issues a token only once, so it must not be
//! lost because the disk is full.

use super::replace::{create, set_owner};
use super::{create_private_dir, parent, write_secret};
use crate::error::{Error, Result, path_argument};
use std::fs;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How many bytes are reserved; a token needs much less.
const RESERVED_SIZE: usize = 32 * 1024;

/// A temporary file with reserved disk space, which later replaces a file.
#[derive(Debug)]
pub(crate) struct ReservedFile {
    path: PathBuf,
    temporary: NamedTempFile,
}

impl ReservedFile {
    /// Reserves disk space for a file.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be written.
    pub(crate) fn reserve(path: &Path) -> Result<Self> {
        let directory = parent(path);
        create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
        let temporary = filled(&directory).map_err(|cause| {
            let directory = path_argument(&directory);
            Error::file("write", path, &cause).hint(format!("df -h {directory}; ls -ld {directory}"))
        })?;
        Ok(Self { path: path.to_path_buf(), temporary })
    }

    /// Writes the content, and replaces the file atomically: readers see the old or the new content.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be written.
    pub(crate) fn write(self, content: &[u8]) -> Result<()> {
        let path = self.path.clone();
        // If this fails, for example because the temporary file was removed while the person signed in, another file is
        // written.
        self.replace(content).or_else(|_| write_secret(&path, content))
    }

    fn replace(mut self, content: &[u8]) -> io::Result<()> {
        let length = u64::try_from(content.len()).map_err(io::Error::other)?;
        set_owner(self.temporary.as_file(), fs::symlink_metadata(&self.path).ok().as_ref(), &parent(&self.path))?;
        self.temporary.rewind()?;
        self.temporary.write_all(content)?;
        self.temporary.as_file().set_len(length)?;
        self.temporary.as_file().sync_all()?;
        self.temporary.persist(&self.path)?;
        Ok(())
    }
}

/// Creates a temporary file and fills it: a file system allocates space only for content.
fn filled(directory: &Path) -> io::Result<NamedTempFile> {
    let mut temporary = create(directory)?;
    temporary.write_all(&[0; RESERVED_SIZE])?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_in_a_reserved_file_replaces_the_whole_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b.json");
        for content in [vec![b'x'; 10], vec![b'y'; RESERVED_SIZE + 1], Vec::new()] {
            ReservedFile::reserve(&path).unwrap().write(&content).unwrap();
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn an_unused_reservation_leaves_no_file() {
        let home = tempfile::tempdir().unwrap();
        drop(ReservedFile::reserve(&home.path().join("a.json")).unwrap());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_reservation_that_was_removed_is_not_needed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.json");
        let reserved = ReservedFile::reserve(&path).unwrap();
        fs::remove_file(reserved.temporary.path()).unwrap();
        reserved.write(b"x").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }
}
