//! Accounts and roles without a profile: how ssox lists and stores them, and that all verbs work with them.

use crate::home::Home;
use crate::pty::eventually;
use crate::shown::{says, shows};
use serde_json::{Value, json};
use ssox_standin::{Account, Fault, Grant, START_URL, Times};
use std::fs;

/// A home where somebody is signed in, and no profile has a role in any of these accounts.
fn home(accounts: &[(&str, &str, &[&str])]) -> Home {
    let home = Home::signed_in();
    home.standin.configure(|options| {
        options.accounts = accounts.iter().map(|(id, name, roles)| Account::new(id, name, roles)).collect();
    });
    home
}

fn two_accounts() -> Home {
    home(&[("555566667777", "Data Platform", &["ReadOnly", "Admin"]), ("666677778888", "Shop", &["ReadOnly"])])
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|cause| panic!("{cause}: {text}"))
}

fn listing_file(home: &Home) -> std::path::PathBuf {
    let names = home.files(".local/state/ssox/assignments");
    let name = names.iter().find(|name| name.ends_with(".json")).expect("there is a listing");
    home.path(".local/state/ssox/assignments").join(name)
}

#[test]
fn assignments_are_listed_with_their_profiles_and_kept() {
    let home = Home::signed_in();
    let listed = json_of(&home.ssox(&["list", "--assigned", "--json"]).ok());
    let dev = &listed[1];
    assert_eq!(listed.as_array().unwrap().len(), 9);
    let expected = json!({ "session": "corp", "account_id": "111122223333", "account_name": "dev", "role_name": "PowerUser",
        "profiles": [], "expires_at": null });
    assert_eq!(*dev, expected);
    assert_eq!(listed[2]["profiles"], json!(["dev"]));
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (1, 3));
    let kept = json_of(&fs::read_to_string(listing_file(&home)).unwrap());
    assert_eq!(kept["accounts"][0]["roles"], json!(["Admin", "PowerUser", "ReadOnly"]));
    let keys: Vec<&String> = kept.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["session", "startUrl", "listedAt", "complete", "accounts"]);
    let keys: Vec<&String> = kept["accounts"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["accountId", "accountName", "email", "roles"]);
    assert_eq!(
        (&kept["session"], &kept["startUrl"], &kept["complete"]),
        (&json!("corp"), &json!(START_URL), &json!(true))
    );
    says!(home, home.ssox(&["list", "--assigned"]).ok(), @r"
    SESSION  ACCOUNT       NAME       ROLE       PROFILES  LEFT
    corp     111122223333  dev        Admin
    corp     111122223333  dev        PowerUser
    corp     111122223333  dev        ReadOnly   dev
    corp     222233334444  staging    Admin
    corp     222233334444  staging    PowerUser  stg
    corp     222233334444  staging    ReadOnly
    corp     333344445555  prod-main  Admin
    corp     333344445555  prod-main  PowerUser
    corp     333344445555  prod-main  ReadOnly
    ");
    assert_eq!(home.standin.count("ListAccounts"), 1);
    home.standin.configure(|options| options.accounts.truncate(1));
    let again = json_of(&home.ssox(&["list", "--assigned", "--refresh", "--json"]).ok());
    assert_eq!((again.as_array().unwrap().len(), home.standin.count("ListAccounts")), (3, 2));
}

#[test]
fn the_listing_is_private_and_goes_away_with_the_session() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = two_accounts();
    home.ssox(&["list", "--assigned"]).ok();
    let mode = fs::metadata(listing_file(&home)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(home.files(".local/state/ssox/assignments").len(), 1);
    home.ssox(&["logout", "--sso-session", "corp"]).ok();
    assert_eq!(home.files(".local/state/ssox/assignments"), [""; 0]);
}

