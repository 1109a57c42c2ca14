//! The hook that runs before each prompt and command: when it calls ssox, and what it must not change.

use crate::pty::eventually;
use crate::shells::{Home, Shell, in_each, now, shells};

pub(crate) const RENEWED: &str =
    "#ssox1\n=AWS_SECRET_ACCESS_KEY=hunter2\n=SSOX_NEXT=4000000000\n=SSOX_EXPIRES=4000000900\n#end\n";
pub(crate) const DUE: [(&str, &str); 3] =
    [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_NEXT", "1000000000"), ("SSOX_EXPIRES", "4000000000")];

pub(crate) fn ticks(home: &Home) -> usize {
    home.calls().lines().filter(|call| call.contains(" tick")).count()
}

#[test]
fn credentials_that_are_due_are_renewed_once_and_silently() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        home.write("tick.message", "NOISE");
        let mut session = home.session_with(shell, "LOAD", &DUE);
        for _ in 0..3 {
            session.run("true");
        }
        assert_eq!(home.calls(), format!("--emit={}1 tick\n", shell.name()));
        assert!(session.run("command env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell:?}");
        let transcript = session.terminal.transcript();
        assert!(!transcript.contains("NOISE") && !transcript.contains("ssox:"), "{shell:?}: {transcript}");
    }
}

#[test]
fn credentials_that_are_not_due_are_not_renewed() {
    for shell in shells() {
        let home = Home::scripted();
        let later = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "4000000000"), ("SSOX_EXPIRES", "4000000900")];
        for variables in [&[][..], &later, &later[..1]] {
            let mut session = home.session_with(shell, "LOAD", variables);
            session.run("true");
            assert_eq!(home.calls(), "", "{shell:?}");
        }
    }
}

#[test]
fn a_tick_that_fails_is_not_repeated_at_every_prompt() {
    let failures =
        [(RENEWED, 1), ("", 0), ("#ssox1\n=PATH=x\n=AWS_SECRET_ACCESS_KEY=x\n#end\n", 0), ("#ssox1\n#end\n", 0)];
    for shell in shells() {
        for (reply, status) in failures {
            let home = Home::scripted();
            home.reply("tick", reply, status);
            let mut session = home.session_with(shell, "LOAD", &DUE);
            for _ in 0..3 {
                session.run("true");
            }
            assert_eq!(ticks(&home), 1, "{shell:?} {reply:?}");
            assert!(!session.run("command env").contains("AWS_SECRET_ACCESS_KEY"), "{shell:?}");
            assert!(!session.terminal.transcript().contains("ssox: "), "{}", session.terminal.transcript());
        }
    }
}

/// Ctrl-C at the terminal interrupts the program and the shell.
#[test]
fn a_tick_that_was_interrupted_is_repeated_at_the_next_prompt() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        home.write("interrupts", "");
        std::fs::rename(home.path("bin/ssox"), home.path("bin/scripted")).expect("the program can be renamed");
        let interrupt = "case $2 in tick) rm interrupts 2>/dev/null && echo \"$*\" >>calls && kill -INT 0 ;; esac";
        home.program("ssox", &format!("#!/bin/sh\n{interrupt}\nexec ./bin/scripted \"$@\"\n"));
        let mut session = home.session_with(shell, "LOAD", &DUE);
        session.run("true");
        session.run("true");
        assert!(!home.path("interrupts").exists(), "{shell:?}");
        assert_eq!(ticks(&home), 2, "{shell:?}");
        assert!(session.run("command env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell:?}");
    }
}

#[test]
fn a_removed_binary_prints_no_error_at_each_prompt() {
    for shell in shells() {
        let home = Home::scripted();
        let noise = match shell {
            Shell::Fish => "function fish_command_not_found; echo NOISE; end",
            Shell::Bash => "function command_not_found_handle { echo NOISE; }",
            Shell::Zsh => "function command_not_found_handler { echo NOISE; }",
        };
        let mut session = home.session_with(shell, &format!("{noise}\nLOAD\ncommand rm bin/ssox"), &DUE);
        session.run("true");
        let transcript = session.terminal.transcript();
        assert!(!["NOISE", "not found", "nknown"].iter().any(|word| transcript.contains(word)), "{transcript}");
    }
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_renewal() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let mut session = home.session_with(shell, "LOAD", &[]);
        session.run(if shell == Shell::Fish { "set -g _ssox_retry 3000000000" } else { "_ssox_retry=3000000000" });
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        assert_eq!(ticks(&home), 1, "{shell:?}");
    }
}

