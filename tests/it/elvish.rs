//! What differs in elvish: hooks are lists, there is no clock, a script must declare the command before it uses it, and
//! people define prompts as functions.

use crate::hook::{DUE, RENEWED, ticks};
use crate::other_shells::{Other, Session, initialize, others, run, session, session_of};
use crate::segment::{LATER, seconds_from_now};
use crate::shells::{Home, installed, signed_in};
use std::time::Duration;

fn is_installed() -> bool {
    others().contains(&Other::Elvish)
}

/// Opens a session with another text for `ssox init`.
fn session_with_init(home: &Home, init: impl Fn(&str) -> String, variables: &[(&str, &str)]) -> Session {
    initialize(home, Other::Elvish, &[]);
    home.write("init", &init(&home.read("init")));
    session_of(home.command(Other::Elvish.program()), home, Other::Elvish, "LOAD", variables)
}

#[test]
fn without_the_uptime_of_the_kernel_date_is_the_clock() {
    if !is_installed() {
        return;
    }
    let without = |init: &str| init.replace("/proc/uptime", "/proc/none");
    let home = Home::scripted();
    let expires = seconds_from_now(2630);
    let variables = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_NEXT", LATER), ("SSOX_EXPIRES", expires.as_str())];
    let mut shown = session_with_init(&home, without, &variables);
    shown.next_prompt();
    assert_eq!(shown.segment(&home), "dev:ReadOnly 43m|ok");
    home.reply("tick", RENEWED, 0);
    let mut due = session_with_init(&home, without, &DUE);
    due.next_prompt();
    assert_eq!((due.environment(&home)["AWS_SECRET_ACCESS_KEY"].as_str(), ticks(&home)), ("hunter2", 1));
}

/// The hundredths of a second that pass between two reads of the uptime are no step of the clock.
#[test]
fn a_tick_that_failed_is_not_repeated_within_the_same_second() {
    if !is_installed() {
        return;
    }
    let home = Home::scripted();
    home.reply("tick", RENEWED, 1);
    home.program("date", "#!/bin/sh\necho 2000000000\n");
    // The second read of the first pair is later; all other pairs have equal times.
    home.program("uptimes", "#!/bin/sh\necho >>~/reads\n[ $(wc -l <~/reads) = 1 ] && echo 100.00 0 || echo 100.01 0\n");
    let scripted = |init: &str| init.replace("slurp < /proc/uptime", "e:uptimes");
    let mut session = session_with_init(&home, scripted, &DUE);
    session.next_prompt();
    session.next_prompt();
    assert!(home.read("reads").len() > 2);
    assert_eq!(ticks(&home), 1);
}

#[test]
fn replaced_lists_of_hooks_get_ours_back_with_the_next_use() {
    if !is_installed() {
        return;
    }
    let home = Home::scripted();
    home.reply("use", "#ssox1\n=SSOX_PROMPT=dev\n#end\n", 0);
    let replaced = "LOAD\nset edit:before-readline = [{ set prompts = (+ $prompts 1) }]\nset edit:after-readline = []";
    let mut session = session(&home, Other::Elvish, replaced, &[]);
    session.next_prompt();
    assert_eq!(session.segment(&home), "|");
    session.run("ssox use dev");
    assert_eq!(session.segment(&home), "dev|ok");
    assert!(session.terminal.seen().contains("mdev "));
}

/// The line of the README for prompts of one's own.
#[test]
fn a_prompt_of_ones_own_shows_the_segment() {
    if !is_installed() {
        return;
    }
    let home = Home::scripted();
    let load = "eval (e:ssox init elvish | slurp) &on-end={|ssox| set edit:rprompt = { put ($ssox[ssox-segment~])[text]'(('$prompts'))' } }";
    let mut session = session(&home, Other::Elvish, load, &[("SSOX_PROMPT", "mine")]);
    session.next_prompt();
    let rows = |screen: &str| screen.lines().filter(|row| row.contains("mine((2))")).count();
    session.terminal.wait_for_screen("the segment", |screen| (rows(screen) == 1).then_some(()));
    assert!(!session.terminal.seen().contains("mine mine"));
}

#[test]
fn a_script_that_declares_the_command_loads_it_twice() {
    if !is_installed() {
        return;
    }
    let home = Home::scripted();
    home.reply("use", "#ssox1\n=AWS_REGION=theirs\n#end\n", 0);
    home.reply("clear", "#ssox1\n-AWS_REGION\n#end\n", 0);
    let load = "eval (e:ssox init elvish | slurp) &on-end={|ssox| set ssox~ = $ssox[ssox~] }";
    let script = format!("{load}\nset-env AWS_REGION mine\nssox use dev\n{load}\nssox clear\necho $E:AWS_REGION");
    assert_eq!(run(&home, Other::Elvish, &script), "mine\n");
}

#[test]
fn a_call_in_the_background_leaves_no_variable_behind() {
    if !is_installed() {
        return;
    }
    let home = Home::scripted();
    home.write("bin/ssox", "#!/bin/sh\n[ $1 != wait ] || until [ -e ~/go ]; do sleep 0.01; done\n");
    let mut session = session(&home, Other::Elvish, "LOAD", &[]);
    session.run("ssox wait &");
    session.run("while (not (has-env SSOX_FUNCTION)) { sleep 0.01 }");
    session.run("ssox list");
    home.write("go", "");
    session.run("while (has-env SSOX_FUNCTION) { sleep 0.01 }");
    assert!(session.state(&home).is_empty());
}

#[test]
fn direnv_never_sees_the_values_of_a_file() {
    if !is_installed() || !installed("direnv") {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    for (name, file, content) in [
        ("dir", ".ssox", "profile = dev\n"),
        ("theirs", ".envrc", "export AWS_PROFILE=x\n"),
        ("both", ".ssox", "profile = dev\n"),
        ("both", ".envrc", "export AWS_PROFILE=x\n"),
    ] {
        home.write(&format!("{name}/{file}"), content);
        if file == ".ssox" {
            home.allow(name);
        } else {
            assert!(home.command("direnv").args(["allow", name]).status().expect("direnv starts").success());
        }
    }
    let hook = home.command("direnv").args(["hook", "elvish"]).output().expect("direnv starts").stdout;
    // That of an older direnv is not in the language of elvish 0.19.
    home.write("direnv.elv", &String::from_utf8_lossy(&hook).replace(" except e ", " catch e "));
    let hook = format!("eval (slurp < {})", home.path("direnv.elv").display());
    for rc in [format!("{hook}\nLOAD"), format!("LOAD\n{hook}")] {
        let variables = [("AWS_PROFILE", "outer"), ("DIRENV_LOG_FORMAT", "")];
        let mut session = session(&home, Other::Elvish, &rc, &variables);
        session.next_prompt();
        for (place, held) in [
            ("~/dir", "dev keys -"),
            ("~/theirs", "- - x"),
            ("~/both", "dev keys -"),
            ("~/dir", "dev keys -"),
            ("~", "- - outer"),
            ("~/both", "dev keys -"),
            ("~/theirs", "- - x"),
            ("~", "- - outer"),
        ] {
            session.run(&format!("cd {place}"));
            let environment = session.environment(&home);
            let value = |name: &str| environment.get(name).map_or("-", String::as_str).to_string();
            let keys = if environment.contains_key("AWS_ACCESS_KEY_ID") { "keys" } else { "-" };
            assert_eq!(format!("{} {keys} {}", value("SSOX_PROFILE"), value("AWS_PROFILE")), held, "{place} {rc}");
        }
    }
}
