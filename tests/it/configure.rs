//! `ssox configure`: the `config` file before and after, byte by byte.

use crate::home::{Home, SSOX};
use crate::shown::{says, shows};
use ssox_standin::Account;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

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
    shows!(home, ran.stderr(), @r"
    ssox: profiles `dev` and `stg` share one sign-in: signing in as `dev` also signs in `stg`
    ssox: the reason: both have the start URL `https://d-1234567890.awsapps.com/start`, so they use the same session, `d-1234567890`, and its one token file; each profile keeps its own account and role
    ssox: --session-per-profile gives each of them its own session, so that each signs in separately
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -1,14 +1,17 @@
     # mine
     [profile dev]
    -sso_start_url = https://d-1234567890.awsapps.com/start#/
    -sso_region=eu-west-1   
     sso_account_id = 111122223333
     sso_role_name = ReadOnly
    +sso_session = d-1234567890
     # kept
     
     [profile stg]
     region = eu-central-1
    -sso_start_url = https://d-1234567890.awsapps.com/start
    -sso_region = eu-west-1
     sso_account_id = 222233334444
     sso_role_name = PowerUser
    +sso_session = d-1234567890
    +
    +[sso-session d-1234567890]
    +sso_start_url = https://d-1234567890.awsapps.com/start
    +sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    ssox: next: ssox login --sso-session d-1234567890
    ");
    shows!(home, home.ssox(&["configure", "migrate", "--yes"]).stderr(), @"ssox: there is nothing to migrate in `~/.aws/config`");
}

