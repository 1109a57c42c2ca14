//! bash 5.3 and fish 4, which most distributions do not have yet: those on PATH, or those that `tests/run` installs.

use crate::hook::{RENEWED, ticks};
use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, installed, now};
use crate::wrappers::GOOD;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns bash 5.3 or fish 4, or a later one.
fn newer(shell: Shell) -> Option<PathBuf> {
    let (name, from) = if shell == Shell::Fish { ("fish", (4, 0)) } else { ("bash", (5, 3)) };
    let unpacked = format!("target/test-debian/{name}/usr/bin/{name}");
    let programs = [name.into(), Path::new(env!("CARGO_MANIFEST_DIR")).join(unpacked)];
    let found = programs.into_iter().find(|program| version(program).is_some_and(|version| version >= from));
    if found.is_none() {
        // Written to stderr directly, so that the test harness does not capture it.
        let _ = writeln!(std::io::stderr(), "NOT TESTED: {name} {}.{} is not installed", from.0, from.1);
    }
    found
}

/// Returns the version that a shell prints: `GNU bash, version 5.3.15(1)-release`, `fish, version 4.0.2`.
fn version(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, numbers) = text.split_once("version ")?;
    let mut numbers = numbers.split('.').map_while(|number| number.trim().parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

fn session(home: &Home, shell: Shell, program: &Path, rc: &str, variables: &[(&str, &str)]) -> Session {
    let mut command = home.command(program);
    command.envs(variables.iter().copied());
    home.session_of(shell, rc, command)
}

/// At the prompt nothing is due yet; when the next command is typed, it is.
fn lets_time_pass(session: &mut Session, shell: Shell) {
    let due = now() + 8;
    let soon = [shell.export("SSOX_NEXT", &due.to_string()), shell.export("SSOX_EXPIRES", &(due + 60).to_string())];
    session.run(&soon.join("; "));
    eventually("the time to come", || (now() > due).then_some(()));
}

#[test]
fn a_command_typed_after_the_end_starts_with_fresh_keys() {
    for shell in [Shell::Bash, Shell::Fish] {
        let Some(program) = newer(shell) else { continue };
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let rc = if shell == Shell::Bash { "export PS0='of the person '\nLOAD" } else { "LOAD" };
        let mut session = session(&home, shell, &program, rc, &[]);
        lets_time_pass(&mut session, shell);
        assert_eq!(home.calls(), "", "{shell:?}");
        let told = session.run("command env >env");
        assert_eq!(home.calls(), format!("--emit={}1 tick --wait=2s\n", shell.name()));
        assert!(home.read("env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell:?}");
        assert!(shell == Shell::Fish || told.contains("of the person "), "{told}");
        assert!(!home.read("env").contains("_ssox_guard"), "another bash could not parse it");
        session.run("true");
        assert_eq!(ticks(&home), 1, "{shell:?}");
    }
}

#[test]
fn a_command_does_not_wait_where_a_person_is_needed() {
    let Some(program) = newer(Shell::Bash) else { return };
    for state in ["sign-in", "failed", "foreign"] {
        let home = Home::scripted();
        let ended = [("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "1000000000"), ("SSOX_NEXT", "4000000000")];
        let mut session =
            session(&home, Shell::Bash, &program, "LOAD", &[&ended[..], &[("SSOX_STATE", state)]].concat());
        session.run("true");
        assert_eq!(home.calls(), "", "{state}");
    }
}

#[test]
fn the_guard_of_bash_keeps_the_status_and_starts_no_process() {
    let Some(program) = newer(Shell::Bash).filter(|_| installed("strace")) else { return };
    let home = Home::scripted();
    let later = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "4000000000"), ("SSOX_EXPIRES", "4000000900")];
    let mut strace = home.command("strace");
    strace.args(["-f", "-qq", "-o", "trace", "-e", "trace=fork,vfork,clone,clone3,execve"]).arg(program).envs(later);
    let mut session = home.session_of(Shell::Bash, "LOAD\nLOAD", strace);
    session.run("(exit 7)");
    assert!(session.run("echo status $?; echo \"$PS0\" >ps0").contains("status 7"));
    assert_eq!(home.read("ps0").matches("_ssox_guard").count(), 1);
    let before = home.read("trace").lines().count();
    for _ in 0..10 {
        session.run("true");
    }
    assert_eq!(home.read("trace").lines().count(), before, "{}", home.read("trace"));
}

#[test]
fn a_person_may_remove_the_guard_of_bash() {
    let Some(program) = newer(Shell::Bash) else { return };
    let home = Home::scripted();
    let mut session = session(&home, Shell::Bash, &program, "LOAD", &[("SSOX_PROMPT", "dev")]);
    session.run("PS0=");
    session.run("true");
    assert!(session.run("echo \"[$PS0]\"").contains("[]"));
}

/// Without `promptvars`, bash prints PS0 and PS1 as they are.
#[test]
fn without_promptvars_bash_prints_nothing_of_ssox() {
    let programs = newer(Shell::Bash).into_iter().chain(installed("bash").then(|| "bash".into()));
    for program in programs {
        for (rc, line) in [("shopt -u promptvars\nLOAD", "true"), ("LOAD", "shopt -u promptvars")] {
            let home = Home::scripted();
            let mut session = session(&home, Shell::Bash, &program, rc, &[("SSOX_PROMPT", "dev")]);
            session.run("PS0='PS0 of the person '");
            session.run("true");
            session.run(line);
            let told = session.run("true") + &session.run("true");
            assert!(told.contains("PS0 of the person"), "{program:?} {rc}: {told}");
            let told = session.terminal.transcript();
            assert!(!told.contains("_ssox_"), "{program:?} {rc}: {told}");
            session.run("shopt -s promptvars");
            session.wait_for_prompt_with(&["dev"]);
        }
    }
}

#[test]
fn an_older_bash_has_no_guard() {
    if !installed("bash") || version(Path::new("bash")) >= Some((5, 3)) {
        return;
    }
    let home = Home::scripted();
    let mut session = home.session(Shell::Bash, "LOAD");
    session.run("true");
    session.run("echo \"$PS0\" >ps0; declare -F | grep -c ' _ssox_guard' >>ps0");
    assert!(!home.read("ps0").contains("guard") && home.read("ps0").ends_with("\n0\n"), "{}", home.read("ps0"));
}

#[test]
fn a_newer_shell_applies_replies_to_the_last_byte() {
    for shell in [Shell::Bash, Shell::Fish] {
        let Some(program) = newer(shell) else { continue };
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-SSOX_PROFILE\n-SSOX_PROMPT\n#end\n", 0);
        let names = "AWS_REGION AWS_SESSION_TOKEN SSOX_PROFILE AWS_PROFILE";
        let (set, load) = (shell.export("AWS_PROFILE", "mine"), shell.load());
        let script = format!(
            "{}\n{set}\n{load}\nssox use dev\nprobe {names}\nssox clear\nprobe {names}\nssox exec '*' 'a  b'",
            shell.probe()
        );
        home.write("script", &script);
        let output = home.command(program).arg("script").stdin(Stdio::null()).output().expect("the shell starts");
        let told = String::from_utf8_lossy(&output.stdout);
        let expected = "AWS_REGION exported [eu-west-1]\n\
            AWS_SESSION_TOKEN exported [a=b $(touch PWNED)`touch PWNED` 'x\"\\ ~ *]\nSSOX_PROFILE exported [dev]\nAWS_PROFILE unset\n\
            AWS_REGION unset\nAWS_SESSION_TOKEN unset\nSSOX_PROFILE unset\nAWS_PROFILE exported [mine]\n\
            arguments: <exec> <*> <a  b>\n";
        assert_eq!(told, expected, "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty() && !home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn a_newer_shell_shows_the_segment_and_completes() {
    for shell in [Shell::Bash, Shell::Fish] {
        let Some(program) = newer(shell) else { continue };
        let home = Home::scripted();
        home.write(".aws/config", &crate::completion::config(&["acme corp"]));
        let mut session = session(&home, shell, &program, "LOAD", &[("SSOX_PROMPT", "dev:ReadOnly")]);
        session.wait_for_prompt_with(&["dev:ReadOnly"]);
        session.terminal.keys("ssox login ac\t");
        assert!(session.run("").contains("arguments: <login> <acme corp>"), "{shell:?}");
    }
}
