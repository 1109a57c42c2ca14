//! Signals that end a process, except those that it was started to ignore, as under `nohup`.

use signal_hook::iterator::Signals;
use std::fs;
use std::io;
use std::process::{Command, Stdio};

/// Catches those signals that are not ignored.
///
/// # Errors
/// The system refuses the handlers.
pub(crate) fn catch(signals: &[i32]) -> io::Result<Signals> {
    let mask = ignored();
    let is_ignored = |signal: i32| mask.map_or_else(|| survives(signal), |mask| mask >> (signal - 1) & 1 == 1);
    Signals::new(signals.iter().filter(|signal| !is_ignored(**signal)))
}

/// Returns the signals that this process ignores, one bit each; only Linux tells.
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Tells whether a child process survives a signal: it ignores what this process ignores.
fn survives(signal: i32) -> bool {
    let mut child = Command::new("/bin/sh");
    child.arg("-c").arg(format!("kill -{signal} $$")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    child.status().is_ok_and(|status| status.success())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    #[test]
    fn a_child_tells_the_same_as_the_kernel() {
        let mask = ignored().unwrap();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            assert_eq!(survives(signal), mask >> (signal - 1) & 1 == 1, "{signal}");
        }
    }
}
