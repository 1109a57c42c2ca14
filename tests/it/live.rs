//! The real thing: real shells in terminals, the real binary, a stand-in Identity Center.
//!
//! Deliberately not here: single rules of the wrappers and the hook, which a scripted binary shows better.

use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, shells};
use ssox_standin::{Fault, Grant, Standin, Times};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const NAMES: &str = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_REGION \
    AWS_DEFAULT_REGION AWS_ACCOUNT_ID AWS_SSO_PROFILE AWS_PROFILE AWS_VAULT AWS_SECURITY_TOKEN SSOX_PROFILE SSOX_ROLE \
    SSOX_EXPIRES SSOX_NEXT SSOX_PROMPT SSOX_PREVIOUS AWSUME_PROFILE";

fn signed_in(credentials: Duration) -> (Standin, Home) {
    let standin = Standin::start();
    standin.configure(|options| options.role_credentials = credentials);
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    (standin, home)
}

/// Lets the shell's child write its environment, and reads it.
fn environment(session: &mut Session, home: &Home) -> BTreeMap<String, String> {
    session.run("command env >env");
    let text = home.read("env");
    text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
}

fn probe(session: &mut Session, home: &Home) -> String {
    session.run(&format!("probe {NAMES} >probed"));
    home.read("probed")
}

#[test]
fn use_goes_there_and_back_and_clear_restores() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mine = [
            shell.set("AWS_REGION", "my region"),
            shell.export("AWS_ACCESS_KEY_ID", "AKIAMINE"),
            shell.export("AWS_SECRET_ACCESS_KEY", "my own"),
            shell.export("AWS_PROFILE", ""),
            shell.set("AWS_VAULT", "vault"),
        ];
        let mut session = home.session(shell, &format!("{}\nLOAD\n{}", mine.join("\n"), shell.probe()));
        let before = probe(&mut session, &home);
        assert!(
            before.contains("AWS_PROFILE exported []") && before.contains("AWS_REGION set [my region]"),
            "{before}"
        );

        session.run("ssox use dev");
        let dev = environment(&mut session, &home);
        for (name, value) in [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ACCOUNT_ID", "111122223333"),
            ("AWS_SSO_PROFILE", "dev"),
            ("SSOX_PROFILE", "dev"),
            ("SSOX_ROLE", "ReadOnly"),
            ("SSOX_PROMPT", "dev:ReadOnly"),
        ] {
            assert_eq!(dev.get(name).map(String::as_str), Some(value), "{shell:?} {name}");
        }
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "SSOX_EXPIRES",
            "SSOX_NEXT",
        ] {
            assert!(dev.get(name).is_some_and(|value| !value.is_empty() && value != "AKIAMINE"), "{shell:?} {name}");
        }
        assert!(
            ["AWS_PROFILE", "AWS_VAULT", "AWSUME_PROFILE"].iter().all(|name| !dev.contains_key(*name)),
            "{shell:?}: {dev:?}"
        );

        session.run("ssox use stg");
        let stg = environment(&mut session, &home);
        assert_eq!((stg["SSOX_PROFILE"].as_str(), stg["SSOX_PREVIOUS"].as_str()), ("stg", "dev"), "{shell:?}");
        session.run("ssox use -");
        assert_eq!(
            environment(&mut session, &home)["AWS_SECRET_ACCESS_KEY"],
            dev["AWS_SECRET_ACCESS_KEY"],
            "{shell:?}"
        );

        let held = probe(&mut session, &home);
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        assert!(session.run(&format!("ssox use nonsense; echo status {status}")).contains("status 4"), "{shell:?}");
        assert_eq!(probe(&mut session, &home), held, "{shell:?}");

        assert!(session.run(&format!("ssox clear; echo status {status}")).contains("status 0"), "{shell:?}");
        assert_eq!(probe(&mut session, &home), before, "{shell:?}");
    }
}

