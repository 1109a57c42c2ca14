//! Locks between ssox processes. Each is a kernel lock on its own file in the state directory, so it is released when
//! the process that holds it exits. The file contains the id, the command and the terminal of that process.
//!
//! Cache files cannot be locked themselves, because they are replaced by rename, and other tools do not lock them.

mod holder;

pub(crate) use holder::Holder;

use crate::context::{Context, Deadline, refused};
use crate::error::{Error, Result, path_argument};
use crate::files;
use crate::terminal::Countdown;
use crate::time::Timestamp;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How long a process waits for a lock before it fails.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// How long a process waits before it shows a countdown.
const COUNTDOWN_DELAY: Duration = Duration::from_millis(500);
/// The first pause between two attempts to take a lock. Each later pause is twice as long as the one before, but at
/// most [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause between two attempts to take a lock.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A lock. It is released when this value is dropped or the process exits.
///
/// If the lock file cannot be created, for example in a read-only home directory, the value locks nothing, and the
/// command goes on.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
    /// When this process began to wait for the process that held the lock; `None` if it did not have to wait.
    pub(crate) waited_since: Option<Timestamp>,
}

impl Lock {
    /// Takes a lock; returns `None` if another process holds it.
    pub(crate) fn try_take(ctx: &Context, name: &str) -> Option<Self> {
        let Some(mut file) = open(ctx, name) else { return Some(Self { _file: None, waited_since: None }) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return None,
            Ok(()) => Holder::of_this_process(ctx).write(&mut file),
            Err(TryLockError::Error(_)) => {}
        }
        Some(Self { _file: Some(file), waited_since: None })
    }

    /// Takes a lock. If another process holds the lock, waits until that process releases it. `what` says in messages
    /// what the lock protects.
    ///
    /// # Errors
    /// `Unreachable`: the holder did not release the lock within [`LIMIT`]. The message names the holder.
    /// `Configuration`: the lock file is a link.
    pub(crate) fn wait(ctx: &Context, name: &str, what: &str) -> Result<Self> {
        Self::wait_within(ctx, LIMIT, name, what)
    }

    /// Tells whether this process had to wait for the lock, and `made_at` is not before the moment at which it began to
    /// wait.
    pub(crate) fn has_waited_for(&self, made_at: Timestamp) -> bool {
        self.waited_since.is_some_and(|since| made_at >= since)
    }