#[test]
fn a_role_by_the_number_of_its_account_is_one_request() {
    let home = two_accounts();
    let used = home.ssox(&["--emit=zsh1", "use", "555566667777/Admin"]);
    for (name, value) in [
        ("SSOX_PROFILE", "555566667777/Admin"),
        ("AWS_SSO_PROFILE", "555566667777/Admin"),
        ("AWS_ACCOUNT_ID", "555566667777"),
        ("SSOX_ROLE", "Admin"),
        ("SSOX_PROMPT", "555566667777:Admin"),
        ("SSOX_SSO_SESSION", "corp"),
    ] {
        assert_eq!(used.set(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(used.set("AWS_REGION"), None);
    assert_eq!((home.standin.total(), home.standin.count("GetRoleCredentials")), (1, 1));
    home.ssox(&["--emit=zsh1", "use", "555566667777/Admin"]).ok();
    assert_eq!(home.standin.total(), 1);
}

#[test]
fn a_role_by_the_name_of_its_account_lists_the_accounts_once() {
    let home = two_accounts();
    let used = home.ssox(&["--emit=zsh1", "use", "Data Platform/ReadOnly", "--region", "eu-west-1"]);
    assert_eq!(used.set("SSOX_PROFILE").as_deref(), Some("555566667777/ReadOnly"));
    assert_eq!(used.set("SSOX_PROMPT").as_deref(), Some("Data Platform:ReadOnly"));
    assert_eq!(used.set("AWS_REGION").as_deref(), Some("eu-west-1"));
    home.ssox(&["--emit=zsh1", "use", "Shop/ReadOnly"]).ok();
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (1, 2));
    let numbered = home.ssox(&["--emit=zsh1", "use", "555566667777/Admin"]);
    assert_eq!(numbered.set("SSOX_PROMPT").as_deref(), Some("Data Platform:Admin"));
}

#[test]
fn the_profile_with_the_account_and_role_is_used() {
    let home = Home::signed_in();
    for wanted in ["111122223333/ReadOnly", "dev/ReadOnly"] {
        let used = home.ssox(&["--emit=zsh1", "use", wanted]);
        assert_eq!(used.set("SSOX_PROFILE").as_deref(), Some("dev"), "{wanted}");
        assert_eq!(used.set("SSOX_SSO_SESSION"), None);
    }
    home.add_config(
        "[profile dev/ReadOnly]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = Admin\n",
    );
    let used = home.ssox(&["--emit=zsh1", "use", "dev/ReadOnly"]);
    assert_eq!(used.set("AWS_ACCOUNT_ID").as_deref(), Some("222233334444"));
    home.add_config("[profile twin]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n");
    let error = home.ssox(&["--emit=zsh1", "use", "111122223333/ReadOnly"]).fails(4);
    shows!(home, error, @r"
    ssox: 2 profiles have role `ReadOnly` in account `111122223333`
    ssox: hint: use one of their names: dev or twin
    ");
}

#[test]
fn every_verb_takes_an_assignment() {
    let home = two_accounts();
    let wanted = "Data Platform/Admin";
    let exported = json_of(&home.ssox(&["export", wanted, "--format", "json"]).ok());
    assert_eq!((&exported["profile"], &exported["account_id"]), (&json!("555566667777/Admin"), &json!("555566667777")));
    let ran = home.ssox(&["exec", wanted, "--", "sh", "-c", "echo $SSOX_PROFILE $AWS_SSO_PROFILE $AWS_ACCOUNT_ID"]);
    assert_eq!(ran.ok().trim(), "555566667777/Admin 555566667777/Admin 555566667777");
    assert_eq!(json_of(&home.ssox(&["credential-process", "555566667777/Admin"]).ok())["Version"], 1);
    let url = home.ssox(&["console", wanted, "--print"]).ok();
    says!(home, url, @"https://d-1234567890.awsapps.com/start/#/console?account_id=555566667777&role_name=Admin&destination=https%3A%2F%2Fconsole.aws.amazon.com%2F");
    let line = home.ssox(&["login", wanted]);
    shows!(home, line.stderr(), @"ssox: already signed in to `corp`, for another LEFT; --fresh signs in again");
    let error = home.ssox(&["--emit=zsh1", "use", "--profile-only", wanted]).fails(4);
    shows!(home, error, @r"
    ssox: --profile-only needs a profile, and no profile has the account and role `555566667777/Admin`
    ssox: hint: `ssox configure populate` writes a profile for each account and role that you may use
    ");
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn what_is_in_use_is_renewed_and_reported() {
    let home = two_accounts();
    let used = home.ssox(&["--emit=zsh1", "use", "Data Platform/Admin"]).all_set();
    let mut held: Vec<(&str, &str)> = used.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let status = json_of(&home.ssox_with(&["status", "--json"], &held).ok());
    assert_eq!((&status["session"], &status["account_id"]), (&json!("corp"), &json!("555566667777")));
    assert_eq!(status["role_name"], "Admin");
    assert!(!home.ssox_with(&["doctor"], &held).stdout().contains("unknown profile"));
    for entry in home.files(".aws/cli/cache") {
        fs::remove_file(home.path(".aws/cli/cache").join(entry)).unwrap();
    }
    held.retain(|(name, _)| *name != "SSOX_NEXT");
    held.push(("SSOX_NEXT", "1"));
    let renewed = home.ssox_with(&["--emit=zsh1", "tick", "--wait", "20s"], &held);
    assert!(renewed.set("AWS_ACCESS_KEY_ID").is_some(), "{}{}", renewed.stdout(), renewed.stderr());
    let dev = home.ssox_with(&["--emit=zsh1", "use", "dev"], &held);
    assert_ne!(dev.status(), 0, "the account of dev is not there");
    home.standin.configure(|options| options.accounts.push(Account::new("111122223333", "dev", &["ReadOnly"])));
    let dev = home.ssox_with(&["--emit=zsh1", "use", "dev"], &held);
    assert_eq!(dev.set("SSOX_PREVIOUS").as_deref(), Some("555566667777/Admin"));
    assert_eq!(dev.set("SSOX_PREVIOUS_SSO_SESSION").as_deref(), Some("corp"));
    assert!(dev.unsets("SSOX_SSO_SESSION"));
    let dev = dev.all_set();
    let held: Vec<(&str, &str)> = dev.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let back = home.ssox_with(&["--emit=zsh1", "use", "-"], &held);
    assert_eq!(back.set("SSOX_PROFILE").as_deref(), Some("555566667777/Admin"));
    assert_eq!(back.set("SSOX_PREVIOUS").as_deref(), Some("dev"));
}

#[test]
fn an_unknown_account_or_role_has_the_nearest_as_hint() {
    let home = two_accounts();
    home.ssox(&["list", "--assigned"]).ok();
    let errors = [
        ("Data Platfrom/ReadOnly", 4),
        ("Data Platform/ReadOnyl", 4),
        ("Data Platform/Elsewhere", 4),
        ("Nowhere/ReadOnly", 4),
        ("555566667778/ReadOnly", 5),
        ("555566667777/Admni", 5),
        ("555566667777/", 4),
        ("/ReadOnly", 4),
    ]
    .map(|(wanted, status)| home.ssox(&["export", wanted]).fails(status));
    shows!(home, errors.concat(), @r"
    ssox: there is no profile `Data Platfrom/ReadOnly`, and no account `Data Platfrom`
    ssox: hint: did you mean `Data Platform/ReadOnly`? `ssox list --assigned` shows every account and role
    ssox: you have no role `ReadOnyl` in account `Data Platform`
    ssox: hint: did you mean `Data Platform/ReadOnly`? `ssox list --assigned` shows every account and role
    ssox: you have no role `Elsewhere` in account `Data Platform`
    ssox: hint: did you mean `Data Platform/Admin` or `Data Platform/ReadOnly`? `ssox list --assigned` shows every account and role
    ssox: there is no profile `Nowhere/ReadOnly`, and no account `Nowhere`
    ssox: hint: `ssox list --assigned --refresh` shows every account and role that you may use
    ssox: could not get the credentials of `ReadOnly` in `555566667778`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use
    ssox: hint: did you mean `555566667777/ReadOnly`? `ssox list --assigned` shows every account and role
    ssox: could not get the credentials of `Admni` in `555566667777`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use
    ssox: hint: did you mean `555566667777/Admin`? `ssox list --assigned` shows every account and role
    ssox: the role after the `/` is empty
    ssox: hint: write the name of a role
    ssox: there is no profile `/ReadOnly`
    ssox: hint: the profiles are: dev, stg, legacy
    ");
}

#[test]
fn accounts_with_equal_names_are_told_apart_by_number() {
    let home = home(&[
        ("555566667777", "Twin", &["ReadOnly", "Admin"]),
        ("666677778888", "Twin", &["ReadOnly"]),
        ("777788889999", "a/b [x] \"y\" 'z' 🚀", &["ReadOnly"]),
    ]);
    let error = home.ssox(&["export", "Twin/ReadOnly"]).fails(4);
    shows!(home, error, @r"
    ssox: 2 accounts are called `Twin`
    ssox: hint: use the account ID: 555566667777/ReadOnly or 666677778888/ReadOnly
    ");
    home.ssox(&["export", "Twin/Admin"]).ok();
    let used = home.ssox(&["--emit=zsh1", "use", "a/b [x] \"y\" 'z' 🚀/ReadOnly"]);
    assert_eq!(used.set("AWS_ACCOUNT_ID").as_deref(), Some("777788889999"));
    // A second session with the same accounts.
    home.add_config("[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n");
    home.standin.seed_token(&home.path(""), "other", &Grant::default());
    home.ssox(&["list", "--assigned", "--sso-session", "other"]).ok();
    assert_eq!(home.ssox(&["export", "Twin/ReadOnly"]).fails(4), error);
}

#[test]
fn of_several_sessions_the_one_with_the_role_is_used() {
    let home = two_accounts();
    home.add_config("[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n");
    home.ssox(&["export", "555566667777/Admin"]).ok();
    assert_eq!(home.standin.total(), 1, "somebody is signed in to only one");
    home.standin.seed_token(&home.path(""), "other", &Grant::default());
    let error = home.ssox(&["export", "555566667777/Nobody"]).fails(4);
    shows!(home, error, @r"
    ssox: could not choose a session for `555566667777/Nobody`: no session's list of accounts and roles contains it
    ssox: hint: a list may be missing or out of date; if you know the session, add one of these options: --sso-session corp or --sso-session other or --sso-session https://d-1234567890.awsapps.com/start
    ");
    home.ssox(&["export", "555566667777/Nobody", "--sso-session", "corp"]).fails(5);
    home.ssox(&["export", "555566667777/Admin", "--sso-session", "https://nowhere.awsapps.com/start"]).fails(4);
    home.ssox(&["export", "dev", "--sso-session", "other"]).fails(4);
    home.ssox(&["export", "dev", "--sso-session", "nowhere"]).fails(4);
    // The same listing for both: nobody can tell which one is meant.
    let path = listing_file(&home);
    let listing = fs::read_to_string(&path).unwrap();
    let other = listing.replace("\"corp\"", "\"other\"").replace(START_URL, "https://other.awsapps.com/start");
    // sha1 of `other`
    fs::write(path.with_file_name("d0941e68da8f38151ff86a61fc59f7c5cf9fcaa2.json"), other).unwrap();
    let errors = ["555566667777/Admin", "Data Platform/Admin"].map(|wanted| home.ssox(&["export", wanted]).fails(4));
    shows!(home, errors.concat(), @r"
    ssox: several sessions have `555566667777/Admin`
    ssox: hint: add one of these options: --sso-session corp or --sso-session other
    ssox: several sessions have `Data Platform/Admin`
    ssox: hint: add one of these options: --sso-session corp or --sso-session other
    ");
    home.ssox(&["export", "Data Platform/Admin", "--sso-session", "corp"]).ok();
}

#[test]
fn a_listing_with_missing_roles_says_so() {
    let home = two_accounts();
    home.standin.configure(|options| options.forbidden_accounts = vec!["666677778888".into()]);
    let ran = home.ssox(&["list", "--assigned", "--json"]);
    assert_eq!(ran.status(), 5);
    let listed = json_of(&ran.stdout());
    assert_eq!((listed.as_array().unwrap().len(), &listed[2]["role_name"]), (3, &Value::Null));
    shows!(home, ran.stderr(), @r#"
    ssox: the accounts and roles of session `https://d-1234567890.awsapps.com/start` are not listed: nobody is signed in to this session
    ssox: hint: ssox login legacy
    {"error":{"message":"could not list the roles of account `666677778888`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL): the listing of `corp` is incomplete: the roles of 1 account are missing (`666677778888`)","hint":"`ssox list --assigned --refresh` tries again","exit_status":5,"hints":["`ssox list --assigned --refresh` tries again"],"code":null}}
    "#);
    let kept = json_of(&fs::read_to_string(listing_file(&home)).unwrap());
    assert_eq!((&kept["complete"], &kept["accounts"][1]["roles"]), (&json!(false), &Value::Null));
    assert_eq!(home.ssox(&["list", "--assigned"]).status(), 5);
    // AWS decides about the role that is not listed.
    home.ssox(&["export", "Shop/ReadOnly"]).ok();
}

#[test]
fn a_refresh_that_fails_keeps_the_listing() {
    let home = two_accounts();
    home.ssox(&["list", "--assigned"]).ok();
    let before = fs::read_to_string(listing_file(&home)).unwrap();
    home.standin.fault("ListAccounts", Fault::Status(500), Times::Forever);
    home.ssox_with(&["list", "--assigned", "--refresh"], &[("AWS_MAX_ATTEMPTS", "1")]).fails(6);
    assert_eq!(fs::read_to_string(listing_file(&home)).unwrap(), before);
    home.standin.clear_faults("*");
    fs::write(listing_file(&home), "{").unwrap();
    home.ssox(&["list", "--assigned"]).ok();
    assert_eq!(fs::read_to_string(listing_file(&home)).unwrap().len(), before.len());
}

#[test]
fn sessions_without_a_token_are_named() {
    let home = two_accounts();
    home.add_config("[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n");
    let ran = home.ssox(&["list", "--assigned", "--json"]);
    shows!(home, ran.stderr(), @r"
    ssox: the accounts and roles of session `other` are not listed: nobody is signed in to this session
    ssox: hint: ssox login --sso-session other
    ssox: the accounts and roles of session `https://d-1234567890.awsapps.com/start` are not listed: nobody is signed in to this session
    ssox: hint: ssox login legacy
    ");
    assert_eq!(json_of(&ran.ok()).as_array().unwrap().len(), 3);
    home.ssox(&["list", "--assigned", "--sso-session", "other"]).fails(3);
    home.ssox(&["logout", "--sso-session", "corp"]).ok();
    home.ssox(&["list", "--assigned"]).fails(3);
}

#[test]
fn a_token_that_ends_in_the_middle_is_refreshed_and_the_listing_goes_on() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = Account::many(8, 2));
    home.standin.fault("ListAccountRoles", Fault::Status(401), Times::Next(1));
    assert_eq!(json_of(&home.ssox(&["list", "--assigned", "--json"]).ok()).as_array().unwrap().len(), 16);
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 1);
    assert!(home.standin.count("ListAccountRoles") < 16);
}

#[test]
fn an_old_listing_is_refreshed_in_the_background() {
    let home = two_accounts();
    home.ssox(&["list", "--assigned"]).ok();
    let path = listing_file(&home);
    let listing = fs::read_to_string(&path).unwrap();
    let listed_at = json_of(&listing)["listedAt"].as_str().unwrap().to_string();
    fs::write(&path, listing.replace(&listed_at, "2020-01-01T00:00:00Z")).unwrap();
    home.standin.configure(|options| options.accounts.truncate(1));
    assert_eq!(json_of(&home.ssox(&["list", "--assigned", "--json"]).ok()).as_array().unwrap().len(), 3);
    eventually("the listing is new", || (!fs::read_to_string(&path).unwrap().contains("2020-01-01")).then_some(()));
    assert_eq!(json_of(&home.ssox(&["list", "--assigned", "--json"]).ok()).as_array().unwrap().len(), 2);
}

#[test]
fn an_interrupted_listing_is_continued() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = Account::many(60, 1));
    let mut command = home.command(crate::home::SSOX);
    let mut child = command.args(["list", "--assigned"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    eventually("some are listed", || (home.standin.count("ListAccountRoles") >= 10).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    let listed = json_of(&home.ssox(&["list", "--assigned", "--json"]).ok());
    assert_eq!(listed.as_array().unwrap().len(), 60);
    assert!(home.standin.count("ListAccountRoles") < 60 + 30, "{}", home.standin.count("ListAccountRoles"));
    assert_eq!(home.files(".local/state/ssox/assignments").len(), 1);
}

#[test]
fn completion_offers_assignments_to_every_shell() {
    let home = home(&[
        ("111122223333", "dev", &["ReadOnly"]),
        ("555566667777", "Data Platform", &["Admin"]),
        ("666677778888", "Twin", &["Admin"]),
        ("777788889999", "Twin", &["Admin"]),
    ]);
    home.ssox(&["list", "--assigned"]).ok();
    let zsh = home.ssox(&["complete", "zsh", "", "ssox", "use"]).ok();
    for line in ["dev:dev ReadOnly", "Data Platform/Admin:555566667777 corp", "666677778888/Admin:Twin corp"] {
        assert!(zsh.lines().any(|known| known.starts_with(line)), "{line}: {zsh}");
    }
    assert!(!zsh.contains("dev/ReadOnly") && !zsh.contains("111122223333/ReadOnly"), "{zsh}");
    let powershell = home.ssox(&["complete", "powershell", "=Da", "ssox", "exec"]).ok();
    assert!(powershell.contains("'Data Platform/Admin'\tData Platform/Admin\t555566667777 corp"), "{powershell}");
    let fish = home.ssox(&["complete", "fish", "5555", "ssox", "exec"]).ok();
    assert!(fish.contains("555566667777/Admin\tData Platform corp"), "{fish}");
    for words in [["ssox", "login"], ["ssox", "logout"]] {
        let offered = home.ssox(&[&["complete", "fish", ""], &words[..]].concat()).ok();
        assert!(!offered.contains("Data Platform"), "{offered}");
    }
    let error = home.ssox(&["--emit=zsh1", "use"]).fails(3);
    says!(home, error, @r"
    ssox: no profile is given: choose one of `dev`, `stg`, `legacy`, `555566667777/Admin`, `666677778888/Admin` and 1 more
    ssox: hint: `ssox use NAME`; `ssox list` shows all profiles, `ssox list --assigned` every account and role
    ");
}
