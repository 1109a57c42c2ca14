//! `ssox configure`: the config file before and after, byte by byte.

use crate::home::Home;
use ssox_standin::Account;
use std::fs;

pub(crate) const LEGACY: &str = "# mine\n[profile dev]\nsso_start_url = https://d-1234567890.awsapps.com/start#/\n\
    sso_region=eu-west-1   \nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n# kept\n\n\
    [profile stg]\nregion = eu-central-1\nsso_start_url = https://d-1234567890.awsapps.com/start\n\
    sso_region = eu-west-1\nsso_account_id = 222233334444\nsso_role_name = PowerUser\n";
const MIGRATED: &str = "# mine\n[profile dev]\n\
    sso_account_id = 111122223333\nsso_role_name = ReadOnly\nsso_session = d-1234567890\n# kept\n\n\
    [profile stg]\nregion = eu-central-1\n\
    sso_account_id = 222233334444\nsso_role_name = PowerUser\nsso_session = d-1234567890\n\n\
    [sso-session d-1234567890]\nsso_start_url = https://d-1234567890.awsapps.com/start\n\
    sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";

fn config(home: &Home) -> String {
    fs::read_to_string(home.path(".aws/config")).unwrap()
}

#[test]
fn legacy_profiles_share_one_session_afterwards() {
    let home = Home::new();
    home.write_config(LEGACY);
    let ran = home.ssox(&["configure", "migrate", "--yes"]);
    ran.ok();
    assert_eq!(config(&home), MIGRATED);
    assert!(ran.stderr().contains("signing in as `dev` also signs in `stg`"), "{}", ran.stderr());
    assert!(home.ssox(&["configure", "migrate", "--yes"]).stderr().contains("nothing to do"));
}

#[test]
fn a_dry_run_prints_the_diff_and_writes_nothing() {
    let home = Home::new();
    home.write_config(LEGACY);
    let diff = home.ssox(&["configure", "migrate", "--dry-run"]).ok();
    assert!(
        diff.contains("\n+[sso-session d-1234567890]\n") && diff.contains("\n-sso_region=eu-west-1   \n"),
        "{diff}"
    );
    assert_eq!(config(&home), LEGACY);
}

#[test]
fn without_a_terminal_only_yes_writes() {
    let home = Home::new();
    home.write_config(LEGACY);
    let ran = home.ssox(&["configure", "migrate"]);
    assert_eq!(ran.status(), 3);
    assert!(ran.stderr().contains("--yes"), "{}", ran.stderr());
    assert_eq!(config(&home), LEGACY);
}

#[test]
fn windows_line_endings_stay() {
    let home = Home::new();
    home.write_config(&LEGACY.replace('\n', "\r\n"));
    home.ssox(&["configure", "migrate", "--yes"]).ok();
    assert_eq!(config(&home), MIGRATED.replace('\n', "\r\n"));
}

#[test]
fn keep_legacy_adds_and_removes_nothing() {
    let home = Home::new();
    home.write_config(LEGACY);
    let ran = home.ssox(&["configure", "migrate", "--keep-legacy", "--yes"]);
    ran.ok();
    assert!(ran.stderr().contains("the SDK for Rust rejects"), "{}", ran.stderr());
    let added = |line: &&str| line.starts_with("sso_session = ");
    let before: Vec<&str> = LEGACY.lines().collect();
    let after = config(&home);
    let kept: Vec<&str> =
        after.lines().take_while(|line| !line.starts_with("[sso-session")).filter(|line| !added(line)).collect();
    assert_eq!(kept[..before.len()], before[..]);
}

#[test]
fn after_migrate_the_same_accounts_and_roles_are_found() {
    let home = Home::new();
    home.write_config(LEGACY);
    let of = |home: &Home| -> Vec<(String, String)> {
        let list: serde_json::Value = serde_json::from_str(&home.ssox(&["list", "--json"]).ok()).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
        list.as_array().unwrap().iter().map(|row| (text(&row["account_id"]), text(&row["role_name"]))).collect()
    };
    let before = of(&home);
    home.ssox(&["configure", "migrate", "--yes"]).ok();
    assert_eq!(of(&home), before);
}

#[test]
fn profiles_in_the_credentials_file_are_named_and_not_migrated() {
    let home = Home::new();
    let keys = "sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";
    let credentials = format!("[alone]\n{keys}[half]\n{keys}");
    fs::write(home.path(".aws/credentials"), &credentials).unwrap();
    home.write_config(&format!("[profile half]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\n{LEGACY}"));
    let ran = home.ssox(&["configure", "migrate", "--yes"]);
    ran.ok();
    for name in ["alone", "half"] {
        assert!(ran.stderr().contains(&format!("profile `{name}` is not migrated")), "{}", ran.stderr());
    }
    let untouched = "[profile half]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\n";
    assert_eq!(config(&home), format!("{untouched}{MIGRATED}"));
    assert_eq!(fs::read_to_string(home.path(".aws/credentials")).unwrap(), credentials);
}

