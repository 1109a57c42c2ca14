//! `ssox each` runs a command with accounts and roles that no profile has.

use crate::home::{Home, Ran, SSOX};
use crate::pty::Terminal;
use crate::shown::{says, shows};
use serde_json::Value;
use ssox_standin::{Account, Fault, Grant, Person, Times};
use std::fs;

/// A home where somebody is signed in. `dev` and `twin` have a role of the first account; `out` is of another session.
fn home() -> Home {
    let home = Home::signed_in();
    home.standin.configure(|options| {
        options.accounts = vec![
            Account::new("111122223333", "dev", &["ReadOnly", "Admin"]),
            Account::new("555566667777", "Data Platform", &["Admin", "ReadOnly"]),
            Account::new("666677778888", "Shop [x]", &["ReadOnly"]),
        ];
    });
    home.write_config(
        "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n\
         [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
         [profile twin]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = eu-west-1\n\
         [profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n",
    );
    home
}

const OTHER: &str = "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n";

fn each(home: &Home, arguments: &[&str]) -> Ran {
    home.ssox(&[&["each"], arguments, &["--json", "--", "true"]].concat())
}

/// Expects that nothing runs, and returns the message.
fn refused(home: &Home, arguments: &[&str], status: i32) -> String {
    home.ssox(&[&["each"], arguments, &["--", "true"]].concat()).fails(status)
}

fn json(ran: &Ran) -> Vec<Value> {
    serde_json::from_slice(&ran.0.stdout).unwrap_or_else(|cause| panic!("{cause}: {} {}", ran.stdout(), ran.stderr()))
}

fn names(ran: &Ran) -> Vec<String> {
    json(ran).iter().map(|row| row["profile"].as_str().unwrap().to_string()).collect()
}

#[test]
fn patterns_and_options_choose_assignments_and_what_has_a_profile_runs_for_each_profile() {
    let home = home();
    for (arguments, chosen) in [
        (&["*/ReadOnly"][..], &["555566667777/ReadOnly", "666677778888/ReadOnly", "dev", "twin"][..]),
        (&["Data*/*"], &["555566667777/Admin", "555566667777/ReadOnly"]),
        (&["5555*/Admin", "keys"], &["555566667777/Admin", "keys"]),
        (&["Shop [x]/ReadOnly", "Shop*/Read*"], &["666677778888/ReadOnly"]),
        (&["dev/ReadOnly"], &["dev", "twin"]),
        (&["111122223333/ReadOnly", "111122223333/Admin"], &["111122223333/Admin", "dev", "twin"]),
        (&["--role", "Admin"], &["111122223333/Admin", "555566667777/Admin"]),
        (&["--account", "Data Platform"], &["555566667777/Admin", "555566667777/ReadOnly"]),
        (&["--account", "1111*", "--role", "*"], &["111122223333/Admin", "dev", "twin"]),
        (&["*", "--account", "dev"], &["dev", "twin"]),
        (&["*"], &["dev", "keys", "twin"]),
        (
            &["--sso-session", "corp"],
            &[
                "111122223333/Admin",
                "555566667777/Admin",
                "555566667777/ReadOnly",
                "666677778888/ReadOnly",
                "dev",
                "twin",
            ],
        ),
    ] {
        // A bracket in a name is part of a glob, which is then written `[[]`.
        let arguments: Vec<String> = arguments.iter().map(|word| word.replace("Shop [x]", "Shop [[]x]")).collect();
        let ran = each(&home, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((names(&ran), ran.status()), (chosen.iter().map(|name| (*name).to_string()).collect(), 0));
    }
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("ListAccountRoles")), (1, 3));
    assert_eq!(home.standin.violations(), [""; 0]);
    let mistakes = [&["Data Platfrom/Admin"][..], &["*/Nothing"], &["--role", "Nothing"], &["dve"]];
    says!(home, mistakes.map(|arguments| refused(&home, arguments, 2)).concat(), @r"
    ssox: no profile and no assignment matches `Data Platfrom/Admin`
    ssox: hint: did you mean `Data Platform/Admin`? `ssox list --assigned --refresh` shows every account and role that you may use
    ssox: no profile and no assignment matches `*/Nothing`
    ssox: hint: `ssox list --assigned --refresh` shows every account and role that you may use
    ssox: no profile and no assignment matches --role Nothing
    ssox: hint: `ssox list` shows all profiles
    ssox: hint: `ssox list --assigned --refresh` shows every account and role that you may use
    ssox: no profile matches `dve`
    ssox: hint: did you mean `dev`? `ssox list` shows all profiles
    ");
}

#[test]
fn a_child_has_the_environment_and_the_name_of_its_assignment() {
    let home = home();
    let script = "echo $SSOX_PROFILE $AWS_SSO_PROFILE $AWS_ACCOUNT_ID $SSOX_ROLE ${AWS_REGION-none}";
    let ran = home.ssox(&["each", "Data Platform/ReadOnly", "--", "sh", "-c", script]);
    assert_eq!(
        ran.ok(),
        "555566667777/ReadOnly: 555566667777/ReadOnly 555566667777/ReadOnly 555566667777 ReadOnly none\n"
    );
    home.ssox(&["each", "Data Platform/*", "--output-dir", "out", "--", "echo", "x"]).ok();
    let files = home.files("out");
    assert_eq!((files.len(), files[0].as_str()), (4, "555566667777%2FAdmin.err"));
    let rows = json(&each(&home, &["Data Platform/Admin"]));
    assert_eq!((rows[0]["account_id"].as_str(), rows[0]["role_name"].as_str()), (Some("555566667777"), Some("Admin")));
}

#[test]
fn the_number_of_an_account_needs_no_listing() {
    let home = home();
    let ran = each(&home, &["555566667777/Admin", "111122223333/ReadOnly"]);
    assert_eq!((names(&ran), ran.status()), (vec!["555566667777/Admin".into(), "dev".into(), "twin".into()], 0));
    assert_eq!((home.standin.count("ListAccounts"), home.standin.count("GetRoleCredentials")), (0, 2));
    let ran = each(&home, &["555566667777/Nobody", "keys"]);
    assert_eq!((names(&ran).len(), ran.status()), (2, 5));
    assert!(json(&ran)[0]["error"].is_string());
    home.add_config(OTHER);
    home.standin.seed_token(&home.path(""), "other", &Grant::default());
    assert!(refused(&home, &["777788889999/Admin"], 4).contains("--sso-session corp or --sso-session other"));
    assert_eq!(names(&each(&home, &["555566667777/Admin", "--sso-session", "corp"])), ["555566667777/Admin"]);
}

#[test]
fn where_nobody_can_sign_in_its_entries_have_the_error_and_the_others_run() {
    let home = home();
    each(&home, &["*/Admin"]).ok();
    home.add_config(&format!(
        "{OTHER}[profile out]\nsso_session = other\nsso_account_id = 999988887777\nsso_role_name = Admin\n"
    ));
    // The other session has no listing, and nobody is there to sign in.
    let ran = each(&home, &["*/Admin"]);
    let errors: Vec<bool> = json(&ran).iter().map(|row| row["error"].is_string()).collect();
    assert_eq!((names(&ran)[2].as_str(), errors, ran.status()), ("out", vec![false, false, true], 3));
    shows!(home, ran.stderr(), [(r"\b\d+\.\d\b", "TIME")], @r"
    ssox: warning: the assignments of session `other` are left out: not signed in to `other`
    ssox: hint: ssox login --sso-session other
    ssox: 1 of 3 runs failed
    PROFILE  EXIT  SECONDS  WHY
    out      -     TIME      not signed in to `other`
    ");
    let ran = each(&home, &["*/Admin", "--sso-session", "corp"]);
    assert_eq!((names(&ran).len(), ran.status(), ran.stderr().as_str()), (2, 0, ""));
    // A session whose listing is stored.
    let token = ssox_standin::token_file(&home.path(""), "corp");
    fs::remove_file(token).unwrap();
    fs::remove_dir_all(home.path(".aws/cli/cache")).unwrap();
    let ran = each(&home, &["*/Admin", "keys", "--sso-session", "corp"]);
    assert_eq!(ran.status(), 2, "keys are of no session: {}", ran.stderr());
    let ran = each(&home, &["5*/Admin", "keys"]);
    let errors: Vec<bool> = json(&ran).iter().map(|row| row["error"].is_string()).collect();
    assert_eq!(
        (names(&ran), errors, ran.status()),
        (vec!["555566667777/Admin".into(), "keys".into()], vec![true, false], 3)
    );
    assert!(refused(&home, &["*/Admin", "--sso-session", "other", "--account", "1*"], 3).contains("ssox login"));
}

#[test]
fn two_sessions_of_one_start_url_count_once() {
    let home = home();
    home.add_config(&OTHER.replace("other.awsapps", "d-1234567890.awsapps"));
    let ran = each(&home, &["*/Admin"]);
    assert_eq!((names(&ran).len(), ran.status(), home.standin.count("ListAccounts")), (2, 0, 1), "{}", ran.stderr());
}

#[test]
fn an_assignment_of_two_sessions_is_the_error_of_its_entry() {
    let home = home();
    home.add_config(OTHER);
    home.standin.seed_token(&home.path(""), "other", &Grant::default());
    let ran = each(&home, &["Data*/Admin", "keys"]);
    let rows = json(&ran);
    assert_eq!((rows.len(), ran.status()), (2, 4));
    assert!(rows[0]["error"].as_str().unwrap().contains("several sessions have `555566667777/Admin`"));
    assert_eq!(rows[1]["exit_status"], 0);
    home.add_config(&OTHER.replace("other", "third"));
    home.standin.seed_token(&home.path(""), "third", &Grant::default());
    assert_eq!(
        json(&each(&home, &["Data*/Admin"]))[0]["error"],
        "several sessions have `555566667777/Admin`: choose one with --sso-session corp or --sso-session other or \
         --sso-session third"
    );
}

#[test]
fn accounts_whose_roles_are_missing_are_named() {
    let home = home();
    home.standin.configure(|options| options.forbidden_accounts = vec!["666677778888".into()]);
    let ran = each(&home, &["*/ReadOnly"]);
    assert_eq!((names(&ran), ran.status()), (vec!["555566667777/ReadOnly".into(), "dev".into(), "twin".into()], 5));
    says!(home, ran.stderr(), @r"
    ssox: warning: the listing of `corp` is incomplete: the roles of 1 account are missing (`666677778888`)
    ssox: hint: `ssox list --assigned --refresh` tries again
    ");
    let ran = each(&home, &["Data*/ReadOnly"]);
    assert_eq!((ran.status(), ran.stderr().as_str()), (0, ""), "another account");
}

#[test]
fn protected_assignments_are_left_out() {
    let home = home();
    let ran = home.ssox_with(&["each", "*/Admin", "--json", "--", "true"], &[("SSOX_PROTECT", "Data*/*")]);
    assert_eq!((names(&ran), ran.status()), (vec!["111122223333/Admin".to_string()], 0));
    says!(home, ran.stderr(), @r"
    ssox: the command was not started for these profiles, because they are protected: `555566667777/Admin`
    ssox: hint: add --include-protected
    ");
}

#[test]
fn a_person_signs_in_once_for_the_listing_and_all_commands() {
    let home = home();
    fs::remove_file(ssox_standin::token_file(&home.path(""), "corp")).unwrap();
    home.standin.configure(|options| {
        options.authorize = Person::Approves;
        options.device = Person::Approves;
    });
    let mut command = home.command(SSOX);
    command.args(["each", "*/*", "--", "echo", "ran"]).env("BROWSER", "curl -sL --noproxy *");
    let (said, status) = Terminal::start(command).wait_for_end();
    assert_eq!((status.code(), said.matches(" ran\r\n").count()), (Some(0), 6), "{said}");
    assert_eq!((home.standin.count("Authorize"), home.standin.count("ListAccounts")), (1, 1));
}

#[test]
fn a_person_who_does_not_sign_in_is_asked_once() {
    let home = home();
    fs::remove_file(ssox_standin::token_file(&home.path(""), "corp")).unwrap();
    home.standin.configure(|options| options.device = Person::Refuses);
    let mut command = home.command(SSOX);
    command.args(["each", "*/*", "keys", "--", "echo", "ran"]).env("SSH_CONNECTION", "x").env_remove("BROWSER");
    let (said, status) = Terminal::start(command).wait_for_end();
    assert_eq!((status.code(), said.matches(" ran\r\n").count()), (Some(3), 1), "{said}");
    assert_eq!(home.standin.count("StartDeviceAuthorization"), 1, "{said}");
}

#[test]
fn a_listing_that_fails_ends_it_only_where_nothing_else_is_chosen() {
    let home = home();
    home.standin.fault("ListAccounts", Fault::Status(500), Times::Forever);
    let run = |arguments: &[&str]| {
        home.ssox_with(&[&["each"], arguments, &["--json", "--", "true"]].concat(), &[("AWS_MAX_ATTEMPTS", "1")])
    };
    assert_eq!((run(&["Data*/Admin"]).status(), run(&["Data*/Admin"]).stdout()), (6, String::new()));
    let ran = run(&["*/ReadOnly"]);
    assert_eq!((names(&ran), ran.status()), (vec!["dev".to_string(), "twin".into()], 6));
}
