//! The sandbox, as a newcomer meets it: in a terminal, and in a pipe.
//!
//! Deliberately not here: signing in with a real browser, and the other shells (their own tests have them).

use std::process::{Command, Stdio};

/// The command of the README. Cargo runs it where it was built along with the tests.
fn sandbox() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", "sandbox"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["CI", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn in_a_pipe_every_step_is_shown_and_succeeds() {
    let output = sandbox().stdin(Stdio::null()).output().expect("the sandbox starts");
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{shown}\n{errors}");
    for text in ["$ ssox use dev", "SSOX_PROFILE=dev", "$ ssox clear", "GetRoleCredentials 2"] {
        assert!(shown.contains(text), "{text} is missing in:\n{shown}\n{errors}");
    }
    let secret = shown.lines().find_map(|line| line.strip_prefix("AWS_SECRET_ACCESS_KEY="));
    assert_eq!(secret.map(|secret| secret.chars().count()), Some(9), "only the ends are shown");
}
