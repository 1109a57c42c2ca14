//! nushell, elvish and xonsh in a terminal, with the real ssox and a stand-in of Identity Center: profiles change, are
//! renewed and expire, and the prompt never shows an identity that the shell does not have.

use crate::identity::THEIRS;
use crate::other_shells::{Session, in_each, run, session};
use crate::pty::eventually;
use crate::shells::{Home, signed_in};
use serde_json::Value;
use std::time::Duration;

fn status(session: &mut Session, home: &Home) -> Value {
    session.run("ssox status --json | sh -c 'cat >~/status'");
    serde_json::from_str(&home.read("status")).expect("status is JSON")
}

#[test]
fn use_changes_profiles_and_clear_restores() {
    in_each(|shell| {
        let (standin, home) = signed_in(Duration::from_secs(3300));
        let mine = [
            ("AWS_REGION", "my region"),
            ("AWS_ACCESS_KEY_ID", "AKIAMINE"),
            ("AWS_PROFILE", ""),
            ("AWS_VAULT", "vault"),
        ];
        let mut session = session(&home, shell, "LOAD", &mine);
        let before = session.state(&home);
        session.run("ssox use dev");
        let dev = session.state(&home);
        for (name, value) in [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCOUNT_ID", "111122223333"),
            ("SSOX_PROFILE", "dev"),
            ("SSOX_ROLE", "ReadOnly"),
        ] {
            assert_eq!(dev.get(name).map(String::as_str), Some(value), "{shell:?} {name}");
        }
        assert!(
            !dev.contains_key("AWS_PROFILE")
                && !dev.contains_key("AWS_VAULT")
                && dev["AWS_ACCESS_KEY_ID"] != "AKIAMINE"
        );
        assert!(session.segment(&home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        assert_eq!(status(&mut session, &home)["foreign"], false, "{shell:?}");
        session.run("ssox use stg");
        assert_eq!(session.state(&home)["AWS_REGION"], "eu-central-1", "{shell:?}");
        session.run("ssox use -");
        assert_eq!(session.state(&home)["AWS_ACCESS_KEY_ID"], dev["AWS_ACCESS_KEY_ID"], "{shell:?}");
        session.run("ssox use --profile-only dev");
        let only = session.state(&home);
        assert!(only["AWS_PROFILE"] == "dev" && !only.contains_key("AWS_ACCESS_KEY_ID"), "{shell:?}");
        assert_eq!(session.segment(&home), "dev:ReadOnly|ok", "{shell:?}");
        session.run("ssox clear");
        assert_eq!(session.state(&home), before, "{shell:?}");
        assert_eq!(session.segment(&home), "|", "{shell:?}");
        let transcript = session.terminal.transcript();
        assert!(!transcript.contains("rror") && !transcript.contains("unchanged"), "{transcript}");
        assert_eq!(standin.count("GetRoleCredentials"), 2);
    });
}

#[test]
fn pasted_keys_are_shown_and_kept() {
    in_each(|shell| {
        let (standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = session(&home, shell, "LOAD", &[("AWS_PROFILE", "outer")]);
        let outside = session.state(&home);
        session.run("ssox use dev");
        let ours = session.state(&home);
        THEIRS.iter().for_each(|(name, value)| session.export(name, value));
        assert_eq!(session.segment(&home), "dev:ReadOnly?|foreign", "{shell:?}");
        let theirs = session.state(&home);
        assert!(THEIRS.iter().all(|(name, value)| theirs[*name] == *value), "{shell:?}");
        for name in ["AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "AWS_SSO_PROFILE"] {
            assert!(!theirs.contains_key(name), "{shell:?} {name}");
        }
        assert_eq!(status(&mut session, &home)["foreign"], true, "{shell:?}");
        session.export("SSOX_NEXT", "1000000000");
        assert_eq!(session.state(&home)["AWS_ACCESS_KEY_ID"], THEIRS[0].1, "{shell:?}");
        for (name, _) in THEIRS {
            session.export(name, &ours[name]);
        }
        assert!(session.segment(&home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        assert_eq!(session.state(&home), ours, "{shell:?}");
        for name in ["AWS_REGION", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "AWS_SECURITY_TOKEN", "SSOX_PROFILE"] {
            session.export(name, "theirs");
            assert_eq!(session.segment(&home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            match ours.get(name) {
                Some(value) => session.export(name, value),
                None => drop(session.run(&shell.unset(name))),
            }
            assert!(session.segment(&home).starts_with("dev:ReadOnly 5"), "{shell:?} {name}");
        }
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            session.export(name, "");
            assert_eq!(session.segment(&home), "dev:ReadOnly?|foreign", "{shell:?} empty {name}");
            session.run(&shell.unset(name));
            assert!(session.segment(&home).starts_with("dev:ReadOnly 5"), "{shell:?} empty {name}");
        }
        session.run(&shell.unset("AWS_SESSION_TOKEN"));
        assert_eq!(session.segment(&home), "dev:ReadOnly?|foreign", "{shell:?}");
        session.run("ssox clear");
        assert_eq!(session.state(&home), outside, "{shell:?}");
        assert_eq!(standin.count("GetRoleCredentials"), 1);
    });
}

#[test]
fn an_edit_of_what_the_segment_shows_is_undone() {
    in_each(|shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("ssox use dev");
        let ours = session.state(&home);
        for (name, edited) in [
            ("SSOX_PROMPT", "prod:Admin"),
            ("SSOX_STATE", "foreign"),
            ("SSOX_EXPIRES", "4000000000"),
            ("SSOX_IDENTITY", ""),
            ("AWS_SSO_PROFILE", "prod"),
        ] {
            session.export(name, edited);
            let shown = session.segment(&home);
            assert!(shown.starts_with("dev:ReadOnly 5"), "{shell:?} {name}: {shown}");
            assert_eq!(session.state(&home), ours, "{shell:?} {name}");
        }
        session.run(&shell.unset("SSOX_IDENTITY"));
        session.run("ssox clear");
        assert!(session.state(&home).is_empty(), "{shell:?}");
    });
}

#[test]
fn a_child_shell_holds_what_it_inherits_and_clears_it() {
    in_each(|shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut parent = session(&home, shell, "LOAD", &[("AWS_PROFILE", "outer")]);
        parent.run("ssox use dev");
        let held = parent.state(&home);
        let next = parent.environment(&home)["SSOX_NEXT"].clone();
        let mut inherited: Vec<(&str, &str)> =
            held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        inherited.push(("SSOX_NEXT", &next));
        let mut child = session(&home, shell, "LOAD", &inherited);
        let shown = child.segment(&home);
        assert!(shown.starts_with("dev:ReadOnly 5"), "{shell:?}: {shown}");
        assert_eq!(child.state(&home), held, "{shell:?}");
        child.run("ssox clear");
        assert!(child.state(&home).is_empty(), "{shell:?}");
        inherited.push(("AWS_PROFILE", "theirs"));
        assert_eq!(session(&home, shell, "LOAD", &inherited).segment(&home), "dev:ReadOnly?|foreign", "{shell:?}");
        assert_eq!(parent.state(&home), held, "{shell:?}");
    });
}

#[test]
fn credentials_renew_by_themselves_at_a_prompt() {
    in_each(|shell| {
        let (_standin, home) = signed_in(Duration::from_secs(890));
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("ssox use dev");
        let first = session.state(&home)["AWS_ACCESS_KEY_ID"].clone();
        home.age_credentials();
        session.export("SSOX_NEXT", "1");
        eventually("a new key", || (session.state(&home)["AWS_ACCESS_KEY_ID"] != first).then_some(()));
        let shown = session.segment(&home);
        assert!(shown.starts_with("dev:ReadOnly "), "{shell:?}: {shown}");
        session.run("ssox clear");
        assert_eq!(session.state(&home), Default::default(), "{shell:?}");
    });
}

#[test]
fn a_protected_profile_asks_and_leaves_after_its_time() {
    in_each(|shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let protected = [("SSOX_PROTECT", "dev"), ("SSOX_PROTECTED_FOR", "1h"), ("AWS_REGION", "mine")];
        let mut session = session(&home, shell, "LOAD", &protected);
        for (keys, held) in [("\r", None), ("\x03", None), ("y\r", Some("dev"))] {
            session.terminal.enter("ssox use dev");
            session.terminal.wait_for("use the protected profile dev? [y/N] ");
            session.terminal.keys(keys);
            let shown = session.wait_for_prompt();
            assert!(!shown.contains("rror"), "{shell:?}: {shown}");
            assert_eq!(session.state(&home).get("SSOX_PROFILE").map(String::as_str), held, "{shell:?} {keys:?}");
        }
        // A later call does not prolong it.
        let until = session.environment(&home)["SSOX_PROTECTED_UNTIL"].clone();
        session.export("SSOX_NEXT", "4000000000");
        assert_eq!(session.environment(&home)["SSOX_NEXT"], until, "{shell:?}");
        // The time limit becomes the past, as it is when the time has come.
        session.export("SSOX_PROTECTED_UNTIL", "1");
        session.export("SSOX_NEXT", "1");
        assert_eq!(session.state(&home)["AWS_REGION"], "mine", "{shell:?}");
        let seen = session.terminal.seen();
        assert_eq!(seen.matches("ssox: removed the protected profile dev").count(), 1, "{shell:?}: {seen}");
        assert!(!session.state(&home).contains_key("AWS_ACCESS_KEY_ID"), "{shell:?}");
    });
}

#[test]
fn ctrl_c_at_the_sign_in_is_not_an_error_of_the_shell() {
    in_each(|shell| {
        let standin = ssox_standin::Standin::start();
        let home = Home::with(&standin);
        let mut session = session(&home, shell, "LOAD", &[]);
        session.terminal.enter("ssox use --no-input dev");
        let shown = session.wait_for_prompt();
        assert!(shown.contains("ssox login"), "{shell:?}: {shown}");
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("user_code");
        session.terminal.keys("\x03");
        let shown = session.wait_for_prompt();
        assert!(!shown.contains("terminated") && !shown.contains("rror"), "{shell:?}: {shown}");
        let status = session.run(shell.status());
        assert!(status.contains("status 130"), "{shell:?}: {shown} {status}");
        let state = session.state(&home);
        assert!(state.keys().all(|name| !name.starts_with("SSOX_")), "{shell:?}: {:?}", state.keys());
    });
}

#[test]
fn hints_and_doctor_speak_the_language_of_the_shell() {
    in_each(|shell| {
        let home = Home::new();
        let mut plain = session(&home, shell, "", &[("SHELL", "/bin/bash"), ("AWS_SECURITY_TOKEN", "x")]);
        let told = plain.run("ssox use dev").replace("\r\n", "");
        assert!(told.contains(&format!("ssox init {}", shell.name())), "{shell:?}: {told}");
        let told = plain.run("ssox doctor").replace("\r\n", "");
        assert!(told.contains("this shell has no ssox function"), "{shell:?}: {told}");
        let unset = shell.unset("AWS_SECURITY_TOKEN");
        assert!(told.contains(&unset), "{shell:?}: no `{unset}` in {told}");
        let mut loaded = session(&home, shell, "LOAD", &[("SHELL", "/bin/tcsh"), ("AWS_SECURITY_TOKEN", "x")]);
        let told = loaded.run("ssox doctor").replace("\r\n", "");
        assert!(told.contains(&unset) && !told.contains("ssox function"), "{shell:?}: {told}");
        assert!(!run(&home, shell, &shell.trying(&shell.program_call("ssox use dev"))).contains("AWS_SECRET"));
    });
}
