//! boto3 uses the files and variables that ssox writes. The tests with the AWS CLI are in `aws_cli`.

use crate::home::Home;
use ssox_standin::{Grant, Person, token_file};
use std::process::{Command, Output};
use std::time::Duration;

/// Tells whether a Python package is installed. Without it the test fails in CI, and is skipped with a message
/// elsewhere.
pub(crate) fn has_package(package: &str) -> bool {
    let asked = Command::new("python3").args(["-c", &format!("import {package}")]).output();
    let is_there = asked.is_ok_and(|ran| ran.status.success());
    assert!(is_there || std::env::var_os("CI").is_none(), "{package} is not installed");
    if !is_there {
        eprintln!("NOT TESTED: {package} is not installed");
    }
    is_there
}

/// Runs Python with boto3 in the home.
pub(crate) fn python(home: &Home, script: &str) -> Option<Output> {
    let run = || home.command("python3").args(["-c", script]).output().expect("python starts");
    has_package("boto3").then(run)
}

/// Expects success, and returns what was printed.
#[track_caller]
pub(crate) fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

#[test]
fn credential_process_works_in_boto3() {
    let home = Home::signed_in();
    home.add_config(&format!(
        "[profile tools]\nregion = eu-west-1\ncredential_process = {} credential-process dev\n",
        crate::home::SSOX
    ));
    let script = "import boto3\nprint(boto3.Session(profile_name='tools').client('sts').get_caller_identity()['Arn'])";
    let Some(output) = python(&home, script) else { return };
    assert!(printed(&output).contains("assumed-role/AWSReservedSSO_ReadOnly_"), "{}", printed(&output));
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
}

#[cfg(unix)]
#[test]
fn boto3_takes_the_served_credentials_and_not_the_keys_of_gsutil() {
    let home = Home::signed_in();
    let keys = "[Credentials]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = s\n";
    std::fs::write(home.path(".boto"), keys).expect("a file can be written");
    if !has_package("boto3") {
        return;
    }
    let script = "import boto3\nprint(boto3.client('sts').get_caller_identity()['Arn'])";
    let arn = home.ssox(&["exec", "--serve", "dev", "--", "python3", "-c", script]).ok();
    assert!(arn.contains("assumed-role/AWSReservedSSO_ReadOnly_"), "{arn}");
}

#[test]
fn boto3_reads_the_token_that_ssox_refreshed() {
    let home = Home::new();
    home.sign_in(&ssox_standin::Grant { expires_in: -60, ..ssox_standin::Grant::default() });
    home.ssox(&["--emit=bash1", "use", "dev"]).ok();
    let script =
        "import boto3\nprint(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Account'])";
    let Some(output) = python(&home, script) else { return };
    assert_eq!(printed(&output), "111122223333");
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 1);
    assert_eq!(home.standin.count("reused_refresh_token"), 0);
}

const WHO: &str =
    "import boto3\nprint(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Account'])";

#[cfg(unix)]
#[test]
fn boto3_uses_and_refreshes_a_session_that_ssox_signed_in_to() {
    let home = Home::new();
    home.standin.configure(|options| {
        options.authorize = Person::Approves;
        // Botocore refreshes when less than 15 minutes are left, ssox when less than 5.
        options.access_token = Duration::from_secs(600);
    });
    let mut login = home.command(crate::home::SSOX);
    login.args(["login", "dev"]).env("BROWSER", "curl -sL --noproxy *");
    assert!(crate::pty::Terminal::start(login).wait_for_end().1.success());
    let Some(output) = python(&home, WHO) else { return };
    assert_eq!((printed(&output).as_str(), home.standin.count("CreateToken.refresh_token")), ("111122223333", 1));
    // ssox uses what botocore has written.
    home.ssox(&["credential-process", "stg"]).ok();
    assert_eq!(home.standin.count("CreateToken"), 2);
}

#[test]
fn a_session_that_boto3_refreshed_is_used_refreshed_and_ended_by_ssox() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    home.standin.configure(|options| options.access_token = Duration::from_secs(200));
    let Some(output) = python(&home, WHO) else { return };
    assert_eq!((printed(&output).as_str(), home.standin.count("CreateToken.refresh_token")), ("111122223333", 1));
    home.age_token();
    home.ssox(&["credential-process", "dev"]).ok();
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 2);
    home.ssox(&["logout", "dev"]).ok();
    assert_eq!(home.standin.count("Logout"), 1);
    assert!(!token_file(&home.path(""), "corp").exists());
    let Some(output) = python(&home, WHO) else { return };
    assert!(!output.status.success());
    assert_eq!((home.standin.count("reused_refresh_token"), home.standin.violations()), (0, vec![]));
}

#[cfg(unix)]
#[test]
fn boto3_finds_the_same_accounts_and_roles_after_migrate() {
    let home = Home::new();
    home.write_config(crate::configure::LEGACY);
    let script = "import boto3\nfor name in ('dev', 'stg'):\n \
        print(boto3.Session(profile_name=name, region_name='eu-west-1').client('sts').get_caller_identity()['Arn'].rsplit('/', 1)[0])";
    // Botocore names a legacy token's file after the start URL as it is written: each spelling gets a token.
    for spelling in [ssox_standin::START_URL.to_string(), format!("{}#/", ssox_standin::START_URL)] {
        home.standin.seed_token(&home.path(""), &spelling, &Grant::default());
    }
    let Some(before) = python(&home, script) else { return };
    home.ssox(&["configure", "migrate", "--yes"]).ok();
    home.standin.seed_token(&home.path(""), "d-1234567890", &Grant::default());
    let after = python(&home, script).expect("python is there");
    assert_eq!(printed(&after), printed(&before));
    assert!(printed(&after).contains("ReadOnly") && printed(&after).contains("PowerUser"), "{}", printed(&after));
}
