//! `ssox login` in a terminal: with a browser, with a code, and in several processes at once.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually, screen, screen_sized};
use crate::shown::shows;
use rustix::process::{Pid, Signal, kill_process};
use ssox_standin::{Fault, Person, START_URL, Times, token_file};
use std::process::Command;
use std::time::Duration;

/// A browser that follows redirects and prints nothing.
const CURL: &str = "curl -sL --noproxy *";

fn ssox(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command(SSOX);
    command.args(arguments).env("BROWSER", CURL).env("TERM", "xterm-256color");
    command
}

/// A home where the person allows the access at once.
fn approving() -> Home {
    let home = Home::new();
    home.standin.configure(|options| {
        options.authorize = Person::Approves;
        options.device = Person::Approves;
    });
    home
}

/// Runs ssox in a terminal to its end; returns what it said and its exit status.
fn run(home: &Home, arguments: &[&str]) -> (String, i32) {
    run_with(home, arguments, &[])
}

fn run_with(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> (String, i32) {
    let mut command = ssox(home, arguments);
    let (said, status) = Terminal::start({
        command.envs(variables.iter().copied());
        command
    })
    .wait_for_end();
    (said, status.code().unwrap_or(-1))
}

/// Returns the lines on a terminal that is wide enough for each, without what is in the query of an address, and ports.
fn lines(said: &str) -> String {
    let contents = screen_sized(said, 40, 2000);
    let port = contents.split("ssh -L ").nth(1).and_then(|rest| rest.split(':').next());
    let contents = port.map_or(contents.clone(), |port| contents.replace(port, "PORT"));
    let line = |line: &str| match line.split_once('?') {
        Some((address, _)) if line.trim_start().starts_with("http://") => format!("{address}?QUERY"),
        _ => line.to_string(),
    };
    contents.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn login_signs_in_once_and_then_says_until_when() {
    let home = approving();
    let (said, status) = run(&home, &["login", "dev"]);
    assert_eq!(status, 0, "{said}");
    shows!(home, lines(&said), @r"
    ssox: opening your browser to sign in to `corp`; if no page opens, open this URL:
      http://STANDIN/authorize?QUERY
    ssox: if the browser is on another machine: ssox login --sso-session corp --device-code
    ssox: or, before you open the URL, run this on the machine with the browser: ssh -L PORT:127.0.0.1:PORT HOST
    ssox: signed in to `corp`, for LEFT
    ");
    // The accounts and roles are listed in the background, and that ends with the roles of the last account.
    eventually("the listing", || (home.standin.count("ListAccountRoles") == 3).then_some(()));
    let asked = home.standin.total();
    let (said, status) = run(&home, &["login", "--sso-session", "corp"]);
    assert_eq!(status, 0, "{said}");
    shows!(home, lines(&said), @"ssox: already signed in to `corp`, for another LEFT; --fresh signs in again");
    assert_eq!(home.standin.total(), asked);
    assert_eq!(run(&home, &["login", "stg", "--fresh"]).1, 0);
    assert_eq!(home.standin.count("CreateToken.authorization_code"), 2);
    assert_eq!(home.standin.count("RegisterClient"), 1);
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_verb_that_needs_credentials_signs_in_by_itself() {
    let home = approving();
    let (said, status) = run(&home, &["exec", "dev", "--", "sh", "-c", "echo for $AWS_ACCOUNT_ID"]);
    assert!(status == 0 && said.contains("for 111122223333"), "{said}");
    home.standin.end_sessions();
    let (said, status) = run(&home, &["export", "stg", "--format", "json"]);
    assert!(status == 0 && said.contains("222233334444"), "{said}");
    assert_eq!(home.standin.count("Authorize"), 2);
}

#[test]
fn a_role_that_is_not_assigned_never_leads_to_a_sign_in() {
    let home = Home::signed_in();
    home.standin.fault("GetRoleCredentials", Fault::Status(403), Times::Forever);
    assert_eq!(run(&home, &["exec", "dev", "--", "true"]).1, 5);
    assert_eq!((home.standin.count("Authorize"), home.standin.count("CreateToken")), (0, 0));
}

#[test]
fn a_token_that_is_refused_again_and_again_leads_to_one_sign_in() {
    let home = approving();
    home.sign_in(&ssox_standin::Grant::default());
    home.standin.fault("GetRoleCredentials", Fault::Status(401), Times::Forever);
    shows!(home, home.ssox(&["credential-process", "dev"]).fails(3), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the session has expired or was revoked (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: ssox login --sso-session corp --fresh
    ");
    assert_eq!((home.standin.count("CreateToken.refresh_token"), home.standin.count("Authorize")), (1, 0));
    let (said, status) = run(&home, &["exec", "dev", "--", "true"]);
    assert_eq!(status, 3, "{said}");
    shows!(home, lines(&said), @r"
    ssox: opening your browser to sign in to `corp`; if no page opens, open this URL:
      http://STANDIN/authorize?QUERY
    ssox: if the browser is on another machine: ssox login --sso-session corp --device-code
    ssox: or, before you open the URL, run this on the machine with the browser: ssh -L PORT:127.0.0.1:PORT HOST
    ssox: signed in to `corp`, for LEFT
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the session has expired or was revoked (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: ssox login --sso-session corp --fresh
    ");
    assert_eq!((home.standin.count("CreateToken.refresh_token"), home.standin.count("Authorize")), (2, 1));
}

#[test]
fn without_a_person_it_is_exit_3_at_once() {
    let home = approving();
    let hint = "\nssox: hint: ssox login --sso-session corp\n";
    let not_signed_in = format!("ssox: not signed in to `corp`{hint}");
    let why = "ssox cannot ask: there is no terminal, or `CI` or `--no-input` is set";
    let nobody_there = format!("ssox: signing in to `corp` needs a person, and {why}{hint}");
    for (arguments, said) in [
        (&["login", "dev"][..], &nobody_there),
        (&["--emit=bash1", "use", "dev"], &not_signed_in),
        (&["credential-process", "dev"], &not_signed_in),
    ] {
        let ran = home.ssox_with(arguments, &[("BROWSER", CURL)]);
        assert_eq!(ran.fails(3), *said, "{arguments:?}");
    }
    let in_terminal = [
        (&["exec", "dev", "--", "true"][..], ("CI", "1"), &not_signed_in),
        (&["login", "dev", "--no-input"], ("X", ""), &nobody_there),
        (&["credential-process", "dev"], ("X", ""), &not_signed_in),
    ];
    for (arguments, variable, expected) in in_terminal {
        let (said, status) = run_with(&home, arguments, &[variable]);
        assert_eq!((&(lines(&said) + "\n"), status), (expected, 3), "{arguments:?}");
    }
    assert_eq!(home.standin.total(), 0);
    assert_eq!(home.files(".aws/sso/cache"), [""; 0]);
}

#[test]
fn a_code_is_shown_with_the_address_where_it_belongs() {
    let home = Home::new();
    let mut terminal = Terminal::start(ssox(&home, &["login", "dev", "--device-code", "--no-browser"]));
    terminal.wait_for("/device?user_code=");
    terminal.wait_for("shows the code");
    terminal.wait_for("left");
    assert_eq!(home.standin.approve_devices(), 1);
    let (said, status) = terminal.wait_for_end();
    assert!(status.success(), "{said}");
    shows!(home, lines(&said), @"ssox: signed in to `corp`, for LEFT");
    assert_eq!(home.standin.count("DevicePage"), 0);
}

#[test]
fn a_denied_sign_in_is_exit_3_and_says_who_denied_it() {
    let home = Home::new();
    home.standin.configure(|options| options.authorize = Person::Refuses);
    let (said, status) = run(&home, &["login", "dev"]);
    assert_eq!(status, 3, "{said}");
    shows!(home, lines(&said), @r"
    ssox: opening your browser to sign in to `corp`; if no page opens, open this URL:
      http://STANDIN/authorize?QUERY
    ssox: if the browser is on another machine: ssox login --sso-session corp --device-code
    ssox: or, before you open the URL, run this on the machine with the browser: ssh -L PORT:127.0.0.1:PORT HOST
    ssox: signing in to `corp` was refused: access_denied: The user refused the request
    ssox: hint: ssox login --sso-session corp
    ");
}

#[test]
fn over_ssh_the_line_for_the_tunnel_is_printed() {
    let home = Home::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut command = ssox(&home, &["login", "dev", "--no-browser", "--port", &free]);
    command.env("SSH_CONNECTION", "10.0.0.1 5000 10.0.0.2 22").env("TERM", "xterm-kitty");
    let mut terminal = Terminal::start(command);
    // A link on a terminal that supports links: the address twice, between OSC 8 and its end.
    terminal.wait_for("\x1b]8;;http://127.0.0.1:");
    terminal.wait_for("\x1b\\http://127.0.0.1:");
    let address = format!("http://127.0.0.1:{}", terminal.wait_for("\x1b]8;;\x1b\\"));
    terminal.wait_for(&format!("ssh -L {free}:127.0.0.1:{free} 10.0.0.2"));
    assert!(
        address.contains(&format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{free}%2Foauth%2Fcallback&")),
        "{address}"
    );
    home.standin.configure(|options| options.authorize = Person::Approves);
    let page = home.command("curl").args(["-sL", "--noproxy", "*", &address]).output().unwrap();
    assert!(String::from_utf8_lossy(&page.stdout).contains("You are signed in"));
    assert!(terminal.wait_for_end().1.success());
}

/// Browsers that do not open a page: one that does not exist, one whose editor is closed, one that fails later.
#[test]
fn without_a_browser_the_device_code_is_used() {
    for browser in ["none", "/vanished/helper.sh", "false", "sh -c 'sleep 0.3; exit 1'", "false:sh -c 'kill -9 $$'"] {
        let home = approving();
        let (said, status) = run_with(&home, &["exec", "dev", "--", "true"], &[("BROWSER", browser)]);
        assert!(status == 0 && said.contains("signed in to `corp`"), "{browser}: {said}");
        assert_eq!(home.standin.count("StartDeviceAuthorization"), 1, "{browser}");
        assert_eq!((home.standin.count("Authorize"), home.standin.count("DevicePage")), (0, 0), "{browser}");
        assert_eq!(home.standin.violations(), [""; 0]);
    }
}

#[test]
fn a_browser_that_was_asked_for_is_waited_for_and_the_alternatives_are_printed() {
    for (browser, more) in [("none", "--pkce"), ("false", "--pkce"), ("sh -c '(exit 0) & exit 0'", "--fresh")] {
        let home = Home::new();
        let mut command = ssox(&home, &["login", "dev", more, "--timeout", "3s"]);
        command.env("BROWSER", browser);
        let (said, status) = Terminal::start(command).wait_for_end();
        assert_eq!(status.code(), Some(3), "{browser}: {said}");
        let port = said.split("redirect_uri=http%3A%2F%2F127.0.0.1%3A").nth(1).unwrap().split("%2F").next().unwrap();
        let elsewhere = format!(
            "ssox: if the browser is on another machine: ssox login --sso-session corp --device-code\r\n\
             ssox: or, before you open the URL, run this on the machine with the browser: ssh -L {port}:127.0.0.1:{port} HOST\r\n"
        );
        assert!(said.contains(&elsewhere), "{browser}: {said}");
        assert_eq!(home.standin.count("StartDeviceAuthorization"), 0, "{browser}");
    }
}

#[test]
fn an_interrupted_sign_in_leaves_nothing_behind() {
    let home = Home::new();
    let mut terminal = Terminal::start(ssox(&home, &["login", "dev", "--no-browser"]));
    terminal.wait_for("redirect_uri=http%3A%2F%2F127.0.0.1%3A");
    let port: u16 = terminal.wait_for("%2F").parse().unwrap();
    terminal.wait_for("left");
    std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    terminal.keys("\x03");
    let (said, status) = terminal.wait_for_end();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    // The line of the spinner, with the echo of Ctrl-C, is cleared before the message.
    assert!(said.ends_with("\r\x1b[2Kssox: interrupted\r\n"), "{said:?}");
    let is_one_row = |drawn: &str| drawn.trim_end_matches('\r').chars().count() < 120;
    assert!(said.contains("^C") && said.split("\x1b[2K").all(is_one_row), "{said:?}");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    // The registration is kept: it is valid for 90 days, and is not a secret of the person.
    assert_eq!(home.files(".aws/sso/cache").len(), 1);
    assert!(!token_file(&home.path(""), "corp").exists());
    home.standin.configure(|options| options.authorize = Person::Approves);
    assert_eq!(run(&home, &["login", "dev"]).1, 0);
    assert_eq!(home.standin.count("RegisterClient"), 1);
}

#[test]
fn ctrl_c_at_a_sign_in_is_reported_and_leaves_no_spinner() {
    let home = Home::new();
    for flow in ["--device-code", "--pkce"] {
        let mut terminal = Terminal::start(ssox(&home, &["login", "dev", flow, "--no-browser"]));
        terminal.wait_for("waiting for you in the browser, ");
        terminal.keys("\x03");
        let (_, before) = (terminal.wait_for("ssox: interrupted"), terminal.seen());
        let shown = screen(&before);
        assert!(!shown.contains("waiting") && !shown.contains("^C"), "{flow}: {shown}");
        let last = shown.lines().last();
        assert_eq!(last, Some("ssox: interrupted"), "{flow}: {shown}");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&terminal.wait_for_end().1), Some(2));
    }
}

#[test]
fn fifty_processes_open_one_browser() {
    let home = approving();
    home.standin.fault("Authorize", Fault::Delay(Duration::from_secs(1)), Times::Forever);
    let all: Vec<Terminal> = (0..50).map(|_| Terminal::start(ssox(&home, &["exec", "dev", "--", "true"]))).collect();
    for terminal in all {
        let (said, status) = terminal.wait_for_end();
        assert!(status.success(), "{said}");
    }
    for (what, times) in [("RegisterClient", 1), ("Authorize", 1), ("CreateToken", 1), ("GetRoleCredentials", 1)] {
        assert_eq!(home.standin.count(what), times, "{what}");
    }
}

#[test]
fn when_the_process_that_signs_in_is_killed_another_takes_over() {
    let home = Home::new();
    let arguments = ["login", "dev"];
    let owner = Terminal::start(ssox(&home, &arguments));
    eventually("the browser", || (home.standin.count("Authorize") == 1).then_some(()));
    let mut waiters: Vec<Terminal> = (0..8).map(|_| Terminal::start(ssox(&home, &arguments))).collect();
    for waiter in &mut waiters {
        waiter.wait_for(&format!("`ssox login dev` (pid {}, on /dev/pts/", owner.id()));
        waiter.wait_for("is already signing in to `corp`");
        waiter.wait_for("left");
    }
    home.standin.configure(|options| options.authorize = Person::Approves);
    let id = Pid::from_raw(i32::try_from(owner.id()).unwrap()).unwrap();
    kill_process(id, Signal::KILL).unwrap();
    for waiter in waiters {
        let (said, status) = waiter.wait_for_end();
        assert!(status.success() && said.contains("signed in to `corp`"), "{said}");
    }
    assert_eq!((home.standin.count("Authorize"), home.standin.count("CreateToken")), (2, 1));
}

#[test]
fn when_nobody_signs_in_all_processes_give_up_together() {
    let home = Home::new();
    let owner = Terminal::start(ssox(&home, &["login", "dev", "--timeout", "6s"]));
    eventually("the browser", || (home.standin.count("Authorize") == 1).then_some(()));
    let mut waiters: Vec<Terminal> = (0..8).map(|_| Terminal::start(ssox(&home, &["login", "dev"]))).collect();
    waiters.iter_mut().for_each(|waiter| drop(waiter.wait_for("is already signing in to `corp`")));
    for terminal in waiters.into_iter().chain([owner]) {
        let (said, status) = terminal.wait_for_end();
        assert!(status.code() == Some(3) && said.contains("nobody signed in to `corp` within 6s"), "{said}");
    }
    assert_eq!(home.standin.count("Authorize"), 1);
}

#[test]
fn a_legacy_profile_signs_in_with_a_code_and_says_what_to_type() {
    let home = approving();
    shows!(home, home.ssox(&["credential-process", "legacy"]).fails(3), @r"
    ssox: not signed in to `https://d-1234567890.awsapps.com/start`
    ssox: hint: ssox login legacy
    ");
    let (said, status) = run(&home, &["login", "legacy"]);
    assert_eq!(status, 0, "{said}");
    shows!(home, lines(&said), @"ssox: signed in to `https://d-1234567890.awsapps.com/start`, for LEFT");
    assert!(token_file(&home.path(""), START_URL).exists());
    home.ssox(&["credential-process", "legacy"]).ok();
    assert_eq!((home.standin.count("StartDeviceAuthorization"), home.standin.count("Authorize")), (1, 0));
}

#[test]
fn without_a_name_the_only_session_is_used() {
    let home = approving();
    home.write_config(&format!("[sso-session only]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n"));
    let (said, status) = run(&home, &["login"]);
    assert_eq!(status, 0, "{said}");
    shows!(home, lines(&said).lines().last().unwrap(), @"ssox: signed in to `only`, for LEFT");
    home.add_config(&format!("[sso-session other]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n"));
    shows!(home, home.ssox(&["login"]).fails(4), @r"
    ssox: there are several sessions
    ssox: hint: give a profile, or --sso-session NAME; `ssox sessions` lists the sessions
    ");
    home.write_config("");
    shows!(home, home.ssox(&["login"]).fails(4), @r"
    ssox: no sso-session is configured yet
    ssox: hint: ssox configure sso
    ");
    shows!(home, home.ssox(&["login", "dev"]).fails(4), @r"
    ssox: there is no profile `dev`: no profiles are configured yet
    ssox: hint: ssox configure sso
    ");
    shows!(home, home.ssox(&["logout", "--sso-session", "crop"]).fails(4), @r"
    ssox: there is no sso-session `crop`
    ssox: hint: add `[sso-session crop]` to ~/.aws/config, or run `ssox configure sso`
    ");
}

#[test]
fn a_cache_that_cannot_be_written_does_not_fail_the_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = approving();
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(home.path(""), mode(0o755)).unwrap();
    std::fs::set_permissions(home.path(".aws"), mode(0o555)).unwrap();
    std::fs::set_permissions(home.path(".aws/config"), mode(0o444)).unwrap();
    // Root can write anywhere.
    let mut command = home.command(if rustix::process::geteuid().is_root() { "setpriv" } else { "env" });
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.args([SSOX, "exec", "dev", "--", "sh", "-c", "echo for $AWS_ACCOUNT_ID"]).env("BROWSER", CURL);
    let (said, status) = Terminal::start(command).wait_for_end();
    std::fs::set_permissions(home.path(".aws"), mode(0o755)).unwrap();
    assert!(status.success(), "{said}");
    shows!(home, lines(&said), @r"
    ssox: warning: could not create `~/.aws/sso/cache`: permission denied; only this command can use the token of this sign-in
    ssox: opening your browser to sign in to `corp`; if no page opens, open this URL:
      http://STANDIN/authorize?QUERY
    ssox: if the browser is on another machine: ssox login --sso-session corp --device-code
    ssox: or, before you open the URL, run this on the machine with the browser: ssh -L PORT:127.0.0.1:PORT HOST
    ssox: signed in to `corp`, for LEFT
    for 111122223333
    ");
}

#[test]
fn the_url_is_copied_to_the_clipboard_of_the_terminal() {
    use base64::Engine as _;
    let home = Home::new();
    home.standin.configure(|options| options.device_polls = 1);
    let mut command = ssox(&home, &["login", "dev", "--device-code", "--copy"]);
    command.env("BROWSER", "touch opened");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("\x1b]52;c;");
    let copied = terminal.wait_for("\x07");
    let url = base64::engine::general_purpose::STANDARD.decode(copied.trim_end_matches('\x07')).unwrap();
    assert!(
        String::from_utf8(url).unwrap().starts_with(&format!("{}/device?user_code=", home.standin.url())),
        "{copied}"
    );
    terminal.wait_for("in the clipboard");
    home.standin.approve_devices();
    assert!(terminal.wait_for_end().1.success());
    assert!(!home.path("opened").exists());
}
