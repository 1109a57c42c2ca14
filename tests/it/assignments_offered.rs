//! Accounts and roles without a profile, as real shells complete them with TAB and as the picker shows them.

use crate::shells::{Home, Session, Shell, shells, signed_in};
use serde_json::json;
use std::time::Duration;

const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
    [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";

/// The file of the session `corp`: sha1 of its name.
const FILE: &str = ".local/state/ssox/assignments/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// Names of accounts with shell syntax, quotes, brackets, a tab and an emoji.
const NAMES: [&str; 8] = [
    "Data Platform",
    "we$(touch PWN)ird",
    "ba`touch PWN`ck",
    "quo'te",
    "dou\"ble",
    "x!y;touch PWN",
    "rocket 🚀",
    "brack[et]s",
];

pub(crate) fn home() -> Home {
    let home = Home::scripted();
    home.write(".aws/config", CONFIG);
    let mut accounts = vec![
        json!({ "accountId": "111122223333", "accountName": "dev", "email": null, "roles": ["ReadOnly", "Other"] }),
        json!({ "accountId": "888800000000", "accountName": "ta\tb", "email": null, "roles": ["ReadOnly"] }),
    ];
    for (at, name) in NAMES.iter().enumerate() {
        let id = format!("77770000000{at}");
        accounts.push(json!({ "accountId": id, "accountName": name, "email": null, "roles": ["ReadOnly"] }));
    }
    let listing = json!({ "session": "corp", "startUrl": "https://corp.awsapps.com/start",
        "listedAt": "2026-11-20T12:00:00Z", "complete": true, "accounts": accounts });
    home.write(FILE, &listing.to_string());
    home
}

fn rc(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => "autoload -Uz compinit; compinit -u -d .dump\nLOAD",
        Shell::Bash | Shell::Fish => "LOAD",
    }
}

fn called(session: &mut Session, line: &str) -> String {
    let told = session.run(line);
    let (_, arguments) = told.rsplit_once("arguments:").unwrap_or_else(|| panic!("not called by {line:?}: {told}"));
    arguments.lines().next().unwrap_or_default().trim().to_string()
}

#[test]
fn an_assignment_becomes_one_word_and_runs_nothing() {
    for shell in shells() {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        for name in NAMES {
            let typed: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
            assert_eq!(
                called(&mut session, &format!("ssox export {typed}\t")),
                format!("<export> <{name}/ReadOnly>"),
                "{shell:?}"
            );
        }
        assert!(!home.path("PWN").exists(), "{shell:?}");
    }
}

#[test]
fn where_a_number_was_typed_numbers_are_offered_and_a_profile_replaces_its_assignment() {
    for shell in shells() {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        for (typed, name) in [
            ("777700000000", "777700000000/ReadOnly"),
            ("8888", "888800000000/ReadOnly"),
            ("1111", "111122223333/Other"),
            ("dev/", "dev/Other"),
        ] {
            assert_eq!(
                called(&mut session, &format!("ssox export {typed}\t")),
                format!("<export> <{name}>"),
                "{shell:?}"
            );
        }
    }
}

#[test]
fn an_assignment_is_used_cleared_and_used_again_in_every_shell() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use staging/Admin");
        assert!(
            session.run("echo \"[$SSOX_PROFILE] [$SSOX_PROMPT]\"").contains("[222233334444/Admin] [staging:Admin]"),
            "{shell:?}"
        );
        session.run("ssox use dev");
        session.run("ssox use -");
        assert!(session.run("echo \"[$SSOX_PROFILE]\"").contains("[222233334444/Admin]"), "{shell:?}");
        session.run("ssox clear");
        assert!(session.run("echo \"[$SSOX_PROFILE$AWS_ACCESS_KEY_ID$SSOX_SSO_SESSION]\"").contains("[]"), "{shell:?}");
    }
}
