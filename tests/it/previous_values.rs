//! The values that a person had before the first `use` are back after `clear` outside the directories of direnv and
//! mise, whatever these tools have set and unset in between. Inside, `clear` leaves what these tools want there.

use crate::identity::{Environment, environment, segment};
use crate::identity_directories::Tool;
use crate::other_shells;
use crate::other_shells_directories::mise;
use crate::powershell;
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::time::Duration;

type Variables = [(&'static str, &'static str)];

/// What the rc file sets.
const OWN: [(&str, &str); 3] =
    [("AWS_PROFILE", "outer"), ("AWS_REGION", "ca-central-1"), ("AWS_DEFAULT_REGION", "ca-west-1")];
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "LSLSLSLSLSLSLSLS"), ("AWS_SECRET_ACCESS_KEY", "LS")];

/// Steps that end outside. The directory `a` sets another profile and region, `same` those of the rc file, `k` sets
/// keys, and `u` unsets profile and region. `ours` has a `.ssox` file, and `both` one beside the same file as `a`.
const PATHS: [&str; 29] = [
    "use dev, cd ~/a, clear, use stg, cd ~, clear",
    "use dev, cd ~/a, clear, use --profile-only stg, cd ~, clear",
    "use --profile-only dev, cd ~/a, clear, use stg, cd ~, clear",
    "use --profile-only dev, cd ~/a, clear, use --profile-only stg, cd ~, clear",
    "use --profile-only dev, cd ~/a, clear, use stg, clear, use dev, cd ~, clear",
    "use dev, cd ~/a, use stg, clear, cd ~",
    "use --profile-only dev, cd ~/a, use --profile-only stg, clear, cd ~",
    "use --profile-only dev, cd ~/a, clear, cd ~/u, cd ~",
    "use --profile-only dev, cd ~/same, clear, use stg, cd ~, clear",
    "use --profile-only dev, cd ~/same, clear, cd ~/u, cd ~",
    "use dev, cd ~/u, clear, cd ~",
    "use --profile-only dev, cd ~/u, clear, cd ~",
    "use --profile-only dev, cd ~/u, clear, use stg, cd ~, clear",
    "use --profile-only dev, cd ~/u, use stg, clear, cd ~",
    "use --profile-only dev, cd ~/u, use --profile-only stg, clear, cd ~",
    "use dev, cd ~/k, clear, use stg, cd ~, clear",
    "use dev, cd ~/k, use stg, clear, cd ~",
    "use dev, cd ~/k, clear, use --profile-only stg, cd ~, clear",
    "use dev, cd ~/a, clear, cd ~/k, use stg, cd ~/u, clear, cd ~",
    "use dev, cd ~/a, use stg, cd ~/same, use dev, clear, cd ~",
    "use dev, cd ~/k, use stg, cd ~/a, use dev, clear, cd ~",
    "use dev, cd ~/both, clear, use stg, cd ~, clear",
    "use dev, cd ~/ours, cd ~/a, clear, use stg, cd ~/ours, clear, cd ~, clear",
    // direnv acts in bash and fish at the prompt, so it has not left its directory yet.
    "use dev, cd ~/a, clear, cd ~; ssox use stg, clear",
    "use --profile-only dev, cd ~/a, clear, cd ~; ssox use stg, clear",
    "use dev, cd ~/k, clear, cd ~; ssox use stg, clear",
    "use dev, cd ~/a, clear, cd ~/ours; ssox use stg, cd ~, clear",
    "use --profile-only dev, cd ~/a, clear, cd ~/ours; ssox use stg, cd ~, clear",
    "use dev, cd ~/a, clear, cd ~/both, clear, cd ~/a, use stg, cd ~, clear",
];
/// Steps that begin in the tool's directory. mise is not walked through these: at each prompt it may take the values of
/// ssox for the values from before its directory.
const PATHS_OF_DIRENV: [&str; 3] = [
    "cd ~/a, use dev, cd ~/u, clear, cd ~",
    "cd ~/a, use dev, clear, use --profile-only stg, cd ~, clear",
    "cd ~/a, use --profile-only dev, cd ~/k, use stg, clear, cd ~",
];

