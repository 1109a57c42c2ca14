//! One sign-in at a time, across processes: the first has the person, the others wait for what comes of it.
//!
//! Deliberately not here: the sign-in itself. The lock dies with its holder, and then another waiter takes the turn;
//! what the holder leaves in its note (a refusal, a time-out) ends the wait of all, so that nobody asks a second time.

use super::super::Session;
use crate::context::{Context, Deadline};
use crate::error::{Error, ErrorKind, Result, printable};
use crate::files::{self, hex};
use crate::lock::{Lock, StoppedHolder};
use crate::session::token::Token;
use crate::terminal::{self, Countdown};
use crate::time::{Timestamp, human};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often those who wait look.
const PAUSE: Duration = Duration::from_millis(100);

/// Whose turn it is.
#[derive(Debug)]
pub(super) enum Turn {
    /// Ours: the person is to be asked.
    Ours(Owner),
    /// Nobody's any more: somebody has signed in.
    Done(Token),
}

/// The right to ask the person; it ends with the process.
#[derive(Debug)]
pub(super) struct Owner {
    note: Note,
    path: Option<PathBuf>,
    _lock: Lock,
}

/// What those who wait are told about the one who has the person.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    id: String,
    who: String,
    since: Timestamp,
    /// Exit status and message of a sign-in that failed for all.
    failure: Option<(ErrorKind, String)>,
    is_over: bool,
}

/// Takes the turn, or waits for the one who has it, until there is a token that `found` accepts.
///
/// # Errors
/// What the other's sign-in ended with; that a person is needed, when it took too long; that its process is stopped.
pub(super) fn take(
    ctx: &Context,
    session: &Session,
    deadline: Deadline,
    found: impl Fn() -> Result<Option<Token>>,
) -> Result<Turn> {
    let path = path(ctx, session);
    let before = path.as_deref().and_then(Note::read);
    let lock_name = format!("sign-in {}", session.label());
    let (mut countdown, mut stopped) = (None, StoppedHolder::watch(ctx));
    loop {
        // What is found after this line was written before the lock was free.
        let lock = Lock::try_take(ctx, &lock_name);
        if let Some(token) = found()? {
            return Ok(Turn::Done(token));
        }
        // A note that was over before we came is about a sign-in we did not wait for.
        let note = path.as_deref().and_then(Note::read);
        let news = note.filter(|note| before.as_ref().is_none_or(|before| before.id != note.id || !before.is_over));
        if let Some((kind, message)) = news.as_ref().and_then(|note| note.failure.clone()) {
            return Err(Error::new(kind, message).hint(session.sign_in_line()));
        }
        if let Some(lock) = lock {
            return Ok(Turn::Ours(Owner::begin(ctx, lock, path)));
        }
        if deadline.is_expired() {
            let message = format!("another sign-in to `{}` did not end in time", session.label());
            return Err(Error::needs_person(message).hint(session.sign_in_line()));
        }
        stopped.check(ctx, &lock_name, &format!("the lock on signing in to `{}`", session.label()))?;
        let countdown = countdown.get_or_insert_with(|| wait_for(ctx, session, news.as_ref()));
        countdown.show(deadline.left());
        thread::sleep(PAUSE);
    }
}

impl Owner {
    /// Tells those who wait what came of it.
    pub(super) fn end<T>(mut self, result: &Result<T>) {
        self.note.is_over = true;
        // Only what would happen to the others as well ends their wait.
        self.note.failure = match result {
            Err(error) if matches!(error.kind, ErrorKind::NeedsPerson | ErrorKind::Unreachable) => {
                Some((error.kind, error.message.clone()))
            }
            _ => None,
        };
        self.write();
    }

    fn begin(ctx: &Context, lock: Lock, path: Option<PathBuf>) -> Self {
        let at = terminal::name().map(|name| format!(", on {name}")).unwrap_or_default();
        let who = format!("`{}` (pid {}{at})", ctx.command, std::process::id());
        let mut id = [0; 16];
        // Without randomness the time tells notes apart well enough.
        let _ = getrandom::fill(&mut id);
        let id = format!("{} {}", hex(&id), ctx.now());
        let owner = Self { note: Note { id, who, since: ctx.now(), failure: None, is_over: false }, path, _lock: lock };
        owner.write();
        owner
    }

