//! The shell function `ssox` works with unusual shell options, aliases, functions and IFS, and with tracing.

use crate::identity::{environment, says_foreign, segment};
use crate::shells::{Home, Shell, in_each, shells, signed_in};
use std::time::Duration;

const USE: &str =
    "#ssox1\n=AWS_SECRET_ACCESS_KEY=hunter2 =A*=$x\n=AWS_REGION=eu west\n=SSOX_PROFILE=dev\n-AWS_PROFILE\n#end\n";
const CLEAR: &str = "#ssox1\n-AWS_SECRET_ACCESS_KEY\n-AWS_REGION\n-SSOX_PROFILE\n#end\n";

/// Runs use, clear, a failure and a rejected reply in a shell with this set-up before and after loading. The state of
/// the shell is written to `out`, which the set-up cannot change.
fn survives(shell: Shell, before: &str, after: &str) {
    let home = Home::scripted();
    home.reply("use", USE, 0);
    home.reply("clear", CLEAR, 0);
    home.write("bin/show", "#!/bin/sh\nenv | grep -E '^(AWS_|SSOX_PROFILE)' | sort >>out; echo \"status $1\" >>out\n");
    std::process::Command::new("chmod").args(["+x"]).arg(home.path("bin/show")).status().unwrap();
    let status = if shell == Shell::Fish { "$status" } else { "\"$?\"" };
    // The words of the line in the rc file are quoted, so that they are not read as aliases.
    let load = match shell {
        Shell::Fish => "LOAD".to_owned(),
        _ => format!("'eval' \"$('command' 'ssox' 'init' '{}')\"", shell.name()),
    };
    let mine =
        [shell.export("AWS_PROFILE", "mine"), shell.export("AWS_SECRET_ACCESS_KEY", "my own hunter2")].join("\n");
    let script = format!(
        "{mine}\n{before}\n{load}\n{after}\n\
        'ssox' use dev\n/usr/bin/env show {status}\n'ssox' use dev\n/usr/bin/env show {status}\n'ssox' clear\n/usr/bin/env show {status}\n"
    );
    let output = home.script(shell, &script);
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let out = std::fs::read_to_string(home.path("out")).unwrap_or_default();
    let used = "AWS_REGION=eu west\nAWS_SECRET_ACCESS_KEY=hunter2 =A*=$x\nSSOX_PROFILE=dev\nstatus 0\n";
    let cleared = "AWS_PROFILE=mine\nAWS_SECRET_ACCESS_KEY=my own hunter2\nstatus 0\n";
    assert_eq!(out, format!("{used}{used}{cleared}"), "{shell:?} [{before}] [{after}]: {told}");
    assert!(!told.contains("hunter2"), "{shell:?} [{before}] [{after}]: {told}");
    assert!(!told.contains("HOSTILE"), "{shell:?} [{before}] [{after}]: {told}");
}

/// Tries each line of set-up before the script is loaded, after it, and both.
fn each_survives(shell: Shell, setups: &[String]) {
    if shells().contains(&shell) {
        for setup in setups {
            survives(shell, setup, "");
            survives(shell, "", setup);
        }
        survives(shell, &setups.join("\n"), "");
    }
}

/// The words that the script uses; as an alias or a function, each prints HOSTILE and does nothing.
const WORDS: &[&str] = &[
    "alias", "case", "command", "compgen", "declare", "do", "done", "echo", "elif", "else", "emulate", "esac", "eval",
    "export", "fi", "for", "function", "if", "in", "local", "print", "printf", "read", "return", "set", "shift",
    "shopt", "ssox", "test", "then", "true", "typeset", "unalias", "unset", "while",
];

fn aliases() -> Vec<String> {
    WORDS.iter().map(|word| format!("\\alias {word}='echo HOSTILE'")).collect()
}

fn functions(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| format!("function {word} {{ command -p echo HOSTILE; }}")).collect()
}