#[test]
fn a_profile_that_cannot_be_migrated_is_named_and_the_others_are_migrated() {
    let at = "sso_start_url = https://d-1234567890.awsapps.com/start\n";
    let rows = [
        (at.to_string(), "it has no `sso_region`"),
        (format!("{at}sso_region = Europe\n"), "its `sso_region`: `Europe` is not a region"),
        (format!("{at}sso_region = eu-west-1\n  output = json\n"), "is not a region"),
        ("sso_start_url = http://x\nsso_region = eu-west-1\n".into(), "`http://x` is not a start URL"),
    ];
    for (keys, why) in rows {
        let home = Home::new();
        let odd = format!("[profile odd]\n{keys}sso_account_id = 111122223333\n\n");
        home.write_config(&format!("{odd}{LEGACY}"));
        let ran = home.ssox(&["configure", "migrate", "--yes"]);
        ran.ok();
        assert!(
            ran.stderr().contains("profile `odd` is not migrated: ") && ran.stderr().contains(why),
            "{}",
            ran.stderr()
        );
        assert_eq!(config(&home), format!("{odd}{MIGRATED}"));
    }
}

#[test]
fn the_diff_shows_tabs_as_tabs() {
    let home = Home::new();
    home.write_config(&LEGACY.replace("sso_region=eu-west-1   ", "sso_region\t=\teu-west-1"));
    let ran = home.ssox(&["configure", "migrate", "--yes"]);
    ran.ok();
    assert!(ran.stderr().contains("\n-sso_region\t=\teu-west-1\n"), "{}", ran.stderr());
}

#[test]
fn kept_legacy_keys_are_removed_later_if_they_agree_with_the_session() {
    let home = Home::new();
    home.write_config(LEGACY);
    home.ssox(&["configure", "migrate", "--keep-legacy", "--yes"]).ok();
    let kept = config(&home);
    let again = home.ssox(&["configure", "migrate", "--keep-legacy", "--yes"]);
    assert!(again.stderr().contains("nothing to do"), "{}", again.stderr());
    assert_eq!(config(&home), kept);
    let odd = "\n[profile odd]\nsso_session=d-1234567890\nsso_region = us-east-1\n";
    home.write_config(&format!("{kept}{odd}"));
    let ran = home.ssox(&["configure", "migrate", "--yes"]);
    ran.ok();
    assert!(ran.stderr().contains("profile `odd` is not migrated"), "{}", ran.stderr());
    assert_eq!(config(&home), format!("{MIGRATED}{odd}"));
    assert!(home.ssox(&["configure", "migrate", "--yes"]).stderr().contains("nothing to do"));
}

#[test]
fn the_wizard_asks_nothing_that_is_given() {
    let home = Home::signed_in();
    let before = "; mine\r\n[sso-session corp]\r\nsso_start_url = https://d-1234567890.awsapps.com/start\r\nsso_region = eu-west-1\r\n";
    home.write_config(before);
    home.ssox(&[
        "configure",
        "sso",
        "--sso-session",
        "corp",
        "--account-id",
        "222233334444",
        "--role-name",
        "Admin",
        "--region",
        "eu-north-1",
        "--output",
        "json",
        "--profile",
        "new",
        "--yes",
    ])
    .ok();
    let added = "\r\n[profile new]\r\nsso_session = corp\r\nsso_account_id = 222233334444\r\nsso_role_name = Admin\r\n\
        region = eu-north-1\r\noutput = json\r\n";
    assert_eq!(config(&home), format!("{before}{added}"));
    home.ssox(&["--emit=zsh1", "use", "new"]).ok();
}

#[test]
fn the_wizard_adds_the_session_too() {
    let home = Home::signed_in();
    fs::remove_file(home.path(".aws/config")).unwrap();
    let url = ssox_standin::START_URL;
    home.ssox(&[
        "configure",
        "sso",
        "--start-url",
        url,
        "--sso-region",
        "eu-west-1",
        "--sso-session",
        "corp",
        "--account-id",
        "111122223333",
        "--role-name",
        "ReadOnly",
        "--profile",
        "dev",
        "--yes",
    ])
    .ok();
    assert_eq!(
        config(&home),
        format!(
            "[sso-session corp]\nsso_start_url = {url}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n\
            [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
        )
    );
}

