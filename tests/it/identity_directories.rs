//! direnv and mise together with ssox in one shell: the prompt shows that a directory replaced the identity, access
//! keys of two sources are never mixed, and outside a directory nothing of it remains.

use crate::identity::{Environment, THEIRS, environment, says_foreign, segment};
use crate::served_shells::{end, serve};
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::process::Command;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Tool {
    Direnv,
    Mise,
}

impl Tool {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Direnv => "direnv",
            Self::Mise => "mise",
        }
    }

    pub(crate) fn hook(self, shell: Shell) -> String {
        let verb = match self {
            Self::Direnv => "hook",
            Self::Mise => "activate",
        };
        let name = shell.name();
        match shell {
            Shell::Fish => format!("{} {verb} fish | source", self.name()),
            _ => format!("eval \"$({} {verb} {name})\"", self.name()),
        }
    }

    /// Returns the line of a PowerShell profile; `None` where the tool is too old to know PowerShell, as direnv before
    /// 2.33 is.
    pub(crate) fn powershell_hook(self) -> Option<String> {
        let line = match self {
            Self::Direnv => ["direnv", "hook", "pwsh"],
            Self::Mise => ["mise", "activate", "pwsh"],
        };
        let output = Command::new(line[0]).args(&line[1..]).output().expect("the tool starts");
        output.status.success().then(|| format!("Invoke-Expression ({} | Out-String)\n", line.join(" ")))
    }

    /// Makes a trusted directory that sets these variables.
    pub(crate) fn directory(self, home: &Home, name: &str, variables: &[(&str, &str)]) {
        let line = |(name, value): &(&str, &str)| match self {
            Self::Direnv => format!("export {name}={value}\n"),
            Self::Mise => format!("{name} = \"{value}\"\n"),
        };
        self.directory_with(home, name, &variables.iter().map(line).collect::<String>());
    }

    /// Makes a trusted directory that unsets these variables.
    pub(crate) fn directory_without(self, home: &Home, name: &str, variables: &[&str]) {
        let line = |name: &&str| match self {
            Self::Direnv => format!("unset {name}\n"),
            Self::Mise => format!("{name} = false\n"),
        };
        self.directory_with(home, name, &variables.iter().map(line).collect::<String>());
    }

    fn directory_with(self, home: &Home, name: &str, lines: &str) {
        match self {
            Self::Direnv => {
                home.write(&format!("{name}/.envrc"), lines);
                let allowed = home.command("direnv").args(["allow", name]).status().expect("direnv starts");
                assert!(allowed.success());
            }
            Self::Mise => {
                let file = format!("{name}/mise.toml");
                home.write(&file, &format!("[env]\n{lines}"));
                // mise runs once more for a file that is as new as its session.
                let aged =
                    home.command("touch").args(["-t", "202601010000", &file, name]).status().expect("touch starts");
                assert!(aged.success());
            }
        }
    }
}

/// Directories that set: a profile; keys of an emulator with their region; a region and an account without keys; an
/// account.
pub(crate) const P1: [(&str, &str); 1] = [("AWS_PROFILE", "x")];
pub(crate) const P2: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "LSLSLSLSLSLSLSLS"),
    ("AWS_SECRET_ACCESS_KEY", "LS"),
    ("AWS_REGION", "us-west-2"),
    ("AWS_DEFAULT_REGION", "us-west-2"),
];

const P3: [(&str, &str); 2] = [("AWS_REGION", "us-west-2"), ("AWS_ACCOUNT_ID", "999988887777")];
const P4: [(&str, &str); 1] = [("AWS_ACCOUNT_ID", "999988887777")];

