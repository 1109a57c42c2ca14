//! SAML profiles: signing in with a real Chromium at a stand-in of an identity provider, and with a SAML response on
//! the command line.

use crate::chromium::has_chromium;
use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually, screen};
use crate::shown::{says, shows};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking \
                     --disable-component-update --disable-popup-blocking";

/// A home with a profile `external`, whose identity provider does what the options say; `None` without Chromium.
fn external(wishes: &str, keys: &str) -> Option<Home> {
    let home = Home::new();
    let url = home.standin.idp_url(wishes);
    home.add_config(&format!("[profile external]\nregion = eu-west-1\nssox_saml_url = {url}\n{keys}"));
    has_chromium(&home).then_some(home)
}

/// The output and exit status of a run in a terminal.
struct Run {
    /// What the terminal showed.
    said: String,
    stdout: String,
    status: i32,
}

impl Run {
    #[track_caller]
    fn ok(&self) -> Value {
        assert_eq!(self.status, 0, "{}", self.said);
        serde_json::from_str(&self.stdout).unwrap_or(Value::Null)
    }

    /// Expects an exit status and nothing on stdout, and returns what the terminal shows in the end.
    #[track_caller]
    fn fails(&self, status: i32) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (status, ""), "{}", self.said);
        format!("{}\n", screen(&self.said).trim_end())
    }
}

fn command(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command("sh");
    command.args(["-c", "exec \"$@\" >stdout", "sh", SSOX]).args(arguments);
    command.env("SSOX_BROWSER", "chromium").env("SSOX_BROWSER_ARGS", FLAGS).env("TERM", "xterm");
    command
}

fn run(home: &Home, arguments: &[&str]) -> Run {
    finished(home, Terminal::start(command(home, arguments)))
}

fn finished(home: &Home, terminal: Terminal) -> Run {
    let (said, status) = terminal.wait_for_end();
    let stdout = fs::read_to_string(home.path("stdout")).unwrap_or_default();
    Run { said, stdout, status: status.code().unwrap_or(-1) }
}

/// Returns the command lines of the browser's processes: those that name the data directory of the home's browser.
fn browsers(home: &Home) -> Vec<(i32, String)> {
    let directory = format!("--user-data-dir={}", home.path(".local/state/ssox/browser").display());
    let entries = fs::read_dir("/proc").expect("this is Linux").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let lines = pids.filter_map(|pid: i32| Some((pid, fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?)));
    lines.filter(|(_, line)| line.contains(&directory)).collect()
}

/// The first one, of which all others are children.
fn browser(home: &Home) -> Option<i32> {
    browsers(home).into_iter().find(|(_, line)| !line.contains("--type=")).map(|(pid, _)| pid)
}

#[track_caller]
fn ends(home: &Home) {
    eventually("the browser's end", || browsers(home).is_empty().then_some(()));
}

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).expect("it is a pid"), signal).expect("it runs");
}

fn roles(listed: &Value) -> Vec<&str> {
    listed.as_array().expect("a list").iter().map(|role| role["role_name"].as_str().expect("a name")).collect()
}

/// Searches all files below a directory for every secret of the stand-in, plain and as encoded in forms.
fn leaks(home: &Home, directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            leaks(home, &path, found);
            continue;
        }
        let Ok(bytes) = fs::read(&path) else { continue };
        for secret in home.standin.secrets() {
            let part: &str = &secret[..secret.len().min(60)];
            let spelt = [part.to_string(), part.replace('+', "%2B").replace('/', "%2F")];
            if spelt.iter().any(|part| bytes.windows(part.len()).any(|window| window == part.as_bytes())) {
                found.push(format!("{} in {}", &part[..8], path.display()));
            }
        }
    }
}

#[test]
fn roles_are_listed_in_whatever_spelling_they_come() {
    for wishes in ["login=none&roles=2", "login=none&roles=2&order=mixed&prefix=none&spaces"] {
        let Some(home) = external(wishes, "") else { return };
        let listed = run(&home, &["saml", "roles", "external", "--json"]).ok();
        assert_eq!(roles(&listed), ["External", "Audit"]);
        assert_eq!(listed[1]["account_id"], "555566667777");
        assert_eq!(listed[1]["provider_arn"], "arn:aws:iam::555566667777:saml-provider/standin");
        ends(&home);
    }
}

