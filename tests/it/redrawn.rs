//! Prompts that are drawn again without a hook, or after another program has removed the hooks: they show the profile in use.

use crate::identity::{THEIRS, environment, segment, status};
use crate::pty::eventually;
use crate::shells::{Shell, in_each, shells, signed_in};
use std::time::Duration;

/// In bash, `bind -x` does not draw the prompt again.
#[test]
fn a_key_that_is_bound_to_use_shows_the_new_profile() {
    in_each(&[Shell::Zsh, Shell::Fish], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let bind = match shell {
            Shell::Fish => r#"bind \cg "ssox use stg; commandline -f repaint""#,
            _ => "choose() { ssox use stg }; zle -N choose; bindkey '^G' choose",
        };
        let mut session = home.session(shell, &format!("LOAD\n{bind}"));
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.terminal.keys("\x07");
        session.wait_for_prompt_with(&["stg:"]);
        assert!(!session.prompt_rows().last().is_some_and(|row| row.contains("dev:")), "{shell:?}");
        session.run("true");
        session.wait_for_prompt_with(&["stg:"]);
        assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "stg", "{shell:?}");
    });
}

/// With direnv, fish waits for the prompt before a layer begins, but for a key there is none.
#[test]
fn a_key_that_is_bound_to_cd_shows_the_profile_of_the_directory() {
    in_each(&[Shell::Zsh, Shell::Fish], |shell| {
        for tool in ["true", "function __direnv_export_eval --on-event fish_prompt; end"] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            home.write("project/.ssox", "profile = stg\n");
            let bind = match shell {
                Shell::Fish => {
                    r#"bind \cg "cd ~/project; commandline -f repaint"; bind \ct "cd ~; commandline -f repaint""#
                }
                _ => {
                    "into() { cd ~/project; zle reset-prompt }; zle -N into; bindkey '^G' into
                    out() { cd ~ }; zle -N out; bindkey '^T' out"
                }
            };
            let tool = if shell == Shell::Fish { tool } else { "true" };
            let mut session = home.session(shell, &format!("{tool}\nLOAD\n{bind}"));
            session.run("ssox allow project");
            session.run("ssox use dev");
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
            session.terminal.keys("\x07");
            session.wait_for_prompt_with(&["stg:PowerUser 5"]);
            assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "stg", "{shell:?} {tool}");
            session.terminal.keys("\x14");
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
            assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "dev", "{shell:?} {tool}");
        }
    });
}

#[test]
fn a_prompt_of_ones_own_shows_at_once_what_a_key_has_changed() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let rc = r#"ssox init fish --no-prompt | source
        function fish_prompt; echo -n "$SSOX_SEGMENT <<$prompts>> "; end
        bind \cg "ssox use stg; commandline -f repaint""#;
    let mut session = home.session(Shell::Fish, rc);
    session.run("ssox use dev");
    session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
    session.terminal.keys("\x07");
    session.wait_for_prompt_with(&["stg:"]);
}

/// Programs get it before the next prompt.
#[test]
fn fish_shows_at_once_what_another_shell_sets_as_a_universal_variable() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let own = r#"ssox init fish --no-prompt | source
        function fish_prompt; echo -n "$SSOX_SEGMENT <<$prompts>> "; end"#;
    for (rc, line, name, shown) in [
        ("LOAD", "ssox use dev", "AWS_PROFILE", "dev:ReadOnly 5"),
        ("LOAD", "ssox use dev", "AWS_SECURITY_TOKEN", "dev:ReadOnly 5"),
        ("LOAD", "ssox use dev --profile-only", "AWS_ACCESS_KEY_ID", "dev:ReadOnly"),
        (own, "ssox use dev", "AWS_PROFILE", "dev:ReadOnly 5"),
    ] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let elsewhere = |script: String| {
            assert!(home.command("fish").args(["-c", &script]).status().expect("fish starts").success());
        };
        let mut session = home.session(Shell::Fish, rc);
        session.run(line);
        session.wait_for_prompt_with(&[shown]);
        elsewhere(format!("set -Ux {name} other"));
        session.wait_for_prompt_with(&["dev:ReadOnly?"]);
        assert_eq!(status(&mut session, &home)["foreign"], true, "{name}");
        elsewhere(format!("set -eU {name}"));
        if rc == "LOAD" {
            session.wait_for_prompt_with(&[shown]);
        }
        assert_eq!(status(&mut session, &home)["foreign"], false, "{name}");
    }
}

