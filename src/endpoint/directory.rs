//! The files of a local server for credentials, in a private directory: the token that clients send, configuration
//! files without profiles, and a lock that the server holds while it runs.
//!
//! In most tools a `[default]` profile takes precedence over such a server. Therefore the programs that use the server
//! get these configuration files instead of the person's.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::files;
use crate::secret::Secret;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The directory in the state directory with a directory for each local server for credentials.
const PARENT: &str = "endpoints";

/// How old the directory of a killed local server for credentials must be before it is removed. A younger directory may
/// belong to a server that has not locked it yet.
const UNUSED_AGE: Duration = Duration::from_secs(60);

/// The directory with the files of one local server for credentials: the authorization token, a lock file, and the
/// configuration files for the programs that use the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// Creates the directory with the files of one local server: in the state directory or, if that cannot be written,
    /// in the directory for temporary files.
    ///
    /// # Errors
    /// `Configuration`: neither directory can be written; or the state directory is unknown, or other users can write
    /// to it.
    pub(super) fn create(ctx: &Context, name: &str, token: &Secret, region: Option<&str>) -> Result<Self> {
        let parents = parents(ctx)?;
        parents.iter().for_each(|(parent, prefix)| remove_unused(parent, prefix));
        let mut failure = None;
        for (parent, prefix) in parents {
            let path = parent.join(format!("{prefix}{name}"));
            match write(&path, token, region) {
                Ok(()) => return Ok(Self(path)),
                Err(cause) => failure = failure.or(Some(Error::file("write", &path, &cause))),
            }
        }
        Err(failure
            .unwrap_or_else(|| Error::other("there is no directory for the files of the local server for credentials")))
    }

    /// Removes the directory of the server with this name, in whichever of the two parent directories it was created.
    #[cfg(unix)]
    pub(super) fn remove_named(ctx: &Context, name: &str) {
        let parents = parents(ctx).into_iter().flatten();
        parents.for_each(|(parent, prefix)| Self(parent.join(format!("{prefix}{name}"))).remove());
    }

    /// Returns the directory that another process created at this path.
    #[cfg(unix)]
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns the path of the token file. This file contains only the token, without a line break.
    pub(crate) fn token(&self) -> PathBuf {
        self.0.join("token")
    }

    /// Returns the path of the configuration file, which contains only `[default]`, with a region if one is known.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("config")
    }

    /// Returns the path of the empty credentials file.
    pub(crate) fn credentials(&self) -> PathBuf {
        self.0.join("credentials")
    }

    #[cfg(unix)]
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes the directory with its files. Errors are ignored; the next local server that starts tries again.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the two directories in which a local server for credentials may have its own directory, each with the prefix
/// in the name of that directory.
fn parents(ctx: &Context) -> Result<[(PathBuf, &'static str); 2]> {
    Ok([(ctx.state_dir()?.join(PARENT), ""), (std::env::temp_dir(), "ssox-")])
}

/// Locks the directory until the returned file is closed. `None`: the lock file is absent, or another process holds the
/// lock.
pub(super) fn lock(directory: &Directory) -> Option<File> {
    let file = File::open(directory.0.join("lock")).ok()?;
    file.try_lock().ok().map(|()| file)
}

fn write(path: &Path, token: &Secret, region: Option<&str>) -> io::Result<()> {
    // A path that is not UTF-8 or has control characters cannot be written into variables and configuration files.
    if path.to_str().is_none_or(|path| path.contains(char::is_control)) {
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, "the path has a control character or is not UTF-8"));
    }
    files::create_private_dir(path)?;
    let region = region.map(|region| format!("region = {region}\n")).unwrap_or_default();
    let contents = [
        ("token", token.expose().as_bytes()),
        ("config", format!("[default]\n{region}").as_bytes()),
        ("credentials", b""),
        ("lock", b""),
    ]
    .iter()
    .try_for_each(|(name, content)| write_new(&path.join(name), content));
    contents.inspect_err(|_| drop(fs::remove_dir_all(path)))
}

/// Creates a file with mode 0600 and writes it; fails if it exists.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)?.write_all(content)
}

/// Removes the directories of killed local servers for credentials: they are older than [`UNUSED_AGE`] and not locked.
fn remove_unused(parent: &Path, prefix: &str) {
    for directory in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = directory.file_name();
        let is_servers = name.to_str().and_then(|name| name.strip_prefix(prefix)).is_some_and(is_name);
        let is_old = || directory.metadata().is_ok_and(|metadata| is_own(&metadata) && is_old(&metadata));
        let is_locked = || File::open(directory.path().join("lock")).is_ok_and(|file| file.try_lock().is_err());
        if is_servers && is_old() && !is_locked() {
            let _ = fs::remove_dir_all(directory.path());
        }
    }
}

/// Tells whether a text has the form of the name of a server's directory (without the prefix): sixteen hexadecimal
/// digits.
fn is_name(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_old(metadata: &Metadata) -> bool {
    metadata.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > UNUSED_AGE)
}

/// Tells whether a directory belongs to this user. In the directory for temporary files, every user can make
/// directories.
fn is_own(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw();
    #[cfg(not(unix))]
    metadata.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::time::SystemTime;

    fn context(home: &Path) -> Context {
        Context::new([("HOME".to_string(), OsString::from(home))])
    }

    fn create(home: &Path, name: &str) -> Directory {
        Directory::create(&context(home), name, &Secret::new("abc"), Some("eu-west-1")).unwrap()
    }

    #[test]
    fn the_token_has_no_line_end_and_the_configuration_only_a_region() {
        let home = tempfile::tempdir().unwrap();
        let directory = create(home.path(), "a");
        assert_eq!(fs::read(directory.token()).unwrap(), b"abc");
        assert_eq!(fs::read(directory.config()).unwrap(), b"[default]\nregion = eu-west-1\n");
        assert_eq!(fs::read(directory.credentials()).unwrap(), b"");
        #[cfg(unix)]
        for (path, mode) in [(directory.token(), 0o600), (directory.0.clone(), 0o700)] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
        directory.remove();
        assert!(!directory.0.exists());
    }

    #[cfg(unix)]
    #[test]
    fn the_directory_of_a_killed_server_is_removed_by_the_next_one() {
        for has_writable_home in [true, false] {
            let home = tempfile::tempdir().unwrap();
            if !has_writable_home {
                fs::write(home.path().join(".local"), "").unwrap();
            }
            let [killed, running, young, next] =
                ["a", "b", "c", "d"].map(|end| create(home.path(), &format!("000000000000000{end}")));
            let lock = lock(&running).unwrap();
            let strange = killed.0.with_file_name(format!("{}strange", killed.0.file_name().unwrap().display()));
            fs::create_dir(&strange).unwrap();
            for path in [&killed.0, &running.0, &strange] {
                let hour_ago = SystemTime::now() - Duration::from_secs(3600);
                File::open(path).unwrap().set_modified(hour_ago).unwrap();
            }
            next.remove();
            let next = create(home.path(), "000000000000000d");
            assert_eq!([&killed, &running, &young].map(|directory| directory.0.exists()), [false, true, true]);
            assert!(strange.exists());
            drop(lock);
            [running, young, next].iter().for_each(Directory::remove);
            fs::remove_dir(strange).unwrap();
        }
    }

    #[test]
    fn without_a_writable_home_temporary_files_are_used() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".local"), "").unwrap();
        let directory = create(home.path(), "0123456789abcdef");
        assert!(!directory.0.starts_with(home.path()), "{directory:?}");
        directory.remove();
    }
}
