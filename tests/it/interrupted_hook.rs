//! Ctrl-C while the hook or `ssox use` runs, at any place of it: what was begun is finished or undone at the next
//! prompt. Signals that arrive at a known place replace the key.

use crate::identity::{Environment, environment, segment};
use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use ssox_standin::Standin;
use std::time::Duration;

/// Defines `at N`: before the command N of the functions of ssox, SIGINT interrupts the shell. `n` counts the commands.
/// What bash 5.3 runs before a typed line does not count, because there Ctrl-C ends the line itself.
/// fish has no trap for that, so its script is changed: see [`with_places`].
fn interrupter(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => {
            "at() { n=0 at=$1; trap '[[ ${funcstack[1]} != _ssox_* ]] || (( ++n != at )) || { trap - DEBUG; kill -INT $$ }' DEBUG }"
        }
        Shell::Bash => {
            "is_ours() { [[ ${FUNCNAME[1]-} == _ssox_* && ${FUNCNAME[*]} != *_ssox_guard* ]]; }
            at() { n=0 at=$1; set -T; trap '! is_ours || ((++n != at)) || { trap - DEBUG; set +T; kill -INT $$; }' DEBUG; }"
        }
        Shell::Fish => {
            "function at; set -g n 0; set -g at $argv; end\n\
             function _place; set -l result $status; set -q at; and set n (math $n + 1); and test $n -eq $at\n\
             and begin; set -g at 0; kill -INT $fish_pid; end; return $result; end"
        }
    }
}

/// Writes fish's whole script with a call of `_place` after each command that changes a variable.
fn with_places(home: &Home) {
    let output = home.command("ssox").args(["init", "fish", "--whole"]).output().expect("ssox starts");
    let script = String::from_utf8(output.stdout).expect("the script is text");
    let lines: Vec<&str> = script.lines().collect();
    let mut places = String::new();
    for (line, next) in lines.iter().zip(lines[1..].iter().chain([&""])) {
        places += &format!("{line}\n");
        let is_change = ["set -g", "set -e -g", "_ssox_write ", "_ssox_read ", "_ssox_forget "]
            .iter()
            .any(|change| line.trim_start().starts_with(change));
        let is_continued =
            line.ends_with('\\') || ["and ", "or "].iter().any(|word| next.trim_start().starts_with(word));
        if is_change && !is_continued {
            places += "_place\n";
        }
    }
    home.write("whole", &places);
    std::fs::remove_file(home.path("bin/ssox")).expect("ssox is there");
    let real = env!("CARGO_BIN_EXE_ssox");
    home.program(
        "ssox",
        &format!("#!/bin/sh\ncase $* in *'fish --whole') exec cat ~/whole ;; esac\nexec {real} \"$@\"\n"),
    );
}

/// A home with the trusted directory `dir` for `stg`.
fn with_directory() -> (Standin, Home) {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    home.write("dir/.ssox", "profile = stg\n");
    home.allow("dir");
    (standin, home)
}

/// A session with a value that was there before ssox, and options that ssox turns off while it runs.
fn session(home: &Home, shell: Shell) -> Session {
    let options = if shell == Shell::Bash { "set -u; shopt -s nocasematch" } else { "true" };
    if shell == Shell::Fish {
        with_places(home);
    }
    let outer = shell.export("AWS_PROFILE", "outer");
    let rc = format!("{outer}\n{}\nLOAD\n{options}", interrupter(shell));
    let mut session = home.session(shell, &rc);
    session.run("ssox use dev");
    session
}

/// The variables of AWS and ssox, without those that change by themselves.
fn state(session: &mut Session, home: &Home) -> Environment {
    let mut environment = environment(session, home);
    environment.retain(|name, _| {
        (name.starts_with("AWS_") || name.starts_with("SSOX_")) && name != "SSOX_NEXT" && name != "SSOX_PREVIOUS"
    });
    environment
}

fn options(session: &mut Session, home: &Home, shell: Shell) -> String {
    if shell != Shell::Bash {
        return String::new();
    }
    session.run("echo \"${-//T/} $(shopt nocasematch)\" >~/options");
    home.read("options")
}

/// A session in `dir`, with what it had outside: its variables and its options.
struct Outside {
    _standin: Standin,
    home: Home,
    session: Session,
    outside: Environment,
    set: String,
}