#[test]
fn hooks_that_were_removed_come_back_with_use() {
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.run("precmd_functions=() preexec_functions=() PROMPT_COMMAND=:");
        session.run("ssox use stg");
        session.wait_for_prompt_with(&["stg:"]);
        session.run(&shell.export(THEIRS[0].0, THEIRS[0].1));
        session.wait_for_prompt_with(&["stg:PowerUser?"]);
        session.run("precmd_functions=() preexec_functions=() PROMPT_COMMAND=:");
        session.run("ssox clear");
        assert!(!session.prompt_rows().last().is_some_and(|row| row.contains("stg:")), "{shell:?}");
    });
}

/// Snippets for vi mode set the right prompt in a widget, asynchronous prompts in a handler: each time after all hooks.
#[test]
fn a_right_prompt_that_is_set_after_the_hooks_moves_the_segment_to_the_left() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let widget = "bindkey -v
        function zle-line-init zle-keymap-select { RPS1=\"${${KEYMAP/vicmd/-- NORMAL --}/(main|viins)/-- INSERT --}\"; RPS2=$RPS1; zle reset-prompt }
        zle -N zle-line-init; zle -N zle-keymap-select";
    let handler = "start() { exec {input}</dev/null; zle -F $input arrive }
        arrive() { zle -F $1; exec {input}<&-; RPROMPT=arrived; zle reset-prompt }
        precmd_functions+=(start)";
    for (snippet, theirs) in [(widget, "-- INSERT --"), (handler, "arrived")] {
        for rc in [format!("{snippet}\nLOAD"), format!("LOAD\n{snippet}")] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = home.session(Shell::Zsh, &rc);
            session.run("ssox use dev");
            session.wait_for_prompt_with(&["dev:ReadOnly 5", theirs]);
            session.run("true");
            session.wait_for_prompt_with(&["dev:ReadOnly 5", theirs]);
            session.run("ssox use stg");
            session.wait_for_prompt_with(&["stg:PowerUser 5", theirs]);
            for line in ["PROMPT='<<%!>> '", "true", "true"] {
                session.run(line);
                // A line that is typed sooner would be there before the handler runs.
                session.wait_for_prompt_with(&[theirs]);
            }
            let rows = session.prompt_rows();
            assert!(!rows[rows.len() - 3..].iter().any(|row| row.contains("stg:")), "{rc}: {rows:#?}");
        }
    }
}

/// Such a prompt saves both prompts with the segment when a line ends, and puts them back in a hook.
#[test]
fn a_transient_prompt_that_puts_the_right_prompt_back_shows_one_segment() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let transient = "RPROMPT=mine; long() { PROMPT=$saved; RPROMPT=$saved_right }; saved=$PROMPT saved_right=$RPROMPT
        precmd_functions+=(long)
        short() { saved=$PROMPT saved_right=$RPROMPT; PROMPT='> ' RPROMPT=; zle reset-prompt; zle .accept-line }
        zle -N accept-line short";
    for rc in [format!("{transient}\nLOAD"), format!("LOAD\n{transient}")] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(Shell::Zsh, &rc);
        for (line, shown) in
            [("ssox use dev", "dev:ReadOnly 5"), ("true", "dev:ReadOnly 5"), ("ssox use stg", "stg:PowerUser 5")]
        {
            session.run(line);
            session.wait_for_prompt_with(&[shown, "mine"]);
        }
        session.run("ssox clear");
        session.run("true");
        session.wait_for_prompt_with(&["mine"]);
        let row = session.prompt_rows().pop().unwrap_or_default();
        assert!(!row.contains("stg") && !row.contains("dev"), "{rc} {row}");
    }
}

