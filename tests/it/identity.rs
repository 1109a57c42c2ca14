//! The prompt never shows an identity that the shell does not have: after pasted access keys, AWS_PROFILE set by hand,
//! or one key without the other.

use crate::home::SSOX;
use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) const THEIRS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIATHEIRS1234WXYZ"), ("AWS_SECRET_ACCESS_KEY", "theirs"), ("AWS_SESSION_TOKEN", "theirs")];
const COMPARED: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
];

pub(crate) type Environment = BTreeMap<String, String>;

/// Returns the environment of a child of the shell.
pub(crate) fn environment(session: &mut Session, home: &Home) -> Environment {
    session.run("command env >~/env");
    let text = home.read("env");
    text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
}

/// Returns the prompt segment and its state.
pub(crate) fn segment(session: &mut Session, home: &Home) -> String {
    session.run("echo \"$SSOX_SEGMENT|$SSOX_SEGMENT_STATE\" >~/segment");
    home.read("segment").trim_end().to_owned()
}

pub(crate) fn status(session: &mut Session, home: &Home) -> Value {
    session.run("ssox status --json >~/status");
    serde_json::from_str(&home.read("status")).expect("status is JSON")
}

/// Asserts that prompt, state and status all show whether the identity is foreign.
#[track_caller]
pub(crate) fn says_foreign(session: &mut Session, home: &Home, foreign: bool) -> Environment {
    let (shown, status) = (segment(session, home), status(session, home));
    let environment = environment(session, home);
    let seen = session.terminal.transcript();
    assert_eq!(shown == "dev:ReadOnly?|foreign", foreign, "{shown} {seen}");
    assert_eq!(shown.starts_with("dev:ReadOnly 5"), !foreign, "{shown} {seen}");
    assert_eq!(environment.get("SSOX_STATE").is_some_and(|state| state == "foreign"), foreign, "{seen}");
    assert_eq!(status["foreign"], foreign, "{status} {seen}");
    assert_eq!(status["account_id"].is_null(), foreign, "{status}");
    environment
}

fn paste(session: &mut Session, shell: Shell, variables: &[(&str, &str)]) {
    let lines: Vec<String> = variables.iter().map(|(name, value)| shell.export(name, value)).collect();
    session.run(&lines.join("; "));
}

fn unset(shell: Shell, name: &str) -> String {
    if shell == Shell::Fish { format!("set -e {name}") } else { format!("unset {name}") }
}

#[test]
fn pasted_keys_are_shown_and_kept() {
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let ours = says_foreign(&mut session, &home, false);
        paste(&mut session, shell, &THEIRS);
        let theirs = says_foreign(&mut session, &home, true);
        for (name, value) in THEIRS {
            assert_eq!(theirs[name], value, "{shell:?}");
        }
        // With our expiry, botocore would reject their keys in an hour; our account id is not theirs.
        for name in ["AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "AWS_SSO_PROFILE"] {
            assert!(!theirs.contains_key(name), "{shell:?} {name}");
        }
        let told = session.run("ssox status");
        for words in ["of `dev`", "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "…WXYZ, unknown to ssox", "ssox use dev"]
        {
            assert!(told.replace("\r\n", "").contains(words) || words == "of `dev`", "{shell:?} {words}: {told}");
        }
        assert!(session.run("ssox doctor").contains("WXYZ"), "{shell:?}");
        // Not even when it would be due.
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        session.run("true");
        assert_eq!(environment(&mut session, &home)["AWS_ACCESS_KEY_ID"], THEIRS[0].1, "{shell:?}");
        // With our keys again, everything is as before, the expiry too.
        let back: Vec<(&str, &str)> = THEIRS.iter().map(|(name, _)| (*name, ours[*name].as_str())).collect();
        paste(&mut session, shell, &back);
        let back = says_foreign(&mut session, &home, false);
        for name in COMPARED.iter().chain(&["AWS_ACCOUNT_ID", "AWS_SSO_PROFILE"]) {
            assert_eq!(back.get(*name), ours.get(*name), "{shell:?} {name}");
        }
        assert_eq!(standin.count("GetRoleCredentials"), 1);
    });
}