#[test]
fn profile_only_names_the_profile_and_clear_takes_it_out() {
    for shell in shells() {
        let (standin, home) = signed_in(Duration::from_secs(3600));
        let mut session = home.session(shell, &format!("LOAD\n{}", shell.probe()));
        let before = probe(&mut session, &home);
        session.run("ssox use dev");
        session.run("ssox use --profile-only stg");
        let held = environment(&mut session, &home);
        assert_eq!((held["AWS_PROFILE"].as_str(), held["SSOX_PREVIOUS"].as_str()), ("stg", "dev"), "{shell:?}");
        assert!(!held.contains_key("AWS_ACCESS_KEY_ID") && !held.contains_key("SSOX_EXPIRES"), "{shell:?}: {held:?}");
        session.run("ssox clear");
        assert_eq!(probe(&mut session, &home), before, "{shell:?}");
        assert_eq!(standin.count("GetRoleCredentials"), 1);
    }
}

#[test]
fn a_child_shell_holds_what_it_inherits_and_clears_it() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mut session = home.session(shell, &format!("LOAD\n{}", shell.probe()));
        session.run("ssox use dev");
        let held = environment(&mut session, &home);
        let script = match shell {
            Shell::Fish => "command ssox init fish | source; ssox clear; env >child; exit 0",
            _ => "eval \"$(command ssox init NAME)\"; ssox clear; env >child",
        };
        session.run(&format!("{} -c '{}'", shell.name(), script.replace("NAME", shell.name())));
        let child = home.read("child");
        assert!(!child.contains("AWS_SECRET_ACCESS_KEY") && !child.contains("SSOX_PROFILE"), "{shell:?}: {child}");
        assert_eq!(
            environment(&mut session, &home)["AWS_SECRET_ACCESS_KEY"],
            held["AWS_SECRET_ACCESS_KEY"],
            "{shell:?}"
        );
    }
}

#[test]
fn the_key_changes_by_itself_at_a_prompt() {
    for shell in shells() {
        let (standin, home) = signed_in(Duration::from_secs(8));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let first = environment(&mut session, &home);
        // A renewal that takes its time does not hold the prompt.
        standin.fault("GetRoleCredentials", Fault::Delay(Duration::from_secs(2)), Times::Forever);
        let mut slowest = Duration::ZERO;
        let renewed = eventually("a new key", || {
            let start = Instant::now();
            session.press_enter();
            slowest = slowest.max(start.elapsed());
            let now = environment(&mut session, &home);
            (now["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]).then_some(now)
        });
        assert!(renewed["SSOX_EXPIRES"] > first["SSOX_EXPIRES"], "{shell:?}");
        assert!(slowest < Duration::from_secs(1), "{shell:?}: a prompt took {slowest:?}");
        let transcript = session.terminal.transcript();
        assert!(
            !["[1]", "[2]", "one ", "Done"].iter().any(|word| transcript.contains(word)),
            "{shell:?}: {transcript}"
        );
        assert_eq!(standin.violations(), [""; 0]);
    }
}

#[test]
fn a_command_typed_after_the_end_has_keys_that_work() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        let (_standin, home) = signed_in(Duration::from_secs(3));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.run("command env >env");
        let expires: u64 = field(&home.read("env"), "SSOX_EXPIRES").parse().unwrap();
        eventually("the end", || (now() > expires).then_some(()));
        session.run("command env >env");
        let fresh: u64 = field(&home.read("env"), "SSOX_EXPIRES").parse().unwrap();
        assert!(fresh > expires, "{shell:?}: {}", session.terminal.transcript());
    }
}

fn field(environment: &str, name: &str) -> String {
    let prefix = format!("{name}=");
    environment.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is after 1970").as_secs()
}

#[test]
fn with_the_server_down_the_shell_goes_on_and_says_so() {
    for shell in shells() {
        let (standin, home) = signed_in(Duration::from_secs(4));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        standin.fault("*", Fault::Status(500), Times::Forever);
        says(&mut session, " unreachable]");
    }
}

#[test]
fn when_a_person_is_needed_the_segment_says_so_and_no_browser_opens() {
    for shell in shells() {
        let (standin, home) = signed_in(Duration::from_secs(4));
        home.write("bin/browser", "#!/bin/sh\ntouch OPENED\n");
        let mut command = home.command(shell.name());
        command.env("BROWSER", home.path("bin/browser")).env("DISPLAY", ":0");
        let mut session = home.session_of(shell, "LOAD", command);
        session.run("ssox use dev");
        standin.end_sessions();
        says(&mut session, " sign in]");
        assert!(!home.path("OPENED").exists(), "{shell:?}");
        assert_eq!(standin.count("StartDeviceAuthorization") + standin.count("Authorize"), 0, "{shell:?}");
    }
}

