//! The segment in the prompt: its text, its colours, where it goes and where it stays away.
//!
//! Deliberately not here: the label, which the binary makes, and when the binary is called (`hook`).

use crate::shells::{Home, Session, Shell, installed, shells};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

const LATER: &str = "4000000000";

type Variables<'a> = &'a [(&'a str, &'a str)];

fn session(home: &Home, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> Session {
    let mut command = home.command(shell.name());
    command.envs(variables.iter().copied());
    home.session_of(shell, rc, command)
}

/// Returns what the segment is in a shell that inherits these variables: its text and its state.
fn segment(home: &Home, shell: Shell, variables: &[(&str, &str)]) -> String {
    let mut session = session(home, shell, "LOAD", variables);
    session.run("echo \"$SSOX_SEGMENT|$SSOX_SEGMENT_STATE\" >segment");
    home.read("segment").trim_end().to_owned()
}

fn seconds_from_now(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    now.saturating_add_signed(seconds).to_string()
}

#[test]
fn the_segment_tells_how_long_and_what_then() {
    let cases: [(i64, Variables<'_>, &str); 14] = [
        (2630, &[], "dev:ReadOnly 43m|ok"),
        (2630, &[("SSOX_NEXT", LATER)], "dev:ReadOnly 43m|ok"),
        (2630, &[("SSOX_STATE", "nonsense")], "dev:ReadOnly 43m|ok"),
        (870, &[("SSOX_NEXT", LATER)], "dev:ReadOnly 14m|soon"),
        (870, &[("SSOX_STATE", "renewing")], "dev:ReadOnly 14m|soon"),
        (870, &[("SSOX_STATE", "login")], "dev:ReadOnly 14m sign in|soon"),
        (870, &[("SSOX_STATE", "unreachable")], "dev:ReadOnly 14m unreachable|soon"),
        (7410, &[], "dev:ReadOnly 2h 3m|ok"),
        (260_000, &[], "dev:ReadOnly 3d|ok"),
        (-10, &[], "dev:ReadOnly over|over"),
        (-10, &[("SSOX_NEXT", LATER)], "dev:ReadOnly renewing|renewing"),
        (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "renewing")], "dev:ReadOnly renewing|renewing"),
        (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "login")], "dev:ReadOnly sign in|over"),
        (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "unreachable")], "dev:ReadOnly unreachable|over"),
    ];
    for shell in shells() {
        let home = Home::scripted();
        for (left, variables, expected) in &cases {
            let expires = seconds_from_now(*left);
            let common = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", expires.as_str())];
            assert_eq!(segment(&home, shell, &[&common[..], variables].concat()), *expected, "{shell:?} {variables:?}");
        }
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev")]), "dev|ok", "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_EXPIRES", LATER)]), "|", "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1")]), "dev|ok", "{shell:?}");
        // The binary was called, failed, and will not bring new credentials by itself.
        home.reply("tick", "", 1);
        let failing = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1"), ("SSOX_EXPIRES", "1")];
        assert_eq!(segment(&home, shell, &failing), "dev over|over", "{shell:?}");
    }
}

#[test]
fn the_last_minute_is_counted_in_seconds() {
    for shell in shells() {
        let home = Home::scripted();
        let told = segment(&home, shell, &[("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", &seconds_from_now(55))]);
        let seconds = told.strip_prefix("dev ").and_then(|told| told.strip_suffix("s|soon")).map(str::parse::<u8>);
        assert!(matches!(seconds, Some(Ok(20..=55))), "{shell:?}: {told}");
    }
}

