//! The AWS CLI v2 and ssox read each other's cache files.

use crate::clients::printed;
use crate::home::{Home, SSOX};
use crate::pty::Terminal;
use crate::shown::says;
use ssox_standin::{Grant, Person, START_URL, token_file};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

pub(crate) const ACCOUNT: [&str; 7] =
    ["sts", "get-caller-identity", "--query", "Account", "--output", "text", "--profile"];

/// The AWS services that the stand-in replaces.
const SERVICES: [(&str, &str); 3] = [("sso", "2019-06-10"), ("sso-oidc", "2019-06-10"), ("sts", "2011-06-15")];

/// Finds version 2, which need not be the first `aws` on PATH. Without it the test fails in CI, and is skipped with a
/// message elsewhere.
fn program() -> Option<PathBuf> {
    let is_v2 = |path: &PathBuf| {
        let asked = Command::new(path).arg("--version").output();
        asked.is_ok_and(|ran| ran.stdout.starts_with(b"aws-cli/2"))
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join("aws")).find(is_v2);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "the AWS CLI v2 is not installed");
    if found.is_none() {
        eprintln!("NOT TESTED: the AWS CLI v2 is not installed");
    }
    found
}

/// Runs the AWS CLI in the home. Releases before 2.13 do not read endpoints from variables, so the endpoint is in a
/// rules file, which all read.
pub(crate) fn aws(home: &Home, arguments: &[&str]) -> Option<Output> {
    let program = program()?;
    let rules = serde_json::json!({
        "version": "1.0",
        "parameters": { "Region": { "builtIn": "AWS::Region", "required": false, "type": "String", "documentation": "" } },
        "rules": [{ "type": "endpoint", "conditions": [], "endpoint": { "url": home.standin.url(), "properties": {}, "headers": {} } }],
    });
    for (service, version) in SERVICES {
        let directory = home.path(&format!(".aws/models/{service}/{version}"));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("endpoint-rule-set-1.json"), rules.to_string()).unwrap();
    }
    Some(home.command(program.to_str().unwrap()).args(arguments).output().expect("the AWS CLI starts"))
}

#[track_caller]
fn is_signed_in(home: &Home, arguments: &[&str]) {
    let mut login = home.command(SSOX);
    login.args(["login"]).args(arguments).env("BROWSER", "curl -sL --noproxy *");
    let (said, status) = Terminal::start(login).wait_for_end();
    assert!(status.success(), "{said}");
}

/// A home where a person allows the access, and with tokens that the AWS CLI refreshes at once: it does with less than
/// 15 minutes left, ssox with less than 5.
fn approving() -> Home {
    let home = Home::new();
    home.standin.configure(|options| {
        (options.authorize, options.device) = (Person::Approves, Person::Approves);
        options.access_token = Duration::from_secs(600);
    });
    home
}

#[test]
fn the_aws_cli_uses_and_refreshes_a_session_of_ssox() {
    for how in [&["dev"][..], &["dev", "--device-code"]] {
        let home = approving();
        is_signed_in(&home, how);
        for (profile, id) in [("dev", "111122223333"), ("stg", "222233334444")] {
            let Some(output) = aws(&home, &[&ACCOUNT[..], &[profile]].concat()) else { return };
            assert_eq!(printed(&output), id);
        }
        let refreshes = home.standin.count("CreateToken.refresh_token");
        assert!(refreshes > 0, "{:?}", home.standin.counts());
        // ssox uses what the AWS CLI has written, role credentials too.
        let fetched = home.standin.count("GetRoleCredentials");
        home.ssox(&["credential-process", "stg"]).ok();
        assert_eq!(home.standin.count("GetRoleCredentials"), fetched);
        fs::remove_dir_all(home.path(".aws/cli/cache")).unwrap();
        home.ssox(&["credential-process", "stg"]).ok();
        assert_eq!(home.standin.count("CreateToken.refresh_token"), refreshes);
        assert_eq!((home.standin.count("reused_refresh_token"), home.standin.violations()), (0, vec![]));
    }
}

#[test]
fn ssox_uses_refreshes_and_ends_a_session_of_the_aws_cli() {
    let home = approving();
    home.standin.configure(|options| options.access_token = Duration::from_secs(200));
    let Some(output) = aws(&home, &["sso", "login", "--sso-session", "corp"]) else { return };
    assert!(printed(&output).contains("Successfully logged into Start URL"), "{}", printed(&output));
    home.age_token();
    home.ssox(&["credential-process", "dev"]).ok();
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 1);
    // ssox uses its client registration for the same flow.
    is_signed_in(&home, &["dev", "--device-code", "--fresh"]);
    assert_eq!(home.standin.count("RegisterClient"), 1);
    home.ssox(&["logout", "dev"]).ok();
    assert_eq!(home.standin.count("Logout"), 1);
    let output = aws(&home, &[&ACCOUNT[..], &["stg"]].concat()).expect("it is there");
    assert!(!output.status.success());
    assert_eq!((home.standin.count("reused_refresh_token"), home.standin.violations()), (0, vec![]));
}

#[test]
fn a_legacy_profile_is_signed_in_for_both() {
    let home = approving();
    let Some(output) = aws(&home, &["sso", "login", "--profile", "legacy"]) else { return };
    printed(&output);
    home.ssox(&["credential-process", "legacy"]).ok();
    home.ssox(&["logout", "legacy"]).ok();
    assert!(!token_file(&home.path(""), START_URL).exists());
    is_signed_in(&home, &["legacy"]);
    let output = aws(&home, &[&ACCOUNT[..], &["legacy"]].concat()).expect("it is there");
    assert_eq!(printed(&output).len(), 12);
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn aws_sso_logout_ends_the_session_of_ssox() {
    let home = Home::signed_in();
    home.ssox(&["credential-process", "dev"]).ok();
    let Some(output) = aws(&home, &["sso", "logout"]) else { return };
    printed(&output);
    says!(home, home.ssox(&["credential-process", "dev"]).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    assert_eq!(home.standin.count("Logout"), 1);
}

#[test]
fn a_session_that_ssox_renewed_is_used_as_it_is() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    home.ssox(&["credential-process", "dev"]).ok();
    let Some(output) = aws(&home, &[&ACCOUNT[..], &["dev"]].concat()) else { return };
    assert_eq!(printed(&output), "111122223333");
    assert_eq!((home.standin.count("CreateToken"), home.standin.violations()), (1, vec![]));
    // The role credentials, too.
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
}
