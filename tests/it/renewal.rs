//! Many shells need new credentials at the same time.

use crate::shells::Home;
use ssox_standin::{Grant, Standin};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

#[test]
fn twenty_processes_refresh_a_token_once_however_short_its_life() {
    let standin = Standin::start();
    standin.configure(|options| options.access_token = Duration::from_secs(200));
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant { expires_in: -1, ..Grant::default() });
    let process = |profile: &str| {
        let mut command = home.command("ssox");
        command.args(["credential-process", profile]).stdout(Stdio::null()).spawn().expect("ssox starts")
    };
    let processes: Vec<_> = (0..20).map(|n| process(if n % 2 == 0 { "dev" } else { "stg" })).collect();
    for mut process in processes {
        assert!(process.wait().expect("ssox ends").success());
    }
    assert_eq!((standin.count("CreateToken"), standin.count("GetRoleCredentials")), (1, 2));
}

/// As when this machine's clock is ahead: the credentials that AWS returns have expired.
#[test]
fn credentials_that_are_expired_on_arrival_are_not_fetched_at_every_prompt() {
    let standin = Standin::start();
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    standin.configure(|options| options.clock_offset = -2 * 3600);
    for _ in 0..3 {
        let mut tick = home.command("ssox");
        tick.args(["tick", "--renew"]).env("SSOX_PROFILE", "dev").env("SSOX_EXPIRES", "1");
        assert!(tick.status().expect("ssox starts").success());
    }
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn a_shell_that_calls_early_renews_what_is_still_good() {
    let standin = Standin::start();
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    standin.configure(|options| options.role_credentials = Duration::from_secs(930));
    let run = |arguments: &[&str]| {
        let mut command = home.command("ssox");
        command.args(arguments).env("SSOX_PROFILE", "dev").env("SSOX_EXPIRES", "1");
        String::from_utf8_lossy(&command.output().expect("ssox starts").stdout).into_owned()
    };
    let key = |reply: &str| reply.lines().find_map(|line| line.strip_prefix("=AWS_ACCESS_KEY_ID=").map(String::from));
    let first = key(&run(&["--emit=zsh1", "use", "dev"]));
    // As if fetched long ago: good for another half minute, and other shells may renew earlier than this one.
    let cache = std::fs::read_dir(home.path(".aws/cli/cache")).expect("there is a cache").flatten().next();
    let entry = std::fs::File::options().write(true).open(cache.expect("with one entry").path()).expect("it opens");
    entry.set_modified(SystemTime::now() - Duration::from_secs(2670)).expect("a time can be set");
    standin.configure(|options| options.role_credentials = Duration::from_secs(3600));
    assert_eq!(key(&run(&["--emit=zsh1", "use", "dev"])), first);
    let renewed = key(&run(&["--emit=zsh1", "tick", "--wait=20s"]));
    assert!(renewed.is_some() && renewed != first);
    assert_eq!(standin.count("GetRoleCredentials"), 2);
}

#[test]
fn twenty_panes_renew_once() {
    let standin = Standin::start();
    standin.configure(|options| options.role_credentials = Duration::from_secs(890));
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    let used = home.command("ssox").args(["--emit=zsh1", "use", "dev"]).output().expect("ssox starts");
    assert!(used.status.success());
    let reply = String::from_utf8_lossy(&used.stdout).into_owned();
    let set = |name: &str| reply.lines().find_map(|line| line.strip_prefix(&format!("={name}="))).unwrap().to_string();
    home.age_credentials();
    standin.configure(|options| options.role_credentials = Duration::from_secs(3600));
    let pane = || {
        let mut command = home.command("ssox");
        command.args(["--emit=zsh1", "tick", "--wait=20s"]).env("SSOX_PROFILE", "dev").env("SSOX_EXPIRES", "1");
        command.stdout(Stdio::piped()).spawn().expect("ssox starts")
    };
    let panes: Vec<_> = (0..20).map(|_| pane()).collect();
    for pane in panes {
        let reply = String::from_utf8_lossy(&pane.wait_with_output().expect("ssox ends").stdout).into_owned();
        assert!(reply.contains("=AWS_ACCESS_KEY_ID=") && !reply.contains(&set("AWS_ACCESS_KEY_ID")), "{reply}");
    }
    assert_eq!(standin.count("GetRoleCredentials"), 2);
}
