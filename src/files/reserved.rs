//! Room for a secret file, taken before there is anything to write: what AWS issues only once must not meet a full disk.

use super::replace::{create, give};
use super::{create_private_dir, parent, write_secret};
use crate::error::{Error, Result};
use std::fs;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How much room is taken: several times what a token needs.
const ROOM: usize = 32 * 1024;

/// Room beside a file, in which its next content can be written.
#[derive(Debug)]
pub(crate) struct Reserved {
    path: PathBuf,
    temporary: NamedTempFile,
}

impl Reserved {
    /// Takes room for a file.
    ///
    /// # Errors
    /// Configuration, naming the file: it could not be written.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let directory = parent(path);
        create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
        let temporary = filled(&directory).map_err(|cause| {
            Error::file("write", path, &cause).hint(format!("df -h '{0}'; ls -ld '{0}'", directory.display()))
        })?;
        Ok(Self { path: path.to_path_buf(), temporary })
    }

    /// Replaces the file in one step, as [`write_secret`] does.
    ///
    /// # Errors
    /// Configuration, naming the file.
    pub(crate) fn write(self, content: &[u8]) -> Result<()> {
        let path = self.path.clone();
        // Somebody may have removed the temporary file while a person took their time.
        self.replace(content).or_else(|_| write_secret(&path, content))
    }

    fn replace(mut self, content: &[u8]) -> io::Result<()> {
        let length = u64::try_from(content.len()).map_err(io::Error::other)?;
        give(self.temporary.as_file(), fs::symlink_metadata(&self.path).ok().as_ref(), &parent(&self.path))?;
        self.temporary.rewind()?;
        self.temporary.write_all(content)?;
        self.temporary.as_file().set_len(length)?;
        self.temporary.as_file().sync_all()?;
        self.temporary.persist(&self.path)?;
        Ok(())
    }
}

/// Makes a temporary file with bytes in it: without them, no file system has to have found room.
fn filled(directory: &Path) -> io::Result<NamedTempFile> {
    let mut temporary = create(directory)?;
    temporary.write_all(&[0; ROOM])?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_reserved_room_is_the_whole_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b.json");
        for content in [vec![b'x'; 10], vec![b'y'; ROOM + 1], Vec::new()] {
            Reserved::take(&path).unwrap().write(&content).unwrap();
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn room_that_is_not_used_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        drop(Reserved::take(&home.path().join("a.json")).unwrap());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn room_that_was_swept_meanwhile_is_not_needed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.json");
        let reserved = Reserved::take(&path).unwrap();
        fs::remove_file(reserved.temporary.path()).unwrap();
        reserved.write(b"x").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }
}