#[test]
fn a_dry_run_prints_the_diff_and_writes_nothing() {
    let home = Home::new();
    home.write_config(LEGACY);
    let diff = home.ssox(&["configure", "migrate", "--dry-run"]).ok();
    shows!(home, diff, @r"
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -1,14 +1,17 @@
     # mine
     [profile dev]
    -sso_start_url = https://d-1234567890.awsapps.com/start#/
    -sso_region=eu-west-1   
     sso_account_id = 111122223333
     sso_role_name = ReadOnly
    +sso_session = d-1234567890
     # kept
     
     [profile stg]
     region = eu-central-1
    -sso_start_url = https://d-1234567890.awsapps.com/start
    -sso_region = eu-west-1
     sso_account_id = 222233334444
     sso_role_name = PowerUser
    +sso_session = d-1234567890
    +
    +[sso-session d-1234567890]
    +sso_start_url = https://d-1234567890.awsapps.com/start
    +sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    ");
    assert_eq!(config(&home), LEGACY);
}

#[test]
fn without_a_terminal_only_yes_writes() {
    let home = Home::new();
    home.write_config(LEGACY);
    let error = home.ssox(&["configure", "migrate"]).fails(3);
    let last: Vec<&str> = error.lines().skip_while(|line| !line.starts_with("ssox: this change needs")).collect();
    shows!(home, last.join("\n"), @r"
    ssox: this change needs a confirmation, and ssox cannot ask for it: there is no terminal, or `CI` or `--no-input` is set
    ssox: hint: add --yes
    ");
    assert_eq!(config(&home), LEGACY);
}

#[test]
fn a_profile_that_is_not_migrated_is_named_once() {
    let home = Home::new();
    let config = format!("{LEGACY}[profile odd]\nsso_start_url = https://d-1234567890.awsapps.com/start\n");
    home.write_config(&config);
    let migrate = ["configure", "migrate", "--yes"];
    assert_eq!(home.ssox(&migrate).stderr().matches("`odd` is not migrated").count(), 1);
    // While the test holds the lock on the file, another program changes the file.
    home.write_config(&config);
    let locks = ".local/state/ssox/locks";
    let locks: Vec<fs::File> = home
        .files(locks)
        .iter()
        .map(|name| fs::File::options().write(true).open(home.path(locks).join(name)).unwrap())
        .collect();
    locks.iter().for_each(|lock| lock.lock().unwrap());
    let mut ssox = home.command(SSOX).args(migrate).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(ssox.stderr.take().unwrap()).lines().map(Result::unwrap);
    let shown: Vec<String> = lines.by_ref().take_while(|line| !line.starts_with("+sso_registration_scopes")).collect();
    home.add_config("[profile other]\n");
    drop(locks);
    let said: Vec<String> = shown.into_iter().chain(lines).collect();
    assert!(ssox.wait().unwrap().success(), "{said:?}");
    assert!(self::config(&home).contains("[profile other]"));
    assert_eq!(said.iter().filter(|line| line.contains("`odd` is not migrated")).count(), 1, "{said:?}");
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
    let said: Vec<String> = ran.stderr().lines().filter(|line| line.starts_with("ssox: ")).map(String::from).collect();
    says!(home, said.join("\n"), @r"
    ssox: profiles `dev` and `stg` share one sign-in: signing in as `dev` also signs in `stg`
    ssox: the reason: both have the start URL `https://d-1234567890.awsapps.com/start`, so they use the same session, `d-1234567890`, and its one token file; each profile keeps its own account and role
    ssox: --session-per-profile gives each of them its own session, so that each signs in separately
    ssox: `sso_start_url` and `sso_region` stay in the profiles for tools that do not support sessions, such as old versions of the Terraform AWS provider
    ssox: but the SDK for Rust rejects a profile that has `sso_session` together with these two keys: when no tool needs the two any more, remove them with `ssox configure migrate`
    ssox: next: ssox login --sso-session d-1234567890
    ");
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
    let said = ran.stderr();
    let warnings: Vec<&str> = said.lines().filter(|line| line.starts_with("ssox: warning: ")).collect();
    shows!(home, warnings.join("\n"), @r"
    ssox: warning: profile `half` is not migrated: its SSO settings are in `~/.aws/credentials`; move them to `[profile half]` in `~/.aws/config`
    ssox: warning: profile `alone` is not migrated: its SSO settings are in `~/.aws/credentials`; move them to `[profile alone]` in `~/.aws/config`
    ");
    let untouched = "[profile half]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\n";
    assert_eq!(config(&home), format!("{untouched}{MIGRATED}"));
    assert_eq!(fs::read_to_string(home.path(".aws/credentials")).unwrap(), credentials);
}

#[test]
fn more_than_two_profiles_that_share_one_sign_in_are_counted() {
    let home = Home::new();
    home.write_config(&format!("{LEGACY}\n{}", LEGACY.replace("[profile stg]", "[profile qa]").replace("dev", "test")));
    let said = home.ssox(&["configure", "migrate", "--yes"]).stderr();
    shows!(home, said.lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    ssox: profiles `dev`, `stg`, `test` and `qa` share one sign-in: signing in as `dev` also signs in the others
    ssox: the reason: all 4 have the start URL `https://d-1234567890.awsapps.com/start`, so they use the same session, `d-1234567890`, and its one token file; each profile keeps its own account and role
    ");
}

#[test]
fn a_profile_that_cannot_be_migrated_is_named_and_the_others_are_migrated() {
    let at = "sso_start_url = https://d-1234567890.awsapps.com/start\n";
    let rows = [
        at.to_string(),
        format!("{at}sso_region = Europe\n"),
        format!("{at}sso_region = eu-west-1\n  output = json\n"),
        "sso_start_url = http://x\nsso_region = eu-west-1\n".into(),
    ];
    let home = Home::new();
    let mut warnings = Vec::new();
    for keys in rows {
        let odd = format!("[profile odd]\n{keys}sso_account_id = 111122223333\n\n");
        home.write_config(&format!("{odd}{LEGACY}"));
        let ran = home.ssox(&["configure", "migrate", "--yes"]);
        ran.ok();
        warnings.extend(ran.stderr().lines().next().map(String::from));
        assert_eq!(config(&home), format!("{odd}{MIGRATED}"));
    }
    shows!(home, warnings.join("\n"), @r"
    ssox: warning: profile `odd` is not migrated: it has no `sso_region`; add that key first
    ssox: warning: profile `odd` is not migrated: its `sso_region` is `Europe`, which is not a region
    ssox: warning: profile `odd` is not migrated: its `sso_region` is `eu-west-1 output = json`, which is not a region
    ssox: warning: profile `odd` is not migrated: `http://x` is not a start URL: it must begin with `https://` and a host
    ");
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
    shows!(home, again.stderr(), @"ssox: there is nothing to migrate in `~/.aws/config`");
    assert_eq!(config(&home), kept);
    let odd = "\n[profile odd]\nsso_session=d-1234567890\nsso_region = us-east-1\n";
    home.write_config(&format!("{kept}{odd}"));
    let ran = home.ssox(&["configure", "migrate", "--yes"]);
    ran.ok();
    shows!(home, ran.stderr().lines().next().unwrap(), @"ssox: warning: profile `odd` is not migrated: its `sso_start_url` or `sso_region` differs from session `d-1234567890`; remove these settings from the profile, or correct the session");
    assert_eq!(config(&home), format!("{MIGRATED}{odd}"));
    shows!(home, home.ssox(&["configure", "migrate", "--yes"]).stderr(), @r"
    ssox: warning: profile `odd` is not migrated: its `sso_start_url` or `sso_region` differs from session `d-1234567890`; remove these settings from the profile, or correct the session
    ssox: there is nothing else to migrate in `~/.aws/config`
    ");
    home.write_config("[profile lost]\nsso_session = gone\nsso_region = eu-west-1\n");
    shows!(home, home.ssox(&["configure", "migrate", "--yes"]).stderr(), @r"
    ssox: warning: profile `lost` is not migrated: its `sso_session` is `gone`, which does not exist; add `[sso-session gone]`, or remove `sso_session` from the profile
    ssox: there is nothing else to migrate in `~/.aws/config`
    ");
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
    shows!(home, home.ssox(&["configure", "sso"]).fails(3), @r"
    ssox: the start URL is not given
    ssox: hint: add --start-url
    ");
    let error = home.ssox(&["configure", "sso", "--start-url", "http://x", "--sso-region", "eu-west-1"]).fails(4);
    shows!(home, error, @r"
    ssox: `http://x` is not a start URL: it must begin with `https://` and a host
    ssox: hint: start URLs look like `https://d-1234567890.awsapps.com/start`
    ");
    let home = Home::signed_in();
    let error = home.ssox(&["configure", "sso", "--sso-session", "corp", "--account-id", "999999999999"]).fails(5);
    shows!(home, error, @r"
    ssox: account `999999999999` is not assigned to you
    ssox: hint: leave out --account-id to choose from the accounts that are assigned to you
    ");
    let role = ["configure", "sso", "--sso-session", "corp", "--account-id", "111122223333", "--role-name"];
    shows!(home, home.ssox(&[&role[..], &["Reedonly"]].concat()).fails(5), @r"
    ssox: role `Reedonly` is not assigned to you in account `111122223333`
    ssox: hint: did you mean `ReadOnly`?
    ");
    shows!(home, home.ssox(&[&role[..], &["x"]].concat()).fails(5), @r"
    ssox: role `x` is not assigned to you in account `111122223333`
    ssox: hint: leave out --role-name to choose from the roles that are assigned to you
    ");
    let error = home.ssox(&["configure", "sso", "--sso-session", "corp"]).fails(3);
    shows!(home, error, @r"
    ssox: no account is given: choose one of `111122223333`, `222233334444`, `333344445555`
    ssox: hint: --account-id ID
    ");
}

#[test]
fn the_wizard_overwrites_neither_a_session_nor_a_profile() {
    let home = Home::signed_in();
    home.add_config("[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\n");
    fs::write(home.path(".aws/credentials"), "[keys]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    let before = config(&home);
    let wizard = ["configure", "sso", "--sso-session", "corp", "--account-id", "222233334444", "--role-name", "Admin"];
    let errors = [["--profile", "role"], ["--profile", "keys"], ["--scopes", "a:b"], ["--sso-region", "us-east-1"]]
        .map(|option| home.ssox(&[&wizard[..], &["--yes"], &option].concat()).fails(4));
    shows!(home, errors.concat(), @r"
    ssox: profile `role` already exists, and has `role_arn`
    ssox: hint: choose another name with --profile NAME
    ssox: profile `keys` already exists, and has `aws_access_key_id`
    ssox: hint: choose another name with --profile NAME
    ssox: --scopes is `a:b`, but the existing session `corp` has `sso:account:access`
    ssox: hint: leave out --scopes, or choose another name with --sso-session
    ssox: --sso-region is `us-east-1`, but the existing session `corp` has `eu-west-1`
    ssox: hint: leave out --sso-region, or choose another name with --sso-session
    ");
    assert_eq!(config(&home), before);
    home.ssox(&[&wizard[..], &["--yes", "--scopes", " sso:account:access", "--profile", "dev"]].concat()).ok();
    assert_eq!(config(&home), before.replacen("111122223333", "222233334444", 1).replacen("ReadOnly", "Admin", 1));
}

#[test]
fn invalid_answers_are_rejected_before_the_sign_in() {
    let home = Home::new();
    let errors = [
        &["--sso-session", "corp", "--account-id", "1111-2222-3333"][..],
        &["--sso-session", "corp", "--output", "yml"],
        &["--sso-session", "corp", "--region", "Europe"],
        &["--sso-session", "corp", "--profile", "my dev"],
        &["--sso-session", "my org", "--start-url", ssox_standin::START_URL],
        &["--sso-session", "new", "--start-url", "https://"],
        &["--sso-session", "new", "--start-url", "https://x", "--sso-region", "EU"],
    ]
    .map(|options| home.ssox(&[&["configure", "sso"], options].concat()).fails(4));
    shows!(home, errors.concat(), @r"
    ssox: `1111-2222-3333` is not an account ID
    ssox: hint: account IDs have 12 digits and no dashes
    ssox: the AWS CLI has no output format `yml`
    ssox: hint: one of: json, yaml, yaml-stream, text, table, off
    ssox: --region: `Europe` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ssox: `my dev` cannot be the name of a new profile: the SDKs would ignore it
    ssox: hint: use the letters a–z and A–Z, digits and `_ - / . % @ : +`
    ssox: `my org` cannot be the name of a new sso-session: the SDKs would ignore it
    ssox: hint: use the letters a–z and A–Z, digits and `_ - / . % @ : +`
    ssox: `https://` is not a start URL: it must begin with `https://` and a host
    ssox: hint: start URLs look like `https://d-1234567890.awsapps.com/start`
    ssox: --sso-region: `EU` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ");
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
    shows!(home, home.ssox(&wizard[..4]).fails(3), @r"
    ssox: the session `corp` has expired
    ssox: hint: ssox login --sso-session corp
    ");
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
    shows!(home, home.ssox(&wizard).fails(5), @r"
    ssox: no role is assigned to you in account `111122223333`
    ssox: hint: choose another account
    ");
    home.standin.configure(|options| options.accounts.clear());
    shows!(home, home.ssox(&wizard).fails(5), @r"
    ssox: no account is assigned to you
    ssox: hint: ask the administrator of your organization
    ");
}