#[test]
fn a_number_from_the_environment_is_never_run() {
    let numbers = [
        "a[$(touch PWNED)]",
        "$(touch PWNED)",
        "PATH[$(touch PWNED)1]",
        "x=1",
        "08",
        "-1",
        "1e9",
        "+1",
        " 1",
        "1 ",
        "99999999999999999999",
        "1\n2",
    ];
    for shell in shells() {
        let home = Home::scripted();
        for number in numbers {
            for name in ["SSOX_NEXT", "SSOX_EXPIRES"] {
                let mut variables =
                    vec![("SSOX_PROMPT", "dev"), (name, number), ("_ssox_retry", number), ("_ssox_clock", number)];
                variables.extend([
                    ("_ssox_kept", number),
                    ("_ssox_child", number),
                    ("_ssox_loaded", number),
                    ("SSOX_SEGMENT", number),
                ]);
                let mut session = home.session_with(shell, "LOAD", &variables);
                let told = session.run("true");
                assert_eq!(home.calls(), "", "{shell:?} {number}");
                assert!(
                    !told.contains("rror") && !told.contains("bad") && !told.contains("ssox"),
                    "{shell:?} {number}: {told}"
                );
            }
        }
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn a_command_typed_after_the_end_starts_with_fresh_keys() {
    let with_preexec: Vec<_> = shells().into_iter().filter(|shell| *shell != Shell::Bash).collect();
    in_each(&with_preexec, |shell| {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let mut session = home.session_with(shell, "LOAD", &[]);
        // At the prompt nothing is due yet; when the command is typed, a moment later, it is.
        let due = now() + 8;
        let soon = [shell.export("SSOX_NEXT", &due.to_string()), shell.export("SSOX_EXPIRES", &(due + 60).to_string())];
        session.run(&soon.join("; "));
        assert_eq!(home.calls(), "", "{shell:?}");
        eventually("the time to come", || (now() > due).then_some(()));
        session.run("command env >env");
        assert_eq!(home.calls(), format!("--emit={}1 tick --wait=2s\n", shell.name()));
        assert!(home.read("env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell:?}");
        session.run("true");
        assert_eq!(ticks(&home), 1, "{shell:?}");
    });
}

#[test]
fn a_command_does_not_wait_where_a_person_is_needed() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        for state in ["sign-in", "failed"] {
            let home = Home::scripted();
            let variables = [
                ("SSOX_PROMPT", "dev"),
                ("SSOX_EXPIRES", "1000000000"),
                ("SSOX_NEXT", "4000000000"),
                ("SSOX_STATE", state),
            ];
            let mut session = home.session_with(shell, "LOAD", &variables);
            session.run("true");
            assert_eq!(home.calls(), "", "{shell:?} {state}");
        }
    }
}

#[test]
fn a_script_has_no_hook() {
    for shell in shells() {
        let home = Home::scripted();
        let due = DUE.map(|(name, value)| shell.export(name, value)).join("\n");
        let check = match shell {
            Shell::Zsh => "print -r -- $precmd_functions $preexec_functions $RPROMPT $SSOX_SEGMENT",
            Shell::Bash => "echo $PROMPT_COMMAND $SSOX_SEGMENT",
            Shell::Fish => "functions --handlers | string match -r _ssox_; echo $SSOX_SEGMENT",
        };
        let output = home.script(shell, &format!("{due}\nLOAD\n{check}"));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "", "{shell:?}");
        assert_eq!(home.calls(), "", "{shell:?}");
    }
}

/// Bash before 4.2 has no clock except the seconds since it started.
#[test]
fn an_old_bash_counts_the_seconds() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let home = Home::scripted();
    let rc = "LOAD\ninit=$(command ssox init bash --whole)\nVERSION=(3 2)\neval \"${init//BASH_VERSINFO/VERSION}\"";
    let mut session = home.session_with(Shell::Bash, rc, &DUE[..1]);
    session.run(&format!("SSOX_EXPIRES={}", now() + 2630));
    assert!(session.run("echo \"[$SSOX_SEGMENT]\"; SECONDS=x").contains("[dev:ReadOnly 43m]"));
    assert!(session.run("ssox use x; type _ssox_read_clock").contains("_ssox_began + SECONDS"));
}