fn in_directory(shell: Shell) -> Outside {
    let (_standin, home) = with_directory();
    let mut session = session(&home, shell);
    let (outside, set) = (state(&mut session, &home), options(&mut session, &home, shell));
    session.run("cd dir");
    Outside { _standin, home, session, outside, set }
}

/// Runs the line again and again, and interrupts each time at a later command of ssox, until the line ends without an
/// interruption. `check` gets a session that has run the line, and brings it back to where it was.
fn interrupt(session: &mut Session, home: &Home, shell: Shell, line: &str, mut check: impl FnMut(&mut Session, &str)) {
    const STEP: usize = 19;
    for place in (0..).map(|count| 1 + count * STEP) {
        session.run(&format!("at {place}; {line}"));
        session.run(match shell {
            Shell::Fish => "test $n -ge $at; echo $status >~/missed; set -e at",
            _ => "trap - DEBUG; echo $((n < at)) >~/missed",
        });
        check(session, &format!("{line:?} at {place}"));
        if home.read("missed") == "1\n" {
            assert!(place > STEP, "{line:?} was not interrupted");
            return;
        }
    }
}

#[test]
fn a_hook_that_was_interrupted_leaves_no_mixture_of_two_profiles() {
    in_each(&shells(), |shell| {
        let Outside { _standin, home, mut session, outside, set } = in_directory(shell);
        let inside = state(&mut session, &home);
        interrupt(&mut session, &home, shell, "true", |session, place| {
            assert_eq!(state(session, &home), inside, "{shell:?} {place}");
            assert!(segment(session, &home).starts_with("stg:PowerUser 5"), "{shell:?} {place}");
            session.run("cd ~");
            assert_eq!(state(session, &home), outside, "{shell:?} {place}, outside");
            assert_eq!(options(session, &home, shell), set, "{shell:?} {place}");
            session.run("cd ~/dir");
        });
    });
}

#[test]
fn a_directory_whose_beginning_was_interrupted_begins_at_the_next_prompt() {
    in_each(&shells(), |shell| {
        let Outside { _standin, home, mut session, outside, set } = in_directory(shell);
        let inside = state(&mut session, &home);
        session.run("cd ~");
        interrupt(&mut session, &home, shell, "cd ~/dir", |session, place| {
            assert_eq!(state(session, &home), inside, "{shell:?} {place}");
            assert!(segment(session, &home).starts_with("stg:PowerUser 5"), "{shell:?} {place}");
            session.run("cd ~");
            assert_eq!(state(session, &home), outside, "{shell:?} {place}, outside");
            assert_eq!(options(session, &home, shell), set, "{shell:?} {place}");
            session.run("ssox clear");
            let left = Environment::from([("AWS_PROFILE".into(), "outer".into())]);
            assert_eq!(without_endpoint(state(session, &home)), left, "{shell:?} {place}, cleared");
            session.run("ssox use dev");
        });
    });
}

/// Leaves out what makes AWS the stand-in.
fn without_endpoint(mut state: Environment) -> Environment {
    state.retain(|name, _| !name.contains("ENDPOINT") && !name.contains("METADATA"));
    state
}

#[test]
fn a_directory_whose_end_was_interrupted_ends_at_the_next_prompt() {
    in_each(&shells(), |shell| {
        let Outside { _standin, home, mut session, outside, set } = in_directory(shell);
        interrupt(&mut session, &home, shell, "cd ~", |session, place| {
            assert_eq!(state(session, &home), outside, "{shell:?} {place}");
            assert!(segment(session, &home).starts_with("dev:ReadOnly 5"), "{shell:?} {place}");
            assert_eq!(options(session, &home, shell), set, "{shell:?} {place}");
            session.run("cd ~/dir");
        });
    });
}

