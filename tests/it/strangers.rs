//! Another user of this machine reads the command line of the browser and connects to ssox's callback server first.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually, screen};
use crate::shown::says;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A user id that no machine of the tests has.
const STRANGER: &str = "54321";

/// Writes a program that runs `steps` with an address as `$1`; `stranger` in them runs a program as another user, which
/// needs root.
fn browser(home: &Home, steps: &str) -> Option<String> {
    let mut other = home.command("setpriv");
    other.args(["--reuid", STRANGER, "--regid", STRANGER, "--clear-groups", "true"]);
    if !other.status().is_ok_and(|status| status.success()) {
        eprintln!("NOT TESTED: only root can be another user");
        return None;
    }
    let path = home.path("browser");
    let stranger = format!("stranger() {{ setpriv --reuid {STRANGER} --regid {STRANGER} --clear-groups \"$@\"; }}");
    fs::write(&path, format!("#!/bin/bash\ncd \"$HOME\"\n{stranger}\n{steps}\nmv done.part done\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Some(path.display().to_string())
}

fn run(home: &Home, arguments: &[&str], browser: &str) -> (String, bool) {
    let mut command = home.command(SSOX);
    command.args(arguments).env("BROWSER", browser).env("TERM", "xterm");
    let (said, status) = Terminal::start(command).wait_for_end();
    (said, status.success())
}

fn left(path: &Path) -> String {
    eventually("the browser", || fs::read_to_string(path).ok())
}

#[test]
fn the_address_of_the_console_is_only_for_our_own_browser() {
    let home = crate::console::federated();
    let steps = "for _ in 1 2 3; do stranger curl -si --noproxy '*' \"$1\"; done >stranger\n\
                 curl -sL --noproxy '*' \"$1\" >done.part";
    let Some(browser) = browser(&home, steps) else { return };
    let (said, is_good) = run(&home, &["console", "chained"], &browser);
    assert!(is_good, "{said}");
    says!(home, screen(&said), @r"
    ssox: warning: refused a connection of the user with uid 54321 to STANDIN, which only your browser may use; still waiting for your browser
    ssox: opened the console of `chained`
    ");
    assert!(left(&home.path("done")).contains("assumed-role/Target/"));
    let stranger = left(&home.path("stranger"));
    assert_eq!(stranger.matches("HTTP/1.1 403 Forbidden").count(), 3, "{stranger}");
    assert!(!stranger.contains("SigninToken") && !stranger.contains("Location"), "{stranger}");
}

#[test]
fn another_user_does_not_end_a_sign_in() {
    let home = Home::new();
    // Once the stranger waits for a response, once it disconnects at once, and once it sends a valid code of another
    // person.
    let steps = "at=${1#*redirect_uri=http%3A%2F%2F127.0.0.1%3A}; port=${at%%%2F*}; state=${1#*&state=}; state=${state%%&*}\n\
                 path=\"/oauth/callback?error=access_denied&state=$state\"\n\
                 stranger curl -s --noproxy '*' \"http://127.0.0.1:$port$path\" >stranger\n\
                 for _ in 1 2 3; do stranger bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0\n\
                 printf \"GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\n\\r\\n\" \"$1\" \"$0\" >&3' \"$port\" \"$path\"; done\n\
                 stranger curl -sL --noproxy '*' \"$1\" >>stranger\n\
                 curl -sL --noproxy '*' \"$1\" >done.part";
    let Some(browser) = browser(&home, steps) else { return };
    home.standin.configure(|options| options.authorize = ssox_standin::Person::Approves);
    let (said, is_good) = run(&home, &["login", "dev", "--pkce"], &browser);
    assert!(is_good && said.contains("signed in to `corp`"), "{said}");
    assert!(said.contains(&format!("refused a connection of the user with uid {STRANGER}")), "{said}");
    assert!(left(&home.path("done")).contains("You are signed in"));
    assert_eq!(left(&home.path("stranger")).matches("this browser belongs to another user").count(), 2);
}
