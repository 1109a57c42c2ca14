//! `ssox each` runs one command with the credentials of many profiles.

use crate::home::{Home, Ran, SSOX};
use crate::pty::{Terminal, eventually};
use crate::shown::{says, shows};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use ssox_standin::{Fault, Person, Times};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

fn profile(name: &str, account: &str, role: &str) -> String {
    format!(
        "[profile '{name}']\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\nregion = eu-west-1\n"
    )
}

/// A home with some more profiles: two of Identity Center, one of static keys, one that is broken, one that is
/// protected.
fn home() -> Home {
    let home = Home::signed_in();
    let sso = [profile("a b", "111122223333", "Admin"), profile("main", "333344445555", "ReadOnly")].concat();
    let others = "[profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n[profile broken]\nregion = x_y\n\
        [profile held]\naws_access_key_id = AKIA2\naws_secret_access_key = s\nssox_protected = true\n";
    home.add_config(&format!("{sso}{others}"));
    home
}

fn each(home: &Home, arguments: &[&str]) -> Ran {
    home.ssox(&[&["each"], arguments].concat())
}

fn json(ran: &Ran) -> Vec<Value> {
    serde_json::from_slice(&ran.0.stdout).unwrap_or_else(|cause| panic!("{cause}: {} {}", ran.stdout(), ran.stderr()))
}

fn names(ran: &Ran) -> Vec<String> {
    json(ran).iter().map(|row| row["profile"].as_str().unwrap().to_string()).collect()
}

#[test]
fn each_profile_has_its_own_environment_and_its_name_before_each_line() {
    let home = home();
    let script = "echo $SSOX_PROFILE $AWS_ACCOUNT_ID ${AWS_PROFILE-none}; echo two; printf three >&2; exec cat";
    let ran = home.ssox_with(
        &["each", "stg", "dev", "dev", "--", "sh", "-c", script],
        &[("AWS_PROFILE", "other"), ("SSOX_FUNCTION", "zsh1")],
    );
    let mut lines: Vec<String> = ran.ok().lines().map(String::from).collect();
    let at = |text: &str| lines.iter().position(|line| line == text).unwrap_or_else(|| panic!("{text}: {lines:?}"));
    assert!(at("dev: dev 111122223333 none") < at("dev: two"));
    assert!(at("stg: stg 222233334444 none") < at("stg: two"));
    lines.sort();
    assert_eq!(lines.len(), 4, "{lines:?}");
    let mut said: Vec<String> = ran.stderr().lines().map(String::from).collect();
    said.sort();
    assert_eq!(said, ["dev: three", "stg: three"]);
    assert_eq!(home.standin.count("GetRoleCredentials"), 2);
}

#[test]
fn lines_of_many_programs_do_not_mix() {
    let home = home();
    let script = "i=0; while [ $i -lt 500 ]; do echo $i; echo e$i >&2; i=$((i+1)); done";
    let ran = each(&home, &["dev", "stg", "keys", "main", "--", "sh", "-c", script]);
    let check = |text: String, start: &str| {
        for name in ["dev", "stg", "keys", "main"] {
            let of = text.lines().filter_map(|line| line.strip_prefix(&format!("{name}: {start}")));
            assert!(of.eq((0..500).map(|n| n.to_string())), "{name}");
        }
        assert_eq!(text.lines().count(), 2000);
    };
    check(ran.ok(), "");
    check(ran.stderr(), "e");
}

