//! Runs small programs of the operating system, such as `ps`. They have a time limit, because the caller waits for
//! their output.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How long a program of the system, such as `ps`, may run.
const LIMIT: Duration = Duration::from_secs(5);

/// Returns the stdout of a program, whatever its exit status is; `None` if the program cannot be started. A program
/// that does not close its stdout within [`LIMIT`] is killed, and `None` is returned.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    output_within(LIMIT, command)
}

fn output_within(limit: Duration, command: &mut Command) -> Option<String> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut stdout = child.stdout.take()?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // If reading fails, the bytes before the error are used.
        let _ = stdout.read_to_end(&mut bytes);
        sender.send(bytes)
    });
    let bytes = receiver.recv_timeout(limit);
    let _ = child.kill().and_then(|()| child.wait());
    bytes.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Option<String> {
        output_within(limit, Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        assert_eq!(shell("echo a; echo b >&2; exit 1", LIMIT * 12).as_deref(), Some("a\n"));
        let directory = tempfile::tempdir().unwrap();
        let late = directory.path().join("late");
        assert_eq!(shell(&format!("echo a; sleep 600; touch {}", late.display()), LIMIT / 50), None);
        assert!(!late.exists());
        assert_eq!(output(&mut Command::new("/none/such")), None);
    }
}
