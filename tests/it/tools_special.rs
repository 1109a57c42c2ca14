//! Credentials and settings that only some AWS tools read: the access keys of gsutil, an API key for Amazon Bedrock, old
//! names of variables. `status --tools`, doctor and `exec --serve` know them.

use crate::home::{Home, SSOX};
use crate::shown::says;
use crate::tools::{KEYS, row, rows};
use serde_json::Value;
use std::fs;

const BOTO: &str = "[Credentials]\naws_access_key_id = AKIAUNKNOWN00005678\naws_secret_access_key = s\n";
const CONTAINER: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/");

fn doctor(home: &Home, variables: &[(&str, &str)]) -> String {
    String::from_utf8(home.ssox_with(&["doctor"], variables).0.stdout).unwrap()
}

#[test]
fn the_keys_of_gsutil_are_taken_before_a_container_by_the_tools_of_botocore() {
    let home = Home::signed_in();
    fs::write(home.path(".boto"), BOTO).unwrap();
    let rows = rows(&home, &[CONTAINER]);
    for tool in ["AWS CLI v1", "AWS CLI v2", "boto3", "Ansible", "polars with boto3"] {
        let row = row(&rows, tool);
        assert_eq!((&row["identity"], &row["source"], &row["renews"]), (&Value::Null, &"file".into(), &false.into()));
        let why = row["why"].as_str().unwrap();
        assert!(why.contains("/.boto: access key …5678, unknown to ssox"), "{why}");
    }
    assert_eq!(row(&rows, "Go v2")["source"], "container");
    let said = doctor(&home, &[CONTAINER]);
    let words = "/.boto: access key …5678, unknown to ssox: AWS CLI v1, AWS CLI v2, boto3,";
    assert!(said.contains("warning: these tools use the access keys in ") && said.contains(words), "{said}");
    assert!(said.contains("; other tools ask the container"), "{said}");
    let file = home.path("keys");
    fs::write(&file, "AWSAccessKeyId=AKIAOLD\nAWSSecretKey=s\n").unwrap();
    let said = doctor(&home, &[CONTAINER, ("AWS_CREDENTIAL_FILE", file.to_str().unwrap())]);
    assert!(said.contains("/keys: access key …AOLD") && said.contains("hint: unset AWS_CREDENTIAL_FILE"), "{said}");
    let refused = home.ssox(&["status", "--verify"]).stderr();
    assert!(refused.contains("only AWS tools can verify the access keys in "), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_served_program_does_not_take_the_keys_of_gsutil() {
    let home = Home::signed_in();
    let boto_config = || {
        let text = home.ssox_with(&["exec", "--serve", "dev", "--", "env"], &[("AWS_CREDENTIAL_FILE", "/x")]).ok();
        assert!(!text.contains("AWS_CREDENTIAL_FILE="), "{text}");
        text.lines().find_map(|line| line.strip_prefix("BOTO_CONFIG=").map(String::from))
    };
    fs::write(home.path(".boto"), "[Credentials]\n#aws_access_key_id = <yours>\ngs_oauth2_refresh_token = t\n")
        .unwrap();
    assert_eq!(boto_config(), None, "gsutil keeps its settings");
    fs::write(home.path(".boto"), BOTO).unwrap();
    assert!(boto_config().is_some_and(|path| path.starts_with('/')));
    let held = home.ssox(&["exec", "--serve", "dev", "--", SSOX, "status", "--tools", "--json"]).ok();
    let rows: Vec<Value> = serde_json::from_str(&held).expect("an array");
    assert_eq!(
        (&row(&rows, "boto3")["identity"], &row(&rows, "boto3")["source"]),
        (&"dev".into(), &"container".into())
    );
    let kept = home.ssox(&["exec", "--serve", "--keep-config", "dev", "--", "env"]);
    assert!(!kept.ok().contains("BOTO_CONFIG="));
    assert!(kept.stderr().contains("/.boto` instead of the local server for credentials"), "{}", kept.stderr());
}

#[test]
fn the_tools_of_botocore_prefer_the_old_name_of_the_session_token() {
    let home = Home::signed_in();
    let why = |variables: &[(&str, &str)], tool: &str| {
        let rows = rows(&home, &[&KEYS[..], variables].concat());
        row(&rows, tool)["why"].as_str().unwrap().replace(": access key …1234, unknown to ssox", "")
    };
    let (old, new) = (("AWS_SECURITY_TOKEN", "old"), ("AWS_SESSION_TOKEN", "new"));
    let plain = "access keys in the environment";
    assert_eq!(why(&[old, new], "AWS CLI v2"), format!("{plain}, with the token in AWS_SECURITY_TOKEN"));
    assert_eq!(why(&[old, new], "Go v2"), plain);
    assert_eq!(why(&[old], "Ansible"), format!("{plain}, without the token in AWS_SECURITY_TOKEN"));
    assert_eq!(why(&[old, ("AWS_SESSION_TOKEN", "old")], "boto3"), plain);
}

#[test]
fn verify_sends_the_token_that_the_aws_cli_sends() {
    let home = Home::signed_in();
    let tokens = [("AWS_SESSION_TOKEN", "new"), ("AWS_SECURITY_TOKEN", "old")];
    let verified = home.ssox_with(&["status", "--verify"], &[&KEYS[..], &tokens].concat());
    assert_ne!(verified.status(), 0, "the stand-in does not know the keys");
    let requests = home.standin.requests();
    assert_eq!(requests[0].header("x-amz-security-token"), Some("old"));
}

/// Tools would send that token with the new access keys, and refuse the keys after that time.
#[test]
fn export_unsets_the_token_and_the_expiration_of_other_credentials() {
    let home = Home::signed_in();
    home.add_config("[profile static]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = s\n");
    let keys = "export AWS_ACCESS_KEY_ID=AKIASTATIC\nexport AWS_SECRET_ACCESS_KEY=s\n";
    let left = [
        ("AWS_SESSION_TOKEN", "old"),
        ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        ("AWS_SECURITY_TOKEN", "old"),
    ];
    let export = |arguments: &[&str]| home.ssox_with(&[&["export"], arguments].concat(), &left).ok().replace('\'', "");
    assert_eq!(home.ssox(&["export", "static"]).ok().replace('\'', ""), keys);
    let unset = "unset AWS_SESSION_TOKEN\nunset AWS_CREDENTIAL_EXPIRATION\nunset AWS_SECURITY_TOKEN\n";
    assert_eq!(export(&["static"]), format!("{keys}{unset}"));
    let of_role = export(&["dev"]);
    assert!(of_role.ends_with("\nunset AWS_SECURITY_TOKEN\n") && of_role.matches("unset").count() == 1, "{of_role}");
    assert!(!export(&["static", "--format", "env-no-export"]).contains("TOKEN"), "it has no way to unset");
}

/// botocore parses the variable, and fails if it is not a time with a time zone.
#[test]
fn an_expiration_that_is_not_a_time_stops_the_tools_of_botocore() {
    let home = Home::signed_in();
    let junk = [&KEYS[..], &[("AWS_CREDENTIAL_EXPIRATION", "never")]].concat();
    let rows = rows(&home, &junk);
    let why = "refuses: AWS_CREDENTIAL_EXPIRATION is not a time with a time zone";
    for tool in ["AWS CLI v1", "AWS CLI v2", "boto3", "polars with boto3"] {
        assert_eq!(row(&rows, tool)["why"], why, "{tool}");
    }
    assert_eq!(row(&rows, "JS v3")["source"], "environment");
    let said = doctor(&home, &junk);
    assert!(said.contains("AWS_CREDENTIAL_EXPIRATION is not a time with a time zone: the AWS CLI and boto3 refuse"));
    assert!(!said.contains("these tools would use other credentials"), "the others take the keys of the shell: {said}");
}

#[test]
fn an_api_key_for_bedrock_is_shown_beside_the_identity_of_the_shell() {
    let home = Home::signed_in();
    let key = ("AWS_BEARER_TOKEN_BEDROCK", "secret-api-key");
    let text = home.ssox_with(&["exec", "dev", "--", SSOX, "status", "--tools"], &[key]).ok();
    let row = "! the API key in AWS_BEARER_TOKEN_BEDROCK, instead of all other credentials\n    Bedrock clients\n";
    assert!(text.ends_with(row) && !text.contains(key.1), "{text}");
    let said = doctor(&home, &[key, ("AWS_PROFILE", "dev")]);
    assert!(
        said.contains("warning: AWS_BEARER_TOKEN_BEDROCK is set: clients for Amazon Bedrock send this API key"),
        "{said}"
    );
    assert!(said.contains("hint: unset AWS_BEARER_TOKEN_BEDROCK"), "{said}");
    assert!(!doctor(&home, &[key]).contains("BEDROCK"), "no identity is selected");
}

#[test]
fn verify_and_doctor_say_that_boto3_prefers_the_other_profile_variable() {
    let home = Home::signed_in();
    let both = [("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "stg")];
    let verified = home.ssox_with(&["status", "--verify"], &both);
    let words = "this is the identity of the AWS CLI; boto3 takes other credentials: AWS_DEFAULT_PROFILE: sso_session";
    assert!(verified.stderr().contains(words), "{}", verified.stderr());
    assert!(verified.ok().contains("ReadOnly"), "that of dev");
    assert!(doctor(&home, &both).contains("boto3 takes `stg` (AWS_DEFAULT_PROFILE: sso_session)"));
    home.add_config("[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
    let said = doctor(&home, &both[1..]);
    assert!(said.contains("JS v3 takes `default` ([default]: static keys in the config file)"), "{said}");
}

#[test]
fn a_role_that_needs_keys_of_the_environment_is_refused_without_them() {
    let home = Home::signed_in();
    home.add_config(
        "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/Admin\ncredential_source = Environment\n",
    );
    let role = ("AWS_PROFILE", "role");
    let why = |variables: &[(&str, &str)], tool: &str| row(&rows(&home, variables), tool)["why"].clone();
    let missing = "there are no access keys in the environment";
    assert_eq!(why(&[role], "boto3"), format!("refuses: AWS_PROFILE: an assumed role, but {missing}"));
    assert_eq!(why(&[role], "JS v3"), format!("refuses: it cannot use an assumed role, because {missing}"));
    let keys = [&KEYS[..], &[role]].concat();
    assert_eq!(why(&keys, "JS v3"), "AWS_PROFILE, although access keys are set: an assumed role");
    let said = doctor(&home, &keys);
    assert!(said.contains("most AWS tools never assume the role of profile `role`"), "{said}");
}

/// Writes a protected profile whose credentials AWS tools get through `ssox credential-process`, as `configure populate
/// --credential-process` writes it, and a role that is assumed with it.
fn protected(protection: &str) -> Home {
    let home = Home::signed_in();
    home.add_config(&format!(
        "[profile prod]\ncredential_process = {SSOX} credential-process prod\nssox_managed = corp\n\
        ssox_account_id = 111122223333\nssox_role_name = ReadOnly\n{protection}\n\
        [profile deploy]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = prod\n"
    ));
    home
}

#[test]
fn a_process_that_ssox_refuses_is_shown_as_refused() {
    let home = protected("ssox_protected = true");
    let row = |profile: &str, tool: &str| row(&rows(&home, &[("AWS_PROFILE", profile)]), tool).clone();
    let cause = "profile `prod` is protected, so programs get no credentials from this profile";
    let refused = row("prod", "boto3");
    assert_eq!((&refused["source"], &refused["identity"]), (&"none".into(), &Value::Null));
    assert_eq!(refused["why"], format!("refuses: AWS_PROFILE: credential_process, but {cause}"));
    assert_eq!(row("deploy", "Go v2")["why"], format!("refuses: AWS_PROFILE: an assumed role, but {cause}"));
    let unsigned = format!("unsigned: it cannot use credential_process, because {cause}");
    assert_eq!(row("prod", "C++ (pyarrow)")["why"], unsigned);
    for protection in ["ssox_protected = unattended", "ssox_protected = false"] {
        let home = protected(protection);
        let rows = rows(&home, &[("AWS_PROFILE", "prod")]);
        assert_eq!(self::row(&rows, "boto3")["identity"], "prod", "{protection}");
    }
}

#[test]
fn the_account_of_a_process_is_not_looked_up() {
    let home = Home::signed_in();
    home.add_config(&format!(
        "[profile named]\ncredential_process = {SSOX} credential-process 'Data Platform/ReadOnly'\n"
    ));
    let rows = rows(&home, &[("AWS_PROFILE", "named")]);
    assert_eq!(row(&rows, "boto3")["identity"], "named");
    assert!(home.standin.requests().is_empty(), "{:?}", home.standin.counts());
}

#[test]
fn profile_only_is_refused_where_tools_would_get_no_credentials_of_a_protected_profile() {
    let home = protected("ssox_protected = true");
    let refused = home.ssox(&["--emit=zsh1", "use", "--yes", "--profile-only", "prod"]).fails(3);
    says!(home, refused, @r"
    ssox: AWS tools would get no credentials with --profile-only: profile `prod` is protected, so programs get no credentials from this profile
    ssox: hint: `ssox use prod` in a shell; or write `ssox_protected = unattended` into the profile, so that programs get its credentials without a question
    ");
    let of_role = home.ssox(&["--emit=zsh1", "use", "--profile-only", "deploy"]).fails(3);
    assert!(of_role.contains("profile `prod` is protected"), "{of_role}");
    home.ssox(&["--emit=zsh1", "use", "--yes", "prod"]).ok();
    let unattended = protected("ssox_protected = unattended");
    unattended.ssox(&["--emit=zsh1", "use", "--yes", "--profile-only", "prod"]).ok();
    let by_pattern = [("SSOX_PROTECT", "prod")];
    protected("").ssox_with(&["--emit=zsh1", "use", "--yes", "--profile-only", "prod"], &by_pattern).fails(3);
}

/// No AWS tool reads the expiration that another tool wrote beside the access keys.
#[test]
fn keys_in_the_credentials_file_that_have_expired_are_shown_as_such() {
    let home = Home::signed_in();
    const OWN: &str = "aws_access_key_id = ASIAWRITTEN\naws_secret_access_key = s\n";
    let keys = |end: &str| {
        let keys = format!("[wr]\n{OWN}aws_session_token = t\nx_security_token_expires = {end}\n");
        fs::write(home.path(".aws/credentials"), keys).unwrap();
    };
    let only = ["--emit=zsh1", "use", "--profile-only", "wr"];
    keys("2099-01-01T00:00:00Z");
    let used = home.ssox(&only);
    used.ok();
    let set: Vec<(String, String)> = used.all_set();
    let held: Vec<(&str, &str)> = set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(home.ssox_with(&["status"], &held).ok().contains("until 2099-01-01T00:00:00Z"));
    keys("2020-01-01T00:00:00Z");
    assert!(home.ssox_with(&["status"], &held).ok().contains("credentials  expired at 2020-01-01T00:00:00Z"));
    let rows = rows(&home, &held);
    let why = row(&rows, "boto3")["why"].as_str().unwrap();
    assert_eq!(why, "AWS_PROFILE: static keys in the credentials file, but they expired at 2020-01-01T00:00:00Z");
    says!(home, home.ssox(&only).fails(3), @r"
    ssox: the access keys of profile `wr` expired at TIME
    ssox: hint: to renew the access keys of `[wr]`, run the tool that wrote them
    ");
}
