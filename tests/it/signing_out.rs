//! `logout`: what it revokes, what it deletes, what it keeps.

use crate::home::Home;
use ssox_standin::{Fault, Grant, START_URL, Times, token_file};
use std::fs;

fn says(home: &Home, arguments: &[&str]) -> String {
    let ran = home.ssox(arguments);
    assert_eq!((ran.status(), ran.stdout().as_str()), (0, ""), "{}", ran.stderr());
    ran.stderr()
}

#[test]
fn logout_ends_one_session_on_the_server_and_on_disk() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    for profile in ["dev", "stg", "legacy"] {
        home.ssox(&["credential-process", profile]).ok();
    }
    let others = [".aws/sso/cache/other-tool.json", ".aws/sso/cache/notes.txt", ".aws/cli/cache/session.db"];
    others.iter().for_each(|path| fs::write(home.path(path), "{\"accessToken\": 1}").unwrap());
    let said = says(&home, &["logout", "dev"]);
    let file = token_file(&home.path(""), "corp").display().to_string();
    assert!(said.contains("signed out of `corp`; removed") && said.contains("of 2 roles"), "{said}");
    assert!(said.contains(file.trim_start_matches('/')), "{said}");
    assert_eq!(home.standin.count("Logout"), 1);
    assert!(!token_file(&home.path(""), "corp").exists() && token_file(&home.path(""), START_URL).exists());
    assert_eq!(home.files(".aws/cli/cache").len(), 2);
    assert!(others.iter().all(|path| home.path(path).exists()));
    assert!(home.ssox(&["credential-process", "dev"]).fails(3).contains("not signed in to `corp`"));
    home.ssox(&["credential-process", "legacy"]).ok();
    assert!(says(&home, &["logout", "--sso-session", "corp"]).contains("nothing to remove"));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn all_is_every_session_of_the_configuration_and_strangers_are_named() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    home.standin.seed_token(&home.path(""), "elsewhere", &Grant::default());
    let said = says(&home, &["logout", "--all"]);
    assert!(said.contains("signed out of `corp`") && said.contains(&format!("signed out of `{START_URL}`")), "{said}");
    let stranger = token_file(&home.path(""), "elsewhere");
    assert!(said.contains("kept `") && said.contains(stranger.file_name().unwrap().to_str().unwrap()), "{said}");
    assert!(stranger.exists());
    assert_eq!(home.files(".aws/sso/cache").len(), 1);
    assert_eq!(home.standin.count("Logout"), 2);
}

#[test]
fn the_token_is_deleted_even_if_the_server_cannot_be_reached() {
    let home = Home::signed_in();
    home.standin.fault("Logout", Fault::Status(500), Times::Forever);
    assert!(says(&home, &["logout", "dev"]).contains("the session there expires on its own"));
    assert!(!token_file(&home.path(""), "corp").exists());
}

#[test]
fn logout_succeeds_when_the_server_does_not_know_the_token() {
    let home = Home::signed_in();
    home.standin.end_sessions();
    let said = says(&home, &["logout", "dev"]);
    assert!(said.contains("signed out of `corp`") && !said.contains("warning"), "{said}");
}

#[test]
fn a_broken_token_file_is_deleted_too() {
    let home = Home::signed_in();
    fs::write(token_file(&home.path(""), "corp"), "{\"accessTok").unwrap();
    assert!(says(&home, &["logout", "dev"]).contains("removed"));
    assert!(!token_file(&home.path(""), "corp").exists());
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn a_shell_that_still_has_credentials_after_logout_is_told() {
    let home = Home::signed_in();
    let ran = home.ssox_with(&["logout", "dev"], &[("SSOX_PROFILE", "dev"), ("AWS_SESSION_TOKEN", "x")]);
    ran.ok();
    assert!(ran.stderr().contains("`ssox clear` removes them"));
}

#[test]
fn roles_that_were_assumed_with_the_sessions_roles_go_as_well() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    let role = |name: &str, source: &str| {
        format!(
            "[profile {name}]\nrole_arn = arn:aws:iam::444455556666:role/Target\nrole_session_name = {name}\nsource_profile = {source}\n"
        )
    };
    home.add_config(&[role("ours", "dev"), role("others", "legacy")].concat());
    for profile in ["ours", "others"] {
        home.ssox(&["credential-process", profile]).ok();
    }
    let ran = home.ssox_with(&["logout", "dev"], &[("SSOX_PROFILE", "ours"), ("AWS_SESSION_TOKEN", "x")]);
    ran.ok();
    assert!(ran.stderr().contains("of 2 roles") && ran.stderr().contains("`ssox clear`"), "{}", ran.stderr());
    assert!(home.ssox(&["credential-process", "ours"]).fails(3).contains("not signed in to `corp`"));
    let asked = home.standin.count("AssumeRole");
    home.ssox(&["credential-process", "others"]).ok();
    assert_eq!(home.standin.count("AssumeRole"), asked, "another session's role is still cached");
}

#[test]
fn logout_deletes_roles_given_with_role_arn_too() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    let role = ["--role-arn", "arn:aws:iam::444455556666:role/Target"];
    for profile in ["dev", "legacy"] {
        home.ssox(&[&["export", profile, "--format", "json"][..], &role].concat()).ok();
    }
    assert_eq!(home.files(".aws/cli/cache").len(), 4);
    assert!(says(&home, &["logout", "dev"]).contains("of 2 roles"));
    assert_eq!(home.files(".aws/cli/cache").len(), 2);
    home.ssox(&[&["export", "dev", "--format", "json"][..], &role].concat()).fails(3);
    home.ssox(&[&["export", "legacy", "--format", "json"][..], &role].concat()).ok();
    assert_eq!(home.standin.count("AssumeRole"), 2);
}