#[test]
fn patterns_and_options_choose() {
    let home = home();
    fs::create_dir_all(home.path(".local/state/ssox")).unwrap();
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    for (arguments, chosen) in [
        (&["dev"][..], &["dev"][..]),
        (&["[ds]*", "a b"], &["a b", "dev", "stg"]),
        (&["111122223333/*"], &["111122223333/PowerUser", "a b", "dev", "legacy"]),
        (&["*/Admin"], &["222233334444/Admin", "333344445555/Admin", "a b", "legacy"]),
        (&["--account", "1111*", "--account", "3333*", "--role", "ReadOnly"], &["dev", "main"]),
        (&["--sso-session", "corp", "--role", "Adm*", "*"], &["a b"]),
        (&["keys"], &["keys"]),
    ] {
        let ran = each(&home, &[arguments, &["--json", "--", "true"]].concat());
        assert_eq!(names(&ran), chosen, "{arguments:?} {}", ran.stderr());
    }
    let mistakes = [
        &["--", "true"][..],
        &["dve", "--", "true"],
        &["dev", "none*", "--", "true"],
        &["corp", "--", "true"],
        &["--account", "999*", "--", "true"],
        &["main", "--role", "Nothing", "--", "true"],
        &["--jobs", "0", "dev", "--", "true"],
        &["dev"],
    ];
    says!(home, mistakes.map(|arguments| each(&home, arguments).fails(2)).concat(), @r"
    ssox: no profile is chosen
    ssox: hint: `ssox each 'dev-*' -- COMMAND`, or `'*'` for all profiles
    ssox: no profile matches `dve`
    ssox: hint: did you mean `dev`? `ssox list` shows all profiles
    ssox: no profile matches `none*`
    ssox: hint: `ssox list` shows all profiles
    ssox: no profile matches `corp`
    ssox: hint: `corp` is an sso-session: ssox each --sso-session corp -- COMMAND
    ssox: no profile and no assignment matches --account '999*'
    ssox: hint: `ssox list` shows all profiles
    ssox: hint: `ssox list --assigned --refresh` shows every account and role that you may use
    ssox: no profile matches `main` together with --role Nothing
    ssox: hint: `ssox list` shows all profiles
    ssox: invalid value `0` for `--jobs <N>`: must be a number, at least 1
    ssox: hint: ssox each --help
    ssox: missing on the command line: `<COMMAND>...`
    ssox: hint: ssox each <PATTERNS>... -- <COMMAND>...
    ");
    assert_eq!(each(&home, &["dev", "--"]).fails(2), each(&home, &["dev"]).fails(2));
    says!(home, each(&home, &["--sso-session", "crop", "--", "true"]).fails(4), @r"
    ssox: there is no sso-session `crop`
    ssox: hint: did you mean `corp`? `ssox sessions` shows all sessions
    ");
}

#[test]
fn json_has_one_object_for_each_profile_in_order() {
    let home = home();
    let ran =
        each(&home, &["*", "--json", "--", "sh", "-c", "printf '\\377x'; echo no >&2; [ \"$SSOX_PROFILE\" != stg ]"]);
    let rows = json(&ran);
    assert_eq!(names(&ran), ["a b", "broken", "dev", "keys", "legacy", "main", "stg"]);
    let row = |name: &str| rows.iter().find(|row| row["profile"] == name).unwrap().clone();
    let dev = row("dev");
    assert_eq!(dev["exit_status"], 0);
    assert_eq!((dev["account_id"].as_str(), dev["role_name"].as_str()), (Some("111122223333"), Some("ReadOnly")));
    assert_eq!((dev["stdout"].as_str(), dev["stderr"].as_str()), (Some("\u{fffd}x"), Some("no\n")));
    assert!(dev["seconds"].is_f64() && dev["error"].is_null());
    assert_eq!((row("stg")["exit_status"].as_u64(), row("stg")["error"].is_null()), (Some(1), true));
    assert!(row("broken")["exit_status"].is_null() && row("broken")["error"].as_str().unwrap().contains("x_y"));
    assert!(row("legacy")["exit_status"].is_null() && row("legacy")["error"].is_string(), "{:?}", row("legacy"));
    assert_eq!(ran.status(), 1);
    shows!(home, ran.stderr(), [(r"\b\d+\.\d\b", "TIME")], @r"
    ssox: the command was not started for these profiles, because they are protected: `held`
    ssox: hint: add --include-protected
    ssox: 3 of 7 runs failed
    PROFILE  EXIT  SECONDS  WHY
    broken   -     TIME      `region` of profile `broken`: `x_y` is not a region
    legacy   -     TIME      not signed in to `https://d-1234567890.awsapps.com/start`
    stg      1     TIME      no
    ");
}

#[test]
fn files_get_the_output_of_each() {
    let home = home();
    for _ in 0..2 {
        let line = ["a b", "keys", "--output-dir", "out/put", "--", "sh", "-c", "echo o$SSOX_PROFILE; echo e >&2"];
        let ran = each(&home, &line);
        assert_eq!((ran.ok().as_str(), ran.stderr().as_str()), ("", ""));
        assert_eq!(home.files("out/put"), ["a%20b.err", "a%20b.out", "keys.err", "keys.out"]);
        assert_eq!(fs::read_to_string(home.path("out/put/a%20b.out")).unwrap(), "oa b\n");
        assert_eq!(fs::read_to_string(home.path("out/put/keys.err")).unwrap(), "e\n");
        let mode = fs::metadata(home.path("out/put/keys.out")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // What is there before is replaced, and its mode does not stay.
        fs::set_permissions(home.path("out/put/keys.out"), fs::Permissions::from_mode(0o644)).unwrap();
    }
}

#[test]
fn the_exit_status_is_the_highest_of_the_commands_or_that_of_the_credentials() {
    let home = home();
    let run = |arguments: &[&str]| each(&home, arguments).status();
    let exits = "case $SSOX_PROFILE in dev) exit 3;; stg) exit 7;; esac";
    assert_eq!(run(&["dev", "stg", "keys", "--", "sh", "-c", exits]), 7);
    assert_eq!(run(&["dev", "keys", "--", "sh", "-c", "kill -9 $$"]), 128 + 9);
    assert_eq!(run(&["keys", "--", "no-such-program"]), 127);
    assert_eq!(run(&["keys", "--", "/"]), 126);
    assert_eq!(run(&["keys", "broken", "--", "true"]), 4);
    assert_eq!(run(&["keys", "broken", "--", "false"]), 1);
    // A session without a token.
    assert_eq!(run(&["legacy", "keys", "--", "true"]), 3);
    home.standin.fault("GetRoleCredentials", Fault::Status(403), Times::Forever);
    assert_eq!(run(&["main", "keys", "--", "true"]), 5);
    let ran = each(&home, &["main", "legacy", "keys", "--json", "--", "no-such-program"]);
    assert_eq!((ran.status(), json(&ran)[0]["exit_status"].as_u64()), (127, Some(127)));
    assert!(json(&ran)[0]["error"].as_str().unwrap().contains("no-such-program"), "{}", ran.stdout());
}

#[test]
fn protected_ones_are_left_out_and_named() {
    let home = home();
    let ran = each(&home, &["keys", "held", "--json", "--", "true"]);
    assert_eq!((ran.status(), names(&ran)), (0, vec!["keys".to_string()]));
    says!(home, ran.stderr(), @r"
    ssox: the command was not started for these profiles, because they are protected: `held`
    ssox: hint: add --include-protected
    ");
    says!(home, each(&home, &["held", "--", "true"]).fails(3), @r"
    ssox: the command was not started, because all chosen profiles are protected: `held`
    ssox: hint: add --include-protected
    ");
    let ran = each(&home, &["held", "keys", "--include-protected", "--json", "--", "true"]);
    assert_eq!((names(&ran), ran.stderr().as_str()), (vec!["held".to_string(), "keys".into()], ""));
    let globs = home.ssox_with(&["each", "keys", "main", "--", "echo"], &[("SSOX_PROTECT", "3333*/Read*")]);
    assert_eq!(globs.ok(), "keys: \n");
}

#[test]
fn after_a_failure_the_others_end_if_that_is_wanted() {
    let home = home();
    let script = "case $SSOX_PROFILE in
        keys) until [ -e ~/dev-is-ready ]; do sleep 0.01; done; exit 5;;
        *) trap '' TERM; : >~/$SSOX_PROFILE-is-ready; sleep 600 & wait; wait;;
    esac";
    let ran =
        each(&home, &["dev", "keys", "main", "stg", "--jobs", "3", "--fail-fast", "--json", "--", "sh", "-c", script]);
    let rows = json(&ran);
    assert_eq!(rows[1]["exit_status"], 5);
    assert!(rows[3]["exit_status"].is_null() && rows[3]["error"].as_str().unwrap().contains("--fail-fast"), "{rows:?}");
    // One that does not end by itself is killed.
    assert_eq!(rows[0]["exit_status"], 128 + 9, "{rows:?}");
    assert_ne!(ran.status(), 0);
}

/// A process in another group keeps the output open after the program was killed.
#[test]
fn a_program_that_was_killed_has_an_exit_status_also_when_its_output_stays_open() {
    let home = home();
    let script = "case $SSOX_PROFILE in keys) until [ -e there ]; do sleep 0.01; done; exit 5;; \
        *) trap '' TERM; setsid sleep 30 & echo >there; sleep 600;; esac";
    let ran = each(&home, &["dev", "keys", "--fail-fast", "--json", "--", "sh", "-c", script]);
    let statuses: Vec<Option<u64>> = json(&ran).iter().map(|row| row["exit_status"].as_u64()).collect();
    assert_eq!((statuses, ran.status()), (vec![Some(128 + 9), Some(5)], 128 + 9), "{}", ran.stdout());
}

/// A command that runs until it is ended, in a process that it starts; each writes its number into a file.
const FOREVER: &str = "echo $$ >>pids; sleep 600 & echo $! >>pids; echo ready; wait";

fn pids(home: &Home) -> Vec<Pid> {
    let text = fs::read_to_string(home.path("pids")).unwrap_or_default();
    text.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)).collect()
}

/// A process that got a signal closes its pipes, for which ssox waits, a moment before it has ended.
fn all_have_ended(home: &Home) {
    eventually("the end of all processes", || (!pids(home).iter().any(is_running)).then_some(()));
}

/// Tells whether a process runs; one that is dead and not reaped does not.
fn is_running(pid: &Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    test_kill_process(*pid).is_ok() && !stat.contains(") Z ")
}

#[test]
fn ctrl_c_ends_every_process_and_says_which_ran() {
    let home = home();
    let mut command = home.command(SSOX);
    command
        .args(["each", "keys", "dev", "stg", "--jobs", "2", "--", "sh", "-c", FOREVER])
        .env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("ready");
    terminal.wait_for("ready");
    // Of the progress.
    terminal.wait_for("0 of 3 done; running: dev, keys");
    terminal.keys("\x03");
    let (said, status) = terminal.wait_for_end();
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted: ended the commands of dev, keys"), "{said}");
    // The table has what ran; hundreds may not have.
    assert!(said.contains("2 of 3 runs failed, 1 not started") && said.contains("\nkeys "), "{said}");
    assert!(!said.contains("\nstg "), "{said}");
    assert_eq!(pids(&home).len(), 4);
    all_have_ended(&home);
}

#[test]
fn other_signals_end_every_process_too() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let home = home();
        let mut command = home.command(SSOX);
        command.args(["each", "keys", "dev", "--json", "--", "sh", "-c", FOREVER]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        eventually("both to run", || (pids(&home).len() == 4).then_some(()));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{signal:?} {:?}", status.signal());
        all_have_ended(&home);
    }
}

#[test]
fn nobody_is_asked_once_the_first_command_runs() {
    let home = home();
    let mut command = home.command(SSOX);
    command.args(["each", "keys", "dev", "--", "sh", "-c", "cat; read x </dev/tty; echo went on"]);
    let (said, status) = Terminal::start(command).wait_for_end();
    assert!(said.contains("tried to read from the terminal") && !said.contains("went on"), "{said}");
    assert_eq!(status.code(), Some(128 + 15), "{said}");
}

#[test]
fn a_person_signs_in_once_before_the_commands() {
    let home = Home::new();
    home.standin.configure(|options| {
        options.authorize = Person::Approves;
        options.device = Person::Approves;
    });
    home.add_config(&(0..20).map(|n| profile(&format!("p{n}"), "111122223333", "ReadOnly")).collect::<String>());
    let mut command = home.command(SSOX);
    command.args(["each", "p*", "dev", "stg", "--", "echo", "ran"]).env("BROWSER", "curl -sL --noproxy *");
    let (said, status) = Terminal::start(command).wait_for_end();
    assert_eq!((status.code(), said.matches(" ran\r\n").count()), (Some(0), 22), "{said}");
    assert_eq!((home.standin.count("Authorize"), home.standin.count("GetRoleCredentials")), (1, 2));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_session_that_ends_in_the_middle_is_the_error_of_those_that_need_it() {
    let home = home();
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    home.standin.end_sessions();
    let ran = each(&home, &["dev", "stg", "main", "keys", "--json", "--", "true"]);
    let errors: Vec<bool> = json(&ran).iter().map(|row| row["error"].is_null()).collect();
    assert_eq!((errors, ran.status()), (vec![true, true, false, false], 3), "{}", ran.stdout());
}

#[test]
fn a_reader_that_has_enough_ends_it() {
    let home = home();
    let mut command = home.command(SSOX);
    command.args(["each", "keys", "dev", "--", "sh", "-c", "echo $$ >>pids; while :; do echo y; done"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.ends_with(": y\n"), "{line}");
    child.wait().unwrap();
    all_have_ended(&home);
}

#[test]
fn a_line_without_end_and_a_megabyte_come_through() {
    let home = home();
    let script = "head -c 3000000 /dev/zero | tr '\\0' x; echo; head -c 3000000 /dev/zero | tr '\\0' '\\n'";
    let ran = each(&home, &["keys", "--json", "--", "sh", "-c", script]);
    assert_eq!(json(&ran)[0]["stdout"].as_str().unwrap().len(), 6_000_001);
    let text = each(&home, &["keys", "--", "sh", "-c", script]).ok();
    assert_eq!(text.replace("keys: ", "").matches('x').count(), 3_000_000);
}

#[test]
fn jobs_limits_how_many_run_at_once() {
    let home = home();
    let script = "mkdir lock 2>/dev/null || exit 9; sleep 0.05; rmdir lock";
    assert_eq!(each(&home, &["keys", "dev", "stg", "main", "--jobs", "1", "--", "sh", "-c", script]).status(), 0);
    // Each waits for the other.
    let script = "echo >$SSOX_PROFILE.there; until [ -e dev.there -a -e keys.there ]; do sleep 0.01; done";
    assert_eq!(each(&home, &["keys", "dev", "--", "sh", "-c", script]).status(), 0);
}

#[test]
fn it_goes_on_where_hangup_is_ignored() {
    let home = home();
    let mut command: Command = home.command("nohup");
    command.args([
        SSOX,
        "each",
        "keys",
        "--",
        "sh",
        "-c",
        "echo $$ >>pids; until [ -e go ]; do sleep 0.01; done; echo done",
    ]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it to run", || (pids(&home).len() == 1).then_some(()));
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    fs::write(home.path("go"), "").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "keys: done\n");
}
