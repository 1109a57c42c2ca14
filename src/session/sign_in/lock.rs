//! A lock, so that only one process at a time signs in to a session. The other processes wait for the token.
//!
//! The kernel releases the lock when the process that holds it ends; a waiting process then takes it. If the sign-in
//! fails for a reason that affects the others too (the person denied it, or it timed out), a file records the error.
//! The waiting processes return that error, so the person is not asked again.

mod record;

use super::super::Session;
use crate::context::{Context, Deadline};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::lock::{Lock, StoppedHolder};
use crate::session::token::Token;
use crate::terminal::{self, Countdown};
use crate::time::human;
use record::SignInRecord;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// The pause between two checks whether the wait has ended.
const PAUSE: Duration = Duration::from_millis(100);

/// How the wait for the lock ended.
#[derive(Debug)]
pub(super) enum Acquired {
    /// This process holds the lock, and should sign in.
    Lock(SignInLock),
    /// A token that can be used is in the cache, usually because another process has signed in.
    Token(Token),
}

/// The lock on signing in to a session. It is released when this value is dropped or the process ends.
#[derive(Debug)]
pub(super) struct SignInLock {
    record: SignInRecord,
    /// The path of the file in which this sign-in is recorded for other processes; `None` without a state directory.
    path: Option<PathBuf>,
    _lock: Lock,
}

impl SignInLock {
    /// Takes the lock. If another process holds it, waits until that process releases it. Returns a token instead of
    /// the lock as soon as `find_token` returns one.
    ///
    /// # Errors
    /// Those of the sign-in of the other process. `NeedsPerson`: that sign-in did not finish in time. Those of
    /// [`StoppedHolder::check`] and of `find_token`.
    pub(super) fn acquire(
        ctx: &Context,
        session: &Session,
        deadline: Deadline,
        find_token: impl Fn() -> Result<Option<Token>>,
    ) -> Result<Acquired> {
        let path = path(ctx, session);
        let old = path.as_deref().and_then(SignInRecord::read);
        let lock_name = format!("sign-in {}", session.label());
        let (mut countdown, mut stopped) = (None, StoppedHolder::watch(ctx));
        loop {
            // The lock is taken before the checks below, so that they see everything that its last holder wrote.
            let lock = Lock::try_take(ctx, &lock_name);
            if let Some(token) = find_token()? {
                return Ok(Acquired::Token(token));
            }
            // A record that was finished before this wait started belongs to an earlier sign-in.
            let record =
                path.as_deref().and_then(SignInRecord::read).filter(|record| !record.is_of_earlier(old.as_ref()));
            if let Some(failure) = record.as_ref().and_then(|record| record.failure.clone()) {
                return Err(failure.only_hint(session.sign_in_line()));
            }
            if let Some(lock) = lock {
                return Ok(Acquired::Lock(Self::begin(ctx, lock, path)));
            }
            if deadline.is_expired() {
                let message = format!("another sign-in to `{}` did not finish in time", session.label());
                return Err(Error::needs_person(message).hint(session.sign_in_line()));
            }
            stopped.check(ctx, &lock_name, &format!("the lock on signing in to `{}`", session.label()))?;
            let countdown = countdown.get_or_insert_with(|| report_wait(ctx, session, record.as_ref()));
            countdown.show(deadline.left());
            thread::sleep(PAUSE);
        }
    }

    /// Releases the lock, and records the result for the waiting processes.
    pub(super) fn finish<T>(mut self, result: &Result<T>) {
        self.record.is_finished = true;
        // Other errors, such as a port in use, do not affect the waiting processes.
        self.record.failure = match result {
            Err(error) if matches!(error.kind, ErrorKind::NeedsPerson | ErrorKind::Unreachable) => Some(error.clone()),
            _ => None,
        };
        self.write();
    }

    fn begin(ctx: &Context, lock: Lock, path: Option<PathBuf>) -> Self {
        let lock = Self { record: SignInRecord::new(ctx), path, _lock: lock };
        lock.write();
        lock
    }

    fn write(&self) {
        if let Some(path) = &self.path {
            self.record.write(path);
        }
    }
}

/// Tells the person, once, which process is signing in. Returns the countdown for the wait.
fn report_wait(ctx: &Context, session: &Session, record: Option<&SignInRecord>) -> Countdown {
    let current = record.filter(|record| !record.is_finished);
    let holder = current.map_or("another ssox process".to_string(), |record| record.holder.clone());
    let seconds = current.map_or(0, |record| ctx.now().seconds_after(record.since));
    let since = if seconds > 0 { format!(" (started {} ago)", human(seconds)) } else { String::new() };
    terminal::say(&format!(
        "{holder} is already signing in to `{}`{since}; waiting until it has finished",
        session.label()
    ));
    Countdown::start("waiting for the other sign-in")
}

fn path(ctx: &Context, session: &Session) -> Option<PathBuf> {
    let name = files::hashed(session.label());
    Some(ctx.state_dir().ok()?.join("sign-ins").join(format!("{name}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::token::tests::{URL, context, session};

    fn locked(ctx: &Context, session: &Session) -> SignInLock {
        match SignInLock::acquire(ctx, session, ctx.deadline(Duration::ZERO), || Ok(None)).unwrap() {
            Acquired::Lock(lock) => lock,
            Acquired::Token(_) => panic!("there is no token"),
        }
    }

    #[test]
    fn a_refusal_ends_the_wait_of_all() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        let lock = locked(&ctx, &session);
        let waiters: Vec<_> = (0..4)
            .map(|_| {
                let (ctx, session) = (ctx.clone(), session.clone());
                let (sender, waits) = std::sync::mpsc::channel();
                let waiter = thread::spawn(move || {
                    let find_token = || {
                        let _ = sender.send(());
                        Ok(None)
                    };
                    SignInLock::acquire(&ctx, &session, ctx.deadline(Duration::from_secs(30)), find_token).map(|_| ())
                });
                // The second call comes after the waiting thread has seen that the lock is taken.
                waits.recv().unwrap();
                waits.recv().unwrap();
                waiter
            })
            .collect();
        lock.finish::<()>(&Err(Error::needs_person("refused")));
        for waiter in waiters {
            let error = waiter.join().unwrap().unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NeedsPerson, "refused"));
            assert!(error.hints[0].contains("ssox login"));
        }
        locked(&ctx, &session).finish(&Ok(()));
    }

    #[test]
    fn a_dropped_lock_is_taken_by_another() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        let lock = locked(&ctx, &session);
        let error = SignInLock::acquire(&ctx, &session, ctx.deadline(Duration::ZERO), || Ok(None)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        drop(lock);
        drop(locked(&ctx, &session));
    }

    #[test]
    fn a_failure_of_one_process_is_not_recorded_for_the_others() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        locked(&ctx, &session).finish::<()>(&Err(Error::configuration("the port is taken")));
        assert_eq!(SignInRecord::read(&path(&ctx, &session).unwrap()).unwrap().failure, None);
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(None, URL));
        let lock = locked(&ctx, &session);
        let record = lock.record.clone();
        assert!(record.holder.starts_with("`ssox` (pid "), "{}", record.holder);
        assert_eq!(SignInRecord::read(&path(&ctx, &session).unwrap()), Some(record));
    }
}