    /// Takes the lock on a file that people edit, and waits for it if necessary. All paths that lead to the same file
    /// have the same lock.
    ///
    /// # Errors
    /// Those of [`Lock::wait`].
    pub(crate) fn wait_for_file(ctx: &Context, path: &Path) -> Result<Self> {
        let real = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf());
        Self::wait(ctx, &format!("config {}", real.display()), &format!("the lock on `{}`", path.display()))
    }

    /// Takes a lock, and waits for it if necessary, at most for `limit`.
    ///
    /// # Errors
    /// Those of [`Lock::wait`].
    pub(crate) fn wait_within(ctx: &Context, limit: Duration, name: &str, what: &str) -> Result<Self> {
        refuse_link(ctx, name)?;
        let (deadline, started, mut waited_since) = (ctx.deadline(limit), ctx.now(), None);
        let (mut pause, mut countdown) = (FIRST_PAUSE, None);
        loop {
            if let Some(lock) = Self::try_take(ctx, name) {
                return Ok(Self { waited_since, ..lock });
            }
            waited_since = Some(started);
            if deadline.is_expired() {
                return Err(not_released(ctx, limit, name, what));
            }
            if deadline.left() + COUNTDOWN_DELAY <= limit {
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

/// The time limit for a lock whose holder waits for a person, who may take minutes. Only time in which the holder is
/// stopped (Ctrl-Z) counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoppedHolder(Deadline);

impl StoppedHolder {
    /// Starts with the full time limit.
    pub(crate) fn watch(ctx: &Context) -> Self {
        Self(ctx.deadline(LIMIT))
    }

    /// Checks whether the holder of a lock is stopped, and for how long.
    ///
    /// # Errors
    /// `Unreachable`: the holder has been stopped for [`LIMIT`]. The message names the holder.
    pub(crate) fn check(&mut self, ctx: &Context, name: &str, what: &str) -> Result<()> {
        if !holder(ctx, name).is_some_and(|holder| holder.is_stopped()) {
            *self = Self::watch(ctx);
        }
        if self.0.is_expired() { Err(not_released(ctx, LIMIT, name, what)) } else { Ok(()) }
    }
}

/// Returns the process that holds a lock or was the last to hold it; `None` if the lock file does not contain a
/// process.
pub(crate) fn holder(ctx: &Context, name: &str) -> Option<Holder> {
    Holder::read(&path(ctx, name)?)
}

fn holder_text(ctx: &Context, name: &str) -> String {
    holder(ctx, name).map_or_else(|| "another ssox process".into(), |holder| holder.to_string())
}

fn not_released(ctx: &Context, limit: Duration, name: &str, what: &str) -> Error {
    let seconds = limit.as_secs();
    let message = format!("{} holds {what} and did not release it within {seconds}s", holder_text(ctx, name));
    let hint = holder(ctx, name)
        .map_or_else(|| "end the other ssox process, and try again".into(), |holder| holder.release_hint());
    Error::unreachable(message).hint(hint)
}

fn path(ctx: &Context, name: &str) -> Option<PathBuf> {
    // The name contains a URL or an ARN. Some systems do not allow their characters in a file name, so a hash is used.
    let hash = files::hashed(name);
    Some(ctx.state_dir().ok()?.join("locks").join(format!("{hash}.lock")))
}

fn open(ctx: &Context, name: &str) -> Option<File> {
    let path = path(ctx, name)?;
    files::create_private_dir(path.parent()?).ok()?;
    files::open_own(&path).ok()
}

/// Fails if a lock file is a link. ssox writes into lock files, and the link could lead to any file.
fn refuse_link(ctx: &Context, name: &str) -> Result<()> {
    match path(ctx, name).filter(|path| path.is_symlink()) {
        Some(path) => Err(refused(&path, "is a symbolic link", &format!("rm {}", path_argument(&path)))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Clock;
    use crate::error::ErrorKind;
    use std::ffi::OsString;
    use std::sync::Arc;

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
    fn a_wait_for_a_lock_has_a_limit_and_names_the_holder() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let _held = Lock::wait(&ctx, "token corp", "the lock").unwrap();
        let limit = Duration::from_millis(30);
        let error = Lock::wait_within(&ctx, limit, "token corp", "the lock").unwrap_err();
        let pid = std::process::id();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.message.starts_with(&format!("`ssox` (pid {pid}")), "{}", error.message);
        assert!(error.message.ends_with(" holds the lock and did not release it within 0s"));
        assert!(error.hints[0].contains(&format!("kill {pid}")));
    }

    #[test]
    fn a_released_lock_is_taken_by_the_waiting_processes() {
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
    fn a_wait_for_a_stopped_holder_has_a_limit() {
        let home = tempfile::tempdir().unwrap();
        let mut ctx = context(home.path());
        ctx.clock = Clock::ahead(Arc::default());
        // A program whose name begins with `ssox` and which stops itself.
        let program = home.path().join("ssox-stopped");
        std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
        let mut stopped = std::process::Command::new(&program).args(["-c", "kill -STOP $$"]).spawn().unwrap();
        let text = format!("{}\nssox login\n/dev/pts/9", stopped.id());
        files::write_secret(&path(&ctx, "sign-in corp").unwrap(), text.as_bytes()).unwrap();
        let mut watch = StoppedHolder::watch(&ctx);
        let error = loop {
            match watch.check(&ctx, "sign-in corp", "the sign-in to `corp`") {
                Ok(()) => ctx.sleep(LIMIT / 10),
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
        assert_eq!(error.hints, [format!("type `fg` in its shell on /dev/pts/9, or `kill {pid}`")]);
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