    /// Those who wait get by without a note where none can be written.
    fn write(&self) {
        if let Some(path) = &self.path {
            let _ = files::write_secret(path, self.note.to_json().to_string().as_bytes());
        }
    }
}

impl Note {
    fn to_json(&self) -> Value {
        let (exit_status, message) = self.failure.as_ref().map(|(kind, text)| (kind.exit_status(), text)).unzip();
        json!({
            "id": self.id,
            "who": self.who,
            "since": self.since.to_string(),
            "is_over": self.is_over,
            "exit_status": exit_status,
            "message": message,
        })
    }

    fn read(path: &Path) -> Option<Self> {
        let value: Value = serde_json::from_slice(&files::read(path).ok()??).ok()?;
        let text = |name: &str| value[name].as_str().map(printable);
        let kinds = [ErrorKind::NeedsPerson, ErrorKind::Unreachable];
        let kind = kinds.into_iter().find(|kind| value["exit_status"] == kind.exit_status());
        Some(Self {
            id: text("id")?,
            who: text("who")?,
            since: Timestamp::parse(value["since"].as_str()?)?,
            failure: kind.zip(text("message")),
            is_over: value["is_over"].as_bool()?,
        })
    }
}

/// Says once who is waited for.
fn wait_for(ctx: &Context, session: &Session, note: Option<&Note>) -> Countdown {
    let live = note.filter(|note| !note.is_over);
    let who = live.map_or("another ssox".to_string(), |note| note.who.clone());
    let since = live.map_or(0, |note| ctx.now().seconds_after(note.since));
    let since = if since > 0 { format!(" (begun {} ago)", human(since)) } else { String::new() };
    terminal::say(&format!("{who} is signing in to `{}`{since}; waiting for it", session.label()));
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

    fn ours(ctx: &Context, session: &Session) -> Owner {
        match take(ctx, session, ctx.deadline(Duration::ZERO), || Ok(None)).unwrap() {
            Turn::Ours(owner) => owner,
            Turn::Done(_) => panic!("there is no token"),
        }
    }

    #[test]
    fn one_has_the_turn_and_its_refusal_is_everybodys() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        let owner = ours(&ctx, &session);
        let waiters: Vec<_> = (0..4)
            .map(|_| {
                let (ctx, session) = (ctx.clone(), session.clone());
                let (sender, waits) = std::sync::mpsc::channel();
                let waiter = thread::spawn(move || {
                    let found = || {
                        let _ = sender.send(());
                        Ok(None)
                    };
                    take(&ctx, &session, ctx.deadline(Duration::from_secs(30)), found).map(|_| ())
                });
                // The second look comes after the waiter has seen that the turn is taken.
                waits.recv().unwrap();
                waits.recv().unwrap();
                waiter
            })
            .collect();
        owner.end::<()>(&Err(Error::needs_person("refused")));
        for waiter in waiters {
            let error = waiter.join().unwrap().unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NeedsPerson, "refused"));
            assert!(error.hint.unwrap().contains("ssox login"));
        }
        ours(&ctx, &session).end(&Ok(()));
    }

    #[test]
    fn a_turn_that_was_dropped_is_taken_over() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        let owner = ours(&ctx, &session);
        let error = take(&ctx, &session, ctx.deadline(Duration::ZERO), || Ok(None)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        drop(owner);
        drop(ours(&ctx, &session));
    }

    #[test]
    fn a_failure_of_ones_own_is_nobody_elses() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        ours(&ctx, &session).end::<()>(&Err(Error::configuration("the port is taken")));
        assert_eq!(Note::read(&path(&ctx, &session).unwrap()).unwrap().failure, None);
    }

    #[test]
    fn a_note_comes_back_as_it_was_written() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(None, URL));
        let owner = ours(&ctx, &session);
        let note = owner.note.clone();
        assert!(note.who.starts_with("`ssox` (pid "), "{}", note.who);
        assert_eq!(Note::read(&path(&ctx, &session).unwrap()), Some(note));
    }
}
