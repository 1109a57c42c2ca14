//! What a shell loads when it starts, and the moments at which it loads the whole script.

use crate::place::processes;
use crate::shells::{Home, Session, Shell, installed, shells};

/// Tells whether a shell has loaded the whole script. The line does not contain the name of the function `ssox`.
fn is_loaded(session: &mut Session, shell: Shell) -> bool {
    let count = match shell {
        Shell::Zsh => "echo there: ${+functions[_${:-ss}ox_apply]}.",
        Shell::Fish => "echo there: (functions -a | string match -r '^_sso[x]_apply$' | count).",
        _ => "echo there: $(declare -F | grep -c '_sso[x]_apply').",
    };
    let told = session.run(count);
    assert!(told.contains("there: 0.") || told.contains("there: 1."), "{told}");
    told.contains("there: 1.")
}

/// A home with `dir/.ssox`, and another one that is above the home of its shells.
fn with_directories() -> Home {
    let home = Home::scripted();
    home.write("dir/.ssox", "profile = dev\n");
    home.write("dir/sub/deep/file", "");
    home.write("other/sub/file", "");
    home.write("up/.ssox", "profile = dev\n");
    home.write("up/home/sub/file", "");
    home
}

/// Has the scripted ssox answer with that reply where a directory with a `.ssox` file begins.
fn answer_directories(home: &Home, reply: &str) {
    home.write("directory.reply", reply);
    let script = home.read("bin/ssox");
    home.write("bin/ssox", &script.replace("use|clear|tick)", "use|clear|tick|directory)"));
    home.write("directory.status", "0");
}

#[test]
fn a_shell_that_does_not_need_it_does_not_load_it() {
    for shell in shells() {
        let home = with_directories();
        let mut session = home.session(shell, "LOAD");
        for line in [
            "true",
            "export AWS_PROFILE=dev",
            "cd other/sub",
            "export SSOX_PROTECT='prod*'",
            "export HOME=$HOME/up/home",
            "cd; cd sub",
        ] {
            session.run(line);
            assert!(!is_loaded(&mut session, shell), "{shell:?} {line}");
        }
    }
}

#[test]
fn each_of_these_moments_loads_it() {
    let lines = ["ssox --version", "ssox list | cat", "cd dir", "cd dir/sub/deep", "cd up/home", "ssox use dev; true"];
    let variables = ["PROMPT", "IDENTITY", "REPLACED", "NEXT", "SEGMENT", "EXPIRES", "DIRECTORY"];
    for shell in shells() {
        let home = with_directories();
        let by_hand = variables.map(|name| shell.set(&format!("SSOX_{name}"), "x"));
        for line in lines.into_iter().chain(by_hand.iter().map(String::as_str)) {
            // In a pipeline of bash the function runs in another process.
            let expected = shell != Shell::Bash || !line.contains('|');
            let mut session = home.session(shell, "LOAD");
            session.run(line);
            assert_eq!(is_loaded(&mut session, shell), expected, "{shell:?} {line}");
        }
        let mut session = home.session(shell, "cd dir/sub\nLOAD");
        assert!(is_loaded(&mut session, shell), "{shell:?} started in the directory");
        for name in variables {
            let mut session = home.session_with(shell, "LOAD", &[(&format!("SSOX_{name}"), "x")]);
            assert!(is_loaded(&mut session, shell), "{shell:?} {name}");
        }
    }
}