#[test]
fn each_compared_value_counts() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let ours = says_foreign(&mut session, &home, false);
        for name in COMPARED.iter().chain(&["AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "SSOX_PROFILE"]) {
            paste(&mut session, shell, &[(name, "theirs")]);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            assert_eq!(status(&mut session, &home)["foreign"], true, "{shell:?} {name}");
            match ours.get(*name) {
                Some(value) => paste(&mut session, shell, &[(name, value)]),
                None => drop(session.run(&unset(shell, name))),
            }
            says_foreign(&mut session, &home, false);
        }
        for name in &COMPARED[..3] {
            session.run(&unset(shell, name));
            says_foreign(&mut session, &home, true);
            paste(&mut session, shell, &[(name, &ours[*name])]);
            says_foreign(&mut session, &home, false);
        }
    });
}

#[test]
fn what_was_not_judged_without_the_program_is_judged_when_it_is_back() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let (away, back) = match shell {
            Shell::Fish => ("set -g path_before $PATH; set -gx PATH /nowhere", "set -gx PATH $path_before"),
            _ => ("path_before=$PATH; PATH=/nowhere", "PATH=$path_before"),
        };
        for (between, foreign) in [(unset(shell, "AWS_PROFILE").as_str(), false), ("true", true)] {
            session.run(away);
            paste(&mut session, shell, &[("AWS_PROFILE", "theirs")]);
            session.run(between);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?}");
            session.run(back);
            says_foreign(&mut session, &home, foreign);
        }
    });
}

/// The AWS CLI and boto3 look for a profile without a name.
#[test]
fn an_empty_name_of_a_profile_is_foreign() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        for used in ["ssox use dev", "ssox use dev --profile-only"] {
            for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
                session.run(used);
                paste(&mut session, shell, &[(name, "")]);
                assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {used} {name}");
                let told = session.run("ssox status").replace("\r\n", "");
                assert!(
                    told.contains(&format!("empty, so the AWS CLI and boto3 refuse to start: {name}")),
                    "{shell:?}: {told}"
                );
                assert!(session.run("ssox doctor").contains("is set but empty"), "{shell:?} {name}");
                session.run("ssox clear");
                let told = session.run("ssox status").replace("\r\n", "");
                let (words, hint) = (format!("{name}  empty, so"), unset(shell, name));
                assert!(
                    name == "AWS_DEFAULT_PROFILE" || told.contains(&words) && told.contains(&hint),
                    "{shell:?}: {told}"
                );
                session.run(&unset(shell, name));
            }
        }
        session.run("ssox use dev");
        says_foreign(&mut session, &home, false);
    });
}

/// starship and powerlevel10k show it.
#[test]
fn the_name_that_prompts_of_others_show_is_put_right() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        paste(&mut session, shell, &[("AWS_SSO_PROFILE", "prod")]);
        assert_eq!(says_foreign(&mut session, &home, false)["AWS_SSO_PROFILE"], "dev", "{shell:?}");
        paste(&mut session, shell, &[("AWS_SSO_PROFILE", "prod"), ("AWS_REGION", "theirs")]);
        assert_eq!(says_foreign(&mut session, &home, true)["AWS_SSO_PROFILE"], "dev", "{shell:?}");
        // Beside other keys it is theirs, as aws-sso-cli sets it.
        paste(&mut session, shell, &[THEIRS[0], THEIRS[1], THEIRS[2], ("AWS_SSO_PROFILE", "prod")]);
        assert_eq!(says_foreign(&mut session, &home, true)["AWS_SSO_PROFILE"], "prod", "{shell:?}");
    });
}

