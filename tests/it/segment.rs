//! The segment in the prompt: its text and its colours.

use crate::shells::{Home, Shell, now, shells};

pub(crate) const LATER: &str = "4000000000";

pub(crate) type Variables<'a> = &'a [(&'a str, &'a str)];

/// Returns the prompt segment's text and state in a shell that inherits these variables.
pub(crate) fn segment(home: &Home, shell: Shell, variables: &[(&str, &str)]) -> String {
    segment_with(home, shell, "LOAD", variables)
}

fn segment_with(home: &Home, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> String {
    let mut session = home.session_with(shell, rc, variables);
    session.run("echo \"$SSOX_SEGMENT|$SSOX_SEGMENT_STATE\" >segment");
    home.read("segment").trim_end().to_owned()
}

pub(crate) fn seconds_from_now(seconds: i64) -> String {
    now().saturating_add_signed(seconds).to_string()
}

/// Seconds left, variables, and what is shown.
pub(crate) const CASES: [(i64, Variables<'static>, &str); 16] = [
    (2635, &[], "dev:ReadOnly 43m|ok"),
    (2635, &[("SSOX_NEXT", LATER)], "dev:ReadOnly 43m|ok"),
    (2635, &[("SSOX_STATE", "nonsense")], "dev:ReadOnly 43m|ok"),
    (895, &[("SSOX_NEXT", LATER)], "dev:ReadOnly 14m|soon"),
    (895, &[("SSOX_STATE", "renewing")], "dev:ReadOnly 14m|soon"),
    (895, &[("SSOX_STATE", "sign-in")], "dev:ReadOnly 14m sign in|soon"),
    (895, &[("SSOX_STATE", "failed")], "dev:ReadOnly 14m failed|soon"),
    (7435, &[], "dev:ReadOnly 2h 3m|ok"),
    (260_000, &[], "dev:ReadOnly 3d|ok"),
    (-10, &[], "dev:ReadOnly expired|expired"),
    (-10, &[("SSOX_NEXT", LATER)], "dev:ReadOnly renewing|renewing"),
    (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "renewing")], "dev:ReadOnly renewing|renewing"),
    (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "sign-in")], "dev:ReadOnly sign in|expired"),
    (-10, &[("SSOX_NEXT", LATER), ("SSOX_STATE", "failed")], "dev:ReadOnly failed|expired"),
    // The first credentials are not there yet.
    (0, &[("SSOX_EXPIRES", ""), ("SSOX_STATE", "renewing")], "dev:ReadOnly renewing|renewing"),
    (0, &[("SSOX_EXPIRES", ""), ("SSOX_STATE", "sign-in")], "dev:ReadOnly sign in|soon"),
];

#[test]
fn the_segment_shows_the_time_left_and_what_happens_then() {
    for shell in shells() {
        let home = Home::scripted();
        for (left, variables, expected) in CASES {
            let expires = seconds_from_now(left);
            let common = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", expires.as_str())];
            assert_eq!(segment(&home, shell, &[&common[..], variables].concat()), expected, "{shell:?} {variables:?}");
        }
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev")]), "dev|ok", "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_EXPIRES", LATER)]), "|", "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1")]), "dev|ok", "{shell:?}");
        // ssox was called and failed, and will not renew the credentials by itself.
        home.reply("tick", "", 1);
        let failing = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1"), ("SSOX_EXPIRES", "1")];
        assert_eq!(segment(&home, shell, &failing), "dev expired|expired", "{shell:?}");
    }
}

#[test]
fn zsh_with_force_float_shows_whole_minutes() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let home = Home::scripted();
    for (left, _, expected) in CASES.into_iter().filter(|(left, variables, _)| *left > 0 && variables.is_empty()) {
        let expires = seconds_from_now(left);
        let variables = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", expires.as_str())];
        assert_eq!(segment_with(&home, Shell::Zsh, "setopt force_float\nLOAD", &variables), expected);
    }
}

