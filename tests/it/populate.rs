//! `ssox configure populate`: the `config` file before and after, byte by byte; AWS tools use the profiles that it
//! writes.

use crate::clients::printed;
use crate::home::{Home, Ran, SSOX};
use crate::pty::Terminal;
use crate::shown::says;
use serde_json::{Value, json};
use ssox_standin::{Account, Fault, Times};
use std::fs;

const OWN: &str = "# mine\n[profile own]\nregion = eu-west-1 # kept\n\n[sso-session corp]\n\
    sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

/// A home where somebody is signed in, with these accounts.
fn home(accounts: Vec<Account>) -> Home {
    let home = Home::signed_in();
    home.write_config(OWN);
    home.standin.configure(|options| options.accounts = accounts);
    home
}

fn two() -> Vec<Account> {
    vec![
        Account::new("555566667777", "Data Platform", &["ReadOnly", "Admin"]),
        Account::new("666677778888", "Shop", &["ReadOnly"]),
    ]
}

pub(crate) fn config(home: &Home) -> String {
    fs::read_to_string(home.path(".aws/config")).unwrap()
}

pub(crate) fn populate(home: &Home, arguments: &[&str]) -> Ran {
    home.ssox(&[&["configure", "populate"], arguments].concat())
}

pub(crate) fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout()).unwrap_or_else(|cause| panic!("{cause}: {} {}", ran.stdout(), ran.stderr()))
}

fn profile(name: &str, id: &str, role: &str) -> String {
    format!(
        "\n[profile {name}]\nsso_session = corp\nsso_account_id = {id}\nsso_role_name = {role}\nssox_managed = corp\n"
    )
}