#[test]
fn use_and_clear_end_it() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, &format!("{}\nLOAD", shell.export("AWS_PROFILE", "outer")));
        session.run("ssox use dev");
        paste(&mut session, shell, &THEIRS);
        session.run("ssox use dev");
        let ours = says_foreign(&mut session, &home, false);
        assert_ne!(ours["AWS_ACCESS_KEY_ID"], THEIRS[0].1);
        paste(&mut session, shell, &THEIRS);
        let told = session.run(&format!("ssox clear; {}", shell.status()));
        assert!(told.contains("status 0"), "{shell:?}: {told}");
        assert!(
            told.contains("access key `AKIATHEIRS1234WXYZ` stays in this shell, because ssox did not set it"),
            "{told}"
        );
        let cleared = environment(&mut session, &home);
        for (name, value) in THEIRS {
            assert_eq!(cleared[name], value, "{shell:?}");
        }
        assert_eq!(cleared.get("AWS_PROFILE").map(String::as_str), Some("outer"), "{shell:?}");
        let left: Vec<&String> =
            cleared.keys().filter(|name| name.starts_with("SSOX_") || name.contains("REGION")).collect();
        assert!(left.is_empty(), "{shell:?}: {left:?}");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
        // Values that a person has set are the previous values of the next `use`.
        session.run("ssox use dev");
        session.run("ssox clear");
        assert_eq!(environment(&mut session, &home)["AWS_ACCESS_KEY_ID"], THEIRS[0].1, "{shell:?}");
    });
}

/// Without an active directory tool no snapshot brings keys back: a person has set them.
#[test]
fn keys_that_were_replaced_or_cleared_can_be_set_by_hand() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        let stg = environment(&mut session, &home);
        let keys: Vec<(&str, &str)> = THEIRS.iter().map(|(name, _)| (*name, stg[*name].as_str())).collect();
        session.run("ssox use dev");
        paste(&mut session, shell, &keys);
        assert_eq!(says_foreign(&mut session, &home, true)[THEIRS[0].0], keys[0].1, "{shell:?}");
        session.run("ssox use stg; ssox clear");
        paste(&mut session, shell, &keys);
        session.run("true");
        let environment = environment(&mut session, &home);
        for (name, value) in keys {
            assert_eq!(environment.get(name).map(String::as_str), Some(value), "{shell:?} {name}");
        }
    });
}

#[test]
fn a_child_shell_finds_out_at_its_first_prompt() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let inherited = environment(&mut session, &home);
        let inherited: Vec<(&str, &str)> = inherited
            .iter()
            .filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("SSOX_"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut child = home.session_with(shell, "LOAD", &inherited);
        says_foreign(&mut child, &home, false);
        for (name, value) in [("AWS_PROFILE", "other"), ("AWS_ACCESS_KEY_ID", "AKIAOTHER"), ("AWS_REGION", "us-east-1")]
        {
            let export = shell.export(name, value);
            for rc in [format!("{export}\nLOAD"), format!("LOAD\n{export}")] {
                let mut child = home.session_with(shell, &rc, &inherited);
                let environment = says_foreign(&mut child, &home, true);
                assert_eq!(environment[name], value, "{shell:?}");
            }
        }
        // Without the record, nothing counts as set by ssox.
        let without: Vec<_> = inherited.iter().filter(|(name, _)| *name != "SSOX_IDENTITY").copied().collect();
        let mut child = home.session_with(shell, "LOAD", &without);
        assert_eq!(segment(&mut child, &home), "dev:ReadOnly?|foreign", "{shell:?}");
    });
}

#[test]
fn variables_that_are_no_longer_exported_are_noticed() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.run(match shell {
            Shell::Zsh => "typeset +x AWS_SECRET_ACCESS_KEY",
            Shell::Bash => "export -n AWS_SECRET_ACCESS_KEY",
            Shell::Fish => "set -gu AWS_SECRET_ACCESS_KEY $AWS_SECRET_ACCESS_KEY",
        });
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?}");
        session.run("ssox clear");
        session.run("echo \"[$AWS_SECRET_ACCESS_KEY]\" >~/left");
        assert_eq!(home.read("left"), "[]\n", "{shell:?}");
    }
}

#[test]
fn what_is_compared_is_never_run() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        // An associative array has such a value as its key; another array would evaluate it.
        session.run(&shell.export("AWS_PROFILE", "a[$(touch PWNED)`touch PWNED`]=] \\ \" *"));
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?}");
        session.run("true");
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    });
}

