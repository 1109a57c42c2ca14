//! Locks between processes: kernel locks that end with their holder, in files of ssox's state directory that name it.
//!
//! The caches are shared with tools that do not lock, and a lock on a file that is replaced by rename protects nothing:
//! so each lock has a file of its own.

mod holder;

pub(crate) use holder::Holder;

use crate::context::{Context, Deadline, quoted, refused};
use crate::error::{Error, Result};
use crate::files;
use crate::terminal::Countdown;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How long a process waits for another one.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// A wait that is shorter than this is not shown.
const UNSEEN: Duration = Duration::from_millis(500);
/// How often the lock is tried: sooner at first.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A lock; released when it is dropped, and when the process ends.
/// Where no lock file can be made (a read-only home) it locks nothing, and the work goes on.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
    /// Whether another process had it first.
    pub(crate) has_waited: bool,
}

impl Lock {
    /// Takes the lock of that name, or returns `None` when another process holds it.
    pub(crate) fn try_take(ctx: &Context, name: &str) -> Option<Self> {
        let Some(mut file) = open(ctx, name) else { return Some(Self { _file: None, has_waited: false }) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return None,
            Ok(()) => Holder::of_this_process(ctx).write(&mut file),
            Err(TryLockError::Error(_)) => {}
        }
        Some(Self { _file: Some(file), has_waited: false })
    }

    /// Takes the lock of that name as soon as it is free; `what` is what it protects, as a person calls it.
    ///
    /// # Errors
    /// Unreachable, naming the holder: it did not release the lock within [`LIMIT`].
    pub(crate) fn wait(ctx: &Context, name: &str, what: &str) -> Result<Self> {
        Self::wait_within(ctx, LIMIT, name, what)
    }

