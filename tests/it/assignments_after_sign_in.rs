//! After a person has signed in, ssox lists the accounts and roles in a background process.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually};
use serde_json::Value;
use ssox_standin::{Account, Fault, Person, Times};
use std::fs;

const DIRECTORY: &str = ".local/state/ssox/assignments";

fn home() -> Home {
    let home = Home::new();
    home.standin.configure(|options| options.authorize = Person::Approves);
    home
}

/// Runs ssox in a terminal, with a browser; returns what it said.
fn run(home: &Home, arguments: &[&str]) -> String {
    let mut command = home.command(SSOX);
    command.args(arguments).env("BROWSER", "curl -sL --noproxy *").env("TERM", "xterm-256color");
    let (said, status) = Terminal::start(command).wait_for_end();
    assert_eq!(status.code(), Some(0), "{said}");
    said
}

fn listing(home: &Home) -> Option<Value> {
    let name = home.files(DIRECTORY).into_iter().find(|name| name.ends_with(".json"))?;
    serde_json::from_str(&fs::read_to_string(home.path(DIRECTORY).join(name)).ok()?).ok()
}

/// Waits until no process lists; without a token, this lists nothing itself.
fn wait_for_the_end_of_listing(home: &Home) {
    home.ssox(&["list", "--assigned", "--refresh", "--background", "--sso-session", "corp"]).status();
}

#[test]
fn all_accounts_and_roles_are_known_after_each_sign_in() {
    let home = home();
    let said = run(&home, &["login", "dev"]);
    assert!(!said.contains("list") && !said.contains("warning"), "{said}");
    let listed = eventually("the listing", || listing(&home));
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 3);
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (1, 3));
    run(&home, &["login", "dev"]);
    run(&home, &["export", "staging/Admin"]);
    assert_eq!(home.standin.count("ListAccounts"), 1, "nobody signed in again");
    home.standin.configure(|options| options.accounts = vec![Account::new("555566667777", "Shop", &["Admin"])]);
    run(&home, &["login", "dev", "--fresh"]);
    let listed = || listing(&home).filter(|listing| listing["accounts"][0]["accountName"] == "Shop");
    eventually("the listing of the person who signed in last", listed);
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_sign_in_for_credentials_lists_too() {
    let home = home();
    run(&home, &["exec", "dev", "--", "true"]);
    eventually("the listing", || listing(&home));
}

#[test]
fn a_new_session_is_listed_once_it_is_in_the_configuration() {
    let home = home();
    home.write_config(&fs::read_to_string(home.path(".aws/config")).unwrap().replace("corp]", "known]"));
    let session = ["--sso-session", "corp", "--start-url", ssox_standin::START_URL, "--sso-region", "eu-west-1"];
    let assignment = ["--account-id", "111122223333", "--role-name", "Admin", "--profile", "new", "--yes"];
    home.sign_in(&ssox_standin::Grant::default());
    let options =
        [&["configure", "sso", "--region", "eu-west-1", "--output", "json"][..], &session, &assignment].concat();
    run(&home, &options);
    eventually("the listing", || listing(&home));
}

#[test]
fn a_refused_listing_is_not_reported() {
    let home = home();
    home.standin.fault("ListAccounts", Fault::Status(403), Times::Forever);
    let said = run(&home, &["exec", "dev", "--", "echo", "done"]);
    assert!(said.ends_with("done\r\n") && !said.contains("warning") && !said.contains("list"), "{said}");
    eventually("the request", || (home.standin.count("ListAccounts") == 1).then_some(()));
    assert_eq!(listing(&home), None);
}

#[test]
fn what_was_listed_for_another_person_is_not_continued() {
    let home = home();
    home.sign_in(&ssox_standin::Grant::default());
    home.standin.configure(|options| options.accounts = Account::many(60, 1));
    let mut child = home.command(SSOX).args(["list", "--assigned"]).spawn().unwrap();
    eventually("some are listed", || (home.standin.count("ListAccountRoles") >= 10).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    home.standin.configure(|options| {
        for account in &mut options.accounts {
            account.roles = vec!["Other".into()];
        }
    });
    run(&home, &["login", "dev", "--fresh"]);
    let listing = eventually("the listing", || listing(&home));
    let accounts = listing["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 60);
    assert!(accounts.iter().all(|account| account["roles"] == serde_json::json!(["Other"])), "{listing}");
}

#[test]
fn a_sign_in_while_another_person_s_roles_are_listed_lists_again() {
    let home = home();
    home.standin.configure(|options| options.accounts = Account::many(60, 1));
    run(&home, &["login", "dev"]);
    eventually("some are listed", || (home.standin.count("ListAccountRoles") >= 5).then_some(()));
    home.standin.configure(|options| options.accounts = vec![Account::new("555566667777", "Shop", &["Admin"])]);
    run(&home, &["login", "dev", "--fresh"]);
    let listed = || listing(&home).filter(|listing| listing["accounts"].as_array().unwrap().len() == 1);
    eventually("the listing of the person who signed in last", listed);
}

#[test]
fn signing_out_ends_a_listing_and_leaves_nothing_of_it() {
    let home = home();
    home.standin.configure(|options| options.accounts = Account::many(60, 1));
    run(&home, &["login", "dev"]);
    eventually("some are listed", || (home.standin.count("ListAccountRoles") >= 5).then_some(()));
    home.ssox(&["logout", "--sso-session", "corp"]).ok();
    wait_for_the_end_of_listing(&home);
    assert_eq!(home.files(DIRECTORY), [""; 0]);
    assert!(home.standin.count("ListAccountRoles") < 60);
}

#[test]
fn a_listing_that_needs_a_sign_in_is_the_only_one() {
    let home = home();
    home.sign_in(&ssox_standin::Grant::default());
    home.standin.end_sessions();
    let said = run(&home, &["list", "--assigned"]);
    assert!(said.contains("signed in to `corp`") && said.contains("222233334444"), "{said}");
    home.ssox(&["logout", "--sso-session", "corp"]).ok();
    wait_for_the_end_of_listing(&home);
    assert_eq!(home.standin.count("ListAccountRoles"), 3);
}
