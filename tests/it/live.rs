//! Real shells in terminals, with the real ssox and a stand-in of Identity Center. `wrappers` and `hook` test single
//! rules of the shell scripts with a scripted ssox.

use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, in_each, now, shells, signed_in};
use ssox_standin::{Fault, Times};
use std::collections::BTreeMap;
use std::time::Duration;

const NAMES: &str = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_REGION \
    AWS_DEFAULT_REGION AWS_ACCOUNT_ID AWS_SSO_PROFILE AWS_PROFILE AWS_VAULT AWS_SECURITY_TOKEN SSOX_PROFILE SSOX_ROLE \
    SSOX_EXPIRES SSOX_NEXT SSOX_PROMPT SSOX_PREVIOUS AWSUME_PROFILE";

/// Returns the environment of a child of the shell.
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
fn use_changes_profiles_and_clear_restores() {
    in_each(&shells(), |shell| {
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
        assert!(session.run(&format!("ssox use nonsense; {}", shell.status())).contains("status 4"), "{shell:?}");
        assert_eq!(probe(&mut session, &home), held, "{shell:?}");

        assert!(session.run(&format!("ssox clear; {}", shell.status())).contains("status 0"), "{shell:?}");
        assert_eq!(probe(&mut session, &home), before, "{shell:?}");
    });
}

/// What follows `&&` depends on it.
#[test]
fn use_and_clear_succeed_at_a_prompt() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        for line in ["use dev", "use stg", "use -", "use dev --profile-only", "clear", "clear"] {
            let told = session.run(&format!("ssox {line}; {}", shell.status()));
            assert!(told.contains("status 0"), "{shell:?} {line}: {told}");
        }
        assert!(session.run(&format!("ssox use nosuch; {}", shell.status())).contains("status 4"), "{shell:?}");
    });
}

#[test]
fn profile_only_sets_aws_profile_and_clear_unsets_it() {
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
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(890));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let first = environment(&mut session, &home);
        home.age_credentials();
        standin.configure(|options| options.role_credentials = Duration::from_secs(3600));
        // The prompt does not wait for the renewal.
        standin.fault("GetRoleCredentials", Fault::Hold, Times::Forever);
        session.run(&shell.export("SSOX_NEXT", "1"));
        eventually("the request", || (standin.count("GetRoleCredentials") == 2).then_some(()));
        session.press_enter();
        assert_eq!(environment(&mut session, &home)["AWS_ACCESS_KEY_ID"], first["AWS_ACCESS_KEY_ID"]);
        standin.clear_faults("*");
        let renewed = eventually("a new key", || {
            session.press_enter();
            let now = environment(&mut session, &home);
            (now["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]).then_some(now)
        });
        assert!(renewed["SSOX_EXPIRES"] > first["SSOX_EXPIRES"], "{shell:?}");
        let transcript = session.terminal.transcript();
        assert!(
            !["[1]", "[2]", "one ", "Done"].iter().any(|word| transcript.contains(word)),
            "{shell:?}: {transcript}"
        );
        assert_eq!(standin.violations(), [""; 0]);
    });
}

#[test]
fn a_command_typed_after_the_end_has_keys_that_work() {
    let with_preexec: Vec<_> = shells().into_iter().filter(|shell| *shell != Shell::Bash).collect();
    in_each(&with_preexec, |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.run("command env >env");
        let expires: u64 = field(&home.read("env"), "SSOX_EXPIRES").parse().unwrap();
        eventually("the end", || (now() > expires).then_some(()));
        session.run("command env >env");
        let fresh: u64 = field(&home.read("env"), "SSOX_EXPIRES").parse().unwrap();
        assert!(fresh > expires, "{shell:?}: {}", session.terminal.transcript());
    });
}

fn field(environment: &str, name: &str) -> String {
    let prefix = format!("{name}=");
    environment.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}

#[test]
fn with_the_server_down_the_shell_continues_and_shows_it() {
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(4));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        standin.fault("*", Fault::Status(500), Times::Forever);
        says(&mut session, " failed]");
    });
}

#[test]
fn when_a_person_is_needed_the_segment_says_so_and_no_browser_opens() {
    in_each(&shells(), |shell| {
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
    });
}

/// Presses Enter until the prompt segment ends with this text.
fn says(session: &mut Session, end: &str) {
    eventually(end, || session.run("echo \"[$SSOX_SEGMENT]\"").contains(end).then_some(()));
}

#[test]
fn a_name_that_begins_with_a_dash_works_with_use_and_use_dash() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let config = home.read(".aws/config");
        home.write(".aws/config", &config.replace("[profile dev]", "[profile -prod--core]"));
        let mut session = home.session(shell, "LOAD");
        for (typed, profile) in
            [("ssox use -- -prod--core", "-prod--core"), ("ssox use stg", "stg"), ("ssox use -", "-prod--core")]
        {
            session.run(typed);
            assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], profile, "{shell:?} {typed}");
        }
        let segment = session.run("echo mar''ker");
        assert!(segment.contains("-prod--core:ReadOnly"), "{shell:?}: {segment}");
        session.run("ssox export >exported");
        assert!(home.read("exported").starts_with("export AWS_ACCESS_KEY_ID="), "{shell:?}");
        session.run("ssox exec -- -prod--core -- env >env");
        assert!(home.read("env").contains("\nSSOX_PROFILE=-prod--core\n"), "{shell:?}");
        session.run("ssox clear");
        assert!(!environment(&mut session, &home).contains_key("SSOX_PROFILE"), "{shell:?}");
    });
}
