//! The directory where the browser keeps its data (`--user-data-dir`). The directory is private, separate from the
//! data of the person's own browser, and used by one browser at a time.

use super::discovery::Program;
use crate::context::{Context, Deadline};
use crate::error::{Error, Result, path_argument};
use crate::files;
use crate::lock::{self, Lock, StoppedHolder};
use crate::terminal::Progress;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOCK: &str = "saml browser";

/// The pause between two attempts to take the lock.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The directory where the browser keeps its data. The directory is locked until this value is dropped.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    _lock: Lock,
}

impl Directory {
    /// Waits until no other ssox process uses the directory, and prepares it.
    ///
    /// # Errors
    /// `NeedsPerson`: another process's sign-in does not end in time. `Unreachable`: that process is stopped (Ctrl-Z).
    /// `Configuration`: the directory cannot be created.
    pub(super) fn take(ctx: &Context, program: &Program, deadline: Deadline) -> Result<Self> {
        let path = path(ctx, program)?;
        let lock = wait(ctx, deadline)?;
        make_private(&path).map_err(|cause| Error::file("prepare", &path, &cause))?;
        let directory = Self { path, _lock: lock };
        directory.remove_stale_lock();
        directory.remove_sessions();
        Ok(directory)
    }

    /// Removes the pages that the browser saved in order to restore them later. If a form was posted to a page, the
    /// browser has saved this form too.
    fn remove_sessions(&self) {
        for name in ["Sessions", "Sessions_Encrypted"] {
            let _ = fs::remove_dir_all(self.path.join("Default").join(name));
        }
    }

    /// Tells whether another browser uses the directory, or did until a moment ago.
    pub(super) fn is_in_use(&self) -> bool {
        fs::read_link(self.path.join("SingletonLock")).is_ok()
    }

    /// Removes the browser's own lock file if the process that made it has ended. The browser itself removes the file
    /// only if the host name has not changed; otherwise it asks the person, or exits.
    fn remove_stale_lock(&self) {
        let lock = self.path.join("SingletonLock");
        let Ok(holder) = fs::read_link(&lock) else { return };
        let pid = holder.to_str().and_then(|holder| holder.rsplit('-').next()?.parse().ok());
        if !pid.is_some_and(is_alive) {
            let _ = fs::remove_file(lock);
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.remove_sessions();
    }
}

/// Removes the directories with the browser's data (browsers in snap packages have others), and with them every sign-in
/// that the browser remembers. Returns whether there was such a directory.
///
/// # Errors
/// `NeedsPerson`: a sign-in is using the directory. `Configuration`: the directory cannot be removed.
pub(crate) fn forget(ctx: &Context) -> Result<bool> {
    let _lock = Lock::try_take(ctx, LOCK).ok_or_else(|| busy(ctx))?;
    let snaps = fs::read_dir(ctx.home()?.join("snap")).into_iter().flatten().flatten();
    let mut removed = false;
    for path in snaps.map(|snap| in_snap(&snap.path())).chain([ctx.state_dir()?.join("browser")]) {
        match fs::remove_dir_all(&path) {
            Ok(()) => removed = true,
            Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(cause) => {
                return Err(Error::file("remove", &path, &cause).hint(format!("rm -r {}", path_argument(&path))));
            }
        }
    }
    Ok(removed)
}

fn path(ctx: &Context, program: &Program) -> Result<PathBuf> {
    // A browser in a snap package cannot access hidden directories in the home directory.
    match snap_name(&program.path) {
        Some(name) => Ok(in_snap(&ctx.home()?.join("snap").join(name))),
        None => Ok(ctx.state_dir()?.join("browser")),
    }
}

fn in_snap(snap: &Path) -> PathBuf {
    snap.join("common/ssox")
}

fn snap_name(program: &Path) -> Option<&str> {
    let is_snap = program.starts_with("/snap")
        || program.canonicalize().is_ok_and(|real| real.starts_with("/snap") || real == Path::new("/usr/bin/snap"));
    program.file_name().filter(|_| is_snap)?.to_str()
}

fn wait(ctx: &Context, deadline: Deadline) -> Result<Lock> {
    let (mut progress, mut stopped) = (None, StoppedHolder::watch(ctx));
    loop {
        if let Some(lock) = Lock::try_take(ctx, LOCK) {
            return Ok(lock);
        }
        if deadline.is_expired() {
            return Err(busy(ctx));
        }
        stopped.check(ctx, LOCK, "the lock on the browser")?;
        progress.get_or_insert_with(|| Progress::start("waiting for another SAML sign-in that is using the browser"));
        std::thread::sleep(POLL_INTERVAL.min(deadline.left()));
    }
}

fn busy(ctx: &Context) -> Error {
    let holder = lock::holder(ctx, LOCK).map_or_else(|| "another ssox process".into(), |holder| holder.to_string());
    Error::needs_person(format!("{holder} is using the browser for a SAML sign-in"))
        .hint("finish that sign-in, or close its browser window, then try again")
}

fn make_private(path: &Path) -> io::Result<()> {
    files::create_private_dir(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(unix)]
fn is_alive(pid: i32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(_pid: i32) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn context(home: &Path) -> Context {
        Context::new([("HOME".to_string(), home.into()), ("XDG_STATE_HOME".to_string(), home.join("s").into())])
    }

    fn program() -> Program {
        Program { path: "/usr/bin/chromium".into(), arguments: Vec::new() }
    }

    fn take(ctx: &Context) -> Result<Directory> {
        Directory::take(ctx, &program(), ctx.deadline(Duration::ZERO))
    }

    #[test]
    fn the_directory_is_private_and_locked() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let path = home.path().join("s/ssox/browser");
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let directory = take(&ctx).unwrap();
        assert_eq!(directory.path, path);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        let error = take(&ctx).unwrap_err();
        assert_eq!(
            error.message,
            format!("`ssox` (pid {}) is using the browser for a SAML sign-in", std::process::id())
        );
        assert!(forget(&ctx).is_err());
        drop(directory);
        assert!(forget(&ctx).unwrap());
        assert!(!path.exists() && !forget(&ctx).unwrap());
    }

    #[test]
    fn the_files_of_a_dead_browser_are_removed() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let path = home.path().join("s/ssox/browser");
        fs::create_dir_all(path.join("Default/Sessions")).unwrap();
        fs::write(path.join("Default/Cookies"), "kept").unwrap();
        symlink("another-host-999999999", path.join("SingletonLock")).unwrap();
        assert!(!take(&ctx).unwrap().is_in_use());
        assert!(!path.join("Default/Sessions").exists() && path.join("Default/Cookies").exists());
    }

    #[test]
    fn the_lock_of_a_running_browser_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let path = home.path().join("s/ssox/browser");
        fs::create_dir_all(&path).unwrap();
        symlink(format!("host-{}", std::process::id()), path.join("SingletonLock")).unwrap();
        assert!(take(&ctx).unwrap().is_in_use());
    }
}