#[test]
fn the_second_sign_in_needs_no_form() {
    for wishes in ["login=typed", "login=typed&cookie=session"] {
        let Some(home) = external(wishes, "") else { return };
        for _ in 0..2 {
            assert_eq!(roles(&run(&home, &["saml", "roles", "external", "--json"]).ok()), ["External"]);
        }
        assert_eq!((home.standin.count("IdpLogin"), home.standin.count("IdpPage")), (1, 3), "{wishes}");
        let directory = fs::metadata(home.path(".local/state/ssox/browser")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&directory.permissions()) & 0o777, 0o700);
    }
}

#[test]
fn credentials_come_once_and_then_from_the_cache() {
    let Some(home) = external("login=typed&cacheable", "") else { return };
    let run = run(&home, &["-v", "export", "external", "--format", "json"]);
    let credentials = run.ok();
    assert_eq!(credentials["account_id"], "444455556666");
    let again = home.ssox(&["export", "external", "--format", "json"]).ok();
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["access_key_id"], credentials["access_key_id"]);
    home.ssox(&["--emit=zsh1", "use", "external"]).ok();
    home.ssox(&["credential-process", "external"]).ok();
    home.ssox(&["exec", "external", "--", "true"]).ok();
    assert_eq!((home.standin.count("AssumeRoleWithSAML"), home.standin.count("IdpLogin")), (1, 1));
    assert_eq!(home.standin.violations(), [""; 0]);
    // Neither the log nor any file but the caches has a secret in it.
    for secret in home.standin.secrets() {
        assert!(!run.said.contains(&secret[..secret.len().min(60)]), "{}", run.said);
    }
    fs::remove_file(home.path("stdout")).unwrap();
    fs::remove_dir_all(home.path(".aws/cli/cache")).unwrap();
    let mut found = Vec::new();
    leaks(&home, &home.path(""), &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn of_two_hundred_roles_the_configured_one_is_taken() {
    let role = "arn:aws:iam::600000000013:role/Role137";
    let Some(home) = external("login=none&roles=200", &format!("ssox_saml_role_arn = {role}\n")) else { return };
    assert_eq!(roles(&run(&home, &["saml", "roles", "external", "--json"]).ok()).len(), 200);
    let credentials = run(&home, &["export", "external", "--format", "json"]).ok();
    assert_eq!((&credentials["account_id"], &credentials["role_name"]), (&"600000000013".into(), &"Role137".into()));
}

#[test]
fn a_person_chooses_among_several_and_a_shell_gets_the_reply() {
    let Some(home) = external("login=none&roles=2", "") else { return };
    let mut terminal = Terminal::start(command(&home, &["--emit=zsh1", "use", "external"]));
    terminal.wait_for("Audit");
    terminal.keys("Audit\r");
    let run = finished(&home, terminal);
    run.ok();
    says!(home, screen(&run.said), @r"
    > role: arn:aws:iam::555566667777:role/Audit
    ssox: add `ssox_saml_role_arn = arn:aws:iam::555566667777:role/Audit` to the profile to use this role without being asked
    ");
    // The choice is remembered.
    let again = home.ssox(&["--emit=zsh1", "use", "external"]).ok();
    for reply in [run.stdout, again] {
        for line in
            ["=AWS_ACCOUNT_ID=555566667777\n", "=SSOX_ROLE=Audit\n", "=SSOX_PROMPT=external:Audit\n", "\n#end\n"]
        {
            assert!(reply.contains(line), "{reply}");
        }
    }
    assert_eq!(home.standin.count("AssumeRoleWithSAML"), 1);
}

#[test]
fn after_logout_the_next_use_signs_in_again() {
    let Some(home) = external("login=typed", "ssox_saml_role_arn = arn:aws:iam::444455556666:role/External\n") else {
        return;
    };
    let login = || {
        let run = run(&home, &["login", "external"]);
        assert_eq!(run.status, 0, "{}", run.said);
        screen(&run.said)
    };
    shows!(home, login(), @"ssox: signed in to `external`, for LEFT");
    shows!(home, login(), @"ssox: already signed in to `external`, for another LEFT; --fresh signs in again");
    assert_eq!((home.standin.count("IdpLogin"), home.standin.count("AssumeRoleWithSAML")), (1, 1));
    let fresh = run(&home, &["login", "external", "--fresh"]);
    assert_eq!(fresh.status, 0, "{}", fresh.said);
    assert_eq!((home.standin.count("AssumeRoleWithSAML"), home.files(".aws/cli/cache").len()), (2, 1));
    let out = home.ssox(&["logout", "external"]);
    out.ok();
    says!(home, out.stderr(), @"ssox: signed out of `external`; removed its cached credentials and the data of ssox's own browser, so all SAML profiles must sign in again");
    assert_eq!((home.files(".aws/cli/cache").len(), home.path(".local/state/ssox/browser").exists()), (0, false));
    shows!(home, login(), @"ssox: signed in to `external`, for LEFT");
    assert_eq!(home.standin.count("IdpLogin"), 2);
    home.ssox(&["logout", "--all"]).ok();
    let nothing = home.ssox(&["logout", "external"]);
    nothing.ok();
    says!(home, nothing.stderr(), @"ssox: not signed in to `external`: there was nothing to remove");
}

#[test]
fn the_console_sends_an_ended_session_back_to_the_identity_provider() {
    let Some(home) = external("login=none", "") else { return };
    let run = run(&home, &["console", "external", "--print"]);
    assert_eq!(run.status, 0, "{}", run.said);
    assert!(run.stdout.contains("Issuer=http%3A%2F%2F127.0.0.1%3A") && run.stdout.contains("%2Fidp%2Fsaml%3F"));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_saml_response_that_aws_would_reject_is_explained() {
    let rows = [
        ("login=none&roles=0", &["saml", "roles", "external"][..], 5),
        ("login=none&big", &["saml", "roles", "external"], 4),
        ("login=none&expired", &["export", "external", "--format", "json"], 3),
        ("login=none&encrypted", &["export", "external", "--format", "json"], 4),
        ("login=none&evil", &["saml", "roles", "external", "--timeout", "3s"], 3),
        ("login=none&not-assigned", &["saml", "roles", "external", "--timeout", "3s"], 3),
    ];
    let mut errors = String::new();
    for (wishes, arguments, status) in rows {
        let Some(home) = external(wishes, "") else { return };
        errors += &run(&home, arguments).fails(status);
        ends(&home);
    }
    says!(Home::new(), errors, @r"
    ssox: the SAML response offers no role
    ssox: hint: ask the administrator of the identity provider to assign you a role in this application
    ssox: the SAML response has 122956 characters, and AWS accepts at most 100000
    ssox: hint: configure the identity provider to send fewer groups, roles or attributes to this application
    ssox: could not assume `arn:aws:iam::444455556666:role/External`: Token must be redeemed within 5 minutes of issuance (ExpiredTokenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL); a SAML response must be used within 5 minutes
    ssox: hint: sign in again and choose the role at once; if it still fails, check the identity provider's clock
    ssox: the SAML response is encrypted: only AWS can read which roles it offers
    ssox: hint: add `ssox_saml_role_arn = …` and `ssox_saml_provider_arn = …` to the profile
    ssox: no SAML response came from `STANDIN` within 3s
    ssox: hint: to wait longer: --timeout 20m
    ssox: hint: if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS
    ssox: no SAML response came from `STANDIN` within 3s
    ssox: hint: to wait longer: --timeout 20m
    ssox: hint: if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS
    ");
}

#[test]
fn an_encrypted_response_is_good_with_both_arns() {
    let keys = "ssox_saml_role_arn = arn:aws:iam::444455556666:role/External\n\
                ssox_saml_provider_arn = arn:aws:iam::444455556666:saml-provider/standin\n";
    let Some(home) = external("login=none&encrypted", keys) else { return };
    assert_eq!(run(&home, &["export", "external", "--format", "json"]).ok()["role_name"], "External");
}

#[test]
fn every_partition_window_and_frame_is_watched() {
    let rows = [
        "login=none&acs=https%3A%2F%2Fcn-north-1.signin.amazonaws.cn%2Fsaml",
        "login=none&acs=https%3A%2F%2Fsignin.amazonaws-us-gov.com%2Fsaml",
        "login=none&acs=https%3A%2F%2Fsignin.amazonaws-eusc.eu%2Fsaml",
        "login=none&submit=popup",
        "login=none&submit=frame",
    ];
    for wishes in rows {
        let Some(home) = external(wishes, "") else { return };
        assert_eq!(roles(&run(&home, &["saml", "roles", "external", "--json"]).ok()), ["External"], "{wishes}");
    }
}

#[test]
fn the_command_line_holds_no_address_and_ctrl_c_leaves_nothing() {
    let Some(home) = external("login=form", "") else { return };
    let mut terminal = Terminal::start(command(&home, &["exec", "external", "--", "true"]));
    terminal.wait_for("left");
    eventually("the form", || (home.standin.count("IdpPage") == 1).then_some(()));
    let lines = browsers(&home);
    assert!(!lines.is_empty());
    for (_, line) in lines {
        assert!(!line.contains("/idp") && !line.contains(&home.standin.url()), "{line}");
        assert!(!line.contains("--remote-debugging-port"), "{line}");
    }
    terminal.keys("\x03");
    let (_, status) = terminal.wait_for_end();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    ends(&home);
}

#[test]
fn closing_the_browser_is_reported_and_a_killed_ssox_leaves_no_browser() {
    let Some(home) = external("login=form", "") else { return };
    let arguments = ["saml", "roles", "external"];
    let mut terminal = Terminal::start(command(&home, &arguments));
    terminal.wait_for("left");
    signal(eventually("the browser", || browser(&home)), Signal::TERM);
    says!(home, finished(&home, terminal).fails(3), @r"
    ssox: `chromium` was closed before a SAML response came from `STANDIN`
    ssox: hint: try again, and leave the window open until it closes by itself
    ssox: hint: if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS
    ");
    let mut terminal = Terminal::start(command(&home, &arguments));
    terminal.wait_for("left");
    signal(eventually("the browser", || browser(&home)), Signal::KILL);
    says!(home, finished(&home, terminal).fails(3), @r"
    ssox: `chromium` ended (signal: 9 (SIGKILL)) before a SAML response came from `STANDIN`
    ssox: hint: try again, and leave the window open until it closes by itself
    ssox: hint: if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS
    ");
    let mut terminal = Terminal::start(command(&home, &arguments));
    terminal.wait_for("left");
    signal(i32::try_from(terminal.id()).unwrap(), Signal::KILL);
    drop(terminal);
    // The next run does not wait until that browser has ended.
    says!(home, run(&home, &[&arguments[..], &["--timeout", "2s"]].concat()).fails(3), @r"
    ssox: no SAML response came from `STANDIN` within 2s
    ssox: hint: to wait longer: --timeout 20m
    ssox: hint: if the page in the browser says that you have no access: ask an administrator of your identity provider for access to AWS
    ");
    ends(&home);
}

#[test]
fn two_sign_ins_take_turns() {
    let Some(home) = external("login=form", "") else { return };
    let url = home.standin.idp_url("login=none");
    home.add_config(&format!("[profile other]\nssox_saml_url = {url}\n"));
    let mut first = Terminal::start(command(&home, &["saml", "roles", "external"]));
    first.wait_for("left");
    says!(home, run(&home, &["saml", "roles", "other", "--timeout", "1s"]).fails(3), @r"
    ssox: `ssox saml roles` (pid PID, on TTY) is using the browser for a SAML sign-in
    ssox: hint: finish that sign-in, or close its browser window, then try again
    ");
    let mut second = Terminal::start(command(&home, &["saml", "roles", "other", "--json"]));
    second.wait_for("waiting for another SAML sign-in");
    signal(eventually("the browser", || browser(&home)), Signal::TERM);
    assert_eq!(first.wait_for_end().1.code(), Some(3));
    assert_eq!(roles(&finished(&home, second).ok()), ["External"]);
}

#[test]
fn without_a_browser_for_saml_it_is_exit_3_at_once() {
    let home = Home::new();
    home.add_config(&format!("[profile external]\nssox_saml_url = {}\n", home.standin.idp_url("")));
    type Variables<'a> = &'a [(&'a str, &'a str)];
    let rows: [(Variables, i32); 4] = [
        (&[("SSOX_BROWSER_ARGS", ""), ("SSOX_BROWSER", "sh")], 3),
        (&[("SSOX_BROWSER_ARGS", ""), ("SSOX_BROWSER", ""), ("DISPLAY", ":0"), ("SSH_TTY", "x")], 3),
        (&[("SSOX_BROWSER", "no-such-browser")], 4),
        (&[("CI", "1")], 3),
    ];
    let fails = |variables: Variables, status: i32| {
        let mut command = command(&home, &["saml", "roles", "external"]);
        if variables.iter().any(|(name, _)| *name == "PATH") {
            command = home.command("/bin/sh");
            command.args(["-c", "exec \"$@\" >stdout", "sh", SSOX, "saml", "roles", "external"]);
            command.env("SSOX_BROWSER_ARGS", FLAGS);
        }
        command.envs(variables.iter().copied());
        finished(&home, Terminal::start(command)).fails(status)
    };
    says!(home, rows.map(|(variables, status)| fails(variables, status)).concat(), @r"
    ssox: there is no screen to open a browser on
    ssox: hint: sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it with `--saml-response FILE` (`-` for standard input)
    ssox: this is an SSH session: the browser would open on this machine, where you do not see it
    ssox: hint: sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it with `--saml-response FILE` (`-` for standard input)
    ssox: SSOX_BROWSER is `no-such-browser`, which is not on PATH
    ssox: hint: `export SSOX_BROWSER=/path/to/chrome` (or Edge, Chromium, Brave)
    ssox: the sign-in at `STANDIN` needs a person and a browser, and no browser is opened here
    ssox: hint: in a terminal, without `CI` and `--no-input`: run this command again, or `ssox login NAME`
    ssox: hint: or sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it with `--saml-response FILE` (`-` for standard input)
    ");
    // A known browser in one of its usual places would be found.
    if !Path::new("/opt/google/chrome/chrome").exists() {
        says!(home, fails(&[("PATH", "/usr/share"), ("SSOX_BROWSER", "")], 3), @r"
        ssox: there is no browser that ssox can control: no Chrome, Edge, Chromium or Brave was found
        ssox: hint: export SSOX_BROWSER=/path/to/chrome
        ssox: hint: or sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it with `--saml-response FILE` (`-` for standard input)
        ");
    }
    says!(home, home.ssox(&["--emit=zsh1", "use", "external"]).fails(3), @r"
    ssox: the sign-in at `STANDIN` needs a person and a browser, and no browser is opened here
    ssox: hint: in a terminal, without `CI` and `--no-input`: run this command again, or `ssox login NAME`
    ssox: hint: or sign in in any browser, copy the form field `SAMLResponse` from its developer tools, and pass it with `--saml-response FILE` (`-` for standard input)
    ");
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn a_response_is_taken_from_a_file_or_a_pipe() {
    let home = Home::new();
    home.add_config(
        "[profile external]\nregion = eu-west-1\nssox_saml_url = https://idp.example/\nduration_seconds = 7200\n",
    );
    let shapes: [fn(&str) -> String; 3] = [
        |response| response.into(),
        |response| format!("SAMLResponse={}&RelayState=", response.replace('+', "%2B").replace('=', "%3D")),
        |response| format!("<form><input type='hidden' name='SAMLResponse' value='{response}'></form>"),
    ];
    for shape in shapes {
        fs::write(home.path("response"), shape(&home.standin.saml_response("roles=1"))).unwrap();
        let listed = home.ssox(&["saml", "roles", "--saml-response", "response"]).ok();
        says!(home, listed, @r"
        ACCOUNT       ROLE      ARN                                      PROVIDER
        444455556666  External  arn:aws:iam::444455556666:role/External  arn:aws:iam::444455556666:saml-provider/standin
        ");
        let exported = home.ssox(&["export", "external", "--format", "json", "--saml-response", "response"]).ok();
        assert_eq!(serde_json::from_str::<Value>(&exported).unwrap()["account_id"], "444455556666");
    }
    let piped =
        home.command("sh").args(["-c", "\"$@\" --saml-response - <response", "sh", SSOX, "saml", "roles"]).output();
    assert!(piped.unwrap().status.success());
    fs::write(home.path("response"), home.standin.saml_response("roles=2")).unwrap();
    let several = home.ssox(&["export", "external", "--format", "json", "--saml-response", "response"]).fails(3);
    says!(home, several, @r"
    ssox: no role is given: choose one of `arn:aws:iam::444455556666:role/External`, `arn:aws:iam::555566667777:role/Audit`
    ssox: hint: add `ssox_saml_role_arn = …` to the profile; `ssox saml roles` lists the roles
    ");
    fs::write(home.path("response"), home.standin.saml_response("expired")).unwrap();
    let expired = home.ssox(&["export", "external", "--format", "json", "--saml-response", "response"]).fails(3);
    says!(home, expired, @r"
    ssox: the SAML response expired at TIME, and it is now TIME
    ssox: hint: sign in again, and pass the new response within 5 minutes
    ");
    let mut errors = String::new();
    for rubbish in ["", "rubbish", "<html></html>", "PGEvPg=="] {
        fs::write(home.path("response"), rubbish).unwrap();
        errors += &home.ssox(&["saml", "roles", "--saml-response", "response"]).fails(4);
    }
    says!(home, errors, @r"
    ssox: this is not a SAML response: its XML is invalid: the document does not have a root node
    ssox: hint: pass the value of the form field `SAMLResponse`, which the identity provider's page posts to AWS, in base64
    ssox: this is not a SAML response: it is not base64
    ssox: hint: pass the value of the form field `SAMLResponse`, which the identity provider's page posts to AWS, in base64
    ssox: this is not a SAML response: its root element is `html`
    ssox: hint: pass the value of the form field `SAMLResponse`, which the identity provider's page posts to AWS, in base64
    ssox: this is not a SAML response: its root element is `a`
    ssox: hint: pass the value of the form field `SAMLResponse`, which the identity provider's page posts to AWS, in base64
    ");
}

#[test]
fn a_fresh_sign_in_that_fails_keeps_the_credentials() {
    let home = Home::new();
    home.add_config("[profile external]\nregion = eu-west-1\nssox_saml_url = https://idp.example/\n");
    fs::write(home.path("response"), home.standin.saml_response("roles=1")).unwrap();
    home.ssox(&["export", "external", "--saml-response", "response"]).ok();
    home.ssox(&["login", "external", "--fresh"]).fails(3);
    home.ssox(&["export", "external"]).ok();
    assert_eq!(home.standin.count("AssumeRoleWithSAML"), 1);
}

#[test]
fn a_duration_that_the_role_does_not_allow_is_requested_only_once() {
    let home = Home::new();
    home.add_config("[profile external]\nssox_saml_url = https://idp.example/\nduration_seconds = 7200\n");
    home.standin.configure(|options| {
        let rule = ssox_standin::RoleRule { max_session: 3600, ..Default::default() };
        options.roles.insert("arn:aws:iam::444455556666:role/External".into(), rule);
    });
    fs::write(home.path("response"), home.standin.saml_response("")).unwrap();
    let ran = home.ssox(&["export", "external", "--format", "json", "--saml-response", "response"]);
    ran.ok();
    says!(home, ran.stderr(), @"ssox: warning: `arn:aws:iam::444455556666:role/External` does not allow a duration of 7200 s; ssox requests 3600 s");
    assert_eq!(home.standin.count("AssumeRoleWithSAML"), 2);
}
