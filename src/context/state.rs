//! Checks that only this user can write to ssox's state directory. Otherwise another user could replace a file in it by
//! a link, and ssox would overwrite the file that the link points to.

#[cfg(unix)]
use crate::error::path_argument;
use crate::error::{Error, Result};
use std::path::Path;

/// Checks the state directory, and the directories and links directly in it.
///
/// # Errors
/// `Configuration`: one of them belongs to another user, other users can write to it, or it is a symbolic link.
#[cfg(unix)]
pub(super) fn check(directory: &Path, home: Option<&Path>) -> Result<()> {
    let owners = owners(home);
    if check_one(directory, &owners)? {
        let entries = directory.read_dir().into_iter().flatten().flatten();
        let is_checked = |kind: std::fs::FileType| kind.is_dir() || kind.is_symlink();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(is_checked)) {
            check_one(&entry.path(), &owners)?;
        }
    }
    Ok(())
}

/// Returns the users who may own the state directory: this user, and under `sudo -E` the owner of the home directory.
#[cfg(unix)]
fn owners(home: Option<&Path>) -> Vec<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid();
    let of_home = home.filter(|_| own.is_root()).and_then(|home| home.metadata().ok()).map(|home| home.uid());
    [Some(own.as_raw()), of_home].into_iter().flatten().collect()
}

/// Checks that `path` is not a symbolic link. If `path` is a directory, also checks that one of `owners` owns this
/// directory, and that no other user can write to it. Returns whether `path` is a directory.
#[cfg(unix)]
fn check_one(path: &Path, owners: &[u32]) -> Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = path.symlink_metadata() else { return Ok(false) };
    if metadata.is_symlink() {
        Err(refused(path, "is a symbolic link", &format!("rm {}", path_argument(path))))
    } else if !metadata.is_dir() {
        Ok(false)
    } else if !owners.contains(&metadata.uid()) {
        let why = format!("belongs to another user (uid {})", metadata.uid());
        Err(refused(path, &why, "set XDG_STATE_HOME to a directory of your own"))
    } else if metadata.mode() & 0o022 != 0 {
        Err(refused(path, "can be written by other users", &format!("chmod -R go-w {}", path_argument(path))))
    } else {
        Ok(true)
    }
}

/// Returns the error for a path in the state directory that other users could have changed.
pub(crate) fn refused(path: &Path, why: &str, hint: &str) -> Error {
    Error::configuration(format!("`{}`, which ssox uses for its locks and state, {why}", path.display())).hint(hint)
}

/// Checks nothing on Windows.
#[cfg(not(unix))]
pub(super) fn check(_directory: &Path, _home: Option<&Path>) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    fn state() -> (tempfile::TempDir, std::path::PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("ssox");
        fs::create_dir_all(directory.join("locks")).unwrap();
        fs::write(directory.join("uses"), "").unwrap();
        (home, directory)
    }

    #[test]
    fn a_directory_of_this_user_is_accepted() {
        let (home, directory) = state();
        check(&directory, Some(home.path())).unwrap();
        check(&home.path().join("none"), None).unwrap();
    }

    #[test]
    fn a_link_or_a_directory_others_can_write_is_refused() {
        for path in ["", "locks"] {
            let (_home, directory) = state();
            let path = directory.join(path);
            for mode in [0o775, 0o777, 0o757] {
                fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
                let error = check(&directory, None).unwrap_err();
                assert!(error.message.contains("can be written by other users"), "{}", error.message);
                assert!(error.hints[0].starts_with("chmod -R go-w /"));
            }
        }
        let (home, directory) = state();
        symlink(home.path(), directory.join("browser")).unwrap();
        assert!(check(&directory, None).unwrap_err().message.contains("browser`, which ssox uses for its locks"));
        symlink(&directory, home.path().join("link")).unwrap();
        assert!(check(&home.path().join("link"), None).unwrap_err().message.contains("is a symbolic link"));
    }

    #[test]
    fn a_directory_of_another_user_is_refused_but_not_of_the_homes_owner() {
        if !rustix::process::geteuid().is_root() {
            return crate::context::tell("NOT TESTED: only root can give directories away");
        }
        let (home, directory) = state();
        chown(&directory, Some(1234), Some(1234)).unwrap();
        let error = check(&directory, Some(home.path())).unwrap_err();
        assert!(error.message.contains("belongs to another user (uid 1234)"), "{}", error.message);
        chown(home.path(), Some(1234), Some(1234)).unwrap();
        check(&directory, Some(home.path())).unwrap();
    }
}
