//! Replaces files in one step: readers see the old content or the new, and the owner, group and mode stay.

use super::{create_private_dir, owner, parent, read};
use crate::error::{Error, Result};
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// How temporary files begin: a file that a killed process left is known by it.
const TEMPORARY_PREFIX: &str = ".ssox-";
/// A younger one may belong to a process that has not locked it yet.
const TEMPORARY_LIFE: Duration = Duration::from_secs(2);
/// A file system without locks does not tell whether a file is in use; this is longer than any write.
const UNLOCKED_LIFE: Duration = Duration::from_secs(600);
/// As many links as the systems follow.
const LONGEST_CHAIN: usize = 40;

/// Replaces a secret file: mode 0600, directories 0700.
///
/// # Errors
/// Configuration, naming the file.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    let replaced = fs::symlink_metadata(path).ok();
    prepare(path, content, replaced.as_ref(), Mode::Private)?.persist(path).map(drop)
}

/// Which mode the new file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// 0600.
    Private,
    /// That of the file that is replaced; 0600 without one.
    Kept,
}

/// A file that is written and not yet in its place. Its lock tells [`sweep`] that somebody is still using it.
#[derive(Debug)]
pub(super) struct Prepared(NamedTempFile);

impl Prepared {
    /// Puts it into its place, and returns it.
    ///
    /// # Errors
    /// Configuration, naming the file.
    pub(super) fn persist(self, path: &Path) -> Result<File> {
        self.0.persist(path).map_err(|cause| Error::file("write", path, &cause.error))
    }
}

/// Writes the content into a temporary file of the same directory, and removes what killed writers left there.
///
/// # Errors
/// Configuration, naming the file.
pub(super) fn prepare(path: &Path, content: &[u8], replaced: Option<&Metadata>, mode: Mode) -> Result<Prepared> {
    let directory = parent(path);
    create_private_dir(&directory).map_err(|cause| Error::file("create", &directory, &cause))?;
    sweep(&directory);
    temporary(&directory, content, replaced, mode).map(Prepared).map_err(|cause| Error::file("write", path, &cause))
}

fn temporary(directory: &Path, content: &[u8], replaced: Option<&Metadata>, mode: Mode) -> io::Result<NamedTempFile> {
    let mut temporary = create(directory)?;
    match replaced.filter(|_| mode == Mode::Kept) {
        Some(replaced) => keep(temporary.as_file(), replaced)?,
        None => give(temporary.as_file(), replaced, directory)?,
    }
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// Makes a temporary file, and locks it as long as it is open: [`sweep`] removes those that nobody has locked.
pub(super) fn create(directory: &Path) -> io::Result<NamedTempFile> {
    let temporary = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(directory)?;
    let _ = temporary.as_file().try_lock();
    Ok(temporary)
}

/// Gives a secret file the owner of the one it replaces, or of its directory, as far as that is allowed.
pub(super) fn give(file: &File, replaced: Option<&Metadata>, directory: &Path) -> io::Result<()> {
    match replaced {
        // What another user wrote here becomes ours where we may not give it away.
        Some(replaced) => drop(owner::keep(file, replaced)),
        None => owner::inherit(file, directory)?,
    }
    Ok(())
}

/// Gives the new file the owner, group and mode of the one it replaces. The mode comes last: a change of owner may take
/// bits out of it.
fn keep(file: &File, replaced: &Metadata) -> io::Result<()> {
    owner::keep(file, replaced)?;
    file.set_permissions(owner::permissions(file, replaced)?)
}

/// Returns the file that is written when a path is: a link's target, also one that does not exist yet.
///
/// # Errors
/// Configuration: the links go in a circle, or the file is not a regular one.
pub(super) fn target(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..LONGEST_CHAIN {
        let Ok(next) = fs::read_link(&target) else { return regular(target) };
        // What is relative is so to the directory of the link.
        target = parent(&target).join(next);
    }
    Err(Error::configuration(format!("could not write `{}`: it is a link that leads to itself", path.display()))
        .hint(format!("ls -l '{}'", path.display())))
}

fn regular(path: PathBuf) -> Result<PathBuf> {
    match fs::metadata(&path).ok().and_then(|metadata| read::kind(&metadata)) {
        Some(kind) => {
            Err(Error::configuration(format!("could not write `{}`: it is {kind}, not a regular file", path.display()))
                .hint(format!("ls -ld '{}'", path.display())))
        }
        None => Ok(path),
    }
}

/// Removes temporary files whose writers are dead: nobody holds their locks any more.
fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX);
    for entry in entries.flatten().filter(is_ours) {
        if is_abandoned(&entry) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(entry: &fs::DirEntry) -> bool {
    let Ok(metadata) = entry.metadata() else { return false };
    let age = metadata.modified().ok().and_then(|modified| modified.elapsed().ok()).unwrap_or_default();
    let is_unlocked = || read::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok());
    age > UNLOCKED_LIFE || (age > TEMPORARY_LIFE && metadata.is_file() && is_unlocked())
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
    fn what_a_killed_writer_left_is_swept_and_what_is_being_written_is_not() {
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
    fn a_path_is_written_where_its_links_lead() {
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
        write_secret(&path, b"new, in the directory of a user").unwrap();
        let owner = |path: &Path| fs::metadata(path).map(|metadata| (metadata.uid(), metadata.gid())).unwrap();
        assert_eq!(owner(&path), (1234, 1235));
        chown(&path, Some(77), Some(78)).unwrap();
        write_secret(&path, b"replaced").unwrap();
        assert_eq!(owner(&path), (77, 78));
    }
}