/// What a terminal gets for colours, and for none of them.
const COLOURS: [&str; 5] = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[41", "\u{1b}[37m"];

#[test]
fn the_prompt_shows_it_in_colours() {
    for shell in shells() {
        let home = Home::scripted();
        let (soon, ok) = (seconds_from_now(870), seconds_from_now(2630));
        for (variables, colour, text) in [
            (&[("SSOX_EXPIRES", ok.as_str())][..], "\u{1b}[32m", "dev:ReadOnly 43m"),
            (&[("SSOX_EXPIRES", soon.as_str())], "\u{1b}[33m", "dev:ReadOnly 14m"),
            (&[("SSOX_EXPIRES", "1")], "\u{1b}[31m", "dev:ReadOnly over"),
            (&[("SSOX_EXPIRES", "1"), ("SSOX_NEXT", LATER)], "\u{1b}[33m", "dev:ReadOnly renewing"),
            (&[("SSOX_EXPIRES", ok.as_str()), ("SSOX_PROTECTED", "1")], "\u{1b}[32m", " 43m"),
        ] {
            let variables = [&[("SSOX_PROMPT", "dev:ReadOnly")], variables].concat();
            let mut session = session(&home, shell, "LOAD", &variables);
            session.run("true");
            let seen = session.terminal.seen();
            assert!(seen.contains(&format!("{colour}{text}")), "{shell:?} {variables:?}: {seen:?}");
            assert_eq!(seen.contains("\u{1b}[41"), variables.contains(&("SSOX_PROTECTED", "1")), "{shell:?}: {seen:?}");
        }
    }
}

#[test]
fn without_colour_it_is_plain_and_protected_ones_still_stand_out() {
    for shell in shells() {
        let home = Home::scripted();
        let variables =
            [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", "1"), ("SSOX_PROTECTED", "1"), ("NO_COLOR", "1")];
        let set_colours = if shell == Shell::Fish {
            "set -g fish_color_normal; set -g fish_color_command; set -g fish_color_param"
        } else {
            ""
        };
        let mut session = session(&home, shell, &format!("{set_colours}\nLOAD"), &variables);
        let seen = session.terminal.seen();
        let shown = &seen[seen.find("dev:ReadOnly").map_or(0, |at| at.saturating_sub(20))..];
        assert!(shown.contains("dev:ReadOnly") && shown.contains("\u{1b}[7m"), "{shell:?}: {seen:?}");
        assert!(!COLOURS.iter().any(|colour| shown.contains(colour)), "{shell:?}: {seen:?}");
        session.run("true");
    }
}

#[test]
fn a_label_is_shown_as_it_is_and_never_obeyed() {
    let label = "%F{red}$(touch PWNED)`touch PWNED`\\$(touch PWNED)%n";
    for shell in shells() {
        let home = Home::scripted();
        let rc = if shell == Shell::Zsh { "setopt prompt_subst prompt_bang\nLOAD" } else { "LOAD" };
        let mut session = session(&home, shell, rc, &[("SSOX_PROMPT", label)]);
        session.run("true");
        assert!(session.terminal.seen().contains(label), "{shell:?}: {}", session.terminal.transcript());
        assert!(!home.path("PWNED").exists(), "{shell:?}");
        let home = Home::scripted();
        let mut session = self::session(&home, shell, "LOAD", &[("SSOX_PROMPT", "a\u{1b}]0;PWNED\u{7}\u{1b}[35mb")]);
        session.run("true");
        let seen = session.terminal.seen();
        assert!(!seen.contains("\u{1b}]0;PWNED") && !seen.contains("\u{1b}[35m"), "{shell:?}: {seen:?}");
    }
}

#[test]
fn it_goes_when_the_profile_goes() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("clear", "#ssox1\n-SSOX_PROMPT\n-SSOX_EXPIRES\n#end\n", 0);
        let mut session = session(
            &home,
            shell,
            "LOAD",
            &[("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", LATER), ("SSOX_PROFILE", "dev")],
        );
        session.run("ssox clear");
        let told = session.run("echo \"[$SSOX_SEGMENT]\"");
        assert!(told.contains("[]") && !told.contains("dev:ReadOnly"), "{shell:?}: {told}");
    }
}

/// A prompt's text with the segment in it, asked of the shell.
fn prompt_text(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => "print -r -- \"$PROMPT|$RPROMPT\" >prompt",
        Shell::Bash => "echo \"$PS1\" >prompt",
        Shell::Fish => "functions fish_right_prompt >prompt 2>/dev/null",
    }
}

