//! `ssox credential-process` when it fails: SDKs call it again and again, and hide its messages.

use crate::home::{Home, SSOX};
use crate::pty::Terminal;
use crate::shown::says;
use ssox_standin::Grant;

/// Runs a script in a terminal, and returns what it shows.
fn shown(home: &Home, script: &str) -> String {
    let mut command = home.command("/bin/sh");
    command.args(["-c", script]);
    Terminal::start(command).wait_for_end().0
}

#[test]
fn a_failure_is_shown_on_the_terminal_once_although_stderr_is_captured() {
    let home = Home::new();
    let one = format!("{SSOX} credential-process dev 2>/dev/null; echo status=$?;");
    let said = shown(&home, &one.repeat(4));
    assert_eq!(said.matches("status=3").count(), 4, "{said}");
    says!(home, said.replace("\r\n", "\n"), @r"
    ssox: credential-process dev: not signed in to `corp`: ssox login --sso-session corp
    status=3
    status=3
    status=3
    status=3
    ");
    let said = shown(&home, &format!("{SSOX} credential-process stg 2>/dev/null"));
    assert!(!said.contains("ssox:"), "the same session: {said}");
}

#[test]
fn what_stderr_shows_is_not_said_again() {
    let home = Home::new();
    let said = shown(&home, &format!("{SSOX} credential-process dev"));
    assert_eq!(said.matches("ssox login").count(), 1, "{said}");
}

#[test]
fn a_failure_is_returned_again_without_asking_aws_until_somebody_signs_in() {
    let home = Home::signed_in();
    home.standin.fault("GetRoleCredentials", ssox_standin::Fault::Status(403), ssox_standin::Times::Forever);
    let first = home.ssox(&["credential-process", "dev"]);
    let second = home.ssox(&["credential-process", "dev"]);
    assert_eq!((first.status(), first.stderr()), (second.status(), second.stderr()));
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
    home.standin.clear_faults("GetRoleCredentials");
    home.sign_in(&Grant::default());
    home.ssox(&["credential-process", "dev"]).ok();
    let other = home.ssox(&["credential-process", "stg"]);
    assert_eq!(other.status(), 0, "another profile has another failure: {}", other.stderr());
}

#[test]
fn a_failure_is_forgotten_when_the_environment_changes() {
    let home = Home::signed_in();
    let closed = [("http_proxy", "http://127.0.0.1:1"), ("NO_PROXY", ""), ("no_proxy", "")];
    let failed = home.ssox_with(&["credential-process", "dev"], &closed).fails(6);
    says!(home, failed, @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the proxy `STANDIN` (from http_proxy) refused the connection (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: if http_proxy names a wrong proxy: unset http_proxy
    ssox: hint: check the network connection
    ");
    home.ssox(&["credential-process", "dev"]).ok();
}

#[test]
fn a_failure_in_a_chain_of_processes_is_shown_once_with_the_hint_of_the_first_cause() {
    let home = Home::new();
    let line =
        |name: &str, other: &str| format!("[profile {name}]\ncredential_process = {SSOX} credential-process {other}\n");
    home.add_config(&[line("outer", "inner"), line("inner", "dev")].concat());
    let failed = home.ssox(&["credential-process", "outer"]).fails(1);
    says!(home, failed.replace(SSOX, "ssox"), @r"
    ssox: not signed in to `corp` (reported by `credential_process` of profile `inner`)
    ssox: hint: ssox login --sso-session corp
    ");
    let said = shown(&home, &format!("{SSOX} credential-process outer 2>/dev/null"));
    assert_eq!(said.matches("ssox: credential-process ").count(), 1, "{said}");
}