fn lines(text: &[&str]) -> Vec<String> {
    text.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn bash_options_do_not_matter() {
    each_survives(
        Shell::Bash,
        &lines(&[
            "set -eu",
            "set -C",
            "set -f",
            "set -a",
            "set -o pipefail",
            "set -o posix",
            "set -T",
            "set -E",
            "set -k",
            "set -o ignoreeof",
            "shopt -s nocasematch",
            "shopt -s nullglob",
            "shopt -s failglob 2>/dev/null",
            "shopt -s extglob",
            "shopt -s dotglob",
            "shopt -s expand_aliases",
            "shopt -s localvar_inherit",
            "shopt -s compat31 2>/dev/null",
            "shopt -s lastpipe",
            "shopt -u sourcepath",
            "trap : DEBUG",
            "trap : ERR",
            "trap : RETURN",
        ]),
    );
}

/// With `set -a` all variables that are set from then on reach programs, and those of the script have the access keys.
#[test]
fn programs_get_no_variables_of_the_script() {
    let shells: Vec<Shell> = shells().into_iter().filter(|shell| *shell != Shell::Fish).collect();
    in_each(&shells, |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("dir/.ssox", "profile = stg\n");
        home.allow("dir");
        for (rc, line) in [
            ("set -a\nLOAD", "ssox use dev"),
            ("LOAD", "set -a; ssox use dev; set +a"),
            ("LOAD\nset -a", "ssox use dev"),
            ("export _ssox_now=x _ssox_seen=x _ssox_held=x\nLOAD", "ssox use dev"),
        ] {
            let mut session = home.session(shell, rc);
            for line in [line, "ssox use dev", "cd dir", "cd ~", "ssox status | cat", "ssox clear"] {
                session.run(line);
                let variables = environment(&mut session, &home).into_iter();
                let names = variables.filter(|(_, value)| value != "x").map(|(name, _)| name);
                let ours = |name: &String| name.contains("_ssox_") || name.starts_with("SSOX_SEGMENT");
                assert_eq!(names.filter(ours).collect::<Vec<_>>(), [""; 0], "{shell:?} {rc} {line}");
            }
            let is_on = !line.ends_with("+a") && rc.contains("set -a");
            session.run("[[ ! -o allexport ]]; echo $? >~/option");
            assert_eq!(home.read("option") == "1\n", is_on, "{shell:?} {rc}");
        }
    });
}

/// With `set -k`, bash takes `local NAME=VALUE` for a variable of that command; with `set -u`, an unset variable ends a
/// function.
#[test]
fn bash_with_set_k_or_set_u_has_segment_and_directories() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    home.write("dir/.ssox", "profile = stg\n");
    home.allow("dir");
    let options = ["k", "u", "ku", "a", "ak"];
    let setups = options.iter().flat_map(|option| {
        let set = format!("set -{option}");
        [(option, format!("{set}\nLOAD"), "true".to_owned()), (option, "LOAD".to_owned(), set)]
    });
    for (option, rc, typed) in setups {
        let mut session = home.session(Shell::Bash, &rc);
        session.run(&typed);
        session.run("ssox use dev");
        says_foreign(&mut session, &home, false);
        session.run("cd dir");
        session.run("echo $SSOX_SEGMENT >~/segment");
        assert!(home.read("segment").starts_with("stg:PowerUser 5"), "{rc} {}", home.read("segment"));
        session.run("cd ~");
        session.run("AWS_PROFILE=x; export AWS_PROFILE");
        says_foreign(&mut session, &home, true);
        session.run("unset AWS_PROFILE; ssox clear; false");
        session.run("echo $? $- >~/options");
        let options = home.read("options");
        assert!(options.starts_with('1') && option.chars().all(|option| options.contains(option)), "{rc} {options}");
        assert_eq!(segment(&mut session, &home), "|", "{rc}");
    }
}

#[test]
fn bash_ifs_does_not_matter() {
    each_survives(
        Shell::Bash,
        &lines(&["IFS=", "IFS=A", "IFS==", "IFS=_", "IFS=0123456789", "IFS=$'\\n'", "IFS=ihBHcsx", "IFS='#-/ '"]),
    );
}

#[test]
fn bash_aliases_and_functions_do_not_matter() {
    let mut setups = vec!["shopt -s expand_aliases".to_owned()];
    setups.extend(aliases());
    survives(Shell::Bash, &setups.join("\n"), "");
    let words = [
        "alias", "compgen", "declare", "echo", "export", "local", "printf", "read", "set", "shift", "shopt", "test",
        "true", "typeset", "unalias", "unset",
    ];
    each_survives(Shell::Bash, &functions(&words));
}

#[test]
fn names_are_compared_to_the_letter() {
    let options = [(Shell::Bash, "shopt -s nocasematch"), (Shell::Zsh, "setopt no_case_match no_case_glob")];
    for (shell, option) in options.into_iter().filter(|(shell, _)| shells().contains(shell)) {
        let home = Home::scripted();
        for reply in ["#ssox1\n=aws_x=evil\n#end\n", "#SSOX1\n=AWS_X=evil\n#end\n"] {
            home.reply("use", reply, 0);
            let output = home.script(shell, &format!("{option}\nLOAD\nssox use dev\necho $?\nenv"));
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(told.starts_with("70\n") && !told.contains("evil"), "{shell:?}: {told}");
        }
    }
}

#[test]
fn zsh_options_do_not_matter() {
    each_survives(
        Shell::Zsh,
        &lines(&[
            "set -eu",
            "setopt no_unset",
            "setopt err_return",
            "setopt no_clobber",
            "setopt ksh_arrays",
            "setopt ksh_zero_subscript",
            "setopt ksh_glob",
            "setopt sh_glob",
            "setopt sh_word_split",
            "setopt glob_subst",
            "setopt null_glob",
            "setopt csh_null_glob",
            "setopt extended_glob",
            "setopt csh_junkie_quotes",
            "setopt rc_quotes",
            "setopt posix_builtins",
            "setopt posix_identifiers",
            "setopt ignore_braces",
            "setopt warn_create_global",
            "setopt warn_nested_var",
            "setopt all_export",
            "setopt global_export",
            "setopt no_equals",
            "setopt magic_equal_subst",
            "setopt no_glob",
            "setopt no_case_match",
            "setopt no_multi_func_def",
            "setopt no_short_loops",
            "setopt force_float",
            "setopt typeset_silent",
            "setopt c_bases octal_zeroes",
            "setopt no_function_argzero",
            "setopt local_options",
            "setopt no_prompt_percent",
            "setopt ksh_typeset",
            "setopt rc_expand_param",
            "setopt cbases",
            "emulate sh",
            "emulate ksh",
            "IFS=A",
            "IFS=",
            "IFS=_=",
        ]),
    );
}