#[test]
fn each_assignment_gets_a_profile_and_the_second_run_changes_nothing() {
    let home = home(two());
    let ran = populate(&home, &["--yes", "--json"]);
    let expected = [
        OWN.to_string(),
        profile("Data-Platform.Admin", "555566667777", "Admin"),
        profile("Data-Platform.ReadOnly", "555566667777", "ReadOnly"),
        profile("Shop.ReadOnly", "666677778888", "ReadOnly"),
    ]
    .concat();
    assert_eq!(config(&home), expected);
    let names = json!(["Data-Platform.Admin", "Data-Platform.ReadOnly", "Shop.ReadOnly"]);
    let document = json!({ "added": names, "changed": [], "removed": [], "kept": [], "complete": true, "skipped": [],
        "missing": [], "renamed": [] });
    assert_eq!(json_of(&ran), document);
    says!(home, ran.stderr(), @r"
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -5,3 +5,21 @@
     [sso-session corp]
     sso_start_url = https://d-1234567890.awsapps.com/start
     sso_region = eu-west-1
    +
    +[profile Data-Platform.Admin]
    +sso_session = corp
    +sso_account_id = 555566667777
    +sso_role_name = Admin
    +ssox_managed = corp
    +
    +[profile Data-Platform.ReadOnly]
    +sso_session = corp
    +sso_account_id = 555566667777
    +sso_role_name = ReadOnly
    +ssox_managed = corp
    +
    +[profile Shop.ReadOnly]
    +sso_session = corp
    +sso_account_id = 666677778888
    +sso_role_name = ReadOnly
    +ssox_managed = corp
    ssox: profiles: +3 ~0 -0 (added, changed, removed)
    ");
    assert_eq!(
        (home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles"), home.standin.total()),
        (1, 2, 3)
    );
    // Nothing is asked where nothing changes.
    let again = populate(&home, &["--prune", "--rename", "--json"]);
    assert_eq!((config(&home), again.status()), (expected, 0));
    assert_eq!((&json_of(&again)["kept"], home.standin.total()), (&names, 6));
    home.ssox(&["export", "Shop.ReadOnly"]).ok();
    assert_eq!(
        home.ssox(&["--emit=zsh1", "use", "Data Platform/Admin"]).set("SSOX_PROFILE").as_deref(),
        Some("Data-Platform.Admin")
    );
}

#[test]
fn only_what_has_changed_in_aws_changes_in_the_file() {
    let home = home(two());
    populate(&home, &["--yes"]).ok();
    let commented = config(&home)
        .replace("[profile Data-Platform.Admin]\n", "[profile Data-Platform.Admin]\n# ask Jane first\nregion = x\n");
    home.write_config(&commented);
    home.standin.configure(|options| {
        options.accounts = vec![
            Account::new("555566667777", "Lake", &["Admin"]),
            Account::new("666677778888", "Shop", &["ReadOnly", "Audit"]),
        ];
    });
    let ran = populate(&home, &["--prune", "--yes", "--json"]);
    let expected = commented.replace(&profile("Data-Platform.ReadOnly", "555566667777", "ReadOnly"), "")
        + &profile("Shop.Audit", "666677778888", "Audit");
    assert_eq!(config(&home), expected);
    let document = json_of(&ran);
    assert_eq!(
        (&document["added"], &document["removed"]),
        (&json!(["Shop.Audit"]), &json!(["Data-Platform.ReadOnly"]))
    );
    assert_eq!(
        (&document["changed"], &document["kept"]),
        (&json!([]), &json!(["Data-Platform.Admin", "Shop.ReadOnly"]))
    );
    let ran = populate(&home, &["--rename", "--yes", "--json"]);
    assert_eq!(config(&home), expected.replace("[profile Data-Platform.Admin]", "[profile Lake.Admin]"));
    assert_eq!(json_of(&ran)["renamed"], json!([{ "from": "Data-Platform.Admin", "to": "Lake.Admin" }]));
    says!(home, ran.stderr(), @r"
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -6,7 +6,7 @@
     sso_start_url = https://d-1234567890.awsapps.com/start
     sso_region = eu-west-1
     
    -[profile Data-Platform.Admin]
    +[profile Lake.Admin]
     # ask Jane first
     region = x
     sso_session = corp
    ssox: profile `Data-Platform.Admin` will be renamed to `Lake.Admin`
    ssox: profiles: +0 ~1 -0 (added, changed, removed)
    ");
}

#[test]
fn without_a_terminal_only_yes_writes() {
    let home = home(two());
    let error = populate(&home, &[]).fails(3);
    let ran = populate(&home, &["--dry-run", "--json"]);
    assert_eq!(
        (json_of(&ran)["added"].as_array().map(Vec::len), ran.status(), config(&home).as_str()),
        (Some(3), 0, OWN)
    );
    let diff = ran.stderr();
    assert!(diff.contains("\n+sso_role_name = Admin\n"), "{diff}");
    says!(home, error.strip_prefix(&diff).unwrap(), @r"
    ssox: this change needs a confirmation, and ssox cannot ask for it: there is no terminal, or `CI` or `--no-input` is set
    ssox: hint: add --yes
    ");
}

#[test]
fn a_person_is_asked_once_for_all() {
    let home = home(two());
    for (typed, status, added) in [("n\r", 3, 0), ("\r", 0, 3)] {
        let mut command = home.command(SSOX);
        command.args(["configure", "populate"]);
        let mut terminal = Terminal::start(command);
        terminal.wait_for("profiles: +3 ~0 -0");
        terminal.wait_for("[Y/n] ");
        terminal.keys(typed);
        let (said, ended) = terminal.wait_for_end();
        assert_eq!((ended.code(), config(&home).matches("ssox_managed").count()), (Some(status), added), "{said}");
    }
}

#[test]
fn a_change_of_another_program_while_a_person_reads_is_kept() {
    let home = home(two());
    let mut command = home.command(SSOX);
    command.args(["configure", "populate"]);
    let mut terminal = Terminal::start(command);
    terminal.wait_for("[Y/n] ");
    home.add_config("[profile other]\n");
    terminal.keys("y\r");
    let (said, ended) = terminal.wait_for_end();
    assert_eq!(ended.code(), Some(4), "{said}");
    assert_eq!(config(&home), format!("{OWN}\n[profile other]\n"));
}

#[test]
fn several_runs_at_once_write_each_profile_once() {
    let home = home(Account::many(20, 2));
    let start = || {
        home.command(SSOX).args(["configure", "populate", "--yes"]).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let runs: Vec<_> = (0..4).map(|_| start()).collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(config(&home).matches("ssox_managed").count(), 40);
}

#[test]
fn a_profile_of_a_person_is_never_touched() {
    let home = home(two());
    home.add_config("[profile Shop.ReadOnly]\nregion = mine\n");
    let before = config(&home);
    let ran = populate(&home, &["--yes", "--prune", "--json"]);
    assert!(config(&home).starts_with(&before), "{}", config(&home));
    says!(home, ran.stderr(), @r"
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -8,3 +8,15 @@
     
     [profile Shop.ReadOnly]
     region = mine
    +
    +[profile Data-Platform.Admin]
    +sso_session = corp
    +sso_account_id = 555566667777
    +sso_role_name = Admin
    +ssox_managed = corp
    +
    +[profile Data-Platform.ReadOnly]
    +sso_session = corp
    +sso_account_id = 555566667777
    +sso_role_name = ReadOnly
    +ssox_managed = corp
    ssox: warning: not written: `Shop.ReadOnly`; other profiles have these names, and `configure populate` does not replace them
    ssox: profiles: +2 ~0 -0 (added, changed, removed)
    ");
    assert_eq!((&json_of(&ran)["skipped"], ran.status()), (&json!(["Shop.ReadOnly"]), 0));
}

#[test]
fn a_partial_listing_writes_what_is_certain_and_removes_nothing() {
    let home = home(two());
    populate(&home, &["--yes"]).ok();
    home.standin.configure(|options| {
        options.accounts[0].roles = vec!["Audit".into()];
        options.forbidden_accounts = vec!["666677778888".into()];
    });
    let ran = populate(&home, &["--prune", "--yes", "--json"]);
    let document = json_of(&ran);
    assert_eq!(
        (ran.status(), &document["complete"], &document["missing"]),
        (5, &json!(false), &json!(["666677778888"]))
    );
    assert_eq!((&document["added"], &document["removed"]), (&json!(["Data-Platform.Audit"]), &json!([])));
    assert_eq!(config(&home).matches("ssox_managed").count(), 4);
    says!(home, ran.stderr(), @r#"
    ssox: warning: no profile is removed, because AWS did not list all accounts and roles
    --- ~/.aws/config
    +++ ~/.aws/config
    @@ -23,3 +23,9 @@
     sso_account_id = 666677778888
     sso_role_name = ReadOnly
     ssox_managed = corp
    +
    +[profile Data-Platform.Audit]
    +sso_session = corp
    +sso_account_id = 555566667777
    +sso_role_name = Audit
    +ssox_managed = corp
    ssox: profiles: +1 ~0 -0 (added, changed, removed)
    {"error":{"message":"could not list the roles of account `666677778888`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL): the listing of `corp` is incomplete: the roles of 1 account are missing (`666677778888`)","hint":"`ssox configure populate` tries again","exit_status":5,"hints":["`ssox configure populate` tries again"],"code":null}}
    "#);
    home.standin.configure(|options| options.forbidden_accounts.clear());
    assert_eq!(json_of(&populate(&home, &["--prune", "--yes", "--json"]))["removed"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_listing_that_fails_or_is_empty_changes_nothing() {
    let home = home(two());
    populate(&home, &["--yes"]).ok();
    let before = config(&home);
    home.standin.configure(|options| options.accounts.clear());
    let error = populate(&home, &["--prune", "--yes"]).fails(4);
    says!(home, error, @r"
    ssox: no role in any account is assigned to you in `corp`; nothing was changed
    ssox: hint: ask the administrator of your organization
    ssox: hint: or sign in as somebody else: ssox login --sso-session corp --fresh
    ");
    home.standin.configure(|options| {
        options.accounts = two();
        options.forbidden_accounts = vec!["555566667777".into(), "666677778888".into()];
    });
    populate(&home, &["--prune", "--yes"]).fails(5);
    home.standin.fault("ListAccounts", Fault::Status(500), Times::Forever);
    home.ssox_with(&["configure", "populate", "--prune", "--yes"], &[("AWS_MAX_ATTEMPTS", "1")]).fails(6);
    assert_eq!(config(&home), before);
    home.standin.clear_faults("*");
    home.ssox(&["logout", "--sso-session", "corp"]).ok();
    let error = populate(&home, &["--prune", "--yes"]).fails(3);
    says!(home, error, @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    assert_eq!(config(&home), before);
}

#[test]
fn five_hundred_accounts_with_random_faults_lose_no_profile() {
    let home = home(Account::many(500, 2));
    assert_eq!(json_of(&populate(&home, &["--yes", "--json"]))["added"].as_array().map(Vec::len), Some(1000));
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (5, 500));
    let before = config(&home);
    home.standin.fault("ListAccountRoles", Fault::RetryAfter(429, 0), Times::Percent(1));
    home.standin.fault("ListAccountRoles", Fault::Status(500), Times::Percent(3));
    home.standin.fault("ListAccountRoles", Fault::Reset, Times::Percent(3));
    home.standin.configure(|options| options.accounts.truncate(499));
    let ran = populate(&home, &["--prune", "--yes", "--json"]);
    let document = json_of(&ran);
    let last = |role| profile(&format!("account-499.{role}"), "100000000499", role);
    let gone = [last("Role0"), last("Role1")];
    // A listing that ended early says so, and removes nothing.
    let is_complete = document["complete"] == true;
    let expected = if is_complete { gone.iter().fold(before, |text, gone| text.replace(gone, "")) } else { before };
    assert_eq!((ran.status() == 0, config(&home) == expected), (is_complete, true), "{}", ran.stderr());
}

#[test]
fn names_and_sessions_that_cannot_be_meant_are_errors() {
    let home = home(two());
    let mut errors = String::new();
    for (arguments, status) in [
        (["--name-format", "{role}"], 2),
        (["--name-format", "{account_name"], 2),
        (["--name-format", "x"], 4),
        (["--name-format", "{account_id}"], 4),
        (["--account", "Shpo"], 4),
        (["--role", "Admni"], 4),
        (["--region", "Europe"], 4),
        (["--output", "xml"], 4),
        (["--sso-session", "crop"], 4),
    ] {
        errors += &populate(&home, &[&arguments[..], &["--yes"]].concat()).fails(status);
    }
    says!(home, errors, @r"
    ssox: invalid value `{role}` for `--name-format <FORMAT>`: there is no `{role}`, only {account_name} {account_id} {email} {role_name} {session}
    ssox: hint: ssox configure populate --help
    ssox: invalid value `{account_name` for `--name-format <FORMAT>`: a `{` has no `}`
    ssox: hint: ssox configure populate --help
    ssox: the name format gives all profiles the same name: `x`
    ssox: hint: --name-format '{account_name}.{role_name}'
    ssox: the name format makes the same name, `555566667777`, for the roles `Admin` and `ReadOnly` of account `555566667777`
    ssox: hint: add {role_name} to --name-format
    ssox: no account matches `Shpo`
    ssox: hint: did you mean `Shop`? `ssox list --assigned` shows every account and role
    ssox: no role matches `Admni`
    ssox: hint: did you mean `Admin`? `ssox list --assigned` shows every account and role
    ssox: --region: `Europe` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ssox: the AWS CLI has no output format `xml`
    ssox: hint: one of: json, yaml, yaml-stream, text, table, off
    ssox: there is no sso-session `crop`
    ssox: hint: did you mean `corp`? `ssox sessions` shows all sessions
    ");
    assert_eq!(config(&home), OWN);
    let other = "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n";
    home.add_config(other);
    let error = populate(&home, &["--yes"]).fails(4);
    says!(home, error, @r"
    ssox: there are several sessions
    ssox: hint: add one of these options: --sso-session corp or --sso-session other
    ");
    populate(&home, &["--yes", "--sso-session", "corp"]).ok();
    home.write_config(
        "[profile legacy]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    says!(home, populate(&home, &["--yes"]).fails(4), @r"
    ssox: `https://d-1234567890.awsapps.com/start` is the start URL of legacy profiles, not of an sso-session
    ssox: hint: `ssox configure migrate` gives these profiles an sso-session
    ");
    let url = ["--yes", "--sso-session", "https://d-1234567890.awsapps.com/start"];
    says!(home, populate(&home, &url).fails(4), @r"
    ssox: `https://d-1234567890.awsapps.com/start` is the start URL of legacy profiles, not of an sso-session
    ssox: hint: `ssox configure migrate` gives these profiles an sso-session
    ");
    home.write_config("");
    says!(home, populate(&home, &["--yes"]).fails(4), @r"
    ssox: no sso-session is configured yet
    ssox: hint: ssox configure sso
    ");
    fs::write(
        home.path(".aws/config"),
        b"[sso-session corp]\n# \xff\n[profile p]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n",
    )
    .unwrap();
    let error = populate(&home, &["--yes"]).fails(4);
    assert_eq!(home.ssox(&["configure", "migrate", "--yes"]).fails(4), error);
    says!(home, error, @r"
    ssox: `~/.aws/config` is not UTF-8; nothing was changed
    ssox: hint: open the file in an editor, and save it with the encoding UTF-8
    ");
}

/// Accounts with names that a shell, a file or a terminal would take for something else, and equal ones.
fn awkward() -> Vec<Account> {
    let names = [
        "a \"b\" 'c'",
        "[x] #1; y",
        "tab\there",
        "🚀 launch",
        "Twin",
        "Twin",
        "default",
        "--x",
        "é",
        "a\u{1b}[2J$(id)",
    ];
    names
        .iter()
        .enumerate()
        .map(|(n, name)| Account::new(&(100_000_000_000 + n as u64).to_string(), name, &["Read+Only"]))
        .collect()
}

const NAMES: [&str; 10] = [
    "100000000008.Read+Only",
    "Twin.Read+Only-100000000004",
    "Twin.Read+Only-100000000005",
    "a-2J-id.Read+Only",
    "a-b-c.Read+Only",
    "default.Read+Only",
    "launch.Read+Only",
    "tab-here.Read+Only",
    "x-1-y.Read+Only",
    "x.Read+Only",
];

#[test]
fn aws_tools_use_profiles_of_awkward_accounts() {
    for form in [&[][..], &["--credential-process"]] {
        let home = home(awkward());
        let ran = populate(&home, &[&["--yes", "--json", "--region", "eu-west-1"], form].concat());
        assert_eq!(json_of(&ran)["added"], json!(NAMES));
        assert_eq!(config(&home).contains("sso_account_id"), form.is_empty());
        let script = format!(
            "import boto3\nfor name in {NAMES:?}:\n print(boto3.Session(profile_name=name).client('sts').get_caller_identity()['Account'])"
        );
        let Some(output) = crate::clients::python(&home, &script) else { return };
        let accounts = printed(&output);
        let ids: Vec<&str> = accounts.lines().collect();
        assert_eq!((ids.len(), ids[0], ids[2]), (10, "100000000008", "100000000005"));
        assert_eq!(home.standin.violations(), [""; 0]);
        let Some(output) = crate::aws_cli::aws(&home, &[&crate::aws_cli::ACCOUNT[..], &[NAMES[4]]].concat()) else {
            return;
        };
        assert_eq!(printed(&output), "100000000000");
        // No request too many: one for the credentials of each tool and profile, or of each profile where ssox caches them.
        let counts =
            ["ListAccountRoles", "GetRoleCredentials", "GetCallerIdentity"].map(|name| home.standin.count(name));
        assert_eq!(counts, [10, if form.is_empty() { 11 } else { 10 }, 11]);
        assert_eq!(home.standin.violations(), [""; 0]);
        let listed: Value = serde_json::from_str(&home.ssox(&["list", "--json"]).ok()).unwrap();
        let of = listed.as_array().unwrap().iter().find(|row| row["name"] == NAMES[4]).unwrap();
        assert_eq!(
            (&of["source"], &of["session"], &of["account_id"]),
            (&json!("sso"), &json!("corp"), &json!("100000000000"))
        );
    }
}

#[test]
fn the_line_of_a_credential_process_has_no_quotes() {
    let home = home(two());
    populate(&home, &["--yes", "--credential-process", "--role", "Admin"]).ok();
    let expected = format!(
        "{OWN}\n[profile Data-Platform.Admin]\ncredential_process = {SSOX} credential-process Data-Platform.Admin\n\
        ssox_managed = corp\nssox_account_id = 555566667777\nssox_role_name = Admin\n"
    );
    assert_eq!(config(&home), expected);
}

#[test]
fn doctor_names_managed_profiles_whose_session_is_gone_once() {
    let mut errors = String::new();
    for form in [&["--yes"][..], &["--yes", "--credential-process"]] {
        let home = home(two());
        populate(&home, form).ok();
        assert_eq!(home.ssox(&["doctor"]).status(), 0);
        home.write_config(&config(&home).replace("[sso-session corp]", "[sso-session gone]"));
        let ran = home.ssox(&["doctor"]);
        let said = ran.stdout();
        let path = home.path("").display().to_string();
        errors += &said.lines().take(2).map(|line| line.replace(&path, "~/") + "\n").collect::<String>();
        assert_eq!((said.matches("`corp`").count() <= 2, ran.status()), (true, 4), "{said}");
    }
    insta::assert_snapshot!(errors, @r"
    error: ~/.aws/config:13: session `corp` no longer exists, but 3 profiles, written by `configure populate`, still refer to it: `Data-Platform.Admin`, `Data-Platform.ReadOnly` and `Shop.ReadOnly`
        hint: `ssox configure sso --sso-session corp` writes the session again; or remove the profiles
    error: ~/.aws/config:11: session `corp` no longer exists, but 3 profiles, written by `configure populate`, still refer to it: `Data-Platform.Admin`, `Data-Platform.ReadOnly` and `Shop.ReadOnly`
        hint: `ssox configure sso --sso-session corp` writes the session again; or remove the profiles
    ");
}

#[test]
fn a_role_that_also_has_a_profile_of_your_own_is_used_by_the_name_of_one() {
    let home = home(two());
    let own = "\n[profile my shop]\n".replace("my shop", "'my shop'")
        + "sso_session = corp\nsso_account_id = 666677778888\nsso_role_name = ReadOnly\n";
    home.write_config(&format!("{OWN}{own}"));
    assert_eq!(populate(&home, &["--yes"]).status(), 0);
    let ran = home.ssox(&["export", "666677778888/ReadOnly"]);
    assert_eq!(ran.status(), 4);
    says!(home, ran.stderr(), @r"
    ssox: 2 profiles have role `ReadOnly` in account `666677778888`
    ssox: hint: use one of their names: 'my shop' or Shop.ReadOnly
    ");
}
