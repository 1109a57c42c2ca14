//! The hook and the prompt segment in nushell, elvish and xonsh: when ssox is called, what is shown, and that nothing
//! else changes.

use crate::hook::{DUE, RENEWED, ticks};
use crate::other_shells::{Other, in_each, initialize, others, run, session, session_of};
use crate::pty::eventually;
use crate::segment::{CASES, LATER, Variables, seconds_from_now};
use crate::shells::{Home, installed, now};

/// Settings under which a script is more easily wrong.
fn strict(shell: Other) -> &'static str {
    match shell {
        Other::Nushell => {
            "$env.config.display_errors = {exit_code: true, termination_signal: true}\n$env.config.use_ansi_coloring = false\n\
             $env.config.completions.algorithm = 'fuzzy'\n$env.config.footer_mode = 'always'"
        }
        Other::Elvish => {
            "var state = x\nvar names = y\nvar edit = $nil\nfn check {|_| fail theirs }\nfn current { fail theirs }\nfn find { fail theirs }\n\
             set edit:completion:matcher[''] = $edit:match-subseq~\nset notify-bg-job-success = $false"
        }
        Other::Xonsh => {
            "$RAISE_SUBPROC_ERROR = True\n$CASE_SENSITIVE_COMPLETIONS = False\n$EXPAND_ENV_VARS = False\n$DOTGLOB = True"
        }
    }
}

/// A hook of somebody else that fails.
fn failing_hook(shell: Other) -> &'static str {
    match shell {
        Other::Nushell => {
            "$env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt | append {|| error make {msg: 'theirs'} })\n\
             $env.config.hooks.pre_execution = ($env.config.hooks.pre_execution? | default [] | append {|| error make {msg: 'theirs'} })"
        }
        Other::Elvish => {
            "set edit:before-readline = [$@edit:before-readline { fail theirs }]\nset edit:after-readline = [$@edit:after-readline {|_| fail theirs }]"
        }
        Other::Xonsh => {
            "@events.on_pre_prompt_format\n@events.on_precommand\ndef _theirs(**_):\n    raise ValueError('theirs')"
        }
    }
}

/// An rc file that has a framework in the place of the prompt.
fn frameworks(shell: Other) -> &'static [&'static str] {
    match shell {
        Other::Nushell => &[
            "$env.PROMPT_COMMAND = {|| if false { ^starship prompt }; $'<<($env._prompts.0)>> ' }",
            "$env.PROMPT_COMMAND = {|| '_omp_ oh-my-posh' | ignore; $'<<($env._prompts.0)>> ' }",
            "$env.PROMPT_COMMAND_RIGHT = {|| $env.SSOX_SEGMENT?.state? }",
        ],
        Other::Elvish => &[
            "set edit:prompt = { nop starship; put '<<'$prompts'>> ' }",
            "set edit:rprompt = { nop oh-my-posh; put '(('$prompts'))' }",
            "set edit:rprompt = { nop ssox; put '(('$prompts'))' }",
        ],
        Other::Xonsh => &["$PROMPT = lambda: f'<<{_prompts[0]}>> '", "$RIGHT_PROMPT = '{ssox_state:{}}'"],
    }
}

/// An rc file with a plain prompt, in which comments name a framework.
fn comments(shell: Other) -> &'static [&'static str] {
    match shell {
        Other::Nushell => &[
            "$env.PROMPT_COMMAND = {||\n # no starship\n $'<<($env._prompts.0)>> ' # nor SSOX_SEGMENT\n}",
            "$env.PROMPT_COMMAND_RIGHT = {||\n # powerline\n '' }",
        ],
        Other::Elvish => &[
            "set edit:prompt = {\n # no starship\n put '<<'$prompts'>> ' # nor ssox\n }",
            "set edit:rprompt = {\n # powerline\n put '(('$prompts'))' }",
        ],
        Other::Xonsh => &[],
    }
}

