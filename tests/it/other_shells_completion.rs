//! Completion with TAB in nushell, elvish and xonsh inserts the right text as one word, and runs nothing.

use crate::completion::{NAMES, config};
use crate::other_shells::{Other, Session, in_each, session};
use crate::shells::Home;

/// The names of the other shells' tests, and two that these shells read as something else.
fn names() -> Vec<&'static str> {
    NAMES.into_iter().chain(["home~x", "null"]).collect()
}

fn home() -> Home {
    let home = Home::scripted();
    home.write(".aws/config", &config(&names()));
    // A file that `*` would match if it were expanded.
    home.write("starfile", "");
    home
}

/// Types a line that ends in TAB, presses Enter, and returns the arguments that ssox was called with.
fn called(session: &mut Session, line: &str) -> String {
    let told = session.complete(line);
    let (_, arguments) = told.rsplit_once("arguments:").unwrap_or_else(|| panic!("not called by {line:?}: {told}"));
    arguments.lines().next().unwrap_or_default().trim().to_string()
}

#[test]
fn every_name_becomes_one_word() {
    in_each(|shell| {
        let home = home();
        let mut session = session(&home, shell, "LOAD", &[]);
        for name in names() {
            let typed: String = name.chars().take_while(char::is_ascii_lowercase).collect();
            let typed = if name.starts_with("prod") || typed == name { &name[..name.len() - 1] } else { &typed };
            assert_eq!(
                called(&mut session, &format!("ssox login {typed}\t")),
                format!("<login> <{name}>"),
                "{shell:?}"
            );
        }
        assert!(!home.path("PWN").exists(), "{shell:?}");
    });
}

/// What is typed with an open quote, and the name that it becomes.
fn quoted(shell: Other) -> &'static [(&'static str, &'static str)] {
    match shell {
        Other::Nushell => &[
            ("\"acme c", "acme corp"),
            ("'acme c", "acme corp"),
            ("`acme c", "acme corp"),
            ("'we", "we$(touch PWN)ird"),
            ("\"quo", "quo'te"),
            ("'dou", "dou\"ble"),
            ("\"prod:a", "prod:admin"),
        ],
        Other::Elvish => &[
            ("\"acme c", "acme corp"),
            ("'acme c", "acme corp"),
            ("'we", "we$(touch PWN)ird"),
            ("\"quo", "quo'te"),
            ("'dou", "dou\"ble"),
        ],
        Other::Xonsh => &[
            ("\"acme c", "acme corp"),
            ("'acme c", "acme corp"),
            ("'we", "we$(touch PWN)ird"),
            ("\"quo", "quo'te"),
            ("'dou", "dou\"ble"),
        ],
    }
}

#[test]
fn a_name_is_completed_inside_open_quotes() {
    in_each(|shell| {
        let home = home();
        let mut session = session(&home, shell, "LOAD", &[]);
        for (typed, name) in quoted(shell) {
            let arguments = called(&mut session, &format!("ssox login {typed}\t"));
            assert_eq!(arguments, format!("<login> <{name}>"), "{shell:?} {typed}");
        }
        assert!(!home.path("PWN").exists(), "{shell:?}");
    });
}

#[test]
fn verbs_options_and_their_values_are_completed() {
    in_each(|shell| {
        let home = home();
        let mut session = session(&home, shell, "LOAD", &[]);
        for (typed, arguments) in [
            ("ssox sess\t", "<sessions>"),
            ("ssox status --verif\t", "<status> <--verify>"),
            ("ssox console --region eu-north\t", "<console> <--region> <eu-north-1>"),
            ("ssox console --region=eu-north\t", "<console> <--region=eu-north-1>"),
            ("ssox login --sso-session co\t", "<login> <--sso-session> <corp>"),
            ("ssox configure mig\t", "<configure> <migrate>"),
            ("ssox export --saml-response starf\t", "<export> <--saml-response> <starfile>"),
            ("ssox login acme\t", "<login> <acme corp>"),
        ] {
            assert_eq!(called(&mut session, typed), arguments, "{shell:?} {typed:?}");
        }
        let arguments = called(&mut session, "ssox exec prod:admin -- cat starf\t");
        assert_eq!(arguments, "<exec> <prod:admin> <--> <cat> <starfile>", "{shell:?}");
    });
}

#[test]
fn a_name_that_begins_with_a_dash_is_completed_after_two_dashes() {
    in_each(|shell| {
        let home = home();
        home.write(".aws/config", "[sso-session c]\nsso_start_url = https://c.awsapps.com/start\nsso_region = eu-west-1\n[profile -prod--core]\nsso_session = c\nsso_account_id = 111122223333\nsso_role_name = R\n");
        let mut session = session(&home, shell, "LOAD", &[]);
        assert_eq!(called(&mut session, "ssox login -- -pr\t"), "<login> <--> <-prod--core>", "{shell:?}");
    });
}

#[test]
fn a_broken_configuration_and_no_binary_complete_in_silence() {
    in_each(|shell| {
        let home = home();
        home.write(".aws/config", "[[[[\n");
        let mut session = session(&home, shell, "LOAD", &[]);
        // The first Enter closes an empty menu.
        session.terminal.keys("ssox login acme\t\r\r");
        session.terminal.wait_for("arguments: <login> <acme>");
        session.terminal.enter("sh -c 'rm ~/bin/ssox; echo go\"\"ne'");
        session.terminal.wait_for("gone");
        // What is typed before the prompt is not completed.
        session.terminal.wait_for("<<");
        session.terminal.keys("ssox login acme\t");
        if shell == Other::Nushell {
            // Keys that come while an empty menu opens would be lost. Enter closes it.
            session.terminal.wait_for("NO RECORDS FOUND");
            session.terminal.keys("\r");
            session.terminal.wait_for("<<");
        }
        session.terminal.keys("\x15");
        session.terminal.enter("sh -c 'echo al\"\"ive'");
        session.terminal.wait_for("alive");
        let told = session.terminal.transcript();
        // elvish has an error of its own where nothing can be completed.
        let is_silent = shell == Other::Elvish || !told.contains("rror");
        assert!(is_silent && !told.contains("xception"), "{shell:?}: {told}");
    });
}