/// Steps that end in a directory, and what `clear` leaves there.
const PATHS_INSIDE: [(&str, &Variables); 6] = [
    ("use dev, cd ~/a, clear", &IN_A),
    ("use dev, cd ~/a, use stg, clear", &IN_A),
    ("use dev, cd ~/a, clear, use stg, clear", &IN_A),
    ("use --profile-only dev, cd ~/u, clear", &[]),
    ("use --profile-only dev, cd ~/u, use --profile-only stg, clear", &[]),
    ("use dev, cd ~/k, use stg, clear", &IN_K),
];
const IN_A: [(&str, &str); 2] = [("AWS_PROFILE", "theirs"), ("AWS_REGION", "us-west-2")];
const IN_K: [(&str, &str); 4] = [OWN[0], ("AWS_REGION", "us-west-2"), KEYS[0], KEYS[1]];

/// Some of these steps for shells that take long to start, or with mise alone.
const PATHS_OF_OTHERS: [&str; 5] = [
    "use dev, cd ~/a, clear, use stg, cd ~, clear",
    "use --profile-only dev, cd ~/a, clear, use --profile-only stg, cd ~, clear",
    "use dev, cd ~/a, use stg, clear, cd ~",
    "use --profile-only dev, cd ~/u, clear, cd ~",
    "use --profile-only dev, cd ~/same, clear, cd ~/u, cd ~",
];

fn make_directories(tool: Tool, home: &Home) {
    tool.directory(home, "a", &IN_A);
    tool.directory(home, "both", &IN_A);
    tool.directory(home, "same", &OWN[..2]);
    tool.directory(home, "k", &IN_K[1..]);
    tool.directory_without(home, "u", &["AWS_PROFILE", "AWS_REGION"]);
    for name in ["ours", "both"] {
        home.write(&format!("{name}/.ssox"), "profile = stg\n");
        home.allow(name);
    }
}

fn line(step: &str) -> String {
    if step.starts_with("cd") { step.to_owned() } else { format!("ssox {step}") }
}

fn start(tool: Tool, shell: Shell, home: &Home, own: &Variables) -> Session {
    make_directories(tool, home);
    let set: String = own.iter().map(|(name, value)| format!("{}\n", shell.export(name, value))).collect();
    let trusted = home.path("");
    let trusted = [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
    home.session_with(shell, &format!("{set}{}\nLOAD", tool.hook(shell)), &trusted)
}

/// Walks a path, and returns what the shell has then, and its prompt segment.
fn walk(session: &mut Session, home: &Home, path: &str) -> (Environment, String) {
    path.split(", ").for_each(|step| _ = session.run(&line(step)));
    // mise may run again at any prompt.
    session.run("true");
    (environment(session, home), segment(session, home))
}

/// Checks that a shell has these variables and no others for credentials and region.
fn assert_has(walked: &(Environment, String), expected: &Variables, case: &str) {
    let names = OWN.iter().chain(&KEYS).map(|(name, _)| *name).chain(["AWS_SESSION_TOKEN", "SSOX_SNAPSHOT"]);
    for name in names {
        let value = expected.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        assert_eq!(walked.0.get(name).map(String::as_str), value, "{case}: {name}");
    }
    assert_eq!(walked.1, "|", "{case}");
}

fn all_come_back(tool: Tool, paths: &[&str]) {
    if !installed(tool.name()) {
        return;
    }
    in_each(&shells(), |shell| {
        for own in [&OWN[..], &[]] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = start(tool, shell, &home, own);
            for path in paths {
                let case = format!("{tool:?} {shell:?}, {} variables of one's own: {path}", own.len());
                assert_has(&walk(&mut session, &home, path), own, &case);
            }
        }
    });
}

#[test]
fn after_clear_outside_the_values_from_before_are_back_with_direnv() {
    all_come_back(Tool::Direnv, &PATHS);
    all_come_back(Tool::Direnv, &PATHS_OF_DIRENV);
}

#[test]
fn after_clear_outside_the_values_from_before_are_back_with_mise() {
    all_come_back(Tool::Mise, &PATHS);
}

