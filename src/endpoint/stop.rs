//! When the local server for credentials exits: when the process that it serves has exited, on a signal, or at the time
//! limit of a profile whose use a person must confirm (`ssox_protected`). In each case the server removes its files.

use super::Directory;
use crate::context::Context;
use crate::error::{ErrorKind, as_argument};
use crate::terminal;
use crate::time::Timestamp;
use std::io;
use std::process::exit;
use std::thread;
use std::time::Duration;

/// How often the local server for credentials reads the clock while it waits for the time limit of a profile.
const CLOCK_READ_EVERY: Duration = Duration::from_secs(30);

/// Exits on SIGINT, SIGTERM and SIGHUP with status 130. Signals that were ignored at the start stay ignored.
///
/// # Errors
/// I/O errors: the system refuses the signal handlers.
#[cfg(unix)]
pub(super) fn on_signals(directory: Directory) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = crate::signals::catch(&[SIGINT, SIGTERM, SIGHUP])?;
    thread::Builder::new().spawn(move || {
        if signals.forever().next().is_some() {
            directory.remove();
            exit(ErrorKind::Interrupted.exit_status().into());
        }
    })?;
    Ok(())
}

/// Does nothing: on Windows, Ctrl-C ends the process at once and leaves its files; the next server removes them.
#[cfg(not(unix))]
pub(super) fn on_signals(_: Directory) -> io::Result<()> {
    let _ = ErrorKind::Interrupted;
    Ok(())
}

/// Removes the server's files and exits when the process with the id `process` has exited. It need not be a child of
/// the server.
pub(super) fn with_process(process: u32, directory: Directory) {
    thread::spawn(move || {
        wait_for_end(process);
        directory.remove();
        exit(0);
    });
}

/// At the moment `until`, removes the server's files and exits with status 3. The clock is read often, because a long
/// wait ends too late if the machine is suspended during the wait.
pub(super) fn at(until: Timestamp, ctx: Context, profile: String, directory: Directory) {
    thread::spawn(move || {
        while ctx.now() < until {
            let left = u64::try_from(until.seconds_after(ctx.now())).unwrap_or_default();
            thread::sleep(Duration::from_secs(left).min(CLOCK_READ_EVERY));
        }
        directory.remove();
        let again = as_argument(&profile);
        terminal::say(&format!(
            "no longer serving credentials: the time limit of the protected profile `{profile}` has passed"
        ));
        terminal::say(&format!("hint: ssox serve {again}"));
        exit(ErrorKind::NeedsPerson.exit_status().into());
    });
}

#[cfg(unix)]
fn wait_for_end(process: u32) {
    use rustix::process::{Pid, test_kill_process};
    let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return };
    #[cfg(target_os = "linux")]
    if wait_on_descriptor(process).is_ok() {
        return;
    }
    // `SRCH` means that the process has exited. For a process that now runs as another user, the error is another one.
    while test_kill_process(process) != Err(rustix::io::Errno::SRCH) {
        thread::sleep(Duration::from_millis(200));
    }
}

/// Waits without polling until a process has exited. Kernels before 5.3 do not support this.
#[cfg(target_os = "linux")]
fn wait_on_descriptor(process: rustix::process::Pid) -> rustix::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    let descriptor = match rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty()) {
        Err(Errno::SRCH) => return Ok(()),
        opened => opened?,
    };
    rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None)).map(drop)
}

/// Does nothing: on Windows the server runs in the process that waits for the program.
#[cfg(not(unix))]
fn wait_for_end(_: u32) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_another_process_is_noticed() {
        let mut child = std::process::Command::new("sleep").arg("0.05").spawn().unwrap();
        wait_for_end(child.id());
        assert!(child.try_wait().unwrap().is_some(), "it still runs");
        // The child has already exited before this second wait.
        wait_for_end(child.id());
    }
}
