//! `ssox use` without a profile opens a picker; tested in a real terminal.

use crate::pty::{Terminal, screen};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const UP: &str = "\x1b[A";

/// A home whose profiles have keys of their own, so that nobody is asked for any.
fn home(names: impl IntoIterator<Item = String>) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut config = String::new();
    for (n, name) in names.into_iter().enumerate() {
        write!(config, "[profile '{name}']\nregion = eu-west-1\naws_access_key_id = AKIA{n}\n").unwrap();
        config.push_str("aws_secret_access_key = secret\n");
    }
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), config).unwrap();
    home
}

fn named(names: &[&str]) -> TempDir {
    home(names.iter().map(ToString::to_string))
}

/// Runs a line of sh in which `ssox` is the binary, in a terminal of that many columns.
fn sh(home: &Path, columns: u16, line: &str) -> Terminal {
    let binary = Path::new(env!("CARGO_BIN_EXE_ssox"));
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .env_clear()
        .env("HOME", home)
        .env("TERM", "xterm-256color")
        .env("PATH", format!("{}:/usr/bin:/bin", binary.parent().unwrap().display()));
    Terminal::start_sized(command, 24, columns)
}

/// Opens the picker with stdout captured, and prints the result.
const CAPTURED: &str = r#"before=$(stty -g); reply=$(ssox --emit=zsh1 use); status=$?
    test "$before" = "$(stty -g)" && echo "terminal as be""fore"; echo "sta""tus $status"
    echo "$reply" | grep SSOX_PROFILE"#;

#[test]
fn what_is_typed_finds_a_profile_and_enter_takes_it() {
    let home = named(&["dev", "staging", "prod admin"]);
    let mut terminal = sh(home.path(), 120, CAPTURED);
    terminal.wait_for("staging");
    terminal.keys("prad");
    terminal.wait_for("prad");
    terminal.keys("\r");
    terminal.wait_for("terminal as before");
    terminal.wait_for("status 0");
    terminal.wait_for("=SSOX_PROFILE=prod admin");
}

#[test]
fn the_terminal_is_read_although_stdin_is_a_file() {
    let home = named(&["dev", "staging"]);
    let mut terminal =
        sh(home.path(), 120, "reply=$(ssox --emit=zsh1 use < /dev/null); echo \"$reply\" | grep SSOX_PROFILE");
    terminal.wait_for("staging");
    terminal.keys("stag\r");
    terminal.wait_for("=SSOX_PROFILE=staging");
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    let home = named(&["dev", "staging"]);
    let mut terminal = sh(home.path(), 120, CAPTURED);
    terminal.wait_for("staging");
    terminal.keys("st\x03");
    terminal.wait_for("terminal as before");
    terminal.wait_for("status 130");
}

#[test]
fn ctrl_c_leaves_no_rows_on_the_screen() {
    let home = named(&["dev", "staging"]);
    // At the top of the screen and at its end, where the picker scrolls it.
    for lines in [1, 40] {
        let line = format!("seq {lines}; ssox --emit=zsh1 use; echo \"sta\"\"tus $?\"");
        let mut terminal = sh(home.path(), 120, &line);
        terminal.wait_for("staging");
        terminal.keys("st");
        terminal.wait_for("st");
        terminal.keys("\x03");
        terminal.wait_for("status 130");
        let shown = screen(&terminal.seen());
        let expected = format!("{lines}\nssox: interrupted\nstatus 130");
        assert!(shown == expected || shown.ends_with(&format!("39\n{expected}")), "{shown}");
    }
}

#[test]
fn escape_is_a_refusal() {
    let home = named(&["dev", "staging"]);
    let mut terminal = sh(home.path(), 120, CAPTURED);
    terminal.wait_for("staging");
    terminal.keys("\x1b");
    terminal.wait_for("no profile was chosen");
    terminal.wait_for("terminal as before");
    terminal.wait_for("status 3");
}

#[test]
fn the_most_used_profile_comes_first() {
    let home = named(&["a", "b", "c"]);
    let line =
        "ssox --emit=zsh1 use c >/dev/null; ssox --emit=zsh1 use c >/dev/null; ssox --emit=zsh1 use b > /dev/null
        ssox --emit=zsh1 use | grep SSOX_PROFILE";
    let mut terminal = sh(home.path(), 120, line);
    terminal.wait_for("c  eu-west-1");
    terminal.wait_for("b  eu-west-1");
    terminal.wait_for("a  eu-west-1");
    terminal.keys("\r");
    terminal.wait_for("=SSOX_PROFILE=c");
}

#[test]
fn a_profile_is_found_by_the_name_of_its_account() {
    let home = named(&["one", "two"]);
    let path = home.path().join(".aws/config");
    let config =
        fs::read_to_string(&path).unwrap().replace("[profile 'two']", "[profile 'two']\naws_account_id = 111122223333");
    fs::write(path, config).unwrap();
    fs::create_dir_all(home.path().join(".local/state/ssox")).unwrap();
    fs::write(home.path().join(".local/state/ssox/accounts.json"), r#"{"111122223333":"Sandbox"}"#).unwrap();
    let mut terminal = sh(home.path(), 120, CAPTURED);
    terminal.wait_for("two  Sandbox  111122223333");
    terminal.keys("sandb\r");
    terminal.wait_for("=SSOX_PROFILE=two");
}

#[test]
fn the_picker_fits_into_forty_columns() {
    let long = "a-profile-with-a-name-that-is-longer-than-the-terminal-is-wide";
    let home = named(&[long, "short"]);
    let mut terminal = sh(home.path(), 40, CAPTURED);
    let before = terminal.wait_for("short");
    assert!(before.contains('…'), "{before}");
    terminal.keys(UP);
    terminal.keys("longer");
    terminal.wait_for("longer");
    terminal.keys("\r");
    terminal.wait_for("status 0");
    terminal.wait_for(&format!("=SSOX_PROFILE={long}"));
}

#[test]
fn fifty_thousand_profiles_do_not_lag() {
    let home = home((0..50_000).map(|n| format!("account-{n:05}-ReadOnly")));
    let mut terminal = sh(home.path(), 120, CAPTURED);
    terminal.wait_for("account-00009");
    terminal.keys("43210");
    terminal.wait_for("account-43210");
    terminal.keys("\r");
    terminal.wait_for("=SSOX_PROFILE=account-43210-ReadOnly");
}

#[test]
fn a_name_cannot_control_the_terminal() {
    let home = named(&["a\x1b]0;owned\x07\u{202e}b", "plain"]);
    let mut terminal = sh(home.path(), 120, CAPTURED);
    let before = terminal.wait_for("plain");
    assert!(!before.contains("\x1b]0;") && !before.contains('\u{202e}'), "{before:?}");
    terminal.keys("\x03");
    terminal.wait_for("status 130");
}

#[test]
fn without_a_terminal_the_choices_are_named() {
    let home = named(&["dev", "staging"]);
    let output = Command::new(env!("CARGO_BIN_EXE_ssox"))
        .args(["--emit=zsh1", "use"])
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    insta::assert_snapshot!(said, @r"
    ssox: no profile is given: choose one of `dev`, `staging`
    ssox: hint: `ssox use NAME`; `ssox list` shows all profiles, `ssox list --assigned` every account and role
    ");
}