fn is_placed(home: &Home, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> bool {
    let mut session = session(home, shell, rc, variables);
    session.run("true");
    session.run(prompt_text(shell));
    let prompt = home.read("prompt");
    prompt.contains("%20v") || prompt.contains("_ssox_ps1") || prompt.contains("_ssox_painted")
}

#[test]
fn a_prompt_of_your_own_keeps_what_it_has() {
    for shell in shells() {
        let home = Home::scripted();
        let (rc, mine) = match shell {
            Shell::Zsh => ("LOAD\nRPROMPT='%~ mine'\nLOAD", "%~ mine"),
            Shell::Bash => ("LOAD\nPS1=\"mine $PS1\"\nLOAD", "mine <<\\#>> "),
            Shell::Fish => ("LOAD\nfunction fish_right_prompt; echo mine; end\nLOAD", "_ssox_right_prompt"),
        };
        assert!(is_placed(&home, shell, rc, &[("SSOX_PROMPT", "dev")]), "{shell:?}: {}", home.read("prompt"));
        let prompt = home.read("prompt");
        assert!(prompt.contains(mine), "{shell:?}: {prompt}");
        let placed =
            ["%20v", "{_ssox_ps1", "set -q _ssox_painted"].iter().map(|mark| prompt.matches(mark).count()).max();
        assert!(matches!(placed, Some(1 | 2)), "{shell:?}: placed twice: {prompt}");
    }
}

#[test]
fn a_framework_keeps_its_prompt() {
    let zsh: &[&str] = &[
        "setopt prompt_subst\nPROMPT='$(/usr/bin/starship prompt --terminal-width=\"$COLUMNS\") <<%!>> '",
        "precmd_functions+=(_p9k_precmd)\n_p9k_precmd() { : }",
        "_omp_precmd() { : }\nprecmd_functions+=(_omp_precmd)",
        "prompt_pure_precmd() { : }\nprecmd_functions+=(prompt_pure_precmd)",
        "RPROMPT='$(spaceship::rprompt)'",
    ];
    let bash: &[&str] =
        &["starship_precmd() { :; }\nPROMPT_COMMAND=starship_precmd", "PROMPT_COMMAND=_omp_hook\n_omp_hook() { :; }"];
    let fish: &[&str] = &[
        "function fish_right_prompt; starship prompt --right; end",
        "function fish_prompt; set -q _tide_x; echo -n \"<<$prompts>> \"; end",
    ];
    for shell in shells() {
        let setups = match shell {
            Shell::Zsh => zsh,
            Shell::Bash => bash,
            Shell::Fish => fish,
        };
        let home = Home::scripted();
        home.write("bin/starship", "#!/bin/sh\n");
        for setup in setups {
            for rc in [format!("{setup}\nLOAD"), format!("LOAD\n{setup}")] {
                assert!(!is_placed(&home, shell, &rc, &[("SSOX_PROMPT", "dev")]), "{shell:?} {rc}");
            }
        }
        assert!(is_placed(&home, shell, "LOAD", &[]), "{shell:?}");
    }
}

#[test]
fn a_prompt_that_is_made_anew_each_time_is_left_alone() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        let rc = match shell {
            Shell::Zsh => "make() { RPROMPT='made' }\nprecmd_functions+=(make)\nLOAD",
            _ => "make() { PS1='<<\\#>> '; }\nPROMPT_COMMAND=make\nLOAD",
        };
        assert!(!is_placed(&home, shell, rc, &[("SSOX_PROMPT", "dev")]), "{shell:?}: {}", home.read("prompt"));
    }
}

#[test]
fn no_prompt_means_none() {
    for shell in shells() {
        let home = Home::scripted();
        let rc = shell.load().replace(shell.name(), &format!("{} --no-prompt", shell.name()));
        assert!(!is_placed(&home, shell, &rc, &[("SSOX_PROMPT", "dev")]), "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev")]), "dev|ok", "{shell:?}");
        let mut session = session(&home, shell, &rc, &[("SSOX_PROMPT", "visible")]);
        session.run("true");
        assert!(!session.terminal.seen().contains("visible"), "{shell:?}");
    }
}

#[test]
fn a_dumb_terminal_gets_none() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        assert!(!is_placed(&home, shell, "LOAD", &[("SSOX_PROMPT", "dev"), ("TERM", "dumb")]), "{shell:?}");
    }
}

#[test]
fn ten_prompts_cost_no_process() {
    if !installed("strace") {
        return;
    }
    let old_bash = "init=$(command ssox init bash)\nVERSION=(3 2)\neval \"${init//BASH_VERSINFO/VERSION}\"";
    let mut loaded: Vec<(Shell, &str)> = shells().into_iter().map(|shell| (shell, "LOAD")).collect();
    loaded.extend(shells().contains(&Shell::Bash).then_some((Shell::Bash, old_bash)));
    for (shell, load) in loaded {
        let home = Home::scripted();
        let expires = seconds_from_now(2630);
        let mut strace = home.command("strace");
        strace.args(["-f", "-qq", "-o", "trace", "-e", "trace=fork,vfork,clone,clone3,execve", shell.name()]);
        strace.envs([
            ("SSOX_PROMPT", "dev:ReadOnly"),
            ("SSOX_EXPIRES", &expires),
            ("SSOX_NEXT", LATER),
            ("SSOX_PROFILE", "dev"),
        ]);
        let mut session = home.session_of(shell, load, strace);
        session.run("true");
        let before = processes(&home).len();
        for _ in 0..10 {
            session.run("true");
        }
        let after = processes(&home);
        assert!(session.terminal.seen().matches("dev:ReadOnly 43m").count() > 10, "{shell:?}");
        assert_eq!(after[before..], [""; 0], "{shell:?}");
        session.run("/bin/true");
        assert!(processes(&home).len() > after.len(), "{shell:?}: strace sees nothing");
    }
}

/// What was started so far; a thread is no process.
fn processes(home: &Home) -> Vec<String> {
    home.read("trace").lines().filter(|line| !line.contains("CLONE_THREAD")).map(String::from).collect()
}

/// The trace of a plain command, to know that `strace` itself works here (it needs ptrace).
#[test]
fn strace_can_trace() {
    if installed("strace") {
        assert!(Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success()));
    }
}