#[test]
fn a_verb_that_was_interrupted_has_done_all_or_nothing() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory();
        let mut session = session(&home, shell);
        let set = options(&mut session, &home, shell);
        let dev = state(&mut session, &home);
        session.run("ssox use stg");
        let stg = state(&mut session, &home);
        session.run("ssox clear");
        let cleared = state(&mut session, &home);
        for (line, after) in [("ssox use stg", &stg), ("ssox clear", &cleared)] {
            session.run("ssox use dev");
            interrupt(&mut session, &home, shell, line, |session, place| {
                let held = state(session, &home);
                assert!(held == dev || held == *after, "{shell:?} {place}: {held:?}");
                let shown = segment(session, &home);
                let label = held.get("SSOX_PROMPT").map_or("|", String::as_str);
                assert!(shown.starts_with(label) && !shown.contains('?'), "{shell:?} {place}: {shown}");
                assert_eq!(options(session, &home, shell), set, "{shell:?} {place}");
                session.run("ssox clear");
                assert_eq!(state(session, &home), cleared, "{shell:?} {place}, cleared");
                session.run("ssox use dev");
            });
        }
    });
}

/// Has the next call of this verb by a hook interrupted by the key that interrupts the shell, too.
fn interrupt_call(home: &Home, verb: &str) {
    std::fs::remove_file(home.path("bin/ssox")).expect("ssox is there");
    home.program(
        "ssox",
        &format!(
            "#!/bin/sh\ncase $* in --emit=*' {verb}'*) echo >>\"$HOME/checks\"; rm \"$HOME/interrupts\" 2>/dev/null && kill -INT 0 ;; esac\nexec {} \"$@\"\n",
            env!("CARGO_BIN_EXE_ssox")
        ),
    );
}

#[test]
fn a_change_whose_check_was_interrupted_is_checked_at_the_next_prompt() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory();
        interrupt_call(&home, "identity");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        home.write("interrupts", "");
        session.run(&shell.export("AWS_ACCESS_KEY_ID", "AKIATHEIRS1234WXYZ"));
        session.run("true");
        assert!(!home.path("interrupts").exists(), "{shell:?}");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?}");
        assert_eq!(home.read("checks").lines().count(), 2, "{shell:?}");
    });
}

/// The directory begins before the call.
#[test]
fn use_and_clear_count_right_after_the_beginning_of_a_directory_was_interrupted() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory();
        interrupt_call(&home, "directory ");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev --region us-east-1");
        let outside = state(&mut session, &home);
        for (line, shown) in
            [("ssox use dev", "dev:ReadOnly 5"), ("ssox clear", "|"), ("ssox allow; ssox use dev", "dev:ReadOnly 5")]
        {
            home.write("interrupts", "");
            session.run("cd dir");
            session.run(line);
            assert!(!home.path("interrupts").exists(), "{shell:?}");
            session.run("true");
            assert!(
                segment(&mut session, &home).starts_with(shown),
                "{shell:?} {line}: {}",
                segment(&mut session, &home)
            );
            session.run("cd ~");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {line}");
        }
    });
}

/// Ctrl-C in a hook of the person ends the later hooks, too.
#[test]
fn a_prompt_whose_hooks_were_interrupted_shows_what_is_in_use() {
    let stop = "if test -e ~/stop; then command rm ~/stop; kill -INT $$; fi";
    in_each(&shells(), |shell| {
        let hooks = match shell {
            Shell::Zsh => vec![
                format!("stop() {{ {stop} }}; precmd_functions+=(stop)"),
                format!("precmd() {{ {stop} }}"),
            ],
            Shell::Bash => vec![format!("stop() {{ {stop}; }}; PROMPT_COMMAND+=$'\\nstop'")],
            Shell::Fish => vec![
                "function stop --on-event fish_prompt; test -e ~/stop; and command rm ~/stop; and kill -INT $fish_pid; end"
                    .to_owned(),
            ],
        };
        for hook in hooks {
            let (_standin, home) = with_directory();
            let mut session = home.session(shell, &format!("LOAD\n{hook}"));
            session.run("ssox use dev");
            for (step, shown) in
                [("true", "dev:ReadOnly 5"), ("cd dir", "stg:PowerUser 5"), ("true", "stg:PowerUser 5")]
            {
                session.run(step);
                session.run("echo >~/stop");
                session.wait_for_prompt_with(&[shown]);
                assert!(!home.path("stop").exists(), "{shell:?} {hook}");
                let used = &environment(&mut session, &home)["SSOX_PROMPT"];
                assert!(shown.starts_with(used), "{shell:?} {hook} {step}: {used}");
                session.run("true");
                session.wait_for_prompt_with(&[shown]);
            }
        }
    });
}