#[test]
fn a_region_expiration_or_name_that_is_no_longer_exported_is_noticed() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        for name in COMPARED[3..6].iter().chain(&["SSOX_PROFILE"]) {
            session.run("ssox use dev");
            session.run(&hide(shell, name));
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            session.run("ssox clear");
        }
    });
}

#[test]
fn a_record_that_is_no_longer_exported_is_exported_again() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let record = environment(&mut session, &home)["SSOX_IDENTITY"].clone();
        session.run(&hide(shell, "SSOX_IDENTITY"));
        let environment = says_foreign(&mut session, &home, false);
        assert_eq!(environment.get("SSOX_IDENTITY"), Some(&record), "{shell:?}");
    });
}

#[test]
fn the_end_that_the_segment_shows_is_in_status_too() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.run(&hide(shell, "SSOX_EXPIRES"));
        assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        let end = environment(&mut session, &home)["AWS_CREDENTIAL_EXPIRATION"].clone();
        assert_eq!(status(&mut session, &home)["expires_at"], end, "{shell:?}");
    });
}

/// A variable that is not exported reaches no program, so it counts when it is exported.
#[test]
fn what_is_exported_later_is_noticed_then() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let beside_keys = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"];
        let of_profile = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN"];
        for (used, ours, names) in [
            ("ssox use dev", "dev:ReadOnly 5", &beside_keys[..]),
            ("ssox use --profile-only dev", "dev:ReadOnly|", &of_profile),
            ("ssox use --profile-only dev", "dev:ReadOnly|", &beside_keys[1..]),
        ] {
            for name in names {
                session.run(used);
                session.run(&shell.set(name, "theirs"));
                let shown = segment(&mut session, &home);
                assert!(shown.starts_with(ours), "{shell:?} {used} {name}: {shown}");
                session.run(&match shell {
                    Shell::Fish => format!("set -gx {name} ${name}"),
                    _ => format!("export {name}"),
                });
                assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {used} {name}");
                session.run("ssox clear");
                session.run(&unset(shell, name));
            }
        }
    });
}

/// Returns the statement that unexports a variable: the shell keeps it, programs do not get it.
fn hide(shell: Shell, name: &str) -> String {
    match shell {
        Shell::Zsh => format!("typeset +x {name}"),
        Shell::Bash => format!("declare +x {name}"),
        Shell::Fish => format!("set -gu {name} ${name}"),
    }
}

#[test]
fn a_profile_that_only_ssox_profile_names_is_not_in_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let settings = [shell.export("SSOX_PROFILE", "dev"), shell.export("AWS_PROFILE", "mine")].join("\n");
        let mut session = home.session(shell, &format!("{settings}\nLOAD"));
        for use_and_clear in ["true", "ssox use stg; ssox clear", "ssox clear"] {
            session.run(use_and_clear);
            assert_eq!(segment(&mut session, &home), "|", "{shell:?} {use_and_clear}");
            let status = status(&mut session, &home);
            assert!(status["profile"].is_null() && status["account_id"].is_null(), "{shell:?} {status}");
            assert_eq!(status["foreign"], false, "{shell:?} {use_and_clear}");
            let environment = environment(&mut session, &home);
            assert_eq!((&*environment["SSOX_PROFILE"], &*environment["AWS_PROFILE"]), ("dev", "mine"), "{shell:?}");
        }
    });
}

#[test]
fn keys_can_be_set_by_hand_when_the_directory_is_left() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let dev = environment(&mut session, &home);
        let again: Vec<(&str, &str)> = THEIRS.iter().map(|(name, _)| (*name, dev[*name].as_str())).collect();
        paste(&mut session, shell, &[("DIRENV_DIFF", "x")]);
        session.run("ssox clear");
        session.run(&unset(shell, "DIRENV_DIFF"));
        paste(&mut session, shell, &[("AWS_REGION", "us-west-2")]);
        paste(&mut session, shell, &again);
        session.run("true");
        let environment = environment(&mut session, &home);
        for (name, value) in again {
            assert_eq!(environment.get(name).map(String::as_str), Some(value), "{shell:?} {name}");
        }
    });
}

