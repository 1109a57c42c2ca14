//! Hooks of the person's own that call `ssox use` or `ssox clear` when the directory changes, together with `.ssox`
//! files: what such a hook puts in use counts, and the prompt shows it; and hooks that change the directory.

use crate::directories_of_tools::look;
use crate::shells::{Shell, in_each, shells, signed_in};
use std::time::Duration;

/// Lines of an rc file, after ssox, with a hook that runs the file `on-arrival` of the new directory.
pub(crate) fn hooks(shell: Shell) -> &'static [&'static str] {
    match shell {
        Shell::Zsh => &[
            "arrive() { [[ ! -f on-arrival ]] || . ./on-arrival }\nchpwd_functions+=(arrive)",
            "arrive() { [[ $PWD == $last ]] || { last=$PWD; [[ ! -f on-arrival ]] || . ./on-arrival } }\nprecmd_functions+=(arrive)",
        ],
        Shell::Bash => &[
            "cd() { builtin cd \"$@\" && if [ -f on-arrival ]; then . ./on-arrival; fi; }",
            "arrive() { [ \"$PWD\" = \"$last\" ] || { last=$PWD; [ ! -f on-arrival ] || . ./on-arrival; }; }\nPROMPT_COMMAND=$PROMPT_COMMAND$'\\narrive'",
        ],
        Shell::Fish => &[
            "function arrive --on-variable PWD; test -f on-arrival; and source on-arrival; end",
            "function arrive --on-event fish_prompt; test \"$PWD\" = \"$last\"; and return; set -g last $PWD\n\
             test -f on-arrival; and source on-arrival; end",
        ],
    }
}

const DEV: &str = "ours ours ours ends eu-west-1 - dev:ReadOnly";
const STG: &str = "ours ours ours ends eu-central-1 - stg:PowerUser";
const NOTHING: &str = "- - - - - - ";

/// Walks through directories: `ours` has a `.ssox` file, and the others run these lines.
fn walk(shell: Shell, hook: &str, steps: &[(&str, &str)]) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    home.write("ours/.ssox", "profile = dev\n");
    home.allow("ours");
    home.write("ours/plain/file", "");
    home.write("uses/on-arrival", "ssox use stg\n");
    home.write("ours/uses/on-arrival", "ssox use stg\n");
    home.write("clears/on-arrival", "ssox clear\n");
    home.write("ours/clears/on-arrival", "ssox clear\n");
    home.write("disturbs/on-arrival", &format!("ssox use stg\n{}\n", shell.export("AWS_PROFILE", "x")));
    let mut session = home.session(shell, &format!("LOAD\n{hook}"));
    let mut path = String::new();
    for (step, expected) in steps {
        session.run(step);
        path = format!("{path}; {step}");
        assert_eq!(look(&mut session, &home).0, *expected, "{shell:?} {hook}{path}");
    }
}

fn walk_everywhere(steps: &[(&str, &str)]) {
    in_each(&shells(), |shell| hooks(shell).iter().for_each(|hook| walk(shell, hook, steps)));
}

#[test]
fn what_a_hook_of_your_own_uses_on_leaving_a_directory_is_recorded() {
    let unset = |shell| if shell == Shell::Fish { "set -e AWS_PROFILE" } else { "unset AWS_PROFILE" };
    in_each(&shells(), |shell| {
        for hook in hooks(shell) {
            walk(
                shell,
                hook,
                &[
                    ("ssox use dev", DEV),
                    ("cd ~/ours", DEV),
                    ("cd ~/disturbs", "ours ours ours ends eu-central-1 x stg:PowerUser?"),
                    (unset(shell), STG),
                    ("ssox clear", NOTHING),
                ],
            );
        }
    });
}

#[test]
fn what_a_hook_of_your_own_does_inside_a_directory_counts_until_it_is_left() {
    walk_everywhere(&[
        ("ssox use stg", STG),
        ("cd ~/ours", DEV),
        ("cd uses", STG),
        ("cd ../plain", STG),
        ("cd ../clears", NOTHING),
        ("cd ../plain", NOTHING),
        ("cd ~", STG),
        ("ssox clear", NOTHING),
    ]);
}

