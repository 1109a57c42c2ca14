//! The hook before each prompt and command: when it calls the binary, what it leaves alone.
//!
//! Deliberately not here: what the prompt shows (`segment`), and what `tick` answers.

use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, shells};
use std::time::{SystemTime, UNIX_EPOCH};

const RENEWED: &str = "#ssox1\n=AWS_SECRET_ACCESS_KEY=hunter2\n=SSOX_NEXT=4000000000\n=SSOX_EXPIRES=4000000900\n#end\n";
const DUE: [(&str, &str); 3] =
    [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_NEXT", "1000000000"), ("SSOX_EXPIRES", "4000000000")];

/// Opens a session that inherits these variables, with `probe` defined.
fn session(home: &Home, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> Session {
    let mut command = home.command(shell.name());
    command.envs(variables.iter().copied());
    home.session_of(shell, &format!("{}\n{rc}", shell.probe()), command)
}

fn ticks(home: &Home) -> usize {
    home.calls().lines().filter(|call| call.contains(" tick")).count()
}

#[test]
fn what_is_due_is_renewed_once_and_in_silence() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        home.write("tick.message", "NOISE");
        let mut session = session(&home, shell, "LOAD", &DUE);
        for _ in 0..3 {
            session.run("true");
        }
        assert_eq!(home.calls(), format!("--emit={}1 tick\n", shell.name()));
        assert!(session.run("probe AWS_SECRET_ACCESS_KEY").contains("exported [hunter2]"), "{shell:?}");
        let transcript = session.terminal.transcript();
        assert!(!transcript.contains("NOISE") && !transcript.contains("ssox:"), "{shell:?}: {transcript}");
    }
}

#[test]
fn what_is_not_due_is_left_alone() {
    for shell in shells() {
        let home = Home::scripted();
        let later = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "4000000000"), ("SSOX_EXPIRES", "4000000900")];
        for variables in [&[][..], &later, &later[..1]] {
            let mut session = session(&home, shell, "LOAD", variables);
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
            let mut session = session(&home, shell, "LOAD", &DUE);
            for _ in 0..3 {
                session.run("true");
            }
            assert_eq!(ticks(&home), 1, "{shell:?} {reply:?}");
            assert!(session.run("probe AWS_SECRET_ACCESS_KEY").contains("AWS_SECRET_ACCESS_KEY unset"), "{shell:?}");
            assert!(!session.terminal.transcript().contains("ssox: "), "{}", session.terminal.transcript());
        }
    }
}

#[test]
fn a_binary_that_is_gone_is_not_missed_loudly() {
    for shell in shells() {
        let home = Home::scripted();
        let noise = match shell {
            Shell::Fish => "function fish_command_not_found; echo NOISE; end",
            Shell::Bash => "function command_not_found_handle { echo NOISE; }",
            Shell::Zsh => "function command_not_found_handler { echo NOISE; }",
        };
        let mut session = session(&home, shell, &format!("{noise}\nLOAD\ncommand rm bin/ssox"), &DUE);
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
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run(if shell == Shell::Fish { "set -g _ssox_retry 3000000000" } else { "_ssox_retry=3000000000" });
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        assert_eq!(ticks(&home), 1, "{shell:?}");
    }
}

#[test]
fn a_number_from_outside_is_never_code() {
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
                let mut session = session(&home, shell, "LOAD", &variables);
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
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let mut session = session(&home, shell, "LOAD", &[]);
        // At the prompt nothing is due yet; a moment later, when the command is typed, it is.
        let due = now() + 3;
        let soon = [shell.export("SSOX_NEXT", &due.to_string()), shell.export("SSOX_EXPIRES", &(due + 60).to_string())];
        session.run(&soon.join("; "));
        assert_eq!(home.calls(), "", "{shell:?}");
        eventually("the time to come", || (now() > due).then_some(()));
        session.run("command env >env");
        assert_eq!(home.calls(), format!("--emit={}1 tick --wait=2s\n", shell.name()));
        assert!(home.read("env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell:?}");
        session.run("true");
        assert_eq!(ticks(&home), 1, "{shell:?}");
    }
}

#[test]
fn a_command_does_not_wait_where_a_person_is_needed() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        for state in ["login", "unreachable"] {
            let home = Home::scripted();
            let variables = [
                ("SSOX_PROMPT", "dev"),
                ("SSOX_EXPIRES", "1000000000"),
                ("SSOX_NEXT", "4000000000"),
                ("SSOX_STATE", state),
            ];
            let mut session = session(&home, shell, "LOAD", &variables);
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

#[test]
fn what_the_last_command_left_stays() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", "#ssox1\n#end\n", 0);
        let mut session = session(&home, shell, "LOAD", &DUE);
        let (status, pipe) = match shell {
            Shell::Zsh => ("sh -c 'exit 7'", "echo left $? $pipestatus"),
            Shell::Bash => ("sh -c 'exit 7'", "echo left $? ${PIPESTATUS[@]}"),
            Shell::Fish => ("sh -c 'exit 7'", "echo left $status $pipestatus"),
        };
        session.run(status);
        assert!(session.run(pipe).contains("left 7 7"), "{shell:?}: {}", session.terminal.transcript());
        session.run("false | true | sh -c 'exit 9'");
        assert!(session.run(pipe).contains("left 9 1 0 9"), "{shell:?}: {}", session.terminal.transcript());
    }
}