#[test]
fn an_account_id_set_by_others_is_not_taken_for_that_of_our_keys() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let command = format!("{SSOX} status --json");
    let script = format!("AWS_ACCOUNT_ID=999988887777 {command}");
    let ran = home.command(SSOX).args(["exec", "dev", "--", "sh", "-c", &script]).output().expect("ssox starts");
    assert_eq!(serde_json::from_slice::<Value>(&ran.stdout).expect("status is JSON")["account_id"], "111122223333");
}

#[test]
fn verify_never_shows_their_arn_beside_our_role() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        let stg = environment(&mut session, &home);
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let keys: Vec<(&str, &str)> = THEIRS.iter().map(|(name, _)| (*name, stg[*name].as_str())).collect();
        paste(&mut session, shell, &keys);
        session.run("ssox status --verify >verified; ssox status --verify --json >verified.json");
        let (text, json) = (home.read("verified"), home.read("verified.json"));
        let json: Value = serde_json::from_str(&json).expect("status is JSON");
        assert!(text.contains("of profile `stg`") && text.contains("no longer as ssox set it for `dev`"), "{text}");
        assert!(text.contains("arn ") && !text.contains("ReadOnly\n"), "{text}");
        assert_eq!((&json["foreign"], &json["role_name"]), (&Value::Bool(true), &Value::Null));
    }
}

#[test]
fn verify_with_keys_that_aws_does_not_know_still_shows_what_is_known() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let used = [("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_IDENTITY", "x")];
    let ran = home.command(SSOX).args(["status", "--verify"]).envs(used).envs(THEIRS).output().expect("ssox starts");
    let (text, error) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(text.contains("access key …WXYZ, unknown to ssox") && text.contains("session      corp"), "{text}");
    assert!(error.starts_with("ssox: ") && ran.status.code() == Some(5), "{error}");
}

#[test]
fn a_renewal_is_ours_too() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(890));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let first = environment(&mut session, &home);
        home.age_credentials();
        session.run(&shell.export("SSOX_NEXT", "1"));
        eventually("a new key", || {
            session.press_enter();
            let now = environment(&mut session, &home);
            assert!(!segment(&mut session, &home).contains('?'), "{shell:?}");
            (now["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]).then_some(())
        });
        assert_eq!(status(&mut session, &home)["foreign"], false, "{shell:?}");
    });
}

/// fish hands an exported universal variable to programs even where a global one hides it in the shell.
#[test]
fn fish_refuses_what_universal_variables_would_hide() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = home.session(Shell::Fish, "LOAD");
    for name in ["AWS_PROFILE", "AWS_VAULT", "AWS_SECURITY_TOKEN"] {
        session.run(&format!("set -Ux {name} other"));
        let told = session.run("ssox use dev; echo status $status");
        assert!(told.contains(&format!("set -eU {name}")) && told.contains("status 70"), "{name}: {told}");
        let environment = environment(&mut session, &home);
        assert!(!environment.contains_key("SSOX_PROFILE") && !environment.contains_key("AWS_ACCESS_KEY_ID"), "{name}");
        assert!(session.run("ssox doctor").contains(&format!("set -eU {name}")), "{name}");
        session.run("ssox exec dev -- env >~/env");
        assert!(!home.read("env").contains("SSOX_UNIVERSAL"), "{name}");
        session.run(&format!("set -eU {name}"));
    }
    session.run("ssox use dev");
    says_foreign(&mut session, &home, false);
    // One that is set later is a foreign identity, and `clear` still works.
    session.run("set -Ux AWS_PROFILE other");
    says_foreign(&mut session, &home, true);
    assert!(session.run("ssox clear; echo status $status").contains("status 0"));
    session.run("set -eU AWS_PROFILE");
}

#[test]
fn clear_in_a_child_shell_succeeds() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let script = format!("{}\nssox clear\n{}\ncommand env >child", shell.load(), shell.status());
        home.write("script", &script);
        assert!(session.run(&format!("{} ~/script", shell.name())).contains("status 0"), "{shell:?}");
        assert!(!home.read("child").contains("SSOX_PROFILE"), "{shell:?}");
    }
}
