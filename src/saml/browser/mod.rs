//! Starts a browser on this machine with its own data directory. ssox controls it through a DevTools pipe.
//!
//! Invariant: the browser's command line has no URL, because every user of the machine can read command lines.

mod connection;
mod directory;
mod discovery;
mod pipe;
mod process;

pub(super) use connection::Incoming;
pub(crate) use directory::forget;

use crate::context::{Context, Deadline};
use crate::error::{Error, Result};
use directory::Directory;
use discovery::Program;
use process::BrowserProcess;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a browser may take to answer the first command.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait until another browser, which may be closing, no longer uses the data directory.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause between two attempts to start the browser while another browser uses the data directory.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Environment variables that the browser does not get, so that its child processes and extensions do not get them
/// either.
const WITHHELD: [&str; 4] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

const SWITCHES: [&str; 8] = [
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--hide-crash-restore-bubble",
    "--disable-sync",
    // The SAML response is part of a page. No disk cache and no crash dump may contain it.
    if cfg!(windows) { "--disk-cache-size=1" } else { "--disk-cache-dir=/dev/null" },
    "--disable-breakpad",
];

/// A running browser. Dropping this value closes it. If ssox is killed, the browser closes by itself.
#[derive(Debug)]
pub(super) struct Browser {
    /// The browser's name, for messages.
    pub(super) name: String,
    // Rust drops fields in this order: the browser ends before its directory is cleaned and unlocked.
    process: BrowserProcess,
    _directory: Directory,
}

impl Browser {
    /// Starts a browser with one empty page.
    ///
    /// # Errors
    /// `Configuration`: `SSOX_BROWSER`, `SSOX_BROWSER_ARGS` or the data directory cannot be used, or the program cannot
    /// be started or does not speak the DevTools protocol. `NeedsPerson`: there is no browser or no screen, another
    /// browser or another sign-in uses the data directory, or the browser exits at once. `Unreachable`: the ssox
    /// process of another sign-in is stopped (Ctrl-Z).
    pub(super) fn start(ctx: &Context, deadline: Deadline) -> Result<Self> {
        let program = discovery::find(ctx)?;
        let directory = Directory::take(ctx, &program, deadline)?;
        let closing = ctx.deadline(CLOSE_TIMEOUT);
        loop {
            if let Some(process) = launch(ctx, &program, &directory)? {
                return Ok(Self { name: program.name(), process, _directory: directory });
            }
            if closing.is_expired() {
                let path = directory.path.display();
                return Err(Error::needs_person(format!("another `{}` uses `{path}`", program.name()))
                    .hint("close its window, and try again"));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Sends a command to the browser, or to one of its pages. Returns the ID that the browser's reply will have.
    pub(super) fn send(&mut self, page: Option<&str>, method: &str, params: &Value) -> u64 {
        self.process.connection.send(page, method, params)
    }

    /// Waits for the next reply or event, until the deadline.
    pub(super) fn receive(&self, deadline: Deadline) -> Incoming {
        self.process.connection.receive(deadline)
    }

    /// Waits until a browser that closed its pipe has ended. Returns how it ended; `None` if it ended with success.
    pub(super) fn failure(&mut self) -> Option<String> {
        self.process.failure()
    }
}

/// Starts the browser and waits until it answers. Returns `None` if a browser already uses the directory: the new
/// process passes its command line to that browser and exits. The errors are those of [`Browser::start`].
fn launch(ctx: &Context, program: &Program, directory: &Directory) -> Result<Option<BrowserProcess>> {
    ctx.log(|| format!("browser: {}", program.path.display()));
    let unusable = |why: &str| Error::configuration(format!("`{}` {why}", program.path.display()));
    let was_in_use = directory.is_in_use();
    let mut process = BrowserProcess::start(command(program, directory))
        .map_err(|cause| unusable(&format!("cannot be started: {cause}")))?;
    let asked = process.connection.send(None, "Browser.getVersion", &json!({}));
    let deadline = ctx.deadline(START_TIMEOUT);
    loop {
        match process.connection.receive(deadline) {
            Incoming::Message(message) if message["id"] == asked => {
                ctx.log(|| format!("browser: {}", message["result"]["product"].as_str().unwrap_or_default()));
                return Ok(Some(process));
            }
            Incoming::Message(_) => {}
            Incoming::Closed => {
                // It passes its arguments on to the other browser, which may just be closing, and then it fails.
                let Some(failure) = process.failure().filter(|_| !was_in_use) else { return Ok(None) };
                return Err(crashed(ctx, program, &process.last_errors().unwrap_or(failure)));
            }
            other => {
                process.kill();
                let how = if matches!(other, Incoming::Malformed) {
                    "sent data that is not the DevTools protocol"
                } else {
                    "does not answer"
                };
                let why = &format!(
                    "{how}: it is not Chrome, Edge, Chromium or Brave, or a policy disallows remote debugging"
                );
                let line = ctx.line_to_set("SSOX_BROWSER", "/path/to/another");
                return Err(unusable(why).hint(line).hint(format!("or {}", super::GIVE_RESPONSE)));
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
    for name in WITHHELD {
        command.env_remove(name);
    }
    command
}

fn crashed(ctx: &Context, program: &Program, why: &str) -> Error {
    let error = Error::needs_person(format!("`{}` exited at once: {why}", program.name()));
    if why.contains("no-sandbox") {
        // As root, Chromium refuses to run with its sandbox. Only the person may decide to turn the sandbox off.
        let line = ctx.line_to_set("SSOX_BROWSER_ARGS", "--no-sandbox");
        return error.hint(format!("do not run the browser as root; in a container: {line}"));
    }
    error
        .hint(format!("start `{}` in a terminal to see why", program.path.display()))
        .hint(format!("or {}", super::GIVE_RESPONSE))
}

#[cfg(all(test, unix))]
mod tests;