/// direnv undoes such a value when the shell leaves, without ssox too.
#[test]
fn a_value_that_was_set_by_hand_in_a_directory_of_direnv_stays_there() {
    if !installed(Tool::Direnv.name()) {
        return;
    }
    in_each(&shells(), |shell| {
        for own in [&OWN[..], &[]] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = start(Tool::Direnv, shell, &home, own);
            for (used, place) in [("use dev", "~"), ("use --profile-only stg", "~"), ("use dev", ".")] {
                let case = format!("{shell:?}, {} variables of one's own: {used}, cd {place}", own.len());
                session.run("cd ~/a");
                session.run(&shell.export("AWS_PROFILE", "edited"));
                let walked = walk(&mut session, &home, &format!("{used}, cd {place}, clear"));
                if place == "." {
                    assert_eq!(walked.0["AWS_PROFILE"], "edited", "{case}");
                } else {
                    assert_has(&walked, own, &case);
                }
                assert_has(&walk(&mut session, &home, "cd ~, clear"), own, &case);
            }
        }
    });
}

#[test]
fn after_clear_inside_the_values_of_the_directory_are_there() {
    for tool in [Tool::Direnv, Tool::Mise].into_iter().filter(|tool| installed(tool.name())) {
        in_each(&shells(), |shell| {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = start(tool, shell, &home, &OWN);
            for (path, expected) in PATHS_INSIDE {
                let expected = [expected, &OWN[2..]].concat();
                assert_has(&walk(&mut session, &home, path), &expected, &format!("{tool:?} {shell:?} {path}"));
                assert_has(&walk(&mut session, &home, "cd ~"), &OWN, &format!("{tool:?} {shell:?} {path}, cd ~"));
            }
        });
    }
}

#[test]
fn after_clear_outside_the_values_from_before_are_back_in_nushell_elvish_and_xonsh() {
    if !installed("mise") {
        return;
    }
    other_shells::in_each(|shell| {
        for path in PATHS_OF_OTHERS {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            make_directories(Tool::Mise, &home);
            let trusted = home.path("");
            let trusted = ("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text"));
            let variables = [&[trusted], &OWN[..]].concat();
            let rc = format!("{}\nLOAD", mise(shell, &home));
            let mut session = other_shells::session(&home, shell, &rc, &variables);
            path.split(", ").for_each(|step| _ = session.run(&line(step)));
            session.next_prompt();
            let walked = (session.environment(&home), session.segment(&home));
            for (name, value) in OWN {
                assert_eq!(walked.0.get(name).map(String::as_str), Some(value), "{shell:?} {path}: {name}");
            }
            assert!(!walked.0.contains_key("AWS_ACCESS_KEY_ID"), "{shell:?} {path}");
            assert!(!walked.1.contains(|c: char| c.is_alphanumeric()), "{shell:?} {path}: {}", walked.1);
        }
    });
}

#[test]
fn after_clear_outside_the_values_from_before_are_back_in_powershell() {
    if !installed("mise") || !installed("pwsh") {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    make_directories(Tool::Mise, &home);
    let hook = Tool::Mise.powershell_hook().expect("mise knows PowerShell");
    let mut script = format!(
        "$env:MISE_TRUSTED_CONFIG_PATHS = '{}'\n$env:TERM = 'dumb'\nfunction global:prompt {{ '> ' }}\n\
         ssox init powershell | Out-String | Invoke-Expression\n{hook}",
        home.path("").display()
    );
    OWN.iter().for_each(|(name, value)| script += &format!("$env:{name} = '{value}'\n"));
    script += "$null = prompt\n";
    for path in PATHS_OF_OTHERS {
        path.split(", ").for_each(|step| script += &format!("{} 2>$null\n$null = prompt\n", line(step)));
        script +=
            "$null = prompt\n\"$env:AWS_PROFILE $env:AWS_REGION $env:AWS_DEFAULT_REGION$env:AWS_ACCESS_KEY_ID\"\n";
    }
    let Some(told) = powershell::run_as_it_is(&home, &script) else { return };
    let expected = format!("{} {} {}\n", OWN[0].1, OWN[1].1, OWN[2].1);
    assert_eq!(told, expected.repeat(PATHS_OF_OTHERS.len()));
}