/// Hooks set it before each prompt, and transient prompts empty it when a line ends.
#[test]
fn a_right_prompt_that_a_hook_sets_or_a_line_empties_keeps_the_segment() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let hook = "mine() { RPROMPT=mine }; autoload -Uz add-zsh-hook; add-zsh-hook precmd mine";
    let transient = "RPROMPT=mine; preexec() { RPROMPT= }; precmd() { RPROMPT=mine }";
    for rc in [format!("LOAD\n{hook}"), format!("LOAD\n{transient}")] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(Shell::Zsh, &rc);
        for line in ["ssox use dev", "true", ": PROMPT_EOL_MARK", "true"] {
            session.run(line);
            session.wait_for_prompt_with(&["mine"]);
        }
        let row = session.prompt_rows().pop().unwrap();
        assert!(row.find("dev:ReadOnly 5").is_some_and(|at| at > 40), "{rc}: {row:?}");
    }
}

/// It keeps the text that ssox has put into it, so the prompt segment is shown on the left from then on.
#[test]
fn a_right_prompt_that_is_readonly_moves_the_segment_to_the_left() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    for rc in ["LOAD", "readonly RPROMPT=own\nLOAD"] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(Shell::Zsh, rc);
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("readonly RPROMPT");
        session.run("ssox use stg");
        session.wait_for_prompt_with(&["stg:PowerUser 5"]);
        session.run("ssox clear");
        session.run("true");
        let rows = session.prompt_rows();
        assert!(!rows[rows.len() - 2..].iter().any(|row| row.contains("stg:")), "{rc}: {rows:#?}");
        assert!(!session.terminal.seen().contains("read-only"), "{}", session.terminal.transcript());
    }
}

/// What the hook wants to set cannot be set.
#[test]
fn a_label_that_is_readonly_is_shown_as_foreign() {
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        for name in ["SSOX_PROMPT", "SSOX_STATE"] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = home.session(shell, "LOAD");
            session.run("ssox use dev");
            session.run(&format!("readonly {name}"));
            session.run(&shell.export(THEIRS[0].0, THEIRS[0].1));
            session.wait_for_prompt_with(&["dev:ReadOnly?"]);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            assert_eq!(status(&mut session, &home)["foreign"], true, "{shell:?} {name}");
        }
    });
}

/// These are for prompts of people's own; the prompt segment does not need them.
#[test]
fn a_segment_variable_that_is_readonly_does_not_keep_the_segment() {
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        for name in ["SSOX_SEGMENT", "SSOX_SEGMENT_STATE"] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = home.session(shell, "LOAD");
            session.run("ssox use dev");
            session.run(&format!("readonly {name}"));
            session.run(&shell.export(THEIRS[0].0, THEIRS[0].1));
            session.wait_for_prompt_with(&["dev:ReadOnly?"]);
            session.run("ssox use stg");
            session.wait_for_prompt_with(&["stg:PowerUser 5"]);
            session.run("ssox clear");
            assert!(!session.prompt_rows().last().is_some_and(|row| row.contains("stg:")), "{shell:?} {name}");
        }
    });
}