#[test]
fn every_option_works_with_every_setting() {
    in_each(|shell| {
        for options in [&[][..], &["--no-prompt"]] {
            for settings in ["", strict(shell)] {
                for rc in [format!("{settings}\nLOAD"), format!("LOAD\n{settings}\nLOAD")] {
                    let home = Home::scripted();
                    home.reply(
                        "use",
                        "#ssox1\n=AWS_REGION=x\n=SSOX_PROMPT=dev:ReadOnly\n=SSOX_EXPIRES=LATER\n-AWS_PROFILE\n#end\n",
                        0,
                    );
                    home.reply("use", &home.read("use.reply").replace("LATER", &seconds_from_now(2630)), 0);
                    home.reply("clear", "#ssox1\n-AWS_REGION\n-SSOX_PROMPT\n-SSOX_EXPIRES\n-AWS_PROFILE\n#end\n", 0);
                    initialize(&home, shell, options);
                    let of_home = home.command(shell.program());
                    let mut session = session_of(of_home, &home, shell, &rc, &[("AWS_PROFILE", "mine")]);
                    let before = session.state(&home);
                    session.run("ssox use dev");
                    assert_eq!(session.state(&home)["AWS_REGION"], "x", "{shell:?} {options:?} {rc}");
                    assert_eq!(session.segment(&home), "dev:ReadOnly 43m|ok", "{shell:?} {options:?} {rc}");
                    session.run("ssox clear");
                    assert_eq!(session.state(&home), before, "{shell:?} {options:?} {rc}");
                    assert_eq!(session.segment(&home), "|", "{shell:?} {options:?} {rc}");
                    let transcript = session.terminal.transcript();
                    assert_eq!(
                        transcript.contains("dev:ReadOnly 43m"),
                        options.is_empty(),
                        "{shell:?} {options:?} {rc}: {transcript}"
                    );
                    assert!(!transcript.contains("rror"), "{shell:?} {options:?} {rc}: {transcript}");
                }
            }
        }
    });
}

#[test]
fn credentials_that_are_due_are_renewed_once_and_silently() {
    in_each(|shell| {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        home.write("tick.message", "NOISE");
        let mut session = session(&home, shell, "LOAD", &DUE);
        session.next_prompt();
        assert_eq!(session.environment(&home)["AWS_SECRET_ACCESS_KEY"], "hunter2", "{shell:?}");
        session.next_prompt();
        assert_eq!(home.calls(), format!("--emit={} tick\n", shell.emit()));
        let transcript = session.terminal.transcript();
        assert!(!transcript.contains("NOISE") && !transcript.contains("rror"), "{shell:?}: {transcript}");
    });
}

#[test]
fn credentials_that_are_not_due_are_not_renewed() {
    in_each(|shell| {
        let home = Home::scripted();
        let later = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", LATER), ("SSOX_EXPIRES", LATER)];
        for variables in [&[][..], &later, &later[..1]] {
            let mut session = session(&home, shell, "LOAD", variables);
            session.next_prompt();
            assert_eq!(home.calls(), "", "{shell:?}");
        }
    });
}

#[test]
fn a_tick_that_fails_is_not_repeated_at_every_prompt() {
    let failures =
        [(RENEWED, 1), ("", 0), ("#ssox1\n=PATH=x\n=AWS_SECRET_ACCESS_KEY=x\n#end\n", 0), ("#ssox1\n#end\n", 0)];
    in_each(|shell| {
        for (reply, status) in failures {
            let home = Home::scripted();
            home.reply("tick", reply, status);
            let mut session = session(&home, shell, "LOAD", &DUE);
            session.next_prompt();
            assert!(!session.environment(&home).contains_key("AWS_SECRET_ACCESS_KEY"), "{shell:?}");
            session.next_prompt();
            assert_eq!(ticks(&home), 1, "{shell:?} {reply:?}");
            let transcript = session.terminal.transcript();
            assert!(!transcript.contains("ssox: ") && !transcript.contains("rror"), "{shell:?}: {transcript}");
        }
    });
}

#[test]
fn a_removed_binary_prints_no_error_at_each_prompt() {
    in_each(|shell| {
        let home = Home::scripted();
        let mut session = session(&home, shell, "LOAD\nsh -c 'rm ~/bin/ssox'", &DUE);
        session.next_prompt();
        let transcript = session.terminal.transcript();
        assert!(!["rror", "not found", "xception"].iter().any(|word| transcript.contains(word)), "{transcript}");
    });
}

#[test]
fn a_number_from_the_environment_is_never_run() {
    let numbers =
        ["$(touch PWNED)", "(touch PWNED)", "x=1", "-1", "1e9", "0x10", " 1", "99999999999999999999", "1\n2", "inf"];
    in_each(|shell| {
        let home = Home::scripted();
        for number in numbers {
            let variables = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", number), ("SSOX_EXPIRES", number)];
            let mut session = session(&home, shell, "LOAD", &variables);
            assert_eq!(session.segment(&home), "dev|ok", "{shell:?} {number}");
            assert_eq!(home.calls(), "", "{shell:?} {number}");
            assert!(!session.terminal.transcript().contains("rror"), "{shell:?} {number}");
        }
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    });
}