#[test]
fn a_tab_loads_it() {
    for shell in shells() {
        let home = Home::new();
        let compinit = if shell == Shell::Zsh { "autoload -Uz compinit; compinit -u\nLOAD" } else { "LOAD" };
        let mut session = home.session(shell, compinit);
        assert!(!is_loaded(&mut session, shell), "{shell:?}");
        // The word is the only candidate. The line is not run.
        session.terminal.keys(": ; ssox sess\t");
        let is_there = |screen: &str| screen.contains("ssox sessions").then_some(());
        session.terminal.wait_for_screen("ssox sessions", is_there);
        session.terminal.keys("\u{15}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

#[test]
fn ten_prompts_of_a_shell_without_ssox_cost_no_process() {
    if !installed("strace") {
        return;
    }
    for shell in shells() {
        let home = with_directories();
        let mut strace = home.command("strace");
        strace.args(["-f", "-qq", "-o", "trace", "-e", "trace=fork,vfork,clone,clone3,execve", shell.name()]);
        let mut session = home.session_of(shell, "LOAD", strace);
        let before = processes(&home).len();
        for _ in 0..5 {
            session.run("cd other/sub");
            session.run("cd");
        }
        assert_eq!(processes(&home)[before..], [""; 0], "{shell:?}");
        assert!(!is_loaded(&mut session, shell), "{shell:?}");
    }
}

/// One process prints each script, and one the reply. What was there before is known without one.
#[test]
fn where_nothing_was_before_the_first_use_starts_the_program_only() {
    if !installed("strace") {
        return;
    }
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=x\n=SSOX_PROMPT=dev\n-AWS_PROFILE\n#end\n", 0);
        home.write("script", &format!("{}\nssox use dev\n", shell.load()));
        let mut strace = home.command("strace");
        strace.args([
            "-qq",
            "-o",
            "trace",
            "-e",
            "trace=fork,vfork,clone,clone3",
            "-e",
            "signal=none",
            shell.name(),
            "script",
        ]);
        assert!(strace.status().unwrap().success());
        assert_eq!(processes(&home).len(), 3, "{shell:?}: {:?}", processes(&home));
    }
}

#[test]
fn loading_keeps_the_number_of_the_last_background_process() {
    for shell in shells() {
        let home = Home::scripted();
        let last = if shell == Shell::Fish { "$last_pid" } else { "$!" };
        let output = home.script(shell, &format!("LOAD\nsleep 0 &\necho {last}\nssox list\necho {last}"));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines, [lines[0], "arguments: <list>", lines[0]], "{shell:?}");
    }
}

/// Loading reads nothing from the terminal or from a pipe.
#[test]
fn what_is_piped_to_ssox_arrives() {
    for shell in shells() {
        let home = Home::scripted();
        let (begin, end) = if shell == Shell::Fish { ("begin", "end") } else { ("{", "}") };
        let read = format!("printf 'first\\nsecond\\n' | {begin}; ssox read; cat; {end}").replace("{;", "{");
        let output = home.script(shell, &format!("LOAD\n{read}\nssox fail\n{}", shell.status()));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told, "arguments: <read>\nread: first\nsecond\narguments: <fail>\nstatus 42\n", "{shell:?}");
    }
}