/// People who keep a record of all commands make it readonly.
#[test]
fn a_prompt_command_that_is_readonly_keeps_the_hooks_it_has() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let rcs = [
        "LOAD\nreadonly PROMPT_COMMAND",
        "LOAD\nPROMPT_COMMAND+=$'\\ntrue'\nreadonly PROMPT_COMMAND",
        "LOAD\nPROMPT_COMMAND+=(true)\nreadonly PROMPT_COMMAND",
        "LOAD\nPROMPT_COMMAND=\"true;$PROMPT_COMMAND\"\nreadonly PROMPT_COMMAND",
        "LOAD\nPS0=\nreadonly PS0",
        "PROMPT_COMMAND=true\nreadonly PROMPT_COMMAND\nLOAD",
    ];
    for rc in rcs {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(Shell::Bash, rc);
        session.run("ssox use dev");
        let has_hooks = rc.starts_with("LOAD");
        if has_hooks {
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        }
        assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "dev", "{rc}");
        session.run(&Shell::Bash.export(THEIRS[0].0, THEIRS[0].1));
        if has_hooks {
            session.wait_for_prompt_with(&["dev:ReadOnly?"]);
        }
        let told = session.terminal.seen();
        assert!(!told.contains("readonly variable"), "{rc}: {told}");
    }
}

/// `deactivate` puts the prompt back that was there before. The first use comes after the activation.
#[test]
fn a_virtual_environment_that_is_activated_before_the_first_use_keeps_the_segment() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let made =
            std::process::Command::new("python3").args(["-m", "venv", "--without-pip"]).arg(home.path("v")).status();
        assert!(made.is_ok_and(|status| status.success()), "python3 has venv");
        let mut session = home.session(shell, "LOAD");
        session.run(if shell == Shell::Fish { ". ~/v/bin/activate.fish" } else { ". ~/v/bin/activate" });
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("deactivate");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("ssox use stg");
        session.wait_for_prompt_with(&["stg:PowerUser 5"]);
    });
}

/// nodeenv and Spack have names of their own for the saved prompt. A line that names PS1 removes the segment.
#[test]
fn bash_keeps_the_segment_where_a_command_puts_the_first_ps1_back() {
    in_each(&[Shell::Bash], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD\nkept=$PS1; leave() { PS1=$kept; }");
        session.run("ssox use dev");
        for line in ["leave", "true", "ssox use dev", "leave"] {
            session.run(line);
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        }
        session.run("PS1=$kept");
        session.run("leave");
        let rows = session.prompt_rows();
        assert!(rows.iter().rev().take(2).all(|row| !row.contains("dev:")), "{rows:?}");
    });
}

/// PS0 takes the prompt segment down before each command, so that nothing old is shown where the hooks are gone.
#[test]
fn bash_with_another_ps0_shows_nothing_where_the_hooks_are_gone() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    for ps0 in ["at \\t ", "$(:)"] {
        let mut session = home.session(Shell::Bash, "LOAD");
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run(&format!("PS0='{ps0}'"));
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("PROMPT_COMMAND=");
        session.run("unset AWS_ACCESS_KEY_ID");
        session.run("true");
        let rows = session.prompt_rows();
        assert!(!rows.last().expect("a prompt").contains("dev:"), "{ps0}: {rows:?}");
    }
}

/// The integration of WezTerm marks the prompt, and before each command it puts back what PS1 was before that.
#[test]
fn bash_where_a_hook_puts_an_old_ps1_back_keeps_the_segment() {
    let hook = "mark() { saved=$PS1; PS1=\"\\[\\e[0m\\]$PS1\"; }
        trap '[[ -z ${saved-} || $BASH_COMMAND == *_ssox* ]] || { PS1=$saved; saved=; }' DEBUG";
    for rc in [format!("{hook}\nPROMPT_COMMAND=mark\nLOAD"), format!("LOAD\n{hook}\nPROMPT_COMMAND+=(mark)")] {
        in_each(&[Shell::Bash], |shell| {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let mut session = home.session(shell, &rc);
            session.run("ssox use dev");
            session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
            for _ in 0..3 {
                session.run("true");
                session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
            }
            session.run("ssox use stg");
            session.wait_for_prompt_with(&["stg:"]);
        });
    }
}