/// Presses Enter until the segment ends so.
fn says(session: &mut Session, end: &str) {
    eventually(end, || session.run("echo \"[$SSOX_SEGMENT]\"").contains(end).then_some(()));
}

/// What shells are fond of, and every character of a byte or of Latin-1 that a line of a file can hold.
fn hostile() -> Vec<String> {
    let each = ('\u{1}'..='\u{ff}').filter(|c| !matches!(c, '\n' | '\r')).map(|c| format!("a{c}b"));
    let said = [
        "$(touch PWNED)",
        "`touch PWNED`",
        "';touch PWNED;'",
        "\\",
        "a\\'b",
        "%F{red}%n",
        "~",
        "*",
        "=ls",
        "-n",
        "’;calc;‘",
        "é😀",
    ];
    each.chain(said.map(String::from)).collect()
}

#[test]
fn whatever_is_in_a_value_arrives_or_is_refused() {
    let standin = Standin::start();
    let home = Home::with(&standin);
    let values = hostile();
    let sections = values
        .iter()
        .enumerate()
        .map(|(n, value)| format!("[p{n}]\naws_access_key_id = AKIA{n}\naws_secret_access_key = {value}\n"));
    home.write(".aws/credentials", &sections.collect::<String>());
    let expected: Vec<Option<String>> = (0..values.len())
        .map(|n| {
            let output = home.command("ssox").args(["export", &format!("p{n}"), "--format", "json"]).output().unwrap();
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
            json["secret_access_key"].as_str().filter(|value| !value.contains(char::is_control)).map(String::from)
        })
        .collect();
    assert!(expected.iter().flatten().count() > 150, "nearly everything is refused");
    for shell in shells() {
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        let uses = (0..values.len())
            .map(|n| format!("ssox use p{n} 2>/dev/null; printf '%s %s\\0' {status} \"$AWS_SECRET_ACCESS_KEY\"\n"));
        let output = home.script(shell, &format!("LOAD\n{}", uses.collect::<String>()));
        let told: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        assert_eq!(told.len(), values.len() + 1, "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        for ((value, expected), told) in values.iter().zip(&expected).zip(told) {
            let told = String::from_utf8_lossy(told);
            match expected {
                Some(expected) => assert_eq!(told, format!("0 {expected}"), "{shell:?} {value:?}"),
                None => assert!(told.starts_with("4 "), "{shell:?} {value:?}: {told}"),
            }
        }
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn whatever_a_profile_is_called_is_used_or_refused() {
    let standin = Standin::start();
    let home = Home::with(&standin);
    let names: Vec<String> =
        hostile().into_iter().filter(|name| !name.contains(['[', ']', '"', '\\', '#', ';', '\''])).collect();
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = secret\n";
    let quoted = |name: &String| format!("[profile \"{name}\"]\n{keys}");
    home.write(".aws/config", &names.iter().map(quoted).collect::<String>());
    for shell in shells() {
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        let uses = (0..names.len()).map(|n| {
            format!("ssox use -- \"$NAME{n}\" 2>/dev/null; printf '%s %s\\0' {status} \"$AWS_SSO_PROFILE\"\n")
        });
        home.write("uses", &format!("{}\n{}", shell.load(), uses.collect::<String>()));
        let mut command = home.command(shell.name());
        command.arg("uses").envs(names.iter().enumerate().map(|(n, name)| (format!("NAME{n}"), name)));
        let output = command.output().unwrap();
        let told: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        assert_eq!(told.len(), names.len() + 1, "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        let mut used = 0;
        for (name, told) in names.iter().zip(told) {
            let told = String::from_utf8_lossy(told);
            match told.split_once(' ') {
                Some(("0", got)) => assert_eq!(got, name, "{shell:?}"),
                _ => assert!(told.starts_with("4 "), "{shell:?} {name:?}: {told}"),
            }
            used += usize::from(told.starts_with('0'));
        }
        assert!(used > 100, "{shell:?}: only {used} of {} names are used", names.len());
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}
