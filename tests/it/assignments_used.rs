//! The use of accounts and roles without a profile: chosen in the picker, in PowerShell, if they are protected, when
//! `doctor` and `status` say whose access keys are set, and beside the profiles that `configure populate` writes.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually, screen};
use crate::shown::{says, shows};
use serde_json::{Value, json};
use ssox_standin::{Account, Fault, Times};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

fn home() -> Home {
    let home = Home::signed_in();
    home.standin.configure(|options| {
        options.accounts = vec![
            Account::new("555566667777", "Data Platform", &["ReadOnly", "Admin"]),
            Account::new("666677778888", "Shop", &["ReadOnly"]),
            Account::new("111122223333", "dev", &["ReadOnly"]),
        ];
    });
    home
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|cause| panic!("{cause}: {text}"))
}

#[test]
fn a_managed_profile_with_keys_of_ssox_is_one_of_its_account_and_role() {
    let home = home();
    home.add_config(
        "[profile managed]\ncredential_process = ssox credential-process managed\nssox_managed = corp\n\
        ssox_account_id = 555566667777\nssox_role_name = Admin\n",
    );
    let exported = json_of(&home.ssox(&["export", "managed", "--format", "json"]).ok());
    assert_eq!(exported["account_id"], "555566667777");
    assert_eq!(json_of(&home.ssox(&["credential-process", "managed"]).ok())["Version"], 1);
    for wanted in ["555566667777/Admin", "Data Platform/Admin"] {
        let used = home.ssox(&["--emit=zsh1", "use", wanted]);
        assert_eq!(used.set("SSOX_PROFILE").as_deref(), Some("managed"), "{wanted}");
    }
    let listed = json_of(&home.ssox(&["list", "--assigned", "--json"]).ok());
    let rows = listed.as_array().unwrap();
    let row = rows.iter().find(|row| row["profiles"] == json!(["managed"])).expect("the assignment has its profile");
    assert_eq!((&row["account_id"], &row["role_name"]), (&json!("555566667777"), &json!("Admin")));
    assert!(row["expires_at"].is_string(), "{row}");
}