#[test]
fn the_last_minute_is_counted_in_seconds() {
    for shell in shells() {
        let home = Home::scripted();
        let told = segment(&home, shell, &[("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", &seconds_from_now(55))]);
        let seconds = told.strip_prefix("dev ").and_then(|told| told.strip_suffix("s|soon")).map(str::parse::<u8>);
        assert!(matches!(seconds, Some(Ok(1..=55))), "{shell:?}: {told}");
    }
}

/// Escape sequences of colours, which are printed only where colours are wanted.
const COLOURS: [&str; 5] = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[41", "\u{1b}[37m"];

#[test]
fn the_prompt_shows_it_in_colours() {
    for shell in shells() {
        let home = Home::scripted();
        let (soon, ok) = (seconds_from_now(895), seconds_from_now(2635));
        for (variables, colour, text) in [
            (&[("SSOX_EXPIRES", ok.as_str())][..], "\u{1b}[32m", "dev:ReadOnly 43m"),
            (&[("SSOX_EXPIRES", soon.as_str())], "\u{1b}[33m", "dev:ReadOnly 14m"),
            (&[("SSOX_EXPIRES", "1")], "\u{1b}[31m", "dev:ReadOnly expired"),
            (&[("SSOX_EXPIRES", "1"), ("SSOX_NEXT", LATER)], "\u{1b}[33m", "dev:ReadOnly renewing"),
            (&[("SSOX_EXPIRES", ok.as_str()), ("SSOX_PROTECTED", "1")], "\u{1b}[32m", " 43m"),
        ] {
            let variables = [&[("SSOX_PROMPT", "dev:ReadOnly")], variables].concat();
            let mut session = home.session_with(shell, "LOAD", &variables);
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
        let mut session = home.session_with(shell, &format!("{set_colours}\nLOAD"), &variables);
        // What is on the right is drawn after the prompt.
        session.run("true");
        let seen = session.terminal.seen();
        let before = seen.find("dev:ReadOnly").map_or(0, |at| at.saturating_sub(20));
        let shown = &seen[seen.floor_char_boundary(before)..];
        assert!(shown.contains("dev:ReadOnly") && shown.contains("\u{1b}[7m"), "{shell:?}: {seen:?}");
        assert!(!COLOURS.iter().any(|colour| shown.contains(colour)), "{shell:?}: {seen:?}");
    }
}

#[test]
fn a_label_is_shown_unchanged_and_never_run() {
    let label = "%F{red}$(touch PWNED)`touch PWNED`\\$(touch PWNED)%n";
    for shell in shells() {
        let home = Home::scripted();
        let rc = if shell == Shell::Zsh { "setopt prompt_subst prompt_bang\nLOAD" } else { "LOAD" };
        let mut session = home.session_with(shell, rc, &[("SSOX_PROMPT", label)]);
        session.run("true");
        assert!(session.terminal.seen().contains(label), "{shell:?}: {}", session.terminal.transcript());
        assert!(!home.path("PWNED").exists(), "{shell:?}");
        let home = Home::scripted();
        let mut session = home.session_with(shell, "LOAD", &[("SSOX_PROMPT", "a\u{1b}]0;PWNED\u{7}\u{1b}[35mb")]);
        session.run("true");
        let seen = session.terminal.seen();
        assert!(!seen.contains("\u{1b}]0;PWNED") && !seen.contains("\u{1b}[35m"), "{shell:?}: {seen:?}");
    }
}

#[test]
fn clear_removes_the_segment() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("clear", "#ssox1\n-SSOX_PROMPT\n-SSOX_EXPIRES\n#end\n", 0);
        let mut session = home.session_with(
            shell,
            "LOAD",
            &[("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", LATER), ("SSOX_PROFILE", "dev")],
        );
        session.run("ssox clear");
        let told = session.run("echo \"[$SSOX_SEGMENT]\"");
        assert!(told.contains("[]") && !told.contains("dev:ReadOnly"), "{shell:?}: {told}");
    }
}