/// Describes the keys of a shell, as a set.
pub(crate) fn keys(environment: &Environment) -> String {
    let value = |name: &str| environment.get(name).map_or("-", String::as_str);
    let short =
        |value: &str| if value.len() > 20 || value.starts_with("ASIA") { "ours".to_owned() } else { value.to_owned() };
    let expires = if environment.contains_key("AWS_CREDENTIAL_EXPIRATION") { "ends" } else { "-" };
    let parts = [
        short(value("AWS_ACCESS_KEY_ID")),
        short(value("AWS_SECRET_ACCESS_KEY")),
        short(value("AWS_SESSION_TOKEN")),
        expires.to_owned(),
        value("AWS_REGION").to_owned(),
        value("AWS_PROFILE").to_owned(),
    ];
    parts.join(" ")
}

const DEV: &str = "ours ours ours ends eu-west-1 -";
const OUTSIDE: &str = "- - - - - outer";
const IN_P1: &str = "- - - - - x";
const IN_P2: &str = "LSLSLSLSLSLSLSLS LS - - us-west-2 outer";

/// Steps, and the keys after each; a `?` at the end means that the prompt segment shows it.
const PATHS: [(&str, &str); 19] = [
    ("use dev, p1", "ours ours ours ends eu-west-1 x dev:ReadOnly?"),
    ("use dev, p1, leave", "DEV dev:ReadOnly"),
    ("use dev, p2", "LSLSLSLSLSLSLSLS LS - - us-west-2 - dev:ReadOnly?"),
    ("use dev, p2, leave", "DEV dev:ReadOnly"),
    ("use dev, p2, due, leave", "DEV dev:ReadOnly"),
    ("p2, use dev, leave", "- - - - - - dev:ReadOnly?"),
    ("p1, use dev, leave", "ours ours ours ends eu-west-1 outer dev:ReadOnly?"),
    ("use stg, p2, use dev, leave", "DEV dev:ReadOnly"),
    ("use dev, p1, clear, leave", "OUTSIDE "),
    ("use dev, p2, clear, leave", "OUTSIDE "),
    ("use dev, p1, leave, clear", "OUTSIDE "),
    ("p1, use dev, leave, clear", "OUTSIDE "),
    ("p2, use dev, leave, clear", "OUTSIDE "),
    ("p1, use dev, clear", "IN_P1 "),
    ("p2, use dev, clear", "IN_P2 "),
    ("p2, use dev, clear, leave", "OUTSIDE "),
    ("use dev, p3, clear", "- - - - us-west-2 outer "),
    ("use dev, p3, clear, leave", "OUTSIDE "),
    ("use dev, p4, clear, leave", "OUTSIDE "),
];