#[test]
fn signing_out_removes_cached_credentials_of_roles_without_a_profile() {
    let home = home();
    home.ssox(&["export", "555566667777/Admin"]).ok();
    home.ssox(&["export", "Shop/ReadOnly"]).ok();
    home.ssox(&["export", "dev"]).ok();
    assert_eq!(home.files(".aws/cli/cache").len(), 3);
    let said = home.ssox(&["logout", "--sso-session", "corp"]).stderr();
    says!(home, said, @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the cached credentials of 3 roles");
    assert_eq!(home.files(".aws/cli/cache"), [""; 0]);
}

#[test]
fn globs_of_protected_names_see_the_account_by_number_and_by_name() {
    let home = home();
    home.ssox(&["list", "--assigned"]).ok();
    for globs in ["Data Platform/*", "555566667777/A*", "*/Admin", "x, Data*/Admin"] {
        let protect = [("SSOX_PROTECT", globs)];
        for wanted in ["555566667777/Admin", "Data Platform/Admin"] {
            home.ssox_with(&["export", wanted], &protect).fails(3);
            home.ssox_with(&["export", wanted, "--yes"], &protect).ok();
        }
        home.ssox_with(&["export", "Shop/ReadOnly"], &protect).ok();
    }
}

#[test]
fn the_question_for_a_protected_assignment_names_the_account() {
    let home = home();
    home.ssox(&["list", "--assigned"]).ok();
    for wanted in ["555566667777/Admin", "Data Platform/Admin"] {
        let mut command = home.command(SSOX);
        command.args(["exec", wanted, "--", "echo", "ran"]).env("SSOX_PROTECT", "*/Admin");
        let mut terminal = Terminal::start(command);
        terminal.wait_for("use the protected profile 555566667777/Admin (Data Platform)? [y/N] ");
        terminal.keys("y\r");
        let (said, status) = terminal.wait_for_end();
        assert!(status.success() && said.contains("ran"), "{said}");
    }
}

#[test]
fn credential_process_takes_an_assignment_by_its_name_too() {
    let home = home();
    home.ssox(&["list", "--assigned"]).ok();
    for wanted in ["555566667777/Admin", "Data Platform/Admin"] {
        assert_eq!(json_of(&home.ssox(&["credential-process", wanted]).ok())["Version"], 1, "{wanted}");
    }
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
}

/// Replaces the end of the access key id, by which status and doctor name a key.
fn mask(text: &str, keys: &[(&str, &str)]) -> String {
    let (_, id) = keys[0];
    text.replace(&id[id.len() - 4..], "WXYZ")
}

#[test]
fn keys_of_an_assignment_have_its_name_in_status_and_doctor() {
    let home = home();
    home.ssox(&["list", "--assigned"]).ok();
    let keys = home.ssox(&["--emit=zsh1", "use", "Data Platform/Admin"]);
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let used = keys.all_set();
    let used: Vec<(&str, &str)> = used.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let status = home.ssox_with(&["status"], &used).ok();
    assert!(status.contains("\naccount      555566667777 (Data Platform)\n"), "{status}");
    let keys = names.map(|name| (name, keys.set(name).expect("the keys are set")));
    let theirs: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let status = home.ssox_with(&["status"], &theirs).ok();
    shows!(home, mask(&status, &theirs), @r"
    no profile is in use in this shell
    keys         access key …WXYZ, of `555566667777/Admin`
    ");
    let mut ours = home.ssox(&["--emit=zsh1", "use", "dev"]).all_set();
    ours.retain(|(name, _)| !names.contains(&name.as_str()));
    let ours: Vec<(&str, &str)> = ours.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let held = [&ours[..], &theirs].concat();
    let told = ["status", "doctor"].map(|verb| mask(&home.ssox_with(&[verb], &held).stdout(), &theirs));
    shows!(home, told.concat(), @r"
    profile      dev
    foreign      this shell is no longer as ssox set it for `dev`: something else has set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
    now          access key …WXYZ, of `555566667777/Admin`, with AWS_ENDPOINT_URL=http://STANDIN
    hint         `ssox use dev` sets everything again; `ssox clear` keeps what others set
    region       eu-west-1
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    error: this shell is no longer as ssox set it for `dev`: something else has set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; now: access key …WXYZ, of `555566667777/Admin`, with AWS_ENDPOINT_URL=http://STANDIN
        hint: `ssox use dev` sets everything again; `ssox clear` keeps what others set
    warning: AWS_ACCOUNT_ID is `111122223333`, but the access key belongs to `555566667777`: the SDKs send requests to the address of another account
        hint: unset AWS_ACCOUNT_ID
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn the_picker_has_a_row_for_an_assignment() {
    let home = home();
    home.ssox(&["list", "--assigned"]).ok();
    let mut command = home.command(SSOX);
    command.args(["--emit=zsh1", "use"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("Data Platform/Admin");
    terminal.keys("platadm");
    terminal.wait_for("platadm");
    terminal.keys("\r");
    terminal.wait_for("=SSOX_PROFILE=555566667777/Admin");
}

#[test]
fn ctrl_c_ends_a_listing_with_its_bar_and_the_next_one_continues() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = Account::many(400, 1));
    home.standin.fault("ListAccountRoles", Fault::Hang, Times::After(50));
    let mut command = home.command(SSOX);
    command.args(["list", "--assigned"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("50 of 400 accounts");
    terminal.keys("\x03");
    let (said, status) = terminal.wait_for_end();
    assert_eq!(status.code().or_else(|| status.signal().map(|signal| 128 + signal)), Some(130), "{said}");
    assert!(!screen(&said).contains("accounts"), "{said:?}");
    home.standin.clear_faults("*");
    assert_eq!(json_of(&home.ssox(&["list", "--assigned", "--json"]).ok()).as_array().unwrap().len(), 400);
    // Only those that were in flight are listed again.
    let count = home.standin.count("ListAccountRoles");
    assert!((400..=424).contains(&count), "{count}");
}

#[test]
fn without_a_profile_a_session_leads_to_its_assignments() {
    let home = home();
    home.write_config(
        "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    let mut told = String::new();
    for arguments in [&["list"][..], &["--emit=zsh1", "use"], &["export"], &["exec", "dev", "--", "true"]] {
        let ran = home.ssox(arguments);
        told += &format!("$ ssox {} => {}\n{}{}", arguments.join(" "), ran.status(), ran.stdout(), ran.stderr());
    }
    shows!(home, told, @r"
    $ ssox list => 0
    ssox: no profiles are configured yet
    ssox: hint: `ssox list --assigned` shows what you may use without a profile
    $ ssox --emit=zsh1 use => 3
    ssox: there is no profile to choose
    ssox: hint: `ssox list --assigned` shows what you may use without a profile
    $ ssox export => 4
    ssox: there is no profile `default`: no profiles are configured yet
    ssox: hint: `ssox list --assigned` shows what you may use without a profile
    $ ssox exec dev -- true => 4
    ssox: there is no profile `dev`: no profiles are configured yet
    ssox: hint: `ssox list --assigned` shows what you may use without a profile
    ");
    home.ssox(&["list", "--assigned"]).ok();
    let offered = home.ssox(&["--emit=zsh1", "use"]).fails(3);
    assert!(offered.contains("choose one of `111122223333/ReadOnly`, `555566667777/Admin`"), "{offered}");
}

#[test]
fn a_listing_that_waits_for_another_one_shows_how_far_that_is() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = Account::many(400, 1));
    home.standin.fault("ListAccountRoles", Fault::Hang, Times::After(50));
    let mut first = home.command(SSOX);
    let mut first = first.args(["list", "--assigned"]).stderr(Stdio::null()).spawn().unwrap();
    eventually("the first one lists", || (home.standin.count("ListAccountRoles") >= 1).then_some(()));
    let mut command = home.command(SSOX);
    command.args(["list", "--assigned"]).env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("50 of 400 accounts");
    home.standin.clear_faults("*");
    first.kill().unwrap();
    first.wait().unwrap();
    let (said, status) = terminal.wait_for_end();
    assert!(status.success() && said.contains("100000000399"), "{said}");
    assert!((400..=424).contains(&home.standin.count("ListAccountRoles")));
}

#[test]
fn two_listings_of_a_session_at_once_are_one() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.accounts = Account::many(60, 1));
    // The second one starts before the first one is done.
    home.standin.fault("ListAccountRoles", Fault::Delay(Duration::from_secs(3)), Times::Next(1));
    let list = || {
        let mut command = home.command(SSOX);
        command.args(["list", "--assigned", "--refresh", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let first = list();
    eventually("the first one lists", || (home.standin.count("ListAccountRoles") >= 1).then_some(()));
    let second = list();
    let [first, second] = [first, second].map(|child| child.wait_with_output().unwrap().stdout);
    assert!(first == second && json_of(&String::from_utf8_lossy(&first)).as_array().unwrap().len() == 60);
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (1, 60));
}
