//! Setting up ssox as people do: with a URL copied from the browser, with answers on a machine without a terminal, with
//! accounts that have odd names, and with one sign-in for several profiles.

use crate::home::Home;
use crate::shown::{says, shows};
use serde_json::Value;
use ssox_standin::{Account, Fault, Grant, START_URL, Times};
use std::fs;

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";
const COPIED: &str = "https://d-1234567890.awsapps.com/start/#/?tab=accounts";

fn config(home: &Home) -> String {
    fs::read_to_string(home.path(".aws/config")).unwrap_or_default()
}

fn legacy(name: &str, role: &str) -> String {
    format!(
        "[profile {name}]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
        sso_role_name = {role}\n\n"
    )
}

/// A home with two legacy profiles and nothing else.
fn legacy_home() -> Home {
    let home = Home::new();
    home.write_config(&(legacy("dev", "ReadOnly") + &legacy("stg", "Admin")));
    home
}

#[test]
fn doctor_says_which_legacy_profiles_share_one_sign_in() {
    let home = legacy_home();
    let ran = home.ssox(&["doctor"]);
    let said = ran.ok();
    let of_config = |line: &&str| line.starts_with("info: ") && line.contains(".aws/config");
    let from = said.lines().position(|line| of_config(&line)).expect("the file is named");
    shows!(home, said.lines().skip(from).take(2).collect::<Vec<_>>().join("\n"), @r"
    info: ~/.aws/config:2: profiles `dev` and `stg` share one sign-in: they have the same `sso_start_url`, `https://d-1234567890.awsapps.com/start`, and therefore one token file; each has its own account and role
        hint: to sign in to each profile separately: ssox configure migrate --session-per-profile
    ");
    let findings: Value = serde_json::from_str(&home.ssox(&["doctor", "--json"]).ok()).unwrap();
    let found = findings.as_array().unwrap().iter().find(|finding| finding["check"] == "config").unwrap();
    assert_eq!((&found["severity"], &found["line"]), (&"info".into(), &2.into()), "{findings}");
    home.write_config(&legacy("dev", "ReadOnly"));
    assert!(!home.ssox(&["doctor"]).ok().contains("share one sign-in"));
}

#[test]
fn a_migration_says_which_profiles_share_one_sign_in() {
    for option in ["--dry-run", "--yes"] {
        let home = legacy_home();
        let ran = home.ssox(&["configure", "migrate", option]);
        ran.ok();
        let said = ran.stderr();
        let before_the_diff: Vec<&str> = said.lines().take_while(|line| line.starts_with("ssox: ")).collect();
        shows!(home, before_the_diff.join("\n"), @r"
        ssox: profiles `dev` and `stg` share one sign-in: signing in as `dev` also signs in `stg`
        ssox: the reason: both have the start URL `https://d-1234567890.awsapps.com/start`, so they use the same session, `d-1234567890`, and its one token file; each profile keeps its own account and role
        ssox: --session-per-profile gives each of them its own session, so that each signs in separately
        ");
    }
}

#[test]
fn with_a_session_for_each_profile_each_needs_its_own_sign_in() {
    let home = legacy_home();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    home.ssox(&["export", "stg", "--format", "env"]).ok();
    let ran = home.ssox(&["configure", "migrate", "--session-per-profile", "--yes"]);
    ran.ok();
    shows!(home, ran.stderr(), @r"
    ssox: each profile gets its own session: signing in to one does not sign in to the others
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -1,12 +1,19 @@
     [profile dev]
    -sso_start_url = https://d-1234567890.awsapps.com/start
    -sso_region = eu-west-1
     sso_account_id = 111122223333
     sso_role_name = ReadOnly
    +sso_session = dev
     
     [profile stg]
    -sso_start_url = https://d-1234567890.awsapps.com/start
    -sso_region = eu-west-1
     sso_account_id = 111122223333
     sso_role_name = Admin
    +sso_session = stg
     
    +[sso-session dev]
    +sso_start_url = https://d-1234567890.awsapps.com/start
    +sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    +
    +[sso-session stg]
    +sso_start_url = https://d-1234567890.awsapps.com/start
    +sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    ssox: next: sign in to each of these sessions
    ssox: next: ssox login --sso-session dev
    ssox: next: ssox login --sso-session stg
    ");
    let session = |name: &str| {
        format!(
            "\n[sso-session {name}]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
            sso_registration_scopes = sso:account:access\n"
        )
    };
    let profile = |name: &str, role: &str| {
        format!("[profile {name}]\nsso_account_id = 111122223333\nsso_role_name = {role}\nsso_session = {name}\n\n")
    };
    let expected =
        profile("dev", "ReadOnly") + &profile("stg", "Admin") + session("dev").trim_start() + &session("stg");
    assert_eq!(config(&home), expected);
    home.standin.seed_token(&home.path(""), "dev", &Grant::default());
    home.ssox(&["--emit=zsh1", "use", "dev", "--min-ttl", "10m"]).ok();
    shows!(home, home.ssox(&["--emit=zsh1", "use", "stg"]).fails(3), @r"
    ssox: not signed in to `stg`
    ssox: hint: ssox login --sso-session stg
    ");
    assert_eq!(home.ssox(&["doctor", "--json"]).status(), 0);
    shows!(home, home.ssox(&["configure", "migrate", "--session-per-profile", "--yes"]).stderr(), @"ssox: there is nothing to migrate in `~/.aws/config`");
}

#[test]
fn profiles_that_keep_both_forms_can_be_separated_too() {
    let home = legacy_home();
    home.ssox(&["configure", "migrate", "--keep-legacy", "--yes"]).ok();
    let separate = ["configure", "migrate", "--session-per-profile", "--keep-legacy", "--yes"];
    home.ssox(&separate).ok();
    let separated = config(&home);
    says!(home, separated, @r"
    [profile dev]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_session = dev

    [profile stg]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_account_id = 111122223333
    sso_role_name = Admin
    sso_session = stg

    [sso-session d-1234567890]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [sso-session dev]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [sso-session stg]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    ");
    says!(home, home.ssox(&separate).stderr(), @"ssox: there is nothing to migrate in `~/.aws/config`");
    home.ssox(&["configure", "migrate", "--session-per-profile", "--yes"]).ok();
    let finished = config(&home);
    says!(home, finished, @r"
    [profile dev]
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_session = dev

    [profile stg]
    sso_account_id = 111122223333
    sso_role_name = Admin
    sso_session = stg

    [sso-session d-1234567890]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [sso-session dev]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [sso-session stg]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    ");
}

#[test]
fn a_profile_name_that_is_no_session_name_is_changed_for_the_session() {
    let home = Home::new();
    home.write_config(
        &(legacy("'my dev'", "ReadOnly") + &legacy("dev", "Admin") + "[sso-session dev]\nsso_region = x\n"),
    );
    home.ssox(&["configure", "migrate", "--session-per-profile", "--yes"]).ok();
    says!(home, config(&home), @r"
    [profile 'my dev']
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_session = my-dev

    [profile dev]
    sso_account_id = 111122223333
    sso_role_name = Admin
    sso_session = dev-2

    [sso-session dev]
    sso_region = x

    [sso-session my-dev]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [sso-session dev-2]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    ");
}

#[test]
fn a_copied_address_is_cut_to_its_start_url() {
    let home = Home::new();
    fs::remove_file(home.path(".aws/config")).unwrap();
    let role = ["--account-id", "111122223333", "--role-name", "ReadOnly", "--profile", "dev", "--yes"];
    home.ssox(&[&["configure", "sso", "--start-url", COPIED, "--sso-region", "eu-west-1"], &role[..]].concat()).ok();
    says!(home, config(&home), @r"
    [sso-session d-1234567890]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [profile dev]
    sso_session = d-1234567890
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    ");
}

#[test]
fn a_copied_address_finds_the_session_that_is_there() {
    for (written, given) in [
        (START_URL, COPIED),
        (START_URL, "https://D-1234567890.awsapps.com/start/"),
        (COPIED, START_URL),
        ("https://ssoins-1.portal.eu-west-1.app.aws", "https://ssoins-1.portal.eu-west-1.app.aws/#/?tab=accounts"),
        ("https://identitycenter.amazonaws.com/ssoins-1", "https://identitycenter.amazonaws.com/ssoins-1/#/"),
    ] {
        let home = Home::new();
        home.write_config(&SESSION.replace(START_URL, written));
        let role = ["--account-id", "111122223333", "--role-name", "ReadOnly", "--profile", "dev", "--yes"];
        home.ssox(&[&["configure", "sso", "--start-url", given], &role[..]].concat()).ok();
        let config = config(&home);
        assert!(config.contains("\nsso_session = corp\n") && config.matches("[sso-session").count() == 1, "{config}");
    }
}

#[test]
fn a_copied_address_in_a_file_works_and_is_found_with_the_line_to_write() {
    let home = Home::new();
    let profile = format!(
        "[profile old]\nsso_start_url = {COPIED}\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    );
    home.write_config(&(SESSION.replace(START_URL, COPIED) + &profile));
    let findings: Value = serde_json::from_str(&home.ssox(&["doctor", "--json"]).ok()).unwrap();
    let lines: Vec<i64> = findings.as_array().unwrap().iter().filter_map(|f| f["line"].as_i64()).collect();
    assert_eq!(lines, [5, 2], "{findings}");
    for finding in findings.as_array().unwrap().iter().filter(|finding| finding["check"] == "config") {
        assert_eq!(finding["hint"], format!("write `sso_start_url = {START_URL}`"), "{finding}");
    }
    home.standin.seed_token(&home.path(""), COPIED, &Grant::default());
    assert_eq!(
        home.ssox(&["console", "old", "--print"]).ok().split("/#/").next(),
        Some("https://d-1234567890.awsapps.com/start")
    );
    home.ssox(&["configure", "migrate", "--yes"]).ok();
    says!(home, config(&home), @r"
    [sso-session corp]
    sso_start_url = https://d-1234567890.awsapps.com/start/#/?tab=accounts
    sso_region = eu-west-1
    [profile old]
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_session = corp
    ");
}

#[cfg(unix)]
#[test]
fn a_sign_in_at_a_copied_address_succeeds() {
    let home = Home::new();
    home.write_config(&SESSION.replace(START_URL, COPIED));
    home.standin.configure(|options| options.device = ssox_standin::Person::Approves);
    let mut command = home.command(crate::home::SSOX);
    command.args(["login", "--sso-session", "corp", "--device-code"]).env("TERM", "dumb");
    let (seen, status) = crate::pty::Terminal::start(command).wait_for_end();
    assert!(status.success(), "{seen}");
}

#[test]
fn with_every_answer_given_nobody_has_to_sign_in() {
    let home = Home::new();
    let session = ["--start-url", START_URL, "--sso-region", "eu-west-1", "--sso-session", "new"];
    let role = ["--account-id", "222233334444", "--role-name", "Admin"];
    let rest = ["--region", "eu-north-1", "--output", "json", "--profile", "mine", "--yes"];
    let before = config(&home);
    let ran = home.ssox(&[&["configure", "sso"], &session[..], &role, &rest].concat());
    ran.ok();
    shows!(home, ran.stderr(), @r"
    ssox: the account and the role are not checked: not signed in to `new`
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -21,3 +21,15 @@
     sso_account_id = 111122223333
     sso_role_name = Admin
     region = us-east-1
    +
    +[sso-session new]
    +sso_start_url = https://d-1234567890.awsapps.com/start
    +sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    +
    +[profile mine]
    +sso_session = new
    +sso_account_id = 222233334444
    +sso_role_name = Admin
    +region = eu-north-1
    +output = json
    ssox: next: ssox use mine
    ");
    let added = format!(
        "\n[sso-session new]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
        sso_registration_scopes = sso:account:access\n\n[profile mine]\nsso_session = new\nsso_account_id = 222233334444\n\
        sso_role_name = Admin\nregion = eu-north-1\noutput = json\n"
    );
    assert_eq!(config(&home), before + &added);
    assert_eq!(home.standin.total(), 0, "AWS was asked");
}

#[test]
fn with_account_and_role_the_rest_is_derived() {
    let home = Home::new();
    home.write_config("");
    let given =
        ["--start-url", START_URL, "--sso-region", "eu-west-1", "--account-id", "222233334444", "--role-name", "Admin"];
    home.ssox(&[&["configure", "sso", "--yes"], &given[..]].concat()).ok();
    says!(home, config(&home), @r"
    [sso-session d-1234567890]
    sso_start_url = https://d-1234567890.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access

    [profile 222233334444-admin]
    sso_session = d-1234567890
    sso_account_id = 222233334444
    sso_role_name = Admin
    ");
}

#[test]
fn a_missing_answer_is_named_with_a_hint_that_works() {
    let new =
        ["configure", "sso", "--start-url", START_URL, "--sso-region", "eu-west-1", "--sso-session", "new", "--yes"];
    let home = Home::new();
    let error = |given: &[&str]| home.ssox(&[&new[..], given].concat()).fails(3);
    shows!(home, error(&[]), @r"
    ssox: not signed in to `new`
    ssox: hint: add --account-id ID --role-name NAME; with both account and role no sign-in is needed
    ");
    shows!(home, error(&["--account-id", "222233334444"]), @r"
    ssox: not signed in to `new`
    ssox: hint: add --role-name NAME; with both account and role no sign-in is needed
    ");
    shows!(home, error(&["--role-name", "Admin"]), @r"
    ssox: not signed in to `new`
    ssox: hint: add --account-id ID; with both account and role no sign-in is needed
    ");
    // A person can sign in to a session that exists.
    let home = Home::new();
    let error = home.ssox(&["configure", "sso", "--sso-session", "corp", "--yes"]).fails(3);
    shows!(home, error, @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
}

#[test]
fn where_aws_cannot_be_reached_what_is_given_is_written() {
    let home = Home::signed_in();
    let wizard = ["configure", "sso", "--sso-session", "corp", "--account-id", "222233334444", "--role-name", "Admin"];
    let nowhere = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_MAX_ATTEMPTS", "1")];
    let ran = home.ssox_with(&[&wizard[..], &["--profile", "mine", "--yes"]].concat(), &nowhere);
    ran.ok();
    shows!(home, ran.stderr(), @r"
    ssox: the account and the role are not checked: could not list accounts: `STANDIN` refused the connection; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -21,3 +21,8 @@
     sso_account_id = 111122223333
     sso_role_name = Admin
     region = us-east-1
    +
    +[profile mine]
    +sso_session = corp
    +sso_account_id = 222233334444
    +sso_role_name = Admin
    ssox: next: ssox use mine
    ");
    assert!(
        config(&home).ends_with(
            "\n\n[profile mine]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = Admin\n"
        )
    );
}

#[test]
fn a_made_up_name_is_taken_for_no_option() {
    let home = Home::signed_in();
    home.write_config(SESSION);
    for (account, name) in [
        ("[PROD] Core", "prod-core-admin"),
        ("--help", "help-admin"),
        ("日本", "111122223333-admin"),
        ("-", "111122223333-admin-2"),
    ] {
        home.standin.configure(|options| options.accounts = vec![Account::new("111122223333", account, &["Admin"])]);
        home.ssox(&["configure", "sso", "--sso-session", "corp", "--yes"]).ok();
        assert!(config(&home).contains(&format!("\n[profile {name}]\n")), "{account}: {}", config(&home));
        home.ssox(&["--emit=zsh1", "use", name]).ok();
    }
    let named = ["configure", "sso", "--sso-session", "corp", "--yes", "--profile=-x"];
    shows!(home, home.ssox(&named).fails(4), @r"
    ssox: `-x` cannot be the name of a new profile: it looks like an option
    ssox: hint: use the letters a–z and A–Z, digits and `_ - / . % @ : +`
    ssox: hint: start the name with a letter or digit
    ");
}

#[test]
fn the_role_that_iam_knows_is_taken_for_its_permission_set() {
    let home = Home::signed_in();
    let role = "AWSReservedSSO_ReadOnly_0123456789abcdef";
    home.write_config(SESSION);
    let wizard =
        ["configure", "sso", "--sso-session", "corp", "--account-id", "111122223333", "--profile", "dev", "--yes"];
    home.ssox(&[&wizard[..], &["--role-name", role]].concat()).ok();
    assert!(config(&home).contains("\nsso_role_name = ReadOnly\n"), "{}", config(&home));
    for wanted in [format!("111122223333/{role}"), format!("arn:aws:sts::111122223333:assumed-role/{role}/me")] {
        assert_eq!(home.ssox(&["--emit=zsh1", "use", &wanted]).set("SSOX_PROFILE").as_deref(), Some("dev"), "{wanted}");
    }
    home.write_config(&config(&home).replace("ReadOnly", role));
    let error = home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4);
    shows!(home, error, @r"
    ssox: `sso_role_name` of profile `dev` is `AWSReservedSSO_ReadOnly_0123456789abcdef`, the IAM role of the permission set `ReadOnly`
    ssox: hint: write `ReadOnly`
    ");
    shows!(home, home.ssox(&["doctor"]).stdout(), @r"
    error: ~/.aws/config:6: `sso_role_name` of profile `dev` is `AWSReservedSSO_ReadOnly_0123456789abcdef`, the IAM role of the permission set `ReadOnly`
        hint: write `ReadOnly`
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn a_role_of_identity_center_cannot_be_assumed_and_the_hint_says_what_to_use() {
    let home = Home::signed_in();
    let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
        <Code>AccessDenied</Code><Message>User: me is not authorized to perform: sts:AssumeRole on resource: x</Message>\
        </Error></ErrorResponse>";
    home.standin.fault("AssumeRole", Fault::Answer(403, "text/xml".into(), body.into()), Times::Forever);
    let role = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    let error = home.ssox(&["export", "dev", "--role-arn", &format!("arn:aws:iam::222233334444:{role}")]).fails(5);
    shows!(home, error, @r"
    ssox: could not assume `arn:aws:iam::222233334444:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`: User: me is not authorized to perform: sts:AssumeRole on resource: x (AccessDenied) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: this role can be used only through Identity Center: ssox use 222233334444/Admin
    ");
}

#[test]
fn a_name_that_begins_with_a_dash_works_after_two_dashes_in_every_verb() {
    let home = Home::signed_in();
    let dev = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    home.write_config(&format!("{SESSION}[profile -x]\n{dev}[profile --help]\n{dev}"));
    for name in ["-x", "--help"] {
        assert_eq!(home.ssox(&["--emit=zsh1", "use", "--", name]).set("SSOX_PROFILE").as_deref(), Some(name));
        assert!(home.ssox(&["export", "--", name]).ok().starts_with("export AWS_ACCESS_KEY_ID="));
        home.ssox(&["credential-process", "--", name]).ok();
        home.ssox(&["console", "--print", "--", name]).ok();
        for command in [&["env"][..], &["--", "env"]] {
            let ran = home.ssox(&[&["exec", "--", name], command].concat());
            assert!(ran.ok().contains(&format!("\nSSOX_PROFILE={name}\n")), "{command:?}");
        }
        assert_eq!(home.ssox(&["exec", "--", name, "--"]).status(), 2);
        let error = home.ssox(&["saml", "roles", "--", name]).fails(4);
        assert_eq!(error.lines().next(), Some(&*format!("ssox: profile `{name}` has no `ssox_saml_url`")));
        assert!(home.ssox(&["login", "--", name]).stderr().starts_with("ssox: already signed in to `corp`, for "));
        home.ssox(&["logout", "--", name]).ok();
        home.sign_in(&Grant::default());
    }
    let legacy = legacy("-old", "ReadOnly");
    home.add_config(&legacy);
    shows!(home, home.ssox(&["--emit=zsh1", "use", "--", "-old"]).fails(3), @r"
    ssox: not signed in to `https://d-1234567890.awsapps.com/start`
    ssox: hint: ssox login -- -old
    ");
}

#[test]
fn a_header_that_nobody_reads_is_named_by_every_verb() {
    let home = Home::signed_in();
    home.add_config("[profile A B]\nregion = eu-west-1\n[sso-session my corp]\nsso_region = eu-west-1\n");
    for verb in [&["--emit=zsh1", "use"][..], &["export"], &["login"], &["credential-process"]] {
        let error = home.ssox(&[verb, &["A B"]].concat()).fails(4);
        shows!(home, error, @r"
        ssox: there is no profile `A B`
        ssox: hint: write `[profile 'A B']` instead of `[profile A B]` in line 25 of `~/.aws/config`
        ");
    }
    home.add_config("[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = A B\n");
    let error = home.ssox(&["export", "role"]).fails(4);
    shows!(home, error, @r"
    ssox: `source_profile` of profile `role` is `A B`, which does not exist
    ssox: hint: write `[profile 'A B']` instead of `[profile A B]` in line 25 of `~/.aws/config`
    ");
    let error = home.ssox(&["login", "--sso-session", "my corp"]).fails(4);
    shows!(home, error, @r"
    ssox: there is no sso-session `my corp`
    ssox: hint: write `[sso-session 'my corp']` instead of `[sso-session my corp]` in line 27 of `~/.aws/config`
    ");
}

#[test]
fn export_prints_env_where_no_format_is_given() {
    let home = Home::signed_in();
    assert_eq!(home.ssox(&["export", "dev"]).ok(), home.ssox(&["export", "dev", "--format", "env"]).ok());
    assert!(home.ssox(&["export", "--help"]).ok().contains("[default: env]"));
}

#[cfg(unix)]
#[test]
fn an_env_file_has_values_unquoted() {
    let home = Home::signed_in();
    let process = |secret: &str| {
        let keys = serde_json::json!({ "Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": secret });
        fs::write(home.path("keys"), keys.to_string()).unwrap();
    };
    home.add_config("[profile odd]\ncredential_process = cat keys\n");
    process("a b'\"$x #c\\");
    let expected = "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=a b'\"$x #c\\\n";
    assert_eq!(home.ssox(&["export", "odd", "--format", "env-file"]).ok(), expected);
    process(&"x".repeat(64 * 1024));
    let error = home.ssox(&["export", "odd", "--format", "env-file"]).fails(4);
    shows!(home, error, @r"
    ssox: the value for AWS_SECRET_ACCESS_KEY has 65536 bytes, which is too large: the shell could not start programs with such a variable
    ssox: hint: use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment
    ");
}
