//! A full disk: ssox does not request a token that it could not store, because AWS issues it only once.

use crate::home::{Home, Ran, SSOX};
use crate::shown::{says, shows};
use ssox_standin::{Grant, Person};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// Runs ssox where files can be created but not written, as on a full disk; this works as root too.
fn full(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = home.command("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", SSOX]).args(arguments);
    Ran(command.output().expect("sh starts"))
}

fn token(home: &Home) -> String {
    std::fs::read_to_string(ssox_standin::token_file(&home.path(""), "corp")).expect("there is a token")
}

#[test]
fn a_refresh_token_is_not_used_when_the_new_token_cannot_be_written() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -1, ..Grant::default() });
    let before = token(&home);
    for verb in [&["exec", "dev", "--", "true"][..], &["--emit=zsh1", "use", "dev"], &["credential-process", "dev"]] {
        says!(home, full(&home, verb).fails(4), @r"
        ssox: the token of `corp` was not refreshed: could not write `~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json`: file too large
        ssox: hint: df -h ~/.aws/sso/cache; ls -ld ~/.aws/sso/cache
        ");
    }
    assert_eq!((token(&home), home.standin.total()), (before, 0));
    home.ssox(&["exec", "dev", "--", "true"]).ok();
    assert_eq!((home.standin.count("CreateToken"), home.standin.count("reused_refresh_token")), (1, 0));
}

#[test]
fn a_valid_token_is_used_when_a_new_one_cannot_be_written() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: 240, ..Grant::default() });
    home.age_token();
    let ran = full(&home, &["exec", "dev", "--", "true"]);
    ran.ok();
    shows!(home, ran.stderr(), @"ssox: warning: the token of `corp` was not refreshed: could not write `~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json`: file too large; the old token is still valid for LEFT");
    assert_eq!((home.standin.count("CreateToken"), home.standin.count("GetRoleCredentials")), (0, 1));
}

#[test]
fn nobody_is_asked_to_sign_in_for_a_token_that_cannot_be_written() {
    let home = Home::new();
    home.standin.configure(|options| options.device = Person::Approves);
    let mut command = home.command("sh");
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" login dev --device-code --no-browser";
    command.args(["-c", script, SSOX]).env("TERM", "xterm-256color");
    let (seen, status) = crate::pty::Terminal::start(command).wait_for_end();
    assert_eq!((status.code(), home.standin.total()), (Some(4), 0), "{seen}");
    assert!(seen.contains("cannot sign in to `corp`: could not write"), "{seen}");
}

/// A person who asks for credentials gets them, and is told first that they cannot be cached.
#[test]
fn a_token_that_cannot_be_written_is_used_for_this_command() {
    let home = Home::new();
    home.standin.configure(|options| options.device = Person::Approves);
    let mut command = home.command("sh");
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" exec dev -- sh -c 'echo key $AWS_ACCESS_KEY_ID'";
    command.args(["-c", script, SSOX]).env("TERM", "xterm-256color");
    let (seen, status) = crate::pty::Terminal::start(command).wait_for_end();
    assert_eq!(status.code(), Some(0), "{seen}");
    assert!(seen.contains("only this command can use the token") && seen.contains("key ASIA"), "{seen}");
    assert!(home.files(".aws/sso/cache").is_empty(), "{:?}", home.files(".aws/sso/cache"));
}

/// In a read-only home nothing is lost: the command uses the new token.
#[test]
fn in_a_read_only_home_an_expired_token_is_refreshed_for_the_command() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -1, ..Grant::default() });
    let directory = home.path(".aws/sso/cache");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = home.command(if rustix::process::geteuid().is_root() { "setpriv" } else { "env" });
    if rustix::process::geteuid().is_root() {
        command.args(["--bounding-set", "-dac_override", "--inh-caps", "-dac_override"]);
    }
    let ran = Ran(command.args([SSOX, "exec", "dev", "--", "true"]).output().unwrap());
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    ran.ok();
    assert_eq!(ran.stderr().matches("warning:").count(), 1, "{}", ran.stderr());
    assert_eq!((home.standin.count("CreateToken"), home.standin.count("GetRoleCredentials")), (1, 1));
}