#[test]
fn without_the_program_ssox_says_so_and_nothing_is_loaded() {
    for shell in shells() {
        let home = Home::scripted();
        let mut session = home.session(shell, "LOAD");
        let forget = if shell == Shell::Fish { "true" } else { "hash -r" };
        session.run(&format!("mv bin/s*x away; {forget}"));
        let told = session.run(&format!("ssox use dev; {}", shell.status()));
        assert!(told.contains("status 127") && told.contains("was not loaded"), "{told}");
        assert!(!is_loaded(&mut session, shell), "{shell:?}");
        let unset = if shell == Shell::Fish { "set -e SSOX_PROMPT" } else { "unset SSOX_PROMPT" };
        for line in [&shell.set("SSOX_PROMPT", "dev"), unset] {
            let told = session.run(line);
            assert!(!told.contains("not loaded") && !told.contains("not found"), "{told}");
        }
        session.run(&format!("mv away bin/ss''ox; {forget}"));
        assert!(session.run(&format!("ssox fail; {}", shell.status())).contains("status 42"), "{shell:?}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

/// An old ssox does not know the option, and another program of that name could print anything.
#[test]
fn a_program_that_does_not_print_the_script_is_an_error() {
    for shell in shells() {
        let home = Home::scripted();
        let init = home.command("ssox").args(["init", shell.name()]).output().unwrap().stdout;
        home.write("init", &String::from_utf8(init).unwrap());
        for program in ["exit 2", "echo true"] {
            home.write("bin/ssox", &format!("#!/bin/sh\n{program}\n"));
            let output = home.script(shell, &format!("source ./init\nssox use dev\n{}", shell.status()));
            assert_eq!(String::from_utf8_lossy(&output.stdout), "status 127\n", "{shell:?} {program}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("was not loaded"), "{shell:?} {program}");
        }
    }
}

#[test]
fn a_function_that_a_person_has_put_around_it_stays() {
    for shell in shells() {
        let home = Home::scripted();
        let wrap = match shell {
            Shell::Zsh => "functions[inner]=$functions[ssox]; ssox() { echo mine; inner \"$@\"; }",
            Shell::Bash => "eval \"inner() $(declare -f ssox | tail -n +2)\"; ssox() { echo mine; inner \"$@\"; }",
            Shell::Fish => "functions -c ssox inner; function ssox; echo mine; inner $argv; end",
        };
        let script = format!("LOAD\n{wrap}\nssox list\nssox list");
        let output = home.script(shell, &script);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told, "mine\narguments: <list>\n".repeat(2), "{shell:?}");
    }
}

#[test]
fn loading_keeps_the_status_and_the_options() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = with_directories();
        for options in ["", "set -u", "set -k", "set -e", "set -x"] {
            let mut session = home.session(shell, &format!("LOAD\n{options}"));
            let told = session.run("cd dir; (exit 7) || true; ( exit 7 ) || echo status $?");
            assert!(told.contains("status 7"), "{shell:?} {options}: {told}");
            assert!(is_loaded(&mut session, shell), "{shell:?} {options}");
            if options != "set -e" {
                session.run("cd ../other; (exit 7)");
                assert!(session.run("echo status $?").contains("status 7"), "{shell:?} {options}");
            }
            let flags = session.run("echo flags $-");
            let shown =
                flags.lines().find_map(|line| Some(line.split_once("flags ")?.1).filter(|flags| !flags.contains('$')));
            assert!(
                shown.unwrap_or_default().contains(options.trim_start_matches("set -")),
                "{shell:?} {options}: {flags}"
            );
        }
    }
}

#[test]
fn the_status_of_a_command_is_there_after_the_prompt_that_loads_it() {
    for shell in shells() {
        let home = with_directories();
        let mut session = home.session(shell, "LOAD");
        session.run("cd dir; sh -c 'exit 7'");
        assert!(session.run(shell.status()).contains("status 7"), "{shell:?}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

/// A trace of a thousand lines would hide what a person looks for.
#[test]
fn a_trace_does_not_show_the_script() {
    for shell in shells() {
        let home = Home::scripted();
        let trace = if shell == Shell::Fish { "set -g fish_trace 1" } else { "set -x" };
        let output = home.script(shell, &format!("LOAD\n{trace}\nssox list"));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.lines().count() < 30 && told.contains("ssox list"), "{shell:?}: {told}");
    }
}

#[test]
fn loading_it_late_adds_no_segment_with_no_prompt() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=SSOX_PROMPT=dev\n=SSOX_IDENTITY=x\n#end\n", 0);
        let load = shell.load().replace(shell.name(), &format!("{} --no-prompt", shell.name()));
        let mut session = home.session(shell, &load);
        session.run("ssox use dev");
        session.run("true");
        let told = session.run(match shell {
            Shell::Fish => {
                "echo \"[$SSOX_SEGMENT] $(functions fish_right_prompt | string match -q '*_ss''ox*'; and echo pla''ced).\""
            }
            _ => "echo \"[$SSOX_SEGMENT] ${RPROMPT-}${PS1/_ssox_ps1/placed}.\"",
        });
        assert!(told.contains("[dev] ") && !told.contains("placed.") && !told.contains("placed["), "{shell:?}: {told}");
    }
}

/// Loading the start script again replaces functions of the whole one, which is loaded again then.
#[test]
fn loading_it_again_forgets_nothing() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=x\n=SSOX_PROMPT=dev\n=SSOX_IDENTITY=x\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-SSOX_PROMPT\n-SSOX_IDENTITY\n#end\n", 0);
        for between in ["", "ssox use dev\n", "ssox list\n"] {
            let script = format!(
                "LOAD\n{}\n{between}LOAD\nssox use dev\necho $AWS_REGION\nssox clear\necho $AWS_REGION",
                shell.set("AWS_REGION", "mine")
            );
            let output = home.script(shell, &script);
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(told.ends_with("x\nmine\n"), "{shell:?} {between}: {told}");
        }
    }
}