fn walk(tool: Tool, shell: Shell, ssox_first: bool) {
    let hook = tool.hook(shell);
    let rc = if ssox_first { format!("LOAD\n{hook}") } else { format!("{hook}\nLOAD") };
    let rc = format!("{}\n{rc}", shell.export("AWS_PROFILE", "outer"));
    for (steps, expected) in PATHS {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        tool.directory(&home, "p1", &P1);
        tool.directory(&home, "p2", &P2);
        tool.directory(&home, "p3", &P3);
        tool.directory(&home, "p4", &P4);
        let trusted = home.path("");
        let trusted =
            [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
        let mut session = home.session_with(shell, &rc, &trusted);
        for step in steps.split(", ") {
            take(&mut session, shell, step);
        }
        // mise may run again at any prompt.
        session.run("true");
        let environment = environment(&mut session, &home);
        let shown = segment(&mut session, &home);
        let shown = shown.split([' ', '|']).next().unwrap_or_default();
        let expected =
            expected.replace("DEV", DEV).replace("OUTSIDE", OUTSIDE).replace("IN_P1", IN_P1).replace("IN_P2", IN_P2);
        let found = format!("{} {shown}", keys(&environment));
        // mise may run in between, and then takes the values of ssox for the previous ones.
        let is_mended = matches!(tool, Tool::Mise)
            && steps.ends_with("leave")
            && expected.ends_with('?')
            && found == format!("{DEV} dev:ReadOnly");
        if !is_mended {
            assert_eq!(found, expected, "{tool:?} {shell:?}, ssox first: {ssox_first} [{steps}]");
        }
        if expected == format!("{OUTSIDE} ") {
            assert!(!environment.contains_key("AWS_ACCOUNT_ID"), "{tool:?} {shell:?} [{steps}]");
        }
    }
}

fn take(session: &mut Session, shell: Shell, step: &str) {
    match step {
        "p1" | "p2" | "p3" | "p4" => session.run(&format!("cd {step}")),
        "leave" => session.run("cd ~"),
        "due" => session.run(&shell.export("SSOX_NEXT", "1000000000")),
        verb => session.run(&format!("ssox {verb}")),
    };
}

#[test]
fn direnv_leaves_no_half_and_nothing_outside() {
    if installed("direnv") {
        in_each(&shells(), |shell| {
            walk(Tool::Direnv, shell, true);
            walk(Tool::Direnv, shell, false);
        });
    }
}

#[test]
fn mise_leaves_no_half_and_nothing_outside() {
    if installed("mise") {
        in_each(&shells(), |shell| {
            walk(Tool::Mise, shell, true);
            walk(Tool::Mise, shell, false);
        });
    }
}

/// mise is active in every directory: keys that no directory has set are set by a person.
#[test]
fn keys_of_ssox_can_be_set_by_hand_where_mise_is_active() {
    if !installed("mise") {
        return;
    }
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, &format!("{}\nLOAD", Tool::Mise.hook(shell)));
        session.run("ssox use stg");
        let stg = environment(&mut session, &home);
        assert!(stg.contains_key("__MISE_DIFF"), "{shell:?}");
        let keys = THEIRS.map(|(name, _)| shell.export(name, &stg[name])).join("; ");
        session.run("ssox use dev");
        session.run(&keys);
        assert_eq!(says_foreign(&mut session, &home, true)[THEIRS[0].0], stg[THEIRS[0].0], "{shell:?}");
        session.run("ssox use dev; ssox clear");
        session.run(&keys);
        session.run("true");
        assert_eq!(environment(&mut session, &home)[THEIRS[0].0], stg[THEIRS[0].0], "{shell:?}");
    });
}

/// From one directory of direnv into the next: direnv restores keys that ssox has replaced, beside another region.
#[test]
fn clear_also_removes_older_keys_of_ssox_that_direnv_restored() {
    if !installed("direnv") {
        return;
    }
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        Tool::Direnv.directory(&home, "keys", &P2);
        Tool::Direnv.directory(&home, "region", &P3);
        let mut session = home.session(shell, &format!("{}\nLOAD", Tool::Direnv.hook(shell)));
        for step in ["ssox use dev", "cd keys", "ssox use stg", "cd ../region", "true", "ssox clear", "true"] {
            session.run(step);
        }
        let left = environment(&mut session, &home);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            assert!(!left.contains_key(name), "{shell:?} {name}: {left:?}");
        }
        assert_eq!(left["AWS_REGION"], "us-west-2", "{shell:?}");
    });
}

#[test]
fn clear_removes_the_configuration_file_of_an_endpoint_that_direnv_has_brought_back() {
    if !installed("direnv") {
        return;
    }
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let own = home.path(".aws/config").display().to_string();
        Tool::Direnv.directory(&home, "c", &[("AWS_CONFIG_FILE", &own)]);
        let server = serve(&home, shell);
        let mut session = home.session(shell, &format!("LOAD\n{}", Tool::Direnv.hook(shell)));
        for step in [". ./lines", "cd c", "ssox use stg", "cd ..", "ssox clear"] {
            session.run(step);
        }
        end(server);
        assert_eq!(environment(&mut session, &home).get("AWS_CONFIG_FILE"), None, "{shell:?}");
    });
}