#[test]
fn hooks_of_others_go_on_and_ours_runs_once() {
    let bash = [
        "PROMPT_COMMAND='other; '\nLOAD\nLOAD",
        "PROMPT_COMMAND='other'\nLOAD\nPROMPT_COMMAND=\"$PROMPT_COMMAND; true\"\nLOAD",
        "PROMPT_COMMAND=(other 'true;')\nLOAD\nLOAD",
        "LOAD\nPROMPT_COMMAND=(other \"${PROMPT_COMMAND[@]}\")\nLOAD",
        "LOAD\nPROMPT_COMMAND=\"${PROMPT_COMMAND:+$PROMPT_COMMAND; }other\"",
        "PROMPT_COMMAND=$'other\\n'\nset -u\nLOAD",
    ];
    let zsh = [
        "precmd_functions=(other)\nLOAD\nLOAD",
        "LOAD\nprecmd_functions+=(other)\nLOAD",
        "precmd() { other }\nLOAD",
        "autoload -Uz add-zsh-hook\nadd-zsh-hook precmd other\nLOAD\nadd-zsh-hook precmd other\nLOAD",
        "typeset -U precmd_functions\nother_only() { other }\nprecmd_functions=(other_only)\nLOAD",
    ];
    let fish = ["function on_prompt --on-event fish_prompt; other; end\nLOAD\nLOAD"];
    for shell in shells() {
        let (define, setups) = match shell {
            Shell::Zsh => ("other() { echo $? >>others }", &zsh[..]),
            Shell::Bash => ("other() { echo $? >>others; }", &bash[..]),
            Shell::Fish => ("function other; echo $status >>others; end", &fish[..]),
        };
        for setup in setups {
            let home = Home::scripted();
            // A reply that is due again at once: each run of the hook would call, but for the back-off.
            home.reply("tick", "#ssox1\n=SSOX_NEXT=1000000000\n#end\n", 0);
            let forget = if shell == Shell::Fish { "set -g _ssox_retry 0" } else { "_ssox_retry=0" };
            let mut session = session(&home, shell, &format!("{define}\n{setup}"), &DUE);
            session.run(&format!("{forget}; sh -c 'exit 5'"));
            session.run(&format!("{forget}; sh -c 'exit 6'"));
            assert_eq!(ticks(&home), 3, "{shell:?} {setup}: {}", session.terminal.transcript());
            let others = home.read("others");
            assert_eq!(others.split_whitespace().skip(1).collect::<Vec<_>>(), ["5", "6"], "{shell:?} {setup}");
        }
    }
}

#[test]
fn bash_preexec_and_blesh_get_the_hook_their_way() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let home = Home::scripted();
    let script = "bash_preexec_imported=defined; precmd_functions=(other)\nset -- -i\n\
        init=$(command ssox init bash); eval \"${init//'case $- in'/'case i in'}\"\neval \"${init//'case $- in'/'case i in'}\"\n\
        echo \"[${precmd_functions[*]}] [${PROMPT_COMMAND-}]\"";
    assert_eq!(String::from_utf8_lossy(&home.script(Shell::Bash, script).stdout), "[_ssox_precmd other] []\n");
    let script = "BLE_VERSION=0.4; blehook() { echo \"blehook $*\"; }\n\
        init=$(command ssox init bash); eval \"${init//'case $- in'/'case i in'}\"\necho \"[${PROMPT_COMMAND-}]\"";
    assert_eq!(String::from_utf8_lossy(&home.script(Shell::Bash, script).stdout), "blehook PRECMD!=_ssox_precmd\n[]\n");
}

#[test]
fn an_errexit_shell_lives_on() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        home.reply("tick", "", 1);
        let mut session = session(&home, shell, "LOAD\nset -eu", &DUE);
        session.run("false && true");
        session.run("unset SSOX_PROMPT SSOX_NEXT SSOX_EXPIRES");
        session.run("! true");
        assert!(session.run("echo still here").contains("still here"));
    }
}

#[test]
fn tracing_shows_no_secret_of_the_hook() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let trace = if shell == Shell::Fish { "set -g fish_trace all" } else { "set -x" };
        let mut session = session(&home, shell, &format!("LOAD\n{trace}"), &DUE);
        session.run("true");
        session.run("true");
        assert_eq!(ticks(&home), 1);
        assert!(!session.terminal.transcript().contains("hunter2"), "{shell:?}: {}", session.terminal.transcript());
    }
}

/// powerlevel10k's instant prompt collects what is printed until the first prompt, with nothing to read.
#[test]
fn loading_and_the_first_hook_print_nothing_and_read_nothing() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let home = Home::scripted();
    home.reply("tick", RENEWED, 0);
    home.write("tick.message", "NOISE");
    let rc = "exec {out}>&1 {err}>&2 {in}<&0 >said 2>&1 </dev/null\nLOAD\n\
        restore() { exec >&$out 2>&$err <&$in; precmd_functions=(${precmd_functions:#restore}) }\nprecmd_functions+=(restore)";
    let mut session = session(&home, Shell::Zsh, rc, &DUE);
    session.run("true");
    assert_eq!((home.read("said").as_str(), ticks(&home)), ("", 1));
}

/// Bash before 4.2 has no clock but the seconds since it began.
#[test]
fn an_old_bash_counts_the_seconds() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let home = Home::scripted();
    let rc = "init=$(command ssox init bash)\nVERSION=(3 2)\neval \"${init//BASH_VERSINFO/VERSION}\"";
    let mut session = session(&home, Shell::Bash, rc, &DUE[..1]);
    session.run(&format!("SSOX_EXPIRES={}", now() + 2630));
    assert!(session.run("echo \"[$SSOX_SEGMENT]\"; SECONDS=x").contains("[dev:ReadOnly 43m]"));
    assert!(session.run("ssox use x; type _ssox_read_clock").contains("_ssox_began + SECONDS"));
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs()
}