#[test]
fn a_wizard_without_answers_says_which_option() {
    let home = Home::new();
    fs::remove_file(home.path(".aws/config")).unwrap();
    assert!(home.ssox(&["configure", "sso"]).fails(3).contains("--start-url"));
    let error = home.ssox(&["configure", "sso", "--start-url", "http://x", "--sso-region", "eu-west-1"]).fails(4);
    assert!(error.contains("is not a start URL"), "{error}");
    let home = Home::signed_in();
    let error = home.ssox(&["configure", "sso", "--sso-session", "corp", "--account-id", "999999999999"]).fails(5);
    assert!(error.contains("not assigned"), "{error}");
    let role = ["configure", "sso", "--sso-session", "corp", "--account-id", "111122223333", "--role-name"];
    for (name, hint) in [("Reedonly", "did you mean `ReadOnly`?"), ("x", "leave out --role-name")] {
        let error = home.ssox(&[&role[..], &[name]].concat()).fails(5);
        assert!(error.contains(hint), "{error}");
    }
    let error = home.ssox(&["configure", "sso", "--sso-session", "corp"]).fails(3);
    assert!(error.contains("--account-id"), "{error}");
}

#[test]
fn the_wizard_overwrites_neither_a_session_nor_a_profile() {
    let home = Home::signed_in();
    home.add_config("[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\n");
    fs::write(home.path(".aws/credentials"), "[keys]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    let before = config(&home);
    let wizard = ["configure", "sso", "--sso-session", "corp", "--account-id", "222233334444", "--role-name", "Admin"];
    for (option, value, why) in [
        ("--profile", "role", "with `role_arn`"),
        ("--profile", "keys", "with `aws_access_key_id`"),
        ("--scopes", "a:b", "has `sso:account:access`, which differs from --scopes"),
        ("--sso-region", "us-east-1", "has `eu-west-1`, which differs from --sso-region"),
    ] {
        let error = home.ssox(&[&wizard[..], &["--yes", option, value]].concat()).fails(4);
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(config(&home), before);
    home.ssox(&[&wizard[..], &["--yes", "--scopes", " sso:account:access", "--profile", "dev"]].concat()).ok();
    assert_eq!(config(&home), before.replacen("111122223333", "222233334444", 1).replacen("ReadOnly", "Admin", 1));
}

#[test]
fn invalid_answers_are_rejected_before_the_sign_in() {
    let home = Home::new();
    let rows = [
        (&["--sso-session", "corp", "--account-id", "1111-2222-3333"][..], "12 digits"),
        (&["--sso-session", "corp", "--output", "yml"], "no output format `yml`"),
        (&["--sso-session", "corp", "--region", "Europe"], "`Europe` is not a region"),
        (&["--sso-session", "corp", "--profile", "my dev"], "`my dev` cannot be the name of a new profile"),
        (
            &["--sso-session", "my org", "--start-url", ssox_standin::START_URL],
            "cannot be the name of a new sso-session",
        ),
        (&["--sso-session", "new", "--start-url", "https://"], "is not a start URL"),
        (&["--sso-session", "new", "--start-url", "https://x", "--sso-region", "EU"], "`EU` is not a region"),
    ];
    for (options, why) in rows {
        let error = home.ssox(&[&["configure", "sso"], options].concat()).fails(4);
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn scopes_of_a_new_session_always_let_it_fetch_credentials() {
    let home = Home::signed_in();
    fs::remove_file(home.path(".aws/config")).unwrap();
    let session = ["--start-url", ssox_standin::START_URL, "--sso-region", "eu-west-1", "--sso-session", "corp"];
    let role = ["--account-id", "111122223333", "--role-name", "ReadOnly", "--profile", "dev"];
    let wizard = [&["configure", "sso", "--scopes", "a:b, c:d", "--yes"], &session[..], &role[..]].concat();
    home.ssox(&wizard).ok();
    assert!(config(&home).contains("\nsso_registration_scopes = a:b,c:d,sso:account:access\n"), "{}", config(&home));
}

#[test]
fn the_wizard_signs_in_again_when_a_token_was_revoked() {
    let home = Home::signed_in();
    let wizard = ["configure", "sso", "--sso-session", "corp", "--account-id", "222233334444", "--role-name", "Admin"];
    home.standin.end_access_tokens();
    home.ssox(&[&wizard[..], &["--yes", "--profile", "new"]].concat()).ok();
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 1);
    home.standin.end_sessions();
    assert!(home.ssox(&wizard[..4]).fails(3).contains("ssox login --sso-session corp"));
    let sessions: serde_json::Value = serde_json::from_str(&home.ssox(&["sessions", "--json"]).ok()).unwrap();
    assert!(sessions[0]["token_expires_at"].is_null(), "{sessions}");
}

#[test]
fn the_only_account_and_role_need_no_choice_and_none_is_a_refusal() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = vec![Account::new("111122223333", "alone", &["Reader"])]);
    let wizard = ["configure", "sso", "--sso-session", "corp", "--yes"];
    home.ssox(&wizard).ok();
    let added = "[profile alone-reader]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n";
    assert!(config(&home).ends_with(added), "{}", config(&home));
    home.standin.configure(|options| options.accounts = vec![Account::new("111122223333", "alone", &[])]);
    assert!(home.ssox(&wizard).fails(5).contains("no role is assigned"));
    home.standin.configure(|options| options.accounts.clear());
    assert!(home.ssox(&wizard).fails(5).contains("no account is assigned"));
}
