//! The sandbox (`cargo run --example sandbox`), without a terminal, and in a terminal with a browser.

use crate::home::SSOX;
use crate::pty::{Terminal, eventually};
use crate::shells::program;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A browser and a person: reads the sign-in page, clicks `Allow access`, and follows the redirect.
const CLICKING_BROWSER: &str = r#"#!/usr/bin/env python3
import os, re, sys, urllib.parse, urllib.request
assert 'ssox-sandbox-' not in os.environ['HOME'], 'a browser belongs to its own home'
page = urllib.request.urlopen(sys.argv[1]).read().decode()
action = urllib.parse.urljoin(sys.argv[1], re.search('action="([^"]*)"', page)[1])
fields = dict(re.findall('type="hidden" name="([^"]*)" value="([^"]*)"', page))
form = urllib.parse.urlencode({**fields, 'decision': 'allow'}).encode()
urllib.request.urlopen(action, form).read()
"#;

/// The command of the README.
fn sandbox_of_cargo() -> Command {
    outside_ci(cargo(&["run", "--quiet", "--example", "sandbox"]))
}

/// The sandbox without cargo, which would wait in the terminal for the end of every other build. That it is built is
/// waited for here, without a time limit.
fn sandbox() -> Command {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let build = cargo(&["build", "--quiet", "--bin", "ssox", "--example", "sandbox"]).status();
        assert!(build.expect("cargo starts").success());
    });
    let mut command = Command::new(Path::new(SSOX).with_file_name("examples/sandbox"));
    command.env_remove("CARGO");
    outside_ci(command)
}

fn outside_ci(mut command: Command) -> Command {
    for name in ["CI", "BROWSER", "SSH_CONNECTION", "SSH_TTY"] {
        command.env_remove(name);
    }
    command
}

/// Returns a command of cargo's in this package.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    without_cargo(&mut command);
    command
}

/// Removes the variables that cargo sets for a test: they would make another cargo build everything again.
pub(crate) fn without_cargo(command: &mut Command) {
    let of_cargo = |name: &String| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST");
    for name in env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(of_cargo) {
        command.env_remove(name);
    }
}

#[test]
fn without_a_terminal_every_step_is_explained_and_succeeds() {
    let output = sandbox_of_cargo().stdin(Stdio::null()).output().expect("cargo starts");
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{shown}\n{errors}");
    for text in [
        "\n# Put the credentials of profile dev into this shell\n$ ssox use dev\n",
        "SSOX_PROFILE=dev",
        "\n$ ssox clear\n",
        "GetRoleCredentials 4",
    ] {
        assert!(shown.contains(text), "{text} is missing in:\n{shown}\n{errors}");
    }
    let secret = shown.lines().find_map(|line| line.strip_prefix("AWS_SECRET_ACCESS_KEY="));
    assert_eq!(secret.map(|secret| secret.chars().count()), Some(9), "only the ends are shown");
}

#[test]
fn in_a_terminal_a_newcomer_signs_in_with_a_browser_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let browser = directory.path().join("browser");
    fs::write(&browser, CLICKING_BROWSER).expect("a script can be written");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).expect("a script can be made to run");
    let mut command = sandbox();
    command.env("SHELL", "/bin/bash").env("BROWSER", &browser);
    let mut terminal = Terminal::start(command);
    terminal.wait_for("a home of its own, ");
    let home = PathBuf::from(terminal.wait_for(". Try:"));
    assert!(home.join(".aws/config").exists());
    terminal.enter("ssox use dev && echo in''side=$SSOX_PROFILE");
    terminal.wait_for("inside=dev");
    terminal.enter("ssox clear; echo out''side=${AWS_ACCESS_KEY_ID-}.");
    terminal.wait_for("outside=.");
    terminal.enter("exit 7");
    let (_, status) = terminal.wait_for_end();
    assert_eq!((status.code(), home.exists()), (Some(7), false));
}

#[test]
fn a_sandbox_whose_terminal_is_closed_leaves_nothing_behind() {
    let mut command = sandbox();
    command.env("SHELL", "/bin/bash");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("a home of its own, ");
    let home = PathBuf::from(terminal.wait_for(". Try:"));
    terminal.enter("ssox --version && echo in''side");
    terminal.wait_for("inside");
    terminal.hang_up();
    terminal.wait_for_end();
    assert!(!home.exists());
}

/// After a sign-in, a process of ssox in the background lists the accounts, and writes them into the home directory.
#[test]
fn a_process_that_outlives_the_shell_leaves_nothing_behind() {
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let done = directory.path().join("done");
    let mut command = sandbox();
    command.env("SHELL", "/bin/bash");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("a home of its own, ");
    let home = PathBuf::from(terminal.wait_for(". Try:"));
    terminal.enter(&format!("(sleep 1; mkdir -p ~/late; : >{}) & disown; exit", done.display()));
    terminal.wait_for_end();
    eventually("the process has ended", || done.exists().then_some(()));
    assert!(!home.exists());
}

/// The stand-in confirms the sign-in by itself where there is no browser.
#[test]
fn it_opens_each_supported_shell_with_ssox_loaded() {
    let names = ["bash", "zsh", "fish", "pwsh", "nu", "elvish", "xonsh", "yash", "ksh93", "mksh", "dash"];
    std::thread::scope(|scope| {
        for shell in names.into_iter().filter_map(program) {
            scope.spawn(move || {
                let mut command = sandbox();
                command.env("SHELL", &shell).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
                let mut terminal = Terminal::start(command);
                terminal.wait_for(&format!("This is your {} with", shell.file_name().unwrap().display()));
                terminal.wait_for("watch the prompt renew them.");
                terminal.wait_for("sandbox ");
                terminal.enter("ssox use dev; sh -c 'echo inside: $SSOX_PROFILE'");
                terminal.wait_for("inside: dev");
                terminal.wait_for("sandbox ");
                terminal.enter("exit");
                terminal.wait_for("sandbox: ended, its files are removed");
            });
        }
    });
}