    /// Takes the lock on a file that people edit, by whatever path it is named.
    ///
    /// # Errors
    /// Those of [`Lock::wait`].
    pub(crate) fn wait_for_file(ctx: &Context, path: &Path) -> Result<Self> {
        let real = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf());
        Self::wait(ctx, &format!("config {}", real.display()), &format!("the lock on `{}`", path.display()))
    }

    /// Takes the lock of that name as soon as it is free, within a limit.
    ///
    /// # Errors
    /// Those of [`Lock::wait`].
    fn wait_within(ctx: &Context, limit: Duration, name: &str, what: &str) -> Result<Self> {
        refuse_link(ctx, name)?;
        let (deadline, mut has_waited, mut pause, mut countdown) = (ctx.deadline(limit), false, FIRST_PAUSE, None);
        loop {
            if let Some(lock) = Self::try_take(ctx, name) {
                return Ok(Self { has_waited, ..lock });
            }
            has_waited = true;
            if deadline.is_expired() {
                return Err(not_released(ctx, limit, name, what));
            }
            if deadline.left() + UNSEEN <= limit {
                let countdown = countdown.get_or_insert_with(|| {
                    Countdown::start(format!("waiting for {}, which holds {what}", holder_text(ctx, name)))
                });
                countdown.show(deadline.left());
            }
            sleep(pause.min(deadline.left()));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// The end of a wait for a process that has a person, who may take minutes: it ends early when that process is stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoppedHolder {
    limit: Duration,
    deadline: Deadline,
}

impl StoppedHolder {
    /// Begins to watch.
    pub(crate) fn watch(ctx: &Context) -> Self {
        Self::watch_for(ctx, LIMIT)
    }

    /// Looks at the holder of that lock.
    ///
    /// # Errors
    /// Unreachable, naming the holder: it has been stopped for [`LIMIT`].
    pub(crate) fn check(&mut self, ctx: &Context, name: &str, what: &str) -> Result<()> {
        if !holder(ctx, name).is_some_and(|holder| holder.is_stopped()) {
            self.deadline = ctx.deadline(self.limit);
        }
        if self.deadline.is_expired() { Err(not_released(ctx, self.limit, name, what)) } else { Ok(()) }
    }

    fn watch_for(ctx: &Context, limit: Duration) -> Self {
        Self { limit, deadline: ctx.deadline(limit) }
    }
}

/// Returns who holds the lock of that name, or held it last.
pub(crate) fn holder(ctx: &Context, name: &str) -> Option<Holder> {
    Holder::read(&path(ctx, name)?)
}

fn holder_text(ctx: &Context, name: &str) -> String {
    holder(ctx, name).map_or_else(|| "another ssox".into(), |holder| holder.to_string())
}

fn not_released(ctx: &Context, limit: Duration, name: &str, what: &str) -> Error {
    let seconds = limit.as_secs();
    let message = format!("{} holds {what} and did not release it within {seconds}s", holder_text(ctx, name));
    let hint =
        holder(ctx, name).map_or_else(|| "end the other ssox, and try again".into(), |holder| holder.release_hint());
    Error::unreachable(message).hint(hint)
}

fn path(ctx: &Context, name: &str) -> Option<PathBuf> {
    // The name holds a start URL or an ARN: hashed, it is a file name everywhere.
    let hash = files::hashed(name);
    Some(ctx.state_dir().ok()?.join("locks").join(format!("{hash}.lock")))
}

fn open(ctx: &Context, name: &str) -> Option<File> {
    let path = path(ctx, name)?;
    files::create_private_dir(path.parent()?).ok()?;
    files::open_own(&path).ok()
}

/// A link could lead to a file that is not ssox's, and the holder is written into it.
fn refuse_link(ctx: &Context, name: &str) -> Result<()> {
    match path(ctx, name).filter(|path| path.is_symlink()) {
        Some(path) => Err(refused(&path, "is a link", &format!("rm {}", quoted(&path)))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::ffi::OsString;

    fn context(home: &Path) -> Context {
        Context::new([("HOME".to_string(), OsString::from(home))])
    }

    #[test]
    fn a_lock_has_one_holder_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let held = Lock::wait(&ctx, "https://x/start", "it").unwrap();
        assert!(Lock::try_take(&ctx, "https://x/start").is_none());
        assert!(Lock::try_take(&ctx, "https://y/start").is_some());
        assert_eq!(holder(&ctx, "https://x/start").map(|holder| holder.pid), Some(std::process::id()));
        drop(held);
        assert!(Lock::try_take(&ctx, "https://x/start").is_some());
    }

    #[test]
    fn a_wait_for_a_lock_ends_and_names_its_holder() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let _held = Lock::wait(&ctx, "token corp", "the lock").unwrap();
        let limit = Duration::from_millis(30);
        let error = Lock::wait_within(&ctx, limit, "token corp", "the lock").unwrap_err();
        let pid = std::process::id();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.message.starts_with(&format!("`ssox` (pid {pid}")), "{}", error.message);
        assert!(error.message.ends_with(" holds the lock and did not release it within 0s"));
        assert!(error.hint.unwrap().contains(&format!("kill {pid}")));
    }

    #[test]
    fn a_lock_that_is_released_is_taken_by_those_who_wait() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let held = Lock::wait(&ctx, "x", "it").unwrap();
        let waiters: Vec<_> = (0..20)
            .map(|_| {
                let ctx = ctx.clone();
                std::thread::spawn(move || Lock::wait(&ctx, "x", "it").map(drop))
            })
            .collect();
        drop(held);
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap().unwrap());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_holder_that_is_stopped_is_not_waited_for_as_long_as_a_person() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        // A program whose name begins with ours, and that stops itself.
        let program = home.path().join("ssox-stopped");
        std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
        let mut stopped = std::process::Command::new(&program).args(["-c", "kill -STOP $$"]).spawn().unwrap();
        let text = format!("{}\nssox login\n/dev/pts/9", stopped.id());
        files::write_secret(&path(&ctx, "sign-in corp").unwrap(), text.as_bytes()).unwrap();
        let mut watch = StoppedHolder::watch_for(&ctx, Duration::from_millis(300));
        let error = loop {
            match watch.check(&ctx, "sign-in corp", "the sign-in to `corp`") {
                Ok(()) => sleep(FIRST_PAUSE),
                Err(error) => break error,
            }
        };
        stopped.kill().unwrap();
        stopped.wait().unwrap();
        let pid = stopped.id();
        assert!(
            error.message.starts_with(&format!("`ssox login` (pid {pid}, stopped, on /dev/pts/9) holds")),
            "{error}"
        );
        assert_eq!(error.hint, Some(format!("fg in its shell on /dev/pts/9, or kill {pid}")));
        watch.check(&ctx, "sign-in corp", "the sign-in to `corp`").unwrap();
    }

    #[test]
    fn without_a_state_directory_nothing_is_locked() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".local"), "").unwrap();
        let ctx = context(home.path());
        let _first = Lock::wait(&ctx, "x", "it").unwrap();
        assert!(Lock::try_take(&ctx, "x").is_some());
    }
}
