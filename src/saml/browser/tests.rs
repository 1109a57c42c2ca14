//! Programs that are not usable browsers. The integration tests use a real browser.

use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn start(home: &Path, script: &str) -> Error {
    let path = home.join("chrome");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let vars = [("HOME", home), ("SSOX_BROWSER", &path), ("DISPLAY", Path::new(":0"))];
    let ctx = Context::new(vars.map(|(name, value)| (name.to_string(), value.into())));
    Browser::start(&ctx, ctx.deadline(Duration::from_secs(60))).unwrap_err()
}

#[test]
fn the_error_quotes_a_browser_that_fails_at_once() {
    let home = tempfile::tempdir().unwrap();
    let error = start(home.path(), "echo 'Missing X server' >&2; exit 1");
    assert_eq!(error.message, "`chrome` exited at once: Missing X server");
    assert_eq!(error.kind.exit_status(), 3);
    assert!(error.hints.concat().contains("--saml-response"));
    assert_eq!(start(home.path(), "exit 7").message, "`chrome` exited at once: exit status: 7");
    let root = start(home.path(), "echo 'Running as root without --no-sandbox is not supported' >&2; exit 1");
    assert!(root.hints[0].contains("SSOX_BROWSER_ARGS=--no-sandbox"));
}

#[test]
fn the_command_line_has_no_url_and_the_environment_no_key() {
    let home = tempfile::tempdir().unwrap();
    let error = start(home.path(), "echo \"$* ${AWS_SECRET_ACCESS_KEY-none}\" >&2; exit 1");
    assert!(error.message.contains("--remote-debugging-pipe") && error.message.ends_with(" none"), "{}", error.message);
    assert!(!error.message.contains("http") && !error.message.contains("remote-debugging-port"), "{}", error.message);
}

#[test]
fn a_program_that_floods_the_pipe_is_rejected() {
    let home = tempfile::tempdir().unwrap();
    for flood in ["yes >&4", "cat /dev/zero >&4", "tr '\\0' x </dev/zero >&4"] {
        let error = start(home.path(), flood);
        assert!(error.message.contains("sent data that is not the DevTools protocol"), "{flood}: {}", error.message);
        assert!(error.hints[0].contains("SSOX_BROWSER"));
    }
}