#[test]
fn zsh_aliases_and_functions_do_not_matter() {
    let mut setups = aliases();
    setups.extend(WORDS.iter().map(|word| format!("\\alias -g {word}='HOSTILE'")));
    setups.extend(lines(&["\\alias -g L='HOSTILE'", "\\alias -g '(*)'=HOSTILE", "\\alias -g '{'=HOSTILE"]));
    survives(Shell::Zsh, &setups.join("\n"), "");
    let words = [
        "alias", "declare", "echo", "export", "local", "print", "printf", "read", "set", "test", "true", "typeset",
        "unalias", "unset", "emulate",
    ];
    each_survives(Shell::Zsh, &functions(&words));
}

#[test]
fn readonly_variables_of_common_names_do_not_matter() {
    let names = "name line lines names reply verb wanted argument status state clock mark left label";
    for shell in [Shell::Zsh, Shell::Bash] {
        if shells().contains(&shell) {
            let declared = names.split(' ').filter(|name| shell != Shell::Zsh || *name != "status");
            let declared: String = declared.map(|name| format!("readonly {name}=1\n")).collect();
            survives(shell, &declared, "");
            survives(shell, "", &declared);
        }
    }
}

#[test]
fn fish_surroundings_do_not_matter() {
    let functions = ["echo", "math", "path", "contains", "count", "functions", "printf", "set_color", "emit"]
        .map(|word| format!("function {word}; command echo HOSTILE; end"));
    let mut setups = functions.to_vec();
    setups.extend(lines(&[
        "set -g IFS",
        "set -g IFS ''",
        "set -g IFS A",
        "set -g names x; set -g reply y; set -g value z",
        "set -gx verb x",
        "set -g fish_trace",
        "function fish_command_not_found; echo HOSTILE; end",
        "set -g FISH_READ_LIMIT 100000",
    ]));
    each_survives(Shell::Fish, &setups);
}

#[test]
fn tracing_shows_no_secret() {
    for shell in shells() {
        let traces: &[&str] = match shell {
            Shell::Zsh => &["setopt xtrace", "set -xv", "setopt xtrace; PS4='+%x:%i:%_> '"],
            Shell::Bash => &["set -x", "set -xv", "set -x; set -T", "exec 2>trace; BASH_XTRACEFD=2; set -x"],
            Shell::Fish => &["set -g fish_trace 1", "set -g fish_trace all"],
        };
        for trace in traces {
            survives(shell, "", trace);
            survives(shell, trace, "");
        }
    }
}

#[test]
fn tracing_continues_after_the_call() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", USE, 0);
        let trace = if shell == Shell::Fish { "set -g fish_trace 1" } else { "set -x" };
        let output = home.script(shell, &format!("LOAD\n{trace}\nssox use dev\ncommand true MARKER\n"));
        assert!(String::from_utf8_lossy(&output.stderr).contains("true MARKER"), "{shell:?}");
    }
}

#[test]
fn the_options_of_the_shell_stay_as_they_were() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        home.reply("use", USE, 0);
        home.reply("clear", CLEAR, 0);
        let (set, options) = match shell {
            Shell::Bash => (
                "set -fCu; shopt -s nocasematch expand_aliases; IFS=x; trap 'true' INT",
                "set -o; shopt; shopt -o; trap; alias; echo \"$IFS\"",
            ),
            _ => ("setopt ksh_arrays no_clobber null_glob; IFS=x; trap 'true' INT", "setopt; trap; alias; echo $IFS"),
        };
        let script =
            format!("{set}\n{{ {options}; }} >|before\nLOAD\nssox use dev\nssox clear\n{{ {options}; }} >|after");
        home.script(shell, &script);
        assert_eq!(home.read("before"), home.read("after"), "{shell:?}");
    }
}

#[test]
fn a_variable_set_for_one_call_does_not_keep_clear_from_unsetting_it() {
    // zsh restores both when the function ends; a function cannot prevent it.
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Zsh) {
        let home = Home::scripted();
        home.reply("use", USE, 0);
        let mine = shell.export("AWS_PROFILE", "mine");
        let script = format!("{mine}\nLOAD\nAWS_PROFILE=call AWS_REGION=call ssox use dev\ncommand env\n");
        let output = home.script(shell, &script);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("AWS_REGION=eu west") && !told.contains("AWS_PROFILE="), "{shell:?}: {told}");
    }
}
