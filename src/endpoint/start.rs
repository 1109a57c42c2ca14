//! Starts the local server for credentials in a process of its own.
//!
//! `ssox exec --serve` replaces itself by the program that it runs (with the system call `exec`). Process id, terminal,
//! signals, job control and exit status are then the same as if the person had started the program directly. The server
//! must not be a child of the program, because programs that wait for all of their children would wait for the server.
//! Therefore ssox starts another process, which starts the server and exits.
//!
//! The server gets the secrets on stdin, its listening socket as stdout, and the terminal as stderr.

use super::{Directory, Endpoint, Handover, Listening, server};
use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use crate::files;
use crate::terminal;
use std::ffi::OsString;
use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// The largest [`Handover`] in bytes that the server reads. It is many times the size of credentials.
const LARGEST: u64 = 1 << 20;

/// A process of the local server for credentials that waits for its [`Handover`]. It is started before its files are
/// written, so that it can remove them if this process is interrupted.
#[derive(Debug)]
pub(crate) struct StartingServer {
    starter: Child,
    handover: PipeWriter,
}

impl StartingServer {
    /// Starts `ssox endpoint --detach NAME`, which starts the server process and exits.
    ///
    /// # Errors
    /// `Other`: the system cannot start it.
    pub(crate) fn start(listening: &Listening) -> Result<Self> {
        let started = || -> io::Result<Self> {
            let (reader, handover) = io::pipe()?;
            let mut command = command(&["--detach", &listening.name], listening.listener.try_clone()?, reader)?;
            // Ctrl-C must not reach the server.
            let starter = command.process_group(0).spawn()?;
            Ok(Self { starter, handover })
        };
        started().map_err(|cause| not_started(&cause))
    }

    /// Passes the handover to the server, and waits until the process that starts the server has exited.
    ///
    /// # Errors
    /// `Other`: the server process could not be started.
    pub(crate) fn hand_over(mut self, handover: Handover) -> Result<()> {
        let written = self.handover.write_all(handover.into_json().expose().as_bytes());
        drop(self.handover);
        match written.and_then(|()| self.starter.wait()) {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Error::other("could not start the local server for credentials").hint("ssox doctor")),
            Err(cause) => Err(not_started(&cause)),
        }
    }
}

/// Replaces this process by the server. Returns only if that fails.
///
/// # Errors
/// `Other`: the system cannot start it.
pub(crate) fn become_server(endpoint: Endpoint, handover: Handover) -> Result<()> {
    let failed = || -> io::Result<io::Error> {
        let (reader, mut writer) = io::pipe()?;
        // Nobody reads the pipe yet, but writing does not wait: the handover is smaller than the pipe's buffer.
        writer.write_all(handover.into_json().expose().as_bytes())?;
        drop(writer);
        Ok(command(&[], endpoint.listener, reader)?.exec())
    };
    Err(not_started(&failed().unwrap_or_else(|cause| cause)))
}

/// Starts the server process and returns. This process then exits, so that the server is not a child of the program
/// that uses it.
fn detach(name: &str) -> Result<()> {
    let started = std::env::current_exe().and_then(|program| Command::new(program).args(["endpoint", name]).spawn());
    started.map(drop).map_err(|cause| not_started(&cause))
}

/// Handles the command lines with which ssox starts its own server; returns `None` for other command lines. `endpoint`
/// and `endpoint NAME` run the server in this process, until the server ends. `endpoint --detach NAME` starts the
/// server as another process, `endpoint NAME`, and returns. clap is not used: without it the server starts sooner and
/// needs a mebibyte less memory.
pub(crate) fn run(words: &[OsString], context: fn() -> Context) -> Option<Result<()>> {
    let words: Option<Vec<&str>> = words.iter().skip(1).map(|word| word.to_str()).collect();
    let name = match words?[..] {
        ["endpoint"] => None,
        ["endpoint", "--detach", name] => return Some(detach(name)),
        ["endpoint", name] if !name.starts_with('-') => Some(name.to_string()),
        _ => return None,
    };
    Some(from_standard_streams(&context(), name.as_deref()))
}

/// Serves with the handover and the socket that [`StartingServer`] or [`become_server`] passed. If the server runs
/// beside a program, `name` is the name of the server's directory, and the server gets a process session of its own
/// (`setsid`), so that job control of the shell does not reach the server.
///
/// # Errors
/// `Usage`: a person started this command. Those of [`server::serve`].
fn from_standard_streams(ctx: &Context, name: Option<&str>) -> Result<()> {
    if name.is_some() {
        let _ = rustix::process::setsid();
    }
    let text = files::limited(io::stdin(), LARGEST).unwrap_or_default();
    let handover = Handover::parse(&text);
    zeroize::Zeroize::zeroize(&mut { text });
    match (handover, name) {
        (Some(handover), _) => server::serve(ctx, &listener()?, handover),
        // The process that started this one was interrupted.
        (None, Some(name)) => {
            Directory::remove_named(ctx, name);
            Ok(())
        }
        (None, None) => Err(Error::usage("only ssox itself runs `ssox endpoint`").hint("ssox serve NAME")),
    }
}

fn listener() -> Result<TcpListener> {
    io::stdout().as_fd().try_clone_to_owned().map(TcpListener::from).map_err(|cause| not_started(&cause))
}

fn command(arguments: &[&str], listener: TcpListener, stdin: PipeReader) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("endpoint").args(arguments).stdin(stdin).stdout(OwnedFd::from(listener));
    command.stderr(terminal::input().map_or_else(|_| Stdio::inherit(), Stdio::from));
    Ok(command)
}

fn not_started(cause: &io::Error) -> Error {
    Error::other(format!("could not start the local server for credentials: {}", cause_text(cause)))
}
