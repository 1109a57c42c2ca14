//! Starts the processes that renew credentials: a detached process, for whose end ssox does not wait, and a process
//! that fetches credentials for the calling shell.

use super::{HELD, note};
use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use crate::secret::Secret;
use std::io::{self, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How long the shell prompt waits for a process that fetches credentials which cannot be cached.
const FETCH_LIMIT: Duration = Duration::from_secs(5);

/// A limit above the size of every reply to a shell function, in bytes: a session token has a few thousand bytes.
const LARGEST_REPLY: usize = 128 << 10;

/// Starts the detached process that renews the credentials. It keeps the shell's working directory, so that relative
/// paths in the environment and the configuration mean the same files.
///
/// # Errors
/// `Configuration`: the state of the renewal cannot be written. `Other`: the process could not be started.
pub(in crate::commands) fn start(ctx: &Context) -> Result<()> {
    note::begin(ctx)?;
    spawn_detached(ctx, &["tick", "--renew"]).map_err(|cause| not_started(&cause))
}

/// Starts ssox with these arguments, and does not wait for the process.
///
/// # Errors
/// I/O errors: the process cannot be started.
pub(in crate::commands) fn spawn_detached(ctx: &Context, arguments: &[&str]) -> io::Result<()> {
    spawn(ctx, arguments, Stdio::null()).map(drop)
}

/// Starts a second ssox process, which fetches credentials only for this shell. Returns what this process writes to its
/// stdout: the reply to the shell function, which the caller passes on. A process that takes too long is not killed: it
/// may be storing a refreshed token.
///
/// # Errors
/// `Unreachable`: the process takes longer than [`FETCH_LIMIT`]. `Other`: the process could not be started, or ended
/// without a complete reply.
pub(in crate::commands) fn fetch_for_shell(ctx: &Context) -> Result<Secret> {
    let emit = format!("--emit={}", ctx.emit.as_deref().unwrap_or_default());
    let child = spawn(ctx, &[&emit, "tick", "--renew"], Stdio::piped()).map_err(|cause| not_started(&cause))?;
    read_reply(child, FETCH_LIMIT).inspect_err(|error| ctx.log(|| error.message.clone()))
}

/// Starts ssox without the shell's stdin, stdout and stderr, so that no shell waits for it or reports its end. The
/// process uses the profile that is in use in `ctx`; the shell itself perhaps does not use this profile yet.
fn spawn(ctx: &Context, arguments: &[&str], stdout: Stdio) -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    for name in HELD {
        match ctx.var_os(name) {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // In its own process group, the process gets no signal from the shell's job control, and no signal when the
    // terminal is closed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.args(arguments).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::null()).spawn()
}

/// Reads what the second ssox process, which fetches credentials for this shell, writes to its stdout: the reply to the
/// shell function.
///
/// # Errors
/// `Unreachable`: the process takes longer than `limit`. `Other`: it ended without a complete reply.
fn read_reply(child: Child, limit: Duration) -> Result<Secret> {
    let (sender, receiver) = channel();
    let stdout = child.stdout;
    thread::spawn(move || {
        // Every reply fits into the buffer. A buffer that grows would leave a copy of the secrets in freed memory.
        let mut text = String::with_capacity(LARGEST_REPLY);
        // If reading fails, the reply is not complete.
        let _ = stdout.map(|mut stdout| stdout.read_to_string(&mut text));
        sender.send(Secret::new(text))
    });
    let Ok(reply) = receiver.recv_timeout(limit) else {
        return Err(Error::unreachable(format!("could not fetch the credentials within {}s", limit.as_secs())));
    };
    if reply.expose().ends_with("#end\n") {
        return Ok(reply);
    }
    Err(Error::other("the ssox process that renews the credentials ended without a complete reply")
        .hint("`ssox use NAME -v` shows what fails"))
}

fn not_started(cause: &io::Error) -> Error {
    Error::other(format!("could not start the ssox process that renews the credentials: {}", cause_text(cause)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn reply_of(script: &str, limit: Duration) -> Result<Secret> {
        read_reply(Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap(), limit)
    }

    #[test]
    fn a_process_that_ends_without_a_reply_is_not_called_slow() {
        let minute = Duration::from_secs(60);
        assert_eq!(reply_of("printf '#ssox1\\n=A=b\\n#end\\n'", minute).unwrap().expose(), "#ssox1\n=A=b\n#end\n");
        for script in ["exit 1", "printf '#ssox1\\n=A='; kill -9 $$", "printf '\\377#end\\n'"] {
            let error = reply_of(script, minute).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Other, "{script}");
            assert!(error.message.ends_with("ended without a complete reply"), "{error}");
        }
        let error = reply_of("sleep 1", Duration::ZERO).unwrap_err();
        let slow = "could not fetch the credentials within 0s";
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Unreachable, slow));
    }
}
