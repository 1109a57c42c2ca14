//! Tests `ssox configure populate` where the listing does not go through at once: nobody is signed in, the token is rejected
//! in the middle, or AWS throttles to the end. No profile may be lost.

use crate::home::{Home, SSOX};
use crate::populate::{config, json_of, populate};
use crate::pty::Terminal;
use serde_json::Value;
use ssox_standin::{Account, Fault, Person, Times};

const SESSION: &str = "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\n\
    sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";

/// Returns the config file after a first run for 40 accounts.
fn populated(home: &Home) -> String {
    home.write_config(SESSION);
    home.standin.configure(|options| options.accounts = Account::many(40, 1));
    populate(home, &["--yes"]).ok();
    let config = config(home);
    assert_eq!(config.matches("ssox_managed").count(), 40);
    config
}

#[test]
fn a_person_who_is_not_signed_in_signs_in_once() {
    let home = Home::new();
    home.write_config(SESSION);
    home.standin.configure(|options| {
        options.authorize = Person::Approves;
        options.accounts = Account::many(3, 2);
    });
    let mut command = home.command(SSOX);
    command.args(["configure", "populate"]).env("BROWSER", "curl -sL --noproxy *").env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("signed in to `corp`");
    terminal.wait_for("[Y/n] ");
    terminal.keys("\r");
    let (said, status) = terminal.wait_for_end();
    assert!(status.success(), "{said}");
    assert_eq!(config(&home).matches("ssox_managed").count(), 6);
    let counts = ["Authorize", "ListAccounts", "ListAccountRoles"].map(|operation| home.standin.count(operation));
    assert_eq!(counts, [1, 1, 3]);
}

#[test]
fn a_token_that_is_rejected_in_the_middle_changes_nothing() {
    let home = Home::signed_in();
    let before = populated(&home);
    home.standin.configure(|options| options.accounts = Account::many(50, 2));
    home.standin.fault("ListAccountRoles", Fault::Status(401), Times::After(10));
    home.standin.fault("CreateToken", Fault::Exception("InvalidGrantException".into()), Times::Forever);
    let error = populate(&home, &["--prune", "--yes"]).fails(3);
    assert!(error.contains("ssox login"), "{error}");
    assert_eq!(config(&home), before);
}

#[test]
fn a_listing_that_is_throttled_to_the_end_removes_nothing_and_is_continued() {
    let home = Home::signed_in();
    let before = populated(&home);
    home.standin.configure(|options| options.accounts.truncate(39));
    home.standin.fault("ListAccountRoles", Fault::RetryAfter(429, 3600), Times::After(10));
    let ran = populate(&home, &["--prune", "--yes", "--json"]);
    let document = json_of(&ran);
    assert_eq!((ran.status(), &document["complete"], &document["removed"]), (6, &false.into(), &Value::Array(vec![])));
    let missing = document["missing"].as_array().unwrap().len();
    assert_eq!((missing, config(&home) == before), (29, true), "{}", ran.stderr());
    assert!(
        ran.stderr().contains("no profile is removed, because AWS did not list all accounts and roles"),
        "{}",
        ran.stderr()
    );
    home.standin.clear_faults("*");
    home.standin.reset();
    let ran = populate(&home, &["--prune", "--yes", "--json"]);
    assert_eq!((ran.status(), &json_of(&ran)["removed"]), (0, &serde_json::json!(["account-39.Role0"])));
    assert_eq!(home.standin.count("ListAccountRoles"), missing as u64, "only what was missing is listed");
    assert_eq!(config(&home).matches("ssox_managed").count(), 39);
}
