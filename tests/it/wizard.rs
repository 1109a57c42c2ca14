//! `configure sso` and `configure migrate` in a terminal. `configure` tests what they write.

use crate::home::{Home, SSOX};
use crate::pty::Terminal;
use ssox_standin::Account;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;

#[test]
fn the_wizard_asks_signs_in_and_shows_the_change() {
    let home = Home::signed_in();
    let before =
        format!("# mine\n[sso-session corp]\nsso_start_url = {}\nsso_region = eu-west-1\n", ssox_standin::START_URL);
    home.write_config(&before);
    let mut command = home.command(SSOX);
    command.args(["configure", "sso"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("session");
    terminal.keys("corp\r");
    terminal.wait_for("account");
    terminal.keys("staging");
    terminal.wait_for("222233334444");
    terminal.keys("\r");
    terminal.wait_for("role");
    terminal.keys("Admin\r");
    terminal.wait_for("default region [eu-west-1]: ");
    // An invalid answer is reported, and the question asked again.
    terminal.enter("Europe");
    terminal.wait_for("`Europe` is not a region");
    terminal.wait_for("default region [eu-west-1]: ");
    terminal.enter("eu-north-1");
    terminal.wait_for("output format");
    terminal.enter("yml");
    terminal.wait_for("no output format `yml`");
    terminal.wait_for("output format");
    terminal.enter("");
    terminal.wait_for("profile name [staging-admin]: ");
    terminal.enter("my own");
    terminal.wait_for("`my own` cannot be the name of a new profile");
    terminal.wait_for("profile name [staging-admin]: ");
    terminal.enter("mine");
    terminal.wait_for("+[profile mine]");
    terminal.wait_for("[Y/n] ");
    terminal.enter("y");
    terminal.wait_for("ssox use mine");
    assert!(terminal.wait_for_end().1.success());
    let added = "\n[profile mine]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = Admin\nregion = eu-north-1\n";
    assert_eq!(fs::read_to_string(home.path(".aws/config")).unwrap(), format!("{before}{added}"));
}

#[test]
fn answering_no_or_leaving_changes_nothing() {
    let legacy = format!(
        "[profile dev]\nsso_start_url = {}\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = R\n",
        ssox_standin::START_URL
    );
    for answer in ["n\r", "\u{3}", "\u{4}"] {
        let home = Home::new();
        home.write_config(&legacy);
        let mut command = home.command(SSOX);
        command.args(["configure", "migrate"]).env("TERM", "xterm-256color");
        let mut terminal = Terminal::start(command);
        terminal.wait_for("[Y/n] ");
        terminal.keys(answer);
        let (said, ended) = terminal.wait_for_end();
        let status = ended.code().or_else(|| ended.signal().map(|signal| 128 + signal));
        assert_eq!(status, Some(if answer == "\u{3}" { 130 } else { 3 }), "{answer:?}: {said}");
        assert_eq!(fs::read_to_string(home.path(".aws/config")).unwrap(), legacy, "{answer:?}");
    }
}

#[test]
fn one_of_five_hundred_roles_is_found_by_typing() {
    let home = Home::signed_in();
    let roles: Vec<String> = (0..500).map(|n| format!("Role{n:03}")).collect();
    home.standin.configure(|options| {
        let names: Vec<&str> = roles.iter().map(String::as_str).collect();
        options.accounts = vec![Account::new("111122223333", "big", &names)];
    });
    let mut command = home.command(SSOX);
    command.args(["configure", "sso", "--sso-session", "corp", "--profile", "it", "--region", "eu-west-1"]);
    command.args(["--output", "json"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("Role000");
    terminal.keys("role417\r");
    terminal.wait_for("[Y/n] ");
    terminal.enter("");
    assert!(terminal.wait_for_end().1.success());
    assert!(fs::read_to_string(home.path(".aws/config")).unwrap().contains("\nsso_role_name = Role417\n"));
}

#[test]
fn a_pasted_address_finds_the_session_that_is_there() {
    let home = Home::signed_in();
    home.write_config(&format!(
        "[sso-session corp]\nsso_start_url = {}\nsso_region = eu-west-1\n",
        ssox_standin::START_URL
    ));
    let mut command = home.command(SSOX);
    command.args(["configure", "sso", "--account-id", "222233334444", "--role-name", "Admin", "--profile", "mine"]);
    command.args(["--region", "eu-west-1", "--output", "json"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("session");
    terminal.keys("new\r");
    terminal.wait_for("start URL: ");
    terminal.enter("https://d-1234567890.awsapps.com/start/#/?tab=accounts");
    terminal.wait_for("session `corp` already has this start URL");
    terminal.wait_for("[Y/n] ");
    terminal.enter("y");
    assert!(terminal.wait_for_end().1.success());
    let config = fs::read_to_string(home.path(".aws/config")).unwrap();
    assert!(config.contains("\nsso_session = corp\n") && config.matches("[sso-session").count() == 1, "{config}");
}

#[test]
fn with_every_answer_given_only_consent_is_asked_for() {
    let home = Home::new();
    for (answer, status) in [("n", 3), ("y", 0)] {
        let mut command = home.command(SSOX);
        let role = ["--account-id", "222233334444", "--role-name", "Admin"];
        command.args(["configure", "sso", "--sso-session", "corp"]).args(role);
        command.args(["--profile", "mine", "--region", "eu-west-1", "--output", "json"]).env("TERM", "xterm-256color");
        let mut terminal = Terminal::start(command);
        let before = terminal.wait_for("[Y/n] ");
        assert!(!before.contains("sign in to") && before.contains("not checked"), "{before}");
        terminal.enter(answer);
        let (said, ended) = terminal.wait_for_end();
        assert_eq!(ended.code(), Some(status), "{answer}: {said}");
    }
    assert_eq!(home.standin.total(), 0, "AWS was asked");
}
