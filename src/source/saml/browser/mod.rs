//! A browser of this machine, started to be driven: with a profile of its own, over a DevTools pipe.
//!
//! Deliberately not here: what it is driven to (`capture`). No address is ever in its command line, which everybody on
//! the machine can read.

mod connection;
mod directory;
mod discovery;
mod pipe;
mod process;

pub(super) use connection::Incoming;
pub(crate) use directory::forget;

use crate::context::{Context, Deadline};
use crate::error::{Error, Result};
use crate::shell::hint;
use directory::Directory;
use discovery::Program;
use process::Process;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a browser may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a browser that is just closing may keep its directory, and how often that is looked at.
const CLOSING: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(200);

/// What is not for a browser's child processes and extensions to see.
const WITHHELD: [&str; 4] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

const SWITCHES: [&str; 8] = [
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--hide-crash-restore-bubble",
    "--disable-sync",
    // The response passes through pages: no copy of them in a cache on disk, or in the dump of a crash.
    if cfg!(windows) { "--disk-cache-size=1" } else { "--disk-cache-dir=/dev/null" },
    "--disable-breakpad",
];

/// A browser that answers. It is closed when this is dropped; when we die, it closes by itself.
#[derive(Debug)]
pub(super) struct Browser {
    /// What people call it.
    pub(super) name: String,
    // Dropped in this order: the directory is swept and free when nobody uses it any more.
    process: Process,
    _directory: Directory,
}

impl Browser {
    /// Starts the browser of this machine, with one empty page.
    ///
    /// # Errors
    /// Configuration: it cannot be started. Needs a person: there is none, no screen, or another sign-in has it.
    pub(super) fn start(ctx: &Context, deadline: Deadline) -> Result<Self> {
        let program = discovery::find(ctx)?;
        let directory = Directory::take(ctx, &program, deadline)?;
        let closing = ctx.deadline(CLOSING);
        loop {
            if let Some(process) = launch(ctx, &program, &directory)? {
                return Ok(Self { name: program.name(), process, _directory: directory });
            }
            if closing.is_expired() {
                let path = directory.path.display();
                return Err(Error::needs_person(format!("another `{}` uses `{path}`", program.name()))
                    .hint("close its window, and try again"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Sends a command, to the browser or to one of its pages; returns the id its reply will have.
    pub(super) fn send(&mut self, page: Option<&str>, method: &str, params: &Value) -> u64 {
        self.process.connection.send(page, method, params)
    }

    /// Waits for the next reply or event.
    pub(super) fn receive(&self, deadline: Deadline) -> Incoming {
        self.process.connection.receive(deadline)
    }

    /// Returns how the browser ended, unless somebody closed it.
    pub(super) fn failure(&mut self) -> Option<String> {
        self.process.failure()
    }
}

/// Starts the program and waits until it answers; `None` when it left that to one that has the directory already.
fn launch(ctx: &Context, program: &Program, directory: &Directory) -> Result<Option<Process>> {
    ctx.log(|| format!("browser: {}", program.path.display()));
    let broken = |why: &str| Error::configuration(format!("`{}` {why}", program.path.display()));
    let mut process =
        Process::start(command(program, directory)).map_err(|cause| broken(&format!("cannot be started: {cause}")))?;
    let asked = process.connection.send(None, "Browser.getVersion", &json!({}));
    let patience = ctx.deadline(PATIENCE);
    loop {
        match process.connection.receive(patience) {
            Incoming::Message(message) if message["id"] == asked => {
                ctx.log(|| format!("browser: {}", message["result"]["product"].as_str().unwrap_or_default()));
                return Ok(Some(process));
            }
            Incoming::Message(_) => {}
            Incoming::Closed => {
                let Some(failure) = process.failure() else { return Ok(None) };
                return Err(crashed(ctx, program, &process.last_words().unwrap_or(failure)));
            }
            other => {
                process.kill();
                let how = if matches!(other, Incoming::Broken) { "does not speak DevTools" } else { "does not answer" };
                let why = &format!("{how}: it is no Chrome, Edge, Chromium or Brave, or a policy forbids to drive it");
                let line = hint::set(ctx, "SSOX_BROWSER", "/path/to/another");
                let hint = format!("{line}; or {}", super::GIVE_RESPONSE);
                return Err(broken(why).hint(hint));
            }
        }
    }
}

fn command(program: &Program, directory: &Directory) -> Command {
    let mut command = Command::new(&program.path);
    let mut user_data_dir = std::ffi::OsString::from("--user-data-dir=");
    user_data_dir.push(&directory.path);
    command.arg(user_data_dir).args(SWITCHES).args(&program.arguments).arg("about:blank");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    WITHHELD.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
}

fn crashed(ctx: &Context, program: &Program, why: &str) -> Error {
    let hint = match why.contains("no-sandbox") {
        // As root, it insists; and nobody but the person can decide to go without a sandbox.
        true => {
            let line = hint::set(ctx, "SSOX_BROWSER_ARGS", "--no-sandbox");
            format!("do not run it as root; in a container: {line}")
        }
        false => format!("start `{}` by hand to see why; or {}", program.path.display(), super::GIVE_RESPONSE),
    };
    Error::needs_person(format!("`{}` ended at once: {why}", program.name())).hint(hint)
}

#[cfg(all(test, unix))]
mod tests;