#[test]
fn what_a_hook_of_your_own_does_outside_a_directory_stays() {
    walk_everywhere(&[
        ("ssox use dev", DEV),
        ("cd ~/ours", DEV),
        ("cd ~/uses", STG),
        ("cd ~/ours", DEV),
        ("cd ~/clears", NOTHING),
        ("cd ~/ours", DEV),
        ("cd ~", NOTHING),
    ]);
}

/// bash runs no hook between `cd` and the rest of its line.
#[test]
fn the_rest_of_the_line_changes_what_is_in_use_outside() {
    walk_everywhere(&[
        ("cd ~/ours", DEV),
        ("cd ~; ssox use stg", STG),
        ("true", STG),
        ("cd ~/ours/plain", DEV),
        ("cd ..; ssox clear", NOTHING),
        ("cd plain", NOTHING),
        ("cd ~", STG),
        ("cd ~/ours; true", DEV),
        ("cd ~; ssox clear", NOTHING),
    ]);
}

/// It runs between the first and the last hook of ssox. The `cd` of mise for bash runs `chpwd_functions`.
#[test]
fn a_hook_of_your_own_that_changes_the_directory_is_seen_at_once() {
    in_each(&shells(), |shell| {
        let rc = match shell {
            Shell::Zsh => {
                "LOAD
                go() { [[ ! -s ~/to ]] || { cd \"$(<~/to)\"; : >~/to } }
                precmd_functions+=(go)"
            }
            Shell::Bash => {
                "chpwd_functions=(:)
                cd() { builtin cd \"$@\" || return; for each in \"${chpwd_functions[@]}\"; do \"$each\"; done; }
                LOAD
                go() { if test -s ~/to; then cd \"$(cat ~/to)\"; : >~/to; fi; }
                PROMPT_COMMAND+=$'\\ngo'"
            }
            Shell::Fish => {
                "LOAD
                function go --on-event fish_prompt
                    test -s ~/to; and cd (cat ~/to); and echo -n >~/to
                end"
            }
        };
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("project/.ssox", "profile = stg\n");
        home.allow("project");
        let mut session = home.session(shell, rc);
        for outside in ["", "dev:ReadOnly 5"] {
            session.run("echo ~/project >~/to");
            session.wait_for_prompt_with(&["stg:PowerUser 5"]);
            session.run("echo ~ >~/to");
            session.wait_for_prompt_with(if outside.is_empty() { &[] } else { std::slice::from_ref(&outside) });
            session.run("ssox use dev");
            let rows = session.prompt_rows();
            assert!(!rows[rows.len() - 2].contains("stg:"), "{shell:?}: {rows:#?}");
        }
    });
}

/// A hook that takes the text of the prompt segment, instead of its name, runs between the two hooks of ssox.
#[test]
fn a_prompt_that_a_hook_of_your_own_makes_shows_the_directory_at_once() {
    in_each(&shells(), |shell| {
        let rc = match shell {
            Shell::Zsh => "LOAD\nbake() { PROMPT=\"<<%!>> [$SSOX_SEGMENT] \" }\nprecmd_functions+=(bake)",
            Shell::Bash => "LOAD\nbake() { PS1=\"<<\\\\#>> [$SSOX_SEGMENT] \"; }\nPROMPT_COMMAND+=$'\\nbake'",
            Shell::Fish => {
                "LOAD
                function bake --on-event fish_prompt; set -g baked $SSOX_SEGMENT; end
                function fish_prompt; echo -n \"<<$prompts>> [$baked] \"; end"
            }
        };
        let (_standin, home) = signed_in(Duration::from_secs(10_000));
        home.write("project/.ssox", "profile = stg\n");
        home.write("project/below/file", "");
        assert!(home.command("ssox").args(["allow", "project"]).status().expect("ssox starts").success());
        let mut session = home.session(shell, rc);
        for (line, shown) in [
            ("true", "[]"),
            ("cd project", "[stg:PowerUser 2h"),
            ("cd below", "[stg:PowerUser 2h"),
            ("cd ~", "[]"),
            ("ssox use dev", "[dev:ReadOnly 2h"),
            ("cd project", "[stg:PowerUser 2h"),
            ("true", "[stg:PowerUser 2h"),
            ("cd ~", "[dev:ReadOnly 2h"),
        ] {
            session.run(line);
            session.wait_for_prompt_with(&[shown]);
        }
    });
}