#[test]
fn what_became_readonly_in_a_directory_does_not_keep_the_rest_from_being_restored() {
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        for name in ["AWS_REGION", "AWS_PROFILE", "SSOX_PROMPT"] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            home.write("project/.ssox", "profile = stg\n");
            let mut session = home.session(shell, "LOAD");
            session.run("ssox use dev");
            let outside = environment(&mut session, &home);
            session.run("cd project; ssox allow");
            session.run("true");
            assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "stg", "{shell:?} {name}");
            session.run(&format!("readonly {name}; cd .."));
            session.run("true");
            let left = environment(&mut session, &home);
            assert_eq!(left["AWS_ACCESS_KEY_ID"], outside["AWS_ACCESS_KEY_ID"], "{shell:?} {name}");
            assert_eq!(left["SSOX_PROFILE"], "dev", "{shell:?} {name}");
            let is_foreign = status(&mut session, &home)["foreign"] == true;
            let shown = segment(&mut session, &home);
            assert_eq!(is_foreign, name == "AWS_REGION", "{shell:?} {name} {shown}");
            let is_sure = shown.starts_with("dev:ReadOnly 5");
            assert_eq!(is_sure || name == "AWS_PROFILE", name == "AWS_PROFILE", "{shell:?} {name} {shown}");
            assert!(is_sure || shown.ends_with("?|foreign"), "{shell:?} {name} {shown}");
        }
    });
}

#[test]
fn verify_asks_about_the_profile_that_tools_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let verified = |session: &mut crate::shells::Session| {
            session.run("ssox status --verify >~/told 2>&1");
            home.read("told")
        };
        session.run(&shell.export("AWS_PROFILE", "stg"));
        let told = verified(&mut session);
        assert!(told.contains("assumed-role/AWSReservedSSO_PowerUser_"), "{shell:?} {told}");
        session.run("ssox use --profile-only dev");
        assert!(verified(&mut session).contains("assumed-role/AWSReservedSSO_ReadOnly_"), "{shell:?}");
        session.run(&shell.export("AWS_PROFILE", "stg"));
        assert!(verified(&mut session).contains("assumed-role/AWSReservedSSO_PowerUser_"), "{shell:?}");
        session.run(&shell.export("AWS_PROFILE", "gone"));
        assert!(!verified(&mut session).contains("assumed-role/"), "{shell:?}");
    });
}

/// After an error in the function `precmd`, zsh runs no other hook.
#[test]
fn a_function_precmd_that_fails_leaves_no_old_segment() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = home.session(Shell::Zsh, "LOAD\nprecmd() { [[ ! -e fails ]] || echo *.none }");
    session.run("ssox use dev");
    session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
    session.run("touch fails; ssox use stg");
    session.wait_for_prompt_with(&[]);
    assert!(!session.prompt_rows().last().is_some_and(|row| row.contains("dev:")));
    session.run("command rm fails");
    session.wait_for_prompt_with(&["stg:PowerUser 5"]);
}

/// fish runs none of the hooks after the one that Ctrl-C has ended.
#[test]
fn ctrl_c_in_a_hook_shows_the_profile_of_the_directory() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    home.write("project/.ssox", "profile = dev\n");
    home.allow("project");
    let slow =
        "LOAD\nfunction slow --on-event fish_prompt; test -e ~/slow; and begin; touch ~/runs; sleep 100; end; end";
    let mut session = home.session(Shell::Fish, slow);
    session.run("ssox use stg");
    session.wait_for_prompt_with(&["stg:PowerUser 5"]);
    session.terminal.enter("touch ~/slow; cd ~/project");
    eventually("the slow hook", || home.path("runs").exists().then_some(()));
    std::fs::remove_file(home.path("slow")).unwrap();
    session.terminal.keys("\x03");
    session.wait_for_prompt();
    session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
    assert_eq!(environment(&mut session, &home)["SSOX_PROFILE"], "dev");
    session.run("cd ~");
    session.wait_for_prompt_with(&["stg:PowerUser 5"]);
}
