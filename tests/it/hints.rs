//! Hints have the syntax of the shell that the person uses, whatever the login shell is and whatever program started
//! ssox.

use crate::pty::Terminal;
use crate::shells::{Home, Shell, installed, shells};
use ssox_standin::Standin;

/// The hints in each shell: to load the function, to unset a variable, to set one.
fn lines(shell: Shell) -> [&'static str; 3] {
    match shell {
        Shell::Zsh => ["eval \"$(ssox init zsh)\"", "hint: unset AWS_SECURITY_TOKEN", "export HTTPS_PROXY="],
        Shell::Bash => ["eval \"$(ssox init bash)\"", "hint: unset AWS_SECURITY_TOKEN", "export HTTPS_PROXY="],
        Shell::Fish => ["ssox init fish | source", "hint: set -e AWS_SECURITY_TOKEN", "set -gx HTTPS_PROXY "],
    }
}

#[track_caller]
fn says(told: &str, line: &str, shell: Shell) {
    assert!(told.contains(line), "{shell:?}: no `{line}` in {told}");
}

#[test]
fn the_line_is_for_the_running_shell_not_the_login_shell() {
    for shell in shells() {
        let home = Home::new();
        let login = if shell == Shell::Bash { "/usr/bin/fish" } else { "/bin/bash" };
        let mut session = home.session_with(shell, "", &[("SHELL", login), ("AWS_SECURITY_TOKEN", "x")]);
        let [integration, unset, _] = lines(shell);
        for around in ["", "env A=1 ", "sh -c 'ssox clear; ssox use; true' #"] {
            says(&session.run(&format!("{around}ssox use dev")), integration, shell);
        }
        let doctor = session.run("ssox doctor");
        says(&doctor, integration, shell);
        says(&doctor, unset, shell);
    }
}

#[test]
fn a_shell_started_from_another_is_the_running_one() {
    for shell in shells() {
        let home = Home::new();
        let mut outer = home.command("bash");
        outer.args(["-c", "\"$@\"; true", "bash", shell.name()]).env("SHELL", "/bin/bash");
        let mut session = home.session_of(shell, "", outer);
        says(&session.run("ssox use dev"), lines(shell)[0], shell);
    }
}

#[test]
fn the_function_tells_ssox_which_shell_is_running() {
    for shell in shells() {
        let home = Home::with(&Standin::start());
        let mut session = home.session_with(shell, "LOAD", &[("SHELL", "/bin/tcsh")]);
        session.run(&shell.export("HTTPS_PROXY", "p:x"));
        says(&session.run("ssox login --sso-session corp"), lines(shell)[2], shell);
        says(&session.run("ssox use dev"), lines(shell)[2], shell);
    }
}

#[test]
fn powershell_is_told_in_its_own_words() {
    if !installed("pwsh") {
        return;
    }
    let home = Home::new();
    let mut command = home.command("pwsh");
    command.args(["-NoProfile", "-NoExit", "-Command", "ssox use dev; ssox doctor; exit"]);
    command.env("SHELL", "/bin/bash").env("AWS_SECURITY_TOKEN", "x");
    let told = Terminal::start(command).wait_for_end().0;
    assert!(told.contains("ssox init powershell") && told.contains("Remove-Item Env:AWS_SECURITY_TOKEN"), "{told}");
}
