//! Passes signals for the sandbox on to its shell, so that the home directory is removed when the shell has ended.

use crate::Result;
use std::process::{Command, ExitStatus};

/// Runs the command to its end, also when the terminal is closed or the sandbox gets a signal meanwhile.
#[cfg(unix)]
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use std::thread::{sleep, spawn};
    use std::time::Duration;

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let mut child = command.spawn()?;
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
    Ok(status?)
}

#[cfg(not(unix))]
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    Ok(command.status()?)
}
