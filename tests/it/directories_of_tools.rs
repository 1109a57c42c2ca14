//! `.ssox` files together with those of direnv and mise: in each directory the nearest file decides the identity, in
//! whatever order directories are entered and left, and outside a directory nothing of it remains.

use crate::identity::{Environment, environment, segment};
use crate::identity_directories::{P1, P2, Tool, keys};
use crate::powershell;
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::io::{self, Write as _};
use std::time::Duration;

/// Where the walk goes. `both` and `keys` have a `.ssox` file and one of the tool, `below` a `.ssox` file below one of
/// the tool, `near` one of the tool below a `.ssox` file, `plain` a `.ssox` file alone, `theirs` one of the tool alone.
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
    make_directories(tool, home);
    let trusted = home.path("");
    let trusted = [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
    home.session_with(shell, &format!("{}\n{rc}", shell.export("AWS_PROFILE", "outer")), &trusted)
}

fn make_directories(tool: Tool, home: &Home) {
    for name in OF_TOOL {
        tool.directory(home, name, &P1);
    }
    tool.directory(home, "keys", &P2);
    home.write("plain/sub/file", "");
    for name in OF_SSOX {
        home.write(&format!("{name}/.ssox"), "profile = dev\n");
        home.allow(name);
    }
}

/// Returns what the shell has, as [`keys`] describes it, with the prompt segment; and the environment.
pub(crate) fn look(session: &mut Session, home: &Home) -> (String, Environment) {
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

/// Prints the keys and the prompt segment as `look` returns them.
const SHOW: &str = r#"
function short($value) { if (-not $value) { '-' } elseif ($value.Length -gt 20 -or $value.StartsWith('ASIA')) { 'ours' } else { $value } }
function show {
    $null = prompt
    $ends = if ($env:AWS_CREDENTIAL_EXPIRATION) { 'ends' } else { '-' }
    $keys = $env:AWS_ACCESS_KEY_ID, $env:AWS_SECRET_ACCESS_KEY, $env:AWS_SESSION_TOKEN | ForEach-Object { short $_ }
    "$keys $ends $(short $env:AWS_REGION) $(short $env:AWS_PROFILE) $("$SSOX_SEGMENT".Split(' ')[0])"
}
"#;

fn go_everywhere_in_powershell(tool: Tool, ssox_first: bool, outside: &str) {
    let Some(hook) = tool.powershell_hook() else {
        let _ = writeln!(io::stderr(), "NOT TESTED: this {} does not know PowerShell", tool.name());
        return;
    };
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    make_directories(tool, &home);
    let load = "ssox init powershell | Out-String | Invoke-Expression\n".to_string();
    let hooks = if ssox_first { [load, hook] } else { [hook, load] }.concat();
    let mut script = format!(
        "$env:MISE_TRUSTED_CONFIG_PATHS = '{}'\n$env:TERM = 'dumb'\n$env:AWS_PROFILE = 'outer'\n\
         function global:prompt {{ '> ' }}\n{hooks}{SHOW}$null = prompt\n",
        home.path("").display()
    );
    if !outside.is_empty() {
        script += &format!("ssox use {outside} 2>$null\n$null = prompt\n");
    }
    let walk = walk();
    walk.iter().for_each(|place| script += &format!("Set-Location ~/{place}\nshow\n"));
    let Some(told) = powershell::run_as_it_is(&home, &script) else { return };
    let mut path = String::new();
    for (place, found) in walk.iter().zip(told.lines().chain(std::iter::repeat(""))) {
        path = format!("{path} > {place}");
        let case = format!("{tool:?} PowerShell, ssox first: {ssox_first}, outside {outside:?}:{path}\n{told}");
        assert_eq!(found, expected(place, outside), "{case}");
    }
}

fn everywhere_in_powershell(tool: Tool) {
    if installed(tool.name()) && installed("pwsh") {
        go_everywhere_in_powershell(tool, true, "");
        go_everywhere_in_powershell(tool, false, "");
        // A walk with mise, which starts a process at each prompt, takes minutes on a busy machine.
        if matches!(tool, Tool::Direnv) {
            go_everywhere_in_powershell(tool, false, "stg");
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

#[test]
fn direnv_and_a_directory_of_ssox_leave_nothing_behind_in_powershell() {
    everywhere_in_powershell(Tool::Direnv);
}

#[test]
fn mise_and_a_directory_of_ssox_leave_nothing_behind_in_powershell() {
    everywhere_in_powershell(Tool::Mise);
}

/// In the directory of a `.ssox` file, `clear` hands the tool's values back to the tool.
fn clear_hands_them_back(tool: Tool, shell: Shell) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = start(tool, shell, &format!("LOAD\n{}", tool.hook(shell)), &home);
    session.run("cd ~/keys");
    assert_eq!(look(&mut session, &home).0, DEV, "{tool:?} {shell:?}");
    session.run("ssox clear");
    let theirs = look(&mut session, &home).1;
    assert_eq!(theirs["AWS_ACCESS_KEY_ID"], P2[0].1, "{tool:?} {shell:?}");
    let edit = match tool {
        // direnv sees no change within one second.
        Tool::Direnv => {
            "echo 'export AWS_PROFILE=x' >edit; cat edit >.envrc; direnv allow; touch -t 202601010000 .envrc"
        }
        Tool::Mise => "echo '[env]' >edit; echo 'AWS_PROFILE = \"x\"' >>edit; cat edit >mise.toml",
    };
    session.run(edit);
    session.run("true");
    assert_eq!(look(&mut session, &home).0, "- - - - - x ", "{tool:?} {shell:?}");
    session.run("ssox use dev");
    session.run("true");
    assert_eq!(look(&mut session, &home).0, DEV, "{tool:?} {shell:?}");
    session.run("cd ~");
    assert_eq!(look(&mut session, &home).0, expected("", ""), "{tool:?} {shell:?}");
}

#[test]
fn after_clear_a_tool_takes_away_what_it_has_set() {
    for tool in [Tool::Direnv, Tool::Mise] {
        if installed(tool.name()) {
            in_each(&shells(), |shell| clear_hands_them_back(tool, shell));
        }
    }
}

/// `use` replaces a SSOX_PROFILE of the tool's file, also if this call has another one. `clear` restores it in the
/// directory of that file alone.
fn clear_restores_the_choice_of_the_place(tool: Tool, shell: Shell) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    tool.directory(&home, "project", &[("SSOX_PROFILE", "stg")]);
    let trusted = home.path("");
    let trusted = [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
    let mut session = home.session_with(shell, &format!("LOAD\n{}", tool.hook(shell)), &trusted);
    for (outside, line) in [(None, "true".to_owned()), (Some("adm"), shell.export("SSOX_PROFILE", "adm"))] {
        let calls = ["ssox use dev", "SSOX_PROFILE=noreg ssox use dev"];
        let places = [("~", outside), ("~/project", Some("stg"))];
        for (call, (place, expected)) in calls.into_iter().flat_map(|call| places.map(|place| (call, place))) {
            // Where values change and change back in its directory, mise alone may lose those from outside.
            session.run("cd ~");
            session.run(&line);
            session.run("cd ~/project");
            session.run(call);
            session.run(&format!("cd {place}"));
            session.run("ssox clear");
            // mise may run again at any prompt.
            session.run("true");
            let environment = environment(&mut session, &home);
            let profile = environment.get("SSOX_PROFILE").map(String::as_str);
            assert_eq!(profile, expected, "{tool:?} {shell:?} {call} {place}");
        }
    }
}

#[test]
fn after_clear_a_choice_of_a_tool_is_in_its_directory_alone() {
    for tool in [Tool::Direnv, Tool::Mise] {
        if installed(tool.name()) {
            in_each(&shells(), |shell| clear_restores_the_choice_of_the_place(tool, shell));
        }
    }
}

#[test]
fn after_clear_a_tool_takes_away_what_it_has_set_in_powershell() {
    if !installed("mise") || !installed("pwsh") {
        return;
    }
    let hook = Tool::Mise.powershell_hook().expect("mise knows PowerShell");
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    make_directories(Tool::Mise, &home);
    let script = format!(
        "$env:MISE_TRUSTED_CONFIG_PATHS = '{}'\n$env:TERM = 'dumb'\nfunction global:prompt {{ '> ' }}\n\
         ssox init powershell | Out-String | Invoke-Expression\n{hook}{SHOW}$null = prompt\n\
         Set-Location ~/both\nshow\nssox clear\nshow\n\
         Set-Content mise.toml '[env]', 'AWS_PROFILE = \"y\"'\n$null = prompt\nshow\n\
         Set-Content mise.toml '[env]'\n$null = prompt\nshow\nssox use dev\nshow\n",
        home.path("").display()
    );
    let Some(told) = powershell::run_as_it_is(&home, &script) else { return };
    let found: Vec<&str> = told.lines().collect();
    assert_eq!(found, [DEV, "- - - - - x ", "- - - - - y ", "- - - - - - ", DEV], "{told}");
}

/// direnv and mise then act after a key has changed the directory, before the next command.
fn a_key_that_changes_the_directory(tool: Tool) {
    if !installed(tool.name()) || !shells().contains(&Shell::Fish) {
        return;
    }
    let hook = tool.hook(Shell::Fish);
    let mode = format!("set -g {}_fish_mode eval_after_arrow", tool.name());
    for rc in [format!("{mode}\nLOAD\n{hook}"), format!("{mode}\n{hook}\nLOAD")] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let rc = format!(
            "{rc}\nbind \\cg \"cd ~/both; commandline -f repaint\"; bind \\ct \"cd ~; commandline -f repaint\""
        );
        let mut session = start(tool, Shell::Fish, &rc, &home);
        session.run("ssox use stg");
        for _ in 0..2 {
            session.terminal.keys("\x07");
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
            assert_eq!(look(&mut session, &home).0, DEV, "{tool:?} {rc}");
            session.terminal.keys("\x14");
            // The values of the tool are still there.
            session.wait_for_prompt_with(&["stg:PowerUser?"]);
            assert_eq!(look(&mut session, &home).0, expected("", "stg"), "{tool:?} {rc}");
        }
    }
}

#[test]
fn a_key_that_changes_the_directory_shows_in_fish_what_the_next_command_has() {
    a_key_that_changes_the_directory(Tool::Direnv);
    a_key_that_changes_the_directory(Tool::Mise);
}