/// The prompt that loads the whole script shows the prompt segment already, however the shell came into the directory.
#[test]
fn the_first_prompt_in_a_directory_shows_its_profile() {
    for shell in shells() {
        let home = with_directories();
        answer_directories(&home, "#ssox1\n=SSOX_PROMPT=dev:ReadOnly\n=SSOX_IDENTITY=x\n#end\n");
        for (rc, lines) in
            [("cd dir/sub\nLOAD", vec![]), ("LOAD", vec!["cd dir"]), ("LOAD", vec!["true", "cd dir/sub"])]
        {
            let mut session = home.session(shell, rc);
            for line in lines {
                session.run(line);
            }
            session.wait_for_prompt_with(&["dev:ReadOnly"]);
        }
    }
}

/// Hooks for a change of the directory run in an order that must be right before the first change.
#[test]
fn hooks_that_are_added_later_run_without_the_values_of_a_directory() {
    let home = with_directories();
    answer_directories(&home, "#ssox1\n=AWS_REGION=x\n#end\n");
    for shell in shells() {
        let note = format!("echo \"$NOTED [$AWS_REGION]\" >>{}", home.path("seen").display());
        let hooks = match shell {
            Shell::Zsh => {
                "d() { note cd }; p() { note prompt }\nchpwd_functions=(d $chpwd_functions d)\nprecmd_functions=(p $precmd_functions p)"
            }
            Shell::Bash => "PROMPT_COMMAND='note prompt;'\"$PROMPT_COMMAND\"$'\\nnote prompt'",
            Shell::Fish => {
                "function p --on-event fish_prompt; note prompt; end\nfunction d --on-variable PWD; note cd; end"
            }
        };
        let note = match shell {
            Shell::Fish => format!("function note; {}; end", note.replace("NOTED", "argv")),
            _ => format!("note() {{ {}; }}", note.replace("NOTED", "1")),
        };
        home.write("seen", "");
        let mut session = home.session(shell, &format!("{note}\nLOAD\n{hooks}"));
        session.run("cd dir");
        session.run("true");
        assert!(session.run("echo region $AWS_REGION.").contains("region x."), "{shell:?}");
        let seen = home.read("seen");
        assert!(!seen.contains("[x]") && seen.contains("prompt []"), "{shell:?}: {seen}");
    }
}

/// Ctrl-C may come while the shell reads the whole script, at any place of it.
#[test]
fn a_load_that_was_interrupted_is_made_again() {
    for shell in shells() {
        let (interrupt, places) = match shell {
            Shell::Fish => {
                ("kill -INT $fish_pid", ["function _ssox_find_verb", "function _ssox_off", "function _ssox_complete"])
            }
            _ => {
                ("builtin kill -INT $$", ["function _ssox_find_verb", "function _ssox_off", "function _ssox_complete"])
            }
        };
        for (place, line) in places.iter().flat_map(|place| [(place, "ssox use dev"), (place, "cd ~/dir")]) {
            let home = with_directories();
            home.reply("use", "#ssox1\n=AWS_REGION=eu-west-1\n=SSOX_PROMPT=dev\n#end\n", 0);
            answer_directories(&home, "#ssox1\n=AWS_REGION=eu-west-1\n=SSOX_PROMPT=dev\n=SSOX_DIRECTORY=x\n#end\n");
            let script = home.read("bin/ssox");
            let once = format!(
                "case $* in *--whole*) rm \"$HOME/interrupts\" 2>/dev/null && {{ \"$HOME/real\" \"$@\" | sed 's/^{place}/{interrupt}\\n&/'; exit; }} ;; esac\n"
            );
            home.write("bin/ssox", &script.replacen('\n', &format!("\n{once}"), 1));
            let mut session = home.session(shell, "LOAD\nalias greet='echo hel''lo'");
            home.write("interrupts", "");
            session.run(line);
            assert!(!home.path("interrupts").exists(), "{shell:?} {place} {line}");
            session.run("ssox use dev");
            let told = session.run("echo \"[$SSOX_SEGMENT]\"; greet");
            assert!(told.contains("[dev]") && told.contains("hello"), "{shell:?} {place} {line}: {told}");
            let seen = session.terminal.transcript();
            let errors = ["not found", "nknown command", "rror"];
            assert!(!errors.iter().any(|error| seen.contains(error)), "{shell:?} {place} {line}: {seen}");
        }
    }
}
