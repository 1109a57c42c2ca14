//! Whose a new file is: that of the file it replaces, and root leaves nothing of its own in the directory of a user.

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown, lchown};
    use std::path::Path;

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Gives a file the owner and, where that is allowed, the group of another.
    ///
    /// # Errors
    /// Those of the system, when it would belong to another user.
    pub(crate) fn keep(file: &File, other: &Metadata) -> io::Result<()> {
        let own = file.metadata()?;
        if own.uid() != other.uid() {
            let refused = |cause: io::Error| {
                io::Error::new(cause.kind(), format!("it belongs to user {}, and would not afterwards", other.uid()))
            };
            fchown(file, Some(other.uid()), None).map_err(refused)?;
        }
        if own.gid() != other.gid() {
            let _ = fchown(file, None, Some(other.gid()));
        }
        Ok(())
    }

    /// Returns the mode of another file. In a group that is not the other's, nobody may do more than everybody.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn permissions(file: &File, other: &Metadata) -> io::Result<Permissions> {
        let mode = other.permissions().mode() & 0o7777;
        let is_same_group = file.metadata()?.gid() == other.gid();
        let mode = if is_same_group { mode } else { (mode & !0o070) | ((mode & 0o007) << 3) };
        Ok(Permissions::from_mode(mode))
    }

    /// Gives a new file the owner of its directory, where root writes it (`sudo -E`).
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn inherit(file: &File, directory: &Path) -> io::Result<()> {
        if is_root() { keep(file, &fs::metadata(directory)?) } else { Ok(()) }
    }

    /// Gives a new directory the owner of the one above it, where root makes it.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn inherit_dir(directory: &Path, above: &Path) -> io::Result<()> {
        if !is_root() {
            return Ok(());
        }
        let above = fs::metadata(above)?;
        // The owner of the directory above may have put a link into the place of the new one.
        lchown(directory, Some(above.uid()), Some(above.gid()))
    }
}

#[cfg(not(unix))]
mod other {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::path::Path;

    pub(crate) fn keep(_file: &File, _other: &Metadata) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn permissions(_file: &File, other: &Metadata) -> io::Result<Permissions> {
        Ok(other.permissions())
    }

    pub(crate) fn inherit(_file: &File, _directory: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn inherit_dir(_directory: &Path, _above: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
pub(super) use other::{inherit, inherit_dir, keep, permissions};
#[cfg(unix)]
pub(super) use unix::{inherit, inherit_dir, keep, permissions};