#[test]
fn a_command_typed_after_the_end_starts_with_fresh_keys() {
    in_each(|shell| {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        let mut session = session(&home, shell, "LOAD", &[]);
        // At the prompt nothing is due yet; when the command is typed, a moment later, it is.
        let due = now() + 3;
        session.run(
            &[shell.export("SSOX_NEXT", &due.to_string()), shell.export("SSOX_EXPIRES", &(due + 60).to_string())]
                .join("; "),
        );
        assert_eq!(home.calls(), "", "{shell:?}");
        eventually("the time to come", || (now() > due).then_some(()));
        assert_eq!(session.environment(&home)["AWS_SECRET_ACCESS_KEY"], "hunter2", "{shell:?}");
        assert_eq!(home.calls(), format!("--emit={} tick --wait=2s\n", shell.emit()));
        session.next_prompt();
        assert_eq!(ticks(&home), 1, "{shell:?}");
    });
}

#[test]
fn a_command_does_not_wait_where_a_person_is_needed() {
    in_each(|shell| {
        for state in ["sign-in", "failed"] {
            let home = Home::scripted();
            let variables =
                [("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "1000000000"), ("SSOX_NEXT", LATER), ("SSOX_STATE", state)];
            let mut session = session(&home, shell, "LOAD", &variables);
            session.next_prompt();
            assert_eq!(home.calls(), "", "{shell:?} {state}");
        }
    });
}

#[test]
fn a_hook_of_others_that_fails_does_not_stop_ours() {
    in_each(|shell| {
        for rc in [format!("{}\nLOAD", failing_hook(shell)), format!("LOAD\n{}", failing_hook(shell))] {
            let home = Home::scripted();
            home.reply("tick", RENEWED, 0);
            let mut session = session(&home, shell, &rc, &DUE);
            session.next_prompt();
            assert!(session.segment(&home).starts_with("dev:ReadOnly "), "{shell:?}");
            assert_eq!(session.environment(&home)["AWS_SECRET_ACCESS_KEY"], "hunter2", "{shell:?}");
            assert_eq!(ticks(&home), 1, "{shell:?}");
        }
    });
}

#[test]
fn a_script_has_no_hook() {
    in_each(|shell| {
        let home = Home::scripted();
        let due = DUE.map(|(name, value)| shell.export(name, value)).join("\n");
        assert_eq!(run(&home, shell, &format!("{due}\nLOAD\nsh -c true")), "", "{shell:?}");
        assert_eq!(home.calls(), "", "{shell:?}");
    });
}

#[test]
fn the_segment_shows_the_time_left_and_what_happens_then() {
    in_each(|shell| {
        let home = Home::scripted();
        let shown = |variables: Variables<'_>| session(&home, shell, "LOAD", variables).segment(&home);
        for (left, variables, expected) in CASES {
            let expires = seconds_from_now(left);
            let common = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", expires.as_str())];
            assert_eq!(shown(&[&common[..], variables].concat()), expected, "{shell:?} {variables:?}");
        }
        assert_eq!(shown(&[("SSOX_EXPIRES", LATER)]), "|", "{shell:?}");
        let told = shown(&[("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", &seconds_from_now(55))]);
        assert!(told.starts_with("dev ") && told.ends_with("s|soon"), "{shell:?}: {told}");
        // ssox was called and failed, and will not renew the credentials by itself.
        home.reply("tick", "", 1);
        let failing = [("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1"), ("SSOX_EXPIRES", "1")];
        assert_eq!(shown(&failing), "dev expired|expired", "{shell:?}");
    });
}

#[test]
fn the_prompt_shows_it_in_colours() {
    in_each(|shell| {
        let home = Home::scripted();
        let (soon, ok) = (seconds_from_now(870), seconds_from_now(2630));
        for (variables, colour, text) in [
            (&[("SSOX_EXPIRES", ok.as_str())][..], "2", "dev:ReadOnly 43m"),
            (&[("SSOX_EXPIRES", soon.as_str())], "3", "dev:ReadOnly 14m"),
            (&[("SSOX_EXPIRES", "1")], "1", "dev:ReadOnly expired"),
            (&[("SSOX_EXPIRES", ok.as_str()), ("SSOX_PROTECTED", "1")], "2", " 43m"),
        ] {
            let variables = [&[("SSOX_PROMPT", "dev:ReadOnly")], variables].concat();
            let mut session = session(&home, shell, "LOAD", &variables);
            session.next_prompt();
            let seen = session.terminal.seen();
            assert!(seen.contains(&format!("3{colour}m{text}")), "{shell:?} {variables:?}: {seen:?}");
            assert_eq!(
                [";41m", "[41;"].iter().any(|block| seen.contains(block)),
                variables.len() == 3,
                "{shell:?}: {seen:?}"
            );
        }
        let plain =
            [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", "1"), ("SSOX_PROTECTED", "1"), ("NO_COLOR", "1")];
        let mut session = session(&home, shell, "LOAD", &plain);
        session.next_prompt();
        let seen = session.terminal.seen();
        assert!(
            ["7m dev:ReadOnly ", "1m dev:ReadOnly "].iter().any(|block| seen.contains(block))
                && !seen.contains("31m expired"),
            "{shell:?}: {seen:?}"
        );
    });
}

#[test]
fn a_label_is_shown_unchanged_and_never_run() {
    let label = "{RED}$(touch PWNED)(touch PWNED)`x`\\e%n{{}";
    in_each(|shell| {
        let home = Home::scripted();
        let mut named = session(&home, shell, "LOAD", &[("SSOX_PROMPT", label)]);
        named.next_prompt();
        assert!(named.terminal.seen().contains(label), "{shell:?}: {}", named.terminal.transcript());
        assert!(!home.path("PWNED").exists(), "{shell:?}");
        let mut session = session(&home, shell, "LOAD", &[("SSOX_PROMPT", "a\u{1b}]0;PWNED\u{7}\u{1b}[35mb")]);
        session.next_prompt();
        let seen = session.terminal.seen();
        assert!(!seen.contains("\u{1b}]0;PWNED") && !seen.contains("\u{1b}[35mb"), "{shell:?}: {seen:?}");
    });
}

#[test]
fn a_framework_and_a_dumb_terminal_keep_their_prompt() {
    in_each(|shell| {
        let home = Home::scripted();
        home.write("bin/starship", "#!/bin/sh\n");
        let shown = |rc: &str, variables: Variables<'_>| {
            let mut session = session(&home, shell, rc, &[&[("SSOX_PROMPT", "visible")], variables].concat());
            session.next_prompt();
            session.next_prompt();
            session.terminal.seen().contains("visible")
        };
        for framework in frameworks(shell) {
            for rc in [format!("{framework}\nLOAD"), format!("LOAD\n{framework}")] {
                assert!(!shown(&rc, &[]), "{shell:?} {rc}");
            }
        }
        for comment in comments(shell) {
            assert!(shown(&format!("{comment}\nLOAD"), &[]), "{shell:?} {comment}");
        }
        // There, elvish has no prompt that can be changed.
        assert!(shell == Other::Elvish || !shown("LOAD", &[("TERM", "dumb")]), "{shell:?}");
        assert!(shown("LOAD", &[]), "{shell:?}");
    });
}

#[test]
fn ten_prompts_cost_no_process() {
    if !installed("strace") {
        return;
    }
    for shell in others() {
        let home = Home::scripted();
        initialize(&home, shell, &[]);
        let mut strace = home.command("strace");
        strace.args([
            "-f",
            "-qq",
            "-o",
            "trace",
            "-e",
            "trace=fork,vfork,clone,clone3,execve",
            "-e",
            "signal=none",
            shell.program(),
        ]);
        let expires = seconds_from_now(2630);
        let variables = [
            ("SSOX_PROMPT", "dev:ReadOnly"),
            ("SSOX_EXPIRES", expires.as_str()),
            ("SSOX_NEXT", LATER),
            ("SSOX_PROFILE", "dev"),
        ];
        let mut session = session_of(strace, &home, shell, "LOAD", &variables);
        // Threads are no processes.
        let processes = || home.read("trace").lines().filter(|line| !line.contains("CLONE_THREAD")).count();
        session.next_prompt();
        let before = processes();
        for _ in 0..10 {
            session.next_prompt();
        }
        assert_eq!(processes(), before, "{shell:?}: {}", home.read("trace"));
        assert!(session.terminal.seen().matches("dev:ReadOnly 43m").count() > 10, "{shell:?}");
        session.run(&shell.program_call("true"));
        assert!(processes() > before, "{shell:?}: strace sees nothing");
    }
}
