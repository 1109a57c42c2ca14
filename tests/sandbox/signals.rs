//! Passes signals for the sandbox on to its shell, so that the home directory is removed when the shell and the processes
//! that it started have ended.

use crate::Result;
use std::process::{Command, ExitStatus};

/// Runs the command to its end, also when the terminal is closed or the sandbox gets a signal meanwhile. Waits a few
/// seconds for the processes that the command leaves behind, such as an ssox that lists accounts in the background: each
/// of them inherits the write end of a pipe.
#[cfg(unix)]
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{FdFlags, fcntl_setfd};
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use std::thread::{sleep, spawn};
    use std::time::Duration;

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let (processes, inherited) = std::io::pipe()?;
    fcntl_setfd(&inherited, FdFlags::empty())?;
    let mut child = command.spawn()?;
    drop(inherited);
    let (shell, handle) = (Pid::from_child(&child), signals.handle());
    let watch = spawn(move || {
        // Ctrl-C reaches the shell directly. A shell that waits for a command ignores SIGTERM, and bash loses a signal
        // that arrives just before it waits; so the signal is sent until the shell has ended.
        for _ in signals.forever().filter(|signal| [SIGHUP, SIGTERM].contains(signal)) {
            while kill_process(shell, Signal::HUP).is_ok() {
                sleep(Duration::from_millis(100));
            }
        }
    });
    let status = child.wait();
    handle.close();
    let _ = watch.join();
    // A browser may run for longer.
    let limit = Timespec { tv_sec: 5, tv_nsec: 0 };
    let _ = poll(&mut [PollFd::new(&processes, PollFlags::empty())], Some(&limit));
    Ok(status?)
}

#[cfg(not(unix))]
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    Ok(command.status()?)
}