#[test]
fn an_identity_that_direnv_puts_back_on_the_way_to_another_directory_is_ours_again() {
    if !installed("direnv") {
        return;
    }
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        Tool::Direnv.directory(&home, "d", &[("AWS_PROFILE", "keys")]);
        home.write("e/.envrc", "direnv_load ssox exec stg -- direnv dump\n");
        assert!(home.command("direnv").args(["allow", "e"]).status().expect("direnv starts").success());
        let mut session = home.session(shell, &format!("LOAD\n{}", Tool::Direnv.hook(shell)));
        for step in ["ssox use dev", "cd e", "cd ../d"] {
            session.run(step);
        }
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?}");
        session.run("cd ..");
        let shown = segment(&mut session, &home);
        assert!(shown.starts_with("dev:ReadOnly ") && shown.ends_with("|ok"), "{shell:?}: {shown}");
    });
}

/// direnv would set the variables of one shell in others.
#[test]
fn use_does_nothing_in_an_envrc() {
    if !installed("direnv") {
        return;
    }
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("e/.envrc", "eval \"$(ssox init bash)\"\nssox use stg\nssox clear\nexport LOADED=yes\n");
        assert!(home.command("direnv").args(["allow", "e"]).status().expect("direnv starts").success());
        let mut session = home.session(shell, &format!("LOAD\n{}", Tool::Direnv.hook(shell)));
        session.run("ssox use dev");
        let before = environment(&mut session, &home);
        session.run("cd e");
        let shown = segment(&mut session, &home);
        assert!(shown.starts_with("dev:ReadOnly ") && shown.ends_with("|ok"), "{shell:?}: {shown}");
        let inside = environment(&mut session, &home);
        assert_eq!(inside.get("LOADED").map(String::as_str), Some("yes"), "{shell:?}");
        assert_eq!(inside.get("AWS_ACCESS_KEY_ID"), before.get("AWS_ACCESS_KEY_ID"), "{shell:?}");
    });
}

/// direnv and mise restore what ssox had set before `clear`, when a profile is in use again.
#[test]
fn clear_removes_what_an_earlier_use_had_set_before_the_directory() {
    for tool in [Tool::Direnv, Tool::Mise] {
        if !installed(tool.name()) {
            continue;
        }
        in_each(&shells(), |shell| {
            for (verb, name) in [("use", "AWS_REGION"), ("use --profile-only", "AWS_PROFILE")] {
                let (_standin, home) = signed_in(Duration::from_secs(3300));
                tool.directory(&home, "d", &[(name, "theirs")]);
                let mut session = home.session(shell, &format!("LOAD\n{}", tool.hook(shell)));
                let (first, again) = (format!("ssox {verb} dev"), format!("ssox {verb} stg"));
                for step in [&first, "cd d", "ssox clear", &again, "cd ..", "ssox clear"] {
                    session.run(step);
                }
                let left = environment(&mut session, &home);
                assert_eq!(left.get(name), None, "{shell:?} {tool:?} {name}");
                assert_eq!(segment(&mut session, &home), "|", "{shell:?} {tool:?} {name}");
            }
        });
    }
}

/// The lines of `ssox serve` in an `.envrc` set and unset also the variables in which ssox notes what it set.
#[test]
fn what_direnv_sets_and_unsets_with_the_lines_of_a_server_is_shown_as_it_is() {
    if !installed("direnv") {
        return;
    }
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let server = serve(&home, shell);
        home.write("e/.envrc", ". ~/lines\n");
        assert!(home.command("direnv").args(["allow", "e"]).status().expect("direnv starts").success());
        home.write("ours/.ssox", "profile = dev\n");
        home.allow("ours");
        let mut session = home.session(shell, &format!("LOAD\n{}", Tool::Direnv.hook(shell)));
        session.run("cd e");
        session.run("cd ..");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
        for step in ["cd e", "ssox use stg", "cd ../ours", "cd .."] {
            session.run(step);
        }
        // direnv has unset the name of the profile, but the access key tells whose keys these are.
        assert_eq!(segment(&mut session, &home), "stg?|foreign", "{shell:?}");
        assert!(session.run("ssox status").contains("of profile `stg`"), "{shell:?}");
        session.run("ssox clear");
        assert_eq!(environment(&mut session, &home).get("AWS_ACCESS_KEY_ID"), None, "{shell:?}");
        end(server);
    });
}
