//! `.ssox` files beside those of direnv and mise: each directory has the identity that its nearest file gives, in every order
//! of entering and leaving, and nothing of a directory is left outside it.

use crate::identity::{Environment, environment, segment};
use crate::identity_directories::{P1, P2, Tool, keys};
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::time::Duration;

/// Where the walk goes. `both` and `keys` have a `.ssox` file and one of the tool, `below` a `.ssox` file below one of the tool,
/// `near` one of the tool below a `.ssox` file, `plain` a `.ssox` file alone, `theirs` one of the tool alone.
const PLACES: [&str; 8] = ["", "both", "keys", "above/below", "plain", "plain/near", "theirs", "plain/sub"];
const OF_TOOL: [&str; 4] = ["both", "above", "plain/near", "theirs"];
const OF_SSOX: [&str; 4] = ["both", "keys", "above/below", "plain"];

const DEV: &str = "ours ours ours ends eu-west-1 - dev:ReadOnly";

/// Returns what a shell has at a place, if outside it has `outer` or the credentials of a profile.
fn expected(place: &str, outside: &str) -> String {
    match (place, outside) {
        ("", "") => "- - - - - outer ".into(),
        ("theirs", "") => "- - - - - x ".into(),
        ("", _) => "ours ours ours ends eu-central-1 - stg:PowerUser".into(),
        ("theirs", _) => "ours ours ours ends eu-central-1 x stg:PowerUser?".into(),
        ("plain/near", _) => "ours ours ours ends eu-west-1 x dev:ReadOnly?".into(),
        _ => DEV.into(),
    }
}

/// Returns a walk that has each step from one place to another once.
fn walk() -> Vec<&'static str> {
    let mut walk = vec![];
    for (at, from) in PLACES.iter().enumerate() {
        for to in &PLACES[at + 1..] {
            walk.extend([*from, *to]);
        }
    }
    let back: Vec<&str> = walk.iter().rev().copied().collect();
    walk.extend(back);
    walk.dedup();
    walk
}

fn start(tool: Tool, shell: Shell, rc: &str, home: &Home) -> Session {
    for name in OF_TOOL {
        tool.directory(home, name, &P1);
    }
    tool.directory(home, "keys", &P2);
    home.write("plain/sub/file", "");
    for name in OF_SSOX {
        home.write(&format!("{name}/.ssox"), "profile = dev\n");
        assert!(home.command("ssox").args(["allow", name]).output().expect("ssox starts").status.success());
    }
    let trusted = home.path("");
    let trusted = [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
    home.session_with(shell, &format!("{}\n{rc}", shell.export("AWS_PROFILE", "outer")), &trusted)
}

fn look(session: &mut Session, home: &Home) -> (String, Environment) {
    let environment = environment(session, home);
    let shown = segment(session, home);
    (format!("{} {}", keys(&environment), shown.split([' ', '|']).next().unwrap_or_default()), environment)
}

fn go_everywhere(tool: Tool, shell: Shell, ssox_first: bool, outside: &str) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let hook = tool.hook(shell);
    let rc = if ssox_first { format!("LOAD\n{hook}") } else { format!("{hook}\nLOAD") };
    let mut session = start(tool, shell, &rc, &home);
    if !outside.is_empty() {
        session.run(&format!("ssox use {outside}"));
    }
    let mut path = String::new();
    for place in walk() {
        session.run(&format!("cd ~/{place}"));
        path = format!("{path} > {place}");
        let (found, environment) = look(&mut session, &home);
        let case = format!("{tool:?} {shell:?}, ssox first: {ssox_first}, outside {outside:?}:{path}");
        assert_eq!(found, expected(place, outside), "{case}");
        assert!(!environment.contains_key("AWS_SESSION_TOKEN") || found.starts_with("ours ours ours"), "{case}");
        if place.is_empty() {
            let left = ["DIRENV_DIFF", "SSOX_DIRECTORY", "SSOX_SNAPSHOT"];
            assert!(!left.iter().any(|name| environment.contains_key(*name)), "{case}");
        }
    }
}

fn everywhere(tool: Tool) {
    if !installed(tool.name()) {
        return;
    }
    in_each(&shells(), |shell| {
        go_everywhere(tool, shell, true, "");
        go_everywhere(tool, shell, false, "");
        go_everywhere(tool, shell, false, "stg");
    });
}

#[test]
fn direnv_and_a_directory_of_ssox_leave_nothing_behind() {
    everywhere(Tool::Direnv);
}

#[test]
fn mise_and_a_directory_of_ssox_leave_nothing_behind() {
    everywhere(Tool::Mise);
}
