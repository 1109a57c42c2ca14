//! Sets the owner of new files. A file that replaces another gets the owner of that file. If ssox runs as root, other
//! new files get the owner of their directory, so that root owns no files in a user's home directory.

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown, lchown};
    use std::path::Path;

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Gives `file` the owner of another file, and the group of that file if the system allows this.
    ///
    /// # Errors
    /// I/O errors of the file system: for example, this user has no permission to change the owner of a file.
    pub(crate) fn copy_owner(file: &File, other: &Metadata) -> io::Result<()> {
        let own = file.metadata()?;
        if own.uid() != other.uid() {
            let with_owner = |cause: io::Error| {
                io::Error::new(cause.kind(), format!("its owner, the user with uid {}, would change", other.uid()))
            };
            fchown(file, Some(other.uid()), None).map_err(with_owner)?;
        }
        if own.gid() != other.gid() {
            let _ = fchown(file, None, Some(other.gid()));
        }
        Ok(())
    }

    /// Returns the mode of another file. If the groups of the files differ, the group gets only what all other users
    /// may do.
    ///
    /// # Errors
    /// I/O errors of the file system.
    pub(crate) fn permissions(file: &File, other: &Metadata) -> io::Result<Permissions> {
        let mode = other.permissions().mode() & 0o7777;
        let is_same_group = file.metadata()?.gid() == other.gid();
        let mode = if is_same_group { mode } else { (mode & !0o070) | ((mode & 0o007) << 3) };
        Ok(Permissions::from_mode(mode))
    }

    /// Gives a new file the owner of its directory if ssox runs as root (`sudo -E`).
    ///
    /// # Errors
    /// I/O errors of the file system.
    pub(crate) fn inherit(file: &File, directory: &Path) -> io::Result<()> {
        if is_root() { copy_owner(file, &fs::metadata(directory)?) } else { Ok(()) }
    }

    /// Gives a new directory the owner of its parent if ssox runs as root.
    ///
    /// # Errors
    /// I/O errors of the file system.
    pub(crate) fn inherit_dir(directory: &Path, parent: &Path) -> io::Result<()> {
        if !is_root() {
            return Ok(());
        }
        let parent = fs::metadata(parent)?;
        // Links are not followed: the parent's owner may have replaced the new directory by a link.
        lchown(directory, Some(parent.uid()), Some(parent.gid()))
    }
}

#[cfg(not(unix))]
mod other {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::path::Path;

    pub(crate) fn copy_owner(_file: &File, _other: &Metadata) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn permissions(_file: &File, other: &Metadata) -> io::Result<Permissions> {
        Ok(other.permissions())
    }

    pub(crate) fn inherit(_file: &File, _directory: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn inherit_dir(_directory: &Path, _parent: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
pub(super) use other::{copy_owner, inherit, inherit_dir, permissions};
#[cfg(unix)]
pub(super) use unix::{copy_owner, inherit, inherit_dir, permissions};
