//! Renews the credentials in another process, `ssox endpoint --renew`, which prints them. The server itself therefore
//! needs little memory, and does not do what getting credentials may require, such as running a program or drawing on
//! the terminal.

use super::document;
use super::lifetime::is_servable;
use crate::cache::Entry;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, cause_text};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

/// The program and the arguments of the ssox process that renews the credentials of the local server.
#[derive(Debug)]
pub(super) struct Renewal {
    program: Option<PathBuf>,
    arguments: Vec<String>,
}

impl Renewal {
    /// Returns how to start the process that renews the credentials. `arguments` are the arguments of `ssox endpoint
    /// --renew` that name the profile and the role.
    pub(super) fn new(arguments: Vec<String>) -> Self {
        Self { program: std::env::current_exe().ok(), arguments }
    }

    /// Runs the ssox process that renews the credentials. Returns the credentials that this process prints: new
    /// credentials, or cached credentials that another process has renewed.
    ///
    /// # Errors
    /// Those of the profile's source. `NeedsPerson`: a person must sign in. The started process does not ask the
    /// person. `Other`: the process cannot be started, or does not print credentials that may be served.
    pub(super) fn run(&self, ctx: &Context) -> Result<Entry> {
        let ran = self.output().map_err(|cause| {
            Error::other(format!(
                "could not start the ssox process that renews the credentials: {}",
                cause_text(&cause)
            ))
        })?;
        if !ran.status.success() {
            return Err(error_of(&ran));
        }
        let entry = document::parse(&ran.stdout);
        zeroize::Zeroize::zeroize(&mut { ran.stdout });
        let entry = entry
            .ok_or_else(|| Error::other("the ssox process that renews the credentials did not print credentials"))?;
        if !is_servable(&entry, ctx.now()) {
            let message = "the new credentials are valid for too short a time: this machine's clock may be ahead";
            return Err(Error::other(message).hint("ssox doctor"));
        }
        Ok(entry)
    }

    fn output(&self) -> std::io::Result<Output> {
        let mut command = Command::new(self.program());
        command.args(["endpoint", "--renew"]).args(&self.arguments);
        // Ctrl-C must not reach the started process, which may be storing a refreshed token.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::null()).output()
    }

    /// Returns a path with which ssox can be started. On Linux, the path works even if an update has replaced or
    /// removed the file of ssox since this process started.
    fn program(&self) -> PathBuf {
        let is_there = |path: &&PathBuf| path.is_file();
        self.program.as_ref().filter(is_there).cloned().unwrap_or_else(|| PathBuf::from("/proc/self/exe"))
    }
}

/// The last line that the process for the renewal writes to stderr, in the format of `--json`.
#[derive(Deserialize)]
struct Report {
    error: Error,
}

fn error_of(ran: &Output) -> Error {
    let text = String::from_utf8_lossy(&ran.stderr);
    let report: Option<Report> = text.lines().last().and_then(|line| serde_json::from_str(line).ok());
    let kind = || ErrorKind::try_from(u8::try_from(ran.status.code()?).ok()?).ok();
    let unknown = || {
        Error::new(
            kind().unwrap_or(ErrorKind::Other),
            "the ssox process that renews the credentials failed without a message",
        )
    };
    report.map_or_else(unknown, |report| report.error)
}

/// When the directories of cached tokens and of cached role credentials last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caches([Option<SystemTime>; 2]);

impl Caches {
    /// Reads when the directory of cached tokens and the directory of cached role credentials last changed. ssox and
    /// the AWS CLI replace a file by renaming another file, which changes the modification time of the directory.
    pub(super) fn now(ctx: &Context) -> Self {
        let changed = |below: &str| fs::metadata(ctx.home().ok()?.join(below)).ok()?.modified().ok();
        Self([".aws/sso/cache", ".aws/cli/cache"].map(changed))
    }
}
