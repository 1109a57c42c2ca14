//! Handles signals that end a process, except those that were ignored at the start (`nohup`). Also decides how Ctrl-C
//! ends the process as long as [`catch`] has not been called.

use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_shutdown;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::io;
use std::process::{Command, Stdio, exit};
use std::sync::{Arc, OnceLock, atomic::AtomicBool, atomic::Ordering};

/// The exit status of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// Whether Ctrl-C ends the process at once with [`INTERRUPTED`]. While this variable is unset, the signal itself ends
/// the process. The variable is global, because a process has only one handler for each signal.
static IS_IMMEDIATE: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Makes Ctrl-C end the process with an exit status from now on. This is for shells that report an error in ssox's
/// script if a signal ends a program.
pub(crate) fn end_with_status() {
    if ignored().is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1) {
        return;
    }
    let is_immediate = IS_IMMEDIATE.get_or_init(|| Arc::new(AtomicBool::new(true)));
    let _ = register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(is_immediate));
}

/// Ends the process after Ctrl-C was caught: with [`INTERRUPTED`] if [`end_with_status`] was called, otherwise by the
/// signal.
pub(crate) fn end_interrupted() {
    if IS_IMMEDIATE.get().is_some() {
        exit(INTERRUPTED);
    }
    let _ = emulate_default_handler(SIGINT);
}

/// Catches the given signals, except those that this process ignores. From now on the caller must handle Ctrl-C.
///
/// # Errors
/// I/O errors: the system refuses the signal handlers.
pub(crate) fn catch(signals: &[i32]) -> io::Result<Signals> {
    let mask = ignored();
    let is_ignored = |signal: i32| mask.map_or_else(|| survives(signal), |mask| mask >> (signal - 1) & 1 == 1);
    let caught = Signals::new(signals.iter().filter(|signal| !is_ignored(**signal)))?;
    // The flag is cleared only after the handler is installed. In the other order, Ctrl-C would do nothing between the
    // two steps.
    if let Some(is_immediate) = IS_IMMEDIATE.get() {
        is_immediate.store(false, Ordering::Relaxed);
    }
    Ok(caught)
}

/// Returns the signals that this process ignores, as a bit mask; `None` on other systems than Linux.
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Sends a signal to a child process, and tells whether the child survives. The child ignores the signals that this
/// process ignores.
fn survives(signal: i32) -> bool {
    let mut child = Command::new("/bin/sh");
    child.arg("-c").arg(format!("kill -{signal} $$")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    child.status().is_ok_and(|status| status.success())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use signal_hook::consts::{SIGHUP, SIGTERM};

    #[test]
    fn a_child_tells_the_same_as_the_kernel() {
        let mask = ignored().unwrap();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            assert_eq!(survives(signal), mask >> (signal - 1) & 1 == 1, "{signal}");
        }
    }
}
