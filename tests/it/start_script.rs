//! What a shell loads when it starts, and the moments at which it loads the whole script.

use crate::place::processes;
use crate::shells::{Home, Session, Shell, installed, shells};

/// The shells whose `ssox init` prints a short script first.
fn starting() -> Vec<Shell> {
    shells().into_iter().filter(|shell| *shell != Shell::Fish).collect()
}

/// Tells whether a shell has loaded the whole script. The line does not contain the name of the function `ssox`.
fn is_loaded(session: &mut Session, shell: Shell) -> bool {
    let count = match shell {
        Shell::Zsh => "echo there: ${+functions[_${:-ss}ox_apply]}.",
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
    for shell in starting() {
        let home = with_directories();
        let mut session = home.session(shell, "LOAD");
        for line in [
            "true",
            "AWS_PROFILE=dev",
            "cd other/sub",
            "export SSOX_PROTECT='prod*'",
            "HOME=$HOME/up/home",
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
    for shell in starting() {
        let home = with_directories();
        let by_hand = variables.map(|name| format!("SSOX_{name}=x"));
        for line in lines.into_iter().chain(by_hand.iter().map(String::as_str)) {
            // In a pipeline of bash the function runs in another process.
            let expected = shell == Shell::Zsh || !line.contains('|');
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
    for shell in starting() {
        let home = Home::new();
        let compinit = if shell == Shell::Zsh { "autoload -Uz compinit; compinit -u\nLOAD" } else { "LOAD" };
        let mut session = home.session(shell, compinit);
        assert!(!is_loaded(&mut session, shell), "{shell:?}");
        // The word is the only candidate. The line is not run.
        session.terminal.keys(": ; ssox sess\t");
        session.terminal.wait_for("ssox sessions");
        session.terminal.keys("\u{15}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

#[test]
fn ten_prompts_of_a_shell_without_ssox_cost_no_process() {
    if !installed("strace") {
        return;
    }
    for shell in starting() {
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
    for shell in starting() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=x\n=SSOX_PROMPT=dev\n-AWS_PROFILE\n#end\n", 0);
        home.write("script", "eval \"$(ssox init SHELL)\"\nssox use dev\n".replace("SHELL", shell.name()).as_str());
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

/// Loading reads nothing from the terminal or from a pipe.
#[test]
fn what_is_piped_to_ssox_arrives() {
    for shell in starting() {
        let home = Home::scripted();
        let output =
            home.script(shell, "LOAD\nprintf 'first\\nsecond\\n' | { ssox read; cat; }\nssox fail\necho status $?");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told, "arguments: <read>\nread: first\nsecond\narguments: <fail>\nstatus 42\n", "{shell:?}");
    }
}

#[test]
fn without_the_program_ssox_says_so_and_nothing_is_loaded() {
    for shell in starting() {
        let home = Home::scripted();
        let mut session = home.session(shell, "LOAD");
        session.run("mv bin/s*x away; hash -r");
        let told = session.run("ssox use dev; echo status $?");
        assert!(told.contains("status 127") && told.contains("was not loaded"), "{told}");
        assert!(!is_loaded(&mut session, shell), "{shell:?}");
        for line in ["SSOX_PROMPT=dev", "unset SSOX_PROMPT"] {
            let told = session.run(line);
            assert!(!told.contains("not loaded") && !told.contains("not found"), "{told}");
        }
        session.run("mv away bin/ss''ox; hash -r");
        assert!(session.run("ssox fail; echo status $?").contains("status 42"), "{shell:?}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

/// An old ssox does not know the option, and another program of that name could print anything.
#[test]
fn a_program_that_does_not_print_the_script_is_an_error() {
    for shell in starting() {
        let home = Home::scripted();
        let init = home.command("ssox").args(["init", shell.name()]).output().unwrap().stdout;
        home.write("init", &String::from_utf8(init).unwrap());
        for program in ["exit 2", "echo true"] {
            home.write("bin/ssox", &format!("#!/bin/sh\n{program}\n"));
            let output = home.script(shell, "source ./init\nssox use dev\necho status $?");
            assert_eq!(String::from_utf8_lossy(&output.stdout), "status 127\n", "{shell:?} {program}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("was not loaded"), "{shell:?} {program}");
        }
    }
}

#[test]
fn a_function_that_a_person_has_put_around_it_stays() {
    for shell in starting() {
        let home = Home::scripted();
        let copy = match shell {
            Shell::Zsh => "functions[inner]=$functions[ssox]",
            _ => "eval \"inner() $(declare -f ssox | tail -n +2)\"",
        };
        let script = format!("LOAD\n{copy}\nssox() {{ echo mine; inner \"$@\"; }}\nssox list\nssox list");
        let output = home.script(shell, &script);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told, "mine\narguments: <list>\n".repeat(2), "{shell:?}");
    }
}

#[test]
fn loading_keeps_the_status_and_the_options() {
    for shell in starting() {
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
    for shell in starting() {
        let home = with_directories();
        let mut session = home.session(shell, "LOAD");
        session.run("cd dir; (exit 7)");
        assert!(session.run("echo status $?").contains("status 7"), "{shell:?}");
        assert!(is_loaded(&mut session, shell), "{shell:?}");
    }
}

/// A trace of a thousand lines would hide what a person looks for.
#[test]
fn a_trace_does_not_show_the_script() {
    for shell in starting() {
        let home = Home::scripted();
        let output = home.script(shell, "LOAD\nset -x\nssox list");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.lines().count() < 30 && told.contains("ssox list"), "{shell:?}: {told}");
    }
}

#[test]
fn loading_it_late_adds_no_segment_with_no_prompt() {
    for shell in starting() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=SSOX_PROMPT=dev\n=SSOX_IDENTITY=x\n#end\n", 0);
        let load = format!("eval \"$(command ssox init {} --no-prompt)\"", shell.name());
        let mut session = home.session(shell, &load);
        session.run("ssox use dev");
        session.run("true");
        let told = session.run("echo \"[$SSOX_SEGMENT] ${RPROMPT-}${PS1/_ssox_ps1/placed}.\"");
        assert!(told.contains("[dev] ") && !told.contains("placed.") && !told.contains("placed["), "{shell:?}: {told}");
    }
}

/// Loading the start script again replaces functions of the whole one, which is loaded again then.
#[test]
fn loading_it_again_forgets_nothing() {
    for shell in starting() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=x\n=SSOX_PROMPT=dev\n=SSOX_IDENTITY=x\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-SSOX_PROMPT\n-SSOX_IDENTITY\n#end\n", 0);
        for between in ["", "ssox use dev\n", "ssox list\n"] {
            let script = format!(
                "LOAD\nAWS_REGION=mine\n{between}LOAD\nssox use dev\necho $AWS_REGION\nssox clear\necho $AWS_REGION"
            );
            let output = home.script(shell, &script);
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(told.ends_with("x\nmine\n"), "{shell:?} {between}: {told}");
        }
    }
}

/// The prompt that loads the whole script shows the segment already, however the shell came into the directory.
#[test]
fn the_first_prompt_in_a_directory_shows_its_profile() {
    for shell in starting() {
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

/// zsh's hooks for a change of the directory run in an order that must be right before the first change.
#[test]
fn hooks_that_are_added_later_run_without_the_values_of_a_directory() {
    let home = with_directories();
    answer_directories(&home, "#ssox1\n=AWS_REGION=x\n#end\n");
    let note = "note() { echo \"$1 [${AWS_REGION-}]\" >>seen; }";
    let rcs = [
        (
            Shell::Zsh,
            "LOAD\nd() { note cd }; p() { note prompt }\nchpwd_functions=(d $chpwd_functions d)\nprecmd_functions=(p $precmd_functions p)",
        ),
        (Shell::Bash, "LOAD\nPROMPT_COMMAND='note prompt;'\"$PROMPT_COMMAND\"$'\\nnote prompt'"),
    ];
    for (shell, rc) in rcs.into_iter().filter(|(shell, _)| starting().contains(shell)) {
        home.write("seen", "");
        let mut session =
            home.session(shell, &format!("seen=$PWD/seen\n{}\n{rc}", note.replace("seen;", "\"$seen\";")));
        session.run("cd dir");
        session.run("true");
        assert!(session.run("echo region $AWS_REGION.").contains("region x."), "{shell:?}");
        assert!(
            !home.read("seen").contains("[x]") && home.read("seen").contains("prompt []"),
            "{shell:?}: {}",
            home.read("seen")
        );
    }
}
