//! Replaces files atomically: readers see either the old or the new content. If the system allows it, the owner and the
//! group are kept. The mode is kept, too, except that secret files get mode 0600.

use super::{create_private_dir, owner, parent, read};
use crate::error::{Error, Result, path_argument};
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// The prefix of temporary files. By this prefix, [`sweep`] finds the temporary files that killed processes have left.
const TEMPORARY_PREFIX: &str = ".ssox-";
/// How old a temporary file must be before it is removed: a younger one may not be locked yet.
const UNUSED_AGE: Duration = Duration::from_secs(2);
/// The age at which a temporary file is removed even if it seems to be locked, because some file systems have no locks.
/// No write takes this long.
const ABANDONED_AGE: Duration = Duration::from_secs(600);
/// How many symbolic links are followed; operating systems have the same limit.
const MAX_LINKS: usize = 40;

/// Replaces a secret file; the new file has mode 0600. Missing directories are created with mode 0700.
///
/// # Errors
/// `Configuration`: the file cannot be written.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    let replaced = fs::symlink_metadata(path).ok();
    prepare(path, content, replaced.as_ref(), Mode::Private)?.persist(path).map(drop)
}

/// The mode that the new file gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Mode 0600.
    Private,
    /// The mode of the replaced file, or 0600 if no file is replaced.
    Kept,
}

/// A complete temporary file that is not renamed yet. It is locked, so that [`sweep`] keeps it.
#[derive(Debug)]
pub(super) struct Prepared(NamedTempFile);

impl Prepared {
    /// Renames the file to its final path, and returns the open file.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be renamed.
    pub(super) fn persist(self, path: &Path) -> Result<File> {
        self.0.persist(path).map_err(|cause| Error::file("write", path, &cause.error))
    }
}

/// Writes the content to a temporary file in the directory of `path`. Removes the temporary files of killed processes.
///
/// # Errors
/// `Configuration`: the temporary file cannot be written.
pub(super) fn prepare(path: &Path, content: &[u8], replaced: Option<&Metadata>, mode: Mode) -> Result<Prepared> {
    let directory = parent(path);
    create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
    sweep(&directory);
    temporary(&directory, content, replaced, mode).map(Prepared).map_err(|cause| Error::file("write", path, &cause))
}

fn temporary(directory: &Path, content: &[u8], replaced: Option<&Metadata>, mode: Mode) -> io::Result<NamedTempFile> {
    let mut temporary = create(directory)?;
    match replaced.filter(|_| mode == Mode::Kept) {
        Some(replaced) => copy_owner_and_mode(temporary.as_file(), replaced)?,
        None => set_owner(temporary.as_file(), replaced, directory)?,
    }
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// Creates a temporary file. It is locked while it is open, so that [`sweep`] keeps it.
pub(super) fn create(directory: &Path) -> io::Result<NamedTempFile> {
    let temporary = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(directory)?;
    let _ = temporary.as_file().try_lock();
    Ok(temporary)
}

/// Gives a secret file the owner of the file that it replaces, or of its directory, if the system allows that.
pub(super) fn set_owner(file: &File, replaced: Option<&Metadata>, directory: &Path) -> io::Result<()> {
    match replaced {
        // If the system does not allow a change of the owner, the file belongs to this user.
        Some(replaced) => drop(owner::copy_owner(file, replaced)),
        None => owner::inherit(file, directory)?,
    }
    Ok(())
}

/// Gives the new file the owner, group and mode of the file that it replaces. The mode is set last, because setting the
/// owner may clear bits of the mode.
fn copy_owner_and_mode(file: &File, replaced: &Metadata) -> io::Result<()> {
    owner::copy_owner(file, replaced)?;
    file.set_permissions(owner::permissions(file, replaced)?)
}

/// Returns the path to write: the target if `path` is a link, even if the target does not exist yet.
///
/// # Errors
/// `Configuration`: the links form a loop, or the target is not a regular file.
pub(super) fn target(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&target) else { return regular(target) };
        // A relative target starts at the directory of the link.
        target = parent(&target).join(next);
    }
    Err(Error::configuration(format!(
        "could not write `{}`: it is a symbolic link that leads to itself",
        path.display()
    ))
    .hint(format!("ls -l {}", path_argument(path))))
}

fn regular(path: PathBuf) -> Result<PathBuf> {
    match fs::metadata(&path).ok().and_then(|metadata| read::kind(&metadata)) {
        Some(kind) => {
            Err(Error::configuration(format!("could not write `{}`: it is {kind}, not a regular file", path.display()))
                .hint(format!("ls -ld {}", path_argument(&path))))
        }
        None => Ok(path),
    }
}

/// Removes the temporary files that killed processes have left: these files are old and not locked.
fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_temporary = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX);
    for entry in entries.flatten().filter(is_temporary) {
        if is_abandoned(&entry) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(entry: &fs::DirEntry) -> bool {
    let Ok(metadata) = entry.metadata() else { return false };
    let age = metadata.modified().ok().and_then(|modified| modified.elapsed().ok()).unwrap_or_default();
    let is_unlocked = || read::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok());
    age > ABANDONED_AGE || (age > UNUSED_AGE && metadata.is_file() && is_unlocked())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::OpenOptions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::SystemTime;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_secret_file_is_replaced_whole_and_private() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/c.json");
        write_secret(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_secret(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn the_file_of_a_killed_writer_is_removed_and_one_in_use_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let file = |name: &str, age: u64| {
            let path = home.path().join(name);
            let file = OpenOptions::new().write(true).create_new(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
            (path, file)
        };
        let (abandoned, _) = file(".ssox-dead", 60);
        let (young, _) = file(".ssox-young", 0);
        let (other, _) = file("other", 9999);
        let (written, lock) = file(".ssox-written", 60);
        lock.lock().unwrap();
        write_secret(&home.path().join("x"), b"").unwrap();
        assert!(!abandoned.exists());
        assert!(young.exists() && other.exists() && written.exists());
    }

    #[test]
    fn the_target_of_links_is_written() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("dots")).unwrap();
        for (link, to) in [
            ("relative", "dots/config"),
            ("first", "second"),
            ("dots/back", "../real"),
            ("loop", "pool"),
            ("pool", "loop"),
            ("null", "/dev/null"),
        ] {
            symlink(to, at(link)).unwrap();
        }
        symlink(at("dots/back"), at("second")).unwrap();
        assert_eq!(target(&at("plain")).unwrap(), at("plain"));
        assert_eq!(target(&at("relative")).unwrap(), at("dots/config"));
        assert_eq!(target(&at("first")).unwrap(), at("dots/../real"));
        assert!(target(&at("loop")).unwrap_err().message.contains("leads to itself"));
        assert!(target(&at("null")).unwrap_err().message.contains("is a device"));
        assert!(target(&at("dots")).unwrap_err().message.contains("is a directory"));
    }

    #[test]
    fn root_keeps_the_owner_of_a_file() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        if !rustix::process::geteuid().is_root() {
            return crate::context::tell("NOT TESTED: only root can give files away");
        }
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("dir/token.json");
        fs::create_dir(path.parent().unwrap()).unwrap();
        chown(path.parent().unwrap(), Some(1234), Some(1235)).unwrap();
        write_secret(&path, b"a new file in another user's directory").unwrap();
        let owner = |path: &Path| fs::metadata(path).map(|metadata| (metadata.uid(), metadata.gid())).unwrap();
        assert_eq!(owner(&path), (1234, 1235));
        chown(&path, Some(77), Some(78)).unwrap();
        write_secret(&path, b"replaced").unwrap();
        assert_eq!(owner(&path), (77, 78));
    }
}
