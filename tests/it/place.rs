//! Where the prompt shows the prompt segment, when it shows none, and that no process is started to show it.

use crate::posix::posix_shells;
use crate::pty::Terminal;
use crate::segment::{LATER, seconds_from_now, segment};
use crate::shells::{Home, Shell, installed, shells, shows_once, signed_in};
use std::time::Duration;

/// Returns the text of the prompt that the shell computes, with the prompt segment.
fn prompt_text(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => "print -r -- \"$PROMPT|$RPROMPT|placed $_ssox_placed\" >prompt",
        Shell::Bash => "echo \"$PS1\" >prompt",
        Shell::Fish => "functions fish_right_prompt >prompt 2>/dev/null",
    }
}

/// What a prompt has where the prompt segment was placed: in fish, a line in a right prompt of somebody, or one of its
/// own.
const MARKS: [&str; 4] = ["placed 1", "_ssox_ps1", "_ssox_draw", "_ssox_painted"];

fn is_placed(home: &Home, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> bool {
    let mut session = home.session_with(shell, rc, variables);
    session.run("true");
    session.run(prompt_text(shell));
    let prompt = home.read("prompt");
    MARKS.iter().any(|mark| prompt.contains(mark))
}

#[test]
fn a_prompt_of_your_own_keeps_what_it_has() {
    for shell in shells() {
        let home = Home::scripted();
        let (rc, mine) = match shell {
            Shell::Zsh => ("LOAD\nRPROMPT='%~ mine'\nLOAD", "%~ mine"),
            Shell::Bash => ("LOAD\nPS1=\"mine $PS1\"\nLOAD", "mine <<\\#>> "),
            Shell::Fish => ("LOAD\nfunction fish_right_prompt; echo mine; end\nLOAD", "echo mine"),
        };
        assert!(is_placed(&home, shell, rc, &[("SSOX_PROMPT", "dev")]), "{shell:?}: {}", home.read("prompt"));
        let prompt = home.read("prompt");
        assert!(prompt.contains(mine), "{shell:?}: {prompt}");
        let marks = ["%F{green}dev", "{_ssox_ps1", "_ssox_draw", "-- $_ssox_painted"];
        let placed = marks.iter().map(|mark| prompt.matches(mark).count()).max();
        assert!(matches!(placed, Some(1 | 2)), "{shell:?}: placed twice: {prompt}");
    }
}

#[test]
fn a_right_prompt_of_your_own_sees_the_status_of_the_command() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let home = Home::scripted();
    let rc = "function fish_right_prompt; echo -n \"[ended $status]\"; end\nLOAD";
    let mut session = home.session_with(Shell::Fish, rc, &[("SSOX_PROMPT", "dev")]);
    session.run("true");
    session.run("sh -c 'exit 7'");
    // The right prompt is drawn after the prompt that is waited for.
    session.run("true");
    let seen = session.terminal.transcript();
    assert!(seen.contains("[ended 7]"), "{seen}");
}

/// A plugin wraps the prompt again wherever it does not find its mark in it.
#[test]
fn a_plugin_that_wraps_the_right_prompt_shows_both() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let plugin = r#"function wrap --on-event fish_prompt
            string match -q '*# the mark*' -- "$(functions fish_right_prompt)"; and return
            functions -e theirs
            functions -c fish_right_prompt theirs
            function fish_right_prompt
                # the mark
                theirs
            end
        end"#;
    let mine = "function fish_right_prompt; echo -n mine; end";
    for rc in [format!("{mine}\n{plugin}\nLOAD"), format!("LOAD\n{mine}\n{plugin}"), format!("LOAD\n{plugin}")] {
        let home = Home::scripted();
        let mut session = home.session_with(Shell::Fish, &rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
        let mine = if rc.contains("mine") { "mine" } else { "dev" };
        for _ in 0..3 {
            session.run("true");
            session.wait_for_prompt_with(&["dev:ReadOnly", mine]);
        }
        let seen = session.terminal.transcript();
        assert!(!seen.contains("in function"), "{seen}");
    }
}

/// `fish_config prompt choose` and plugins do so. A line of the person that names the function removes the segment.
#[test]
fn a_right_prompt_that_another_program_replaces_gets_the_segment_again() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    for mine in ["", "function fish_right_prompt; echo -n mine; end\n"] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let rc = format!(
            "{mine}LOAD\nfunction choose; functions -e fish_right_prompt; end\n\
             function replace; function fish_right_prompt; echo -n theirs; end; end"
        );
        let mut session = home.session(Shell::Fish, &rc);
        session.run("ssox use dev");
        session.run("choose");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("replace");
        session.run("true");
        session.wait_for_prompt_with(&["dev:ReadOnly 5", "theirs"]);
        session.run("ssox clear");
        session.run("choose");
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run("functions -e fish_right_prompt");
        for _ in 0..3 {
            session.run("true");
        }
        assert!(!session.prompt_rows().last().is_some_and(|row| row.contains("dev:")), "{mine}");
    }
}

/// `fish_config prompt save` and `funcsave` write the function as it is, with the line of ssox.
#[test]
fn a_right_prompt_that_was_saved_with_the_segment_shows_it_once() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = home.session(Shell::Fish, "function fish_right_prompt; echo -n \"mine $status\"; end\nLOAD");
    session.run("ssox use dev");
    session.run("funcsave fish_right_prompt");
    drop(session);
    let mut session = home.session(Shell::Fish, "LOAD");
    session.run("sh -c 'exit 7'");
    session.wait_for_prompt_with(&["mine 7"]);
    session.run("ssox use dev");
    session.wait_for_prompt_with(&["dev:ReadOnly 5", "mine 0"]);
    let seen = session.terminal.transcript();
    assert!(!seen.contains("nknown command"), "{seen}");
}

/// A plugin that wraps the right prompt while the shell runs.
#[test]
fn a_right_prompt_that_is_wrapped_later_shows_the_segment_once() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let rc = "LOAD\nfunction wrap; functions -c fish_right_prompt inner; function fish_right_prompt; echo -n theirs; inner; end; end\n\
              function later --on-event fish_prompt; set -q SSOX_PROMPT; and not functions -q inner; and wrap; end";
    let mut session = home.session(Shell::Fish, rc);
    for line in ["true", "ssox use dev", "true", "ssox clear", "ssox use dev", "true"] {
        session.run(line);
        if line != "ssox clear" && line != "true" {
            session.wait_for_prompt_with(&["dev:ReadOnly 5", "theirs"]);
        }
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
        assert!(is_placed(&home, shell, "LOAD", &[("SSOX_PROMPT", "dev")]), "{shell:?}");
    }
}

#[test]
fn a_comment_about_a_framework_is_no_framework() {
    if shells().contains(&Shell::Fish) {
        let home = Home::scripted();
        for comment in ["# not powerline", "echo -n '' # starship was here", "# see SSOX_SEGMENT"] {
            let right = format!("function fish_right_prompt\n {comment}\n end\nLOAD");
            assert!(is_placed(&home, Shell::Fish, &right, &[("SSOX_PROMPT", "dev")]), "{}", home.read("prompt"));
            let left = format!("function fish_prompt\n {comment}\n echo -n \"<<$prompts>> \"\nend\nLOAD");
            assert!(is_placed(&home, Shell::Fish, &left, &[("SSOX_PROMPT", "dev")]), "{}", home.read("prompt"));
        }
    }
}

/// Themes of oh-my-zsh have functions such as `git_prompt_info` in a plain prompt.
#[test]
fn a_function_in_a_plain_prompt_is_no_framework() {
    if shells().contains(&Shell::Zsh) {
        let home = Home::scripted();
        let rc = "setopt prompt_subst\ngit_prompt_info() { print main }\nPROMPT='$(git_prompt_info) <<%!>> '\nLOAD";
        assert!(is_placed(&home, Shell::Zsh, rc, &[("SSOX_PROMPT", "dev")]), "{}", home.read("prompt"));
    }
}

#[test]
fn a_prompt_that_is_set_at_each_display_shows_it_once() {
    let zsh = [
        "make() { RPROMPT='made' }\nprecmd_functions+=(make)\nLOAD",
        "LOAD\nprecmd() { RPROMPT='made' }",
        "make() { RPROMPT=\"made${RPROMPT#made}\" }\nprecmd_functions+=(make)\nLOAD",
        "setopt prompt_subst\nmake() { RPROMPT='made'; PROMPT=\"<<%!>> \" }\nLOAD\nprecmd_functions+=(make)",
    ];
    let bash = [
        "make() { PS1='made <<\\#>> '; }\nPROMPT_COMMAND=make\nLOAD",
        "make() { PS1='made <<\\#>> '; }\nLOAD\nPROMPT_COMMAND=\"$PROMPT_COMMAND; make\"",
        "make() { PS1='made <<\\#>> '; }\nLOAD\nPROMPT_COMMAND+=(make)",
        "__git_ps1() { PS1=\"$1made$2\"; }\nPROMPT_COMMAND='__git_ps1 \"\" \" <<\\#>> \"'\nLOAD",
    ];
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        for rc in if shell == Shell::Zsh { zsh } else { bash } {
            let home = Home::scripted();
            let mut session = home.session_with(shell, rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
            // At the first prompt, a hook that was added after ours still runs after it.
            let both = ["dev:ReadOnly", "made"];
            for _ in 0..4 {
                session.run("true");
                session.wait_for_prompt_with(&both);
            }
            let rows = session.prompt_rows();
            assert!(rows.len() == 5 && rows[1..].iter().all(|row| shows_once(row, &both)), "{shell:?} {rc}: {rows:#?}");
        }
    }
}

/// Debian's recommended `.zshrc` has `prompt adam1`. The first five of these themes of zsh have a hook, which is named
/// as zsh's manual tells.
#[test]
fn themes_that_come_with_zsh_show_it() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let number = "number() { PROMPT+='<<%!>> ' }; precmd_functions+=(number)";
    for theme in ["adam1", "adam2", "bart", "clint", "zefram", "mine", "fade", "walters"] {
        let home = Home::scripted();
        let mine =
            "prompt_mine_precmd() { PROMPT='mine ' }; prompt_mine_setup() { add-zsh-hook precmd prompt_mine_precmd }";
        let theme = format!(
            "autoload -Uz promptinit add-zsh-hook; promptinit; {mine}; prompt_themes+=(mine); prompt {theme}; {number}"
        );
        for rc in [format!("{theme}\nLOAD"), format!("LOAD\n{theme}")] {
            let mut session = home.session_with(Shell::Zsh, &rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
            session.run("true");
            session.wait_for_prompt_with(&["dev:ReadOnly"]);
        }
    }
}

/// Such a prompt would overwrite the segment.
#[test]
fn bash_shows_it_behind_the_return_to_the_first_column() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    for ps1 in [
        r"'\[\033[G\]mine <<\#>> '",
        r"'\[\e[2K\e[1G\]mine <<\#>> '",
        r"'\[\r\]mine <<\#>> '",
        r"$'\e[Gmine <<\\#>> '",
        r#""$(printf '%*s\r%s' 60 12:34 'mine <<\#>> ')""#,
        r"'above\n\r\[\e[32m\]mine <<\#>> \[\e[0m\]'",
        r"'[GIT] $(true \r)mine <<\#>> '",
    ] {
        let home = Home::scripted();
        let rc = format!("PS1={ps1}\nLOAD");
        let mut session = home.session_with(Shell::Bash, &rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
        session.run("true");
        session.wait_for_prompt_with(&["dev:ReadOnly", "mine"]);
    }
}

#[test]
fn a_prompt_set_by_the_user_later_has_no_segment() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        let mut session = home.session_with(shell, "LOAD", &[("SSOX_PROMPT", "dev:ReadOnly")]);
        // The hook may look a second time at the first prompt, and a line that is typed meanwhile counts as a hook's.
        session.wait_for_prompt_with(&["dev:ReadOnly"]);
        session.run("true");
        session.wait_for_prompt_with(&["dev:ReadOnly"]);
        session.run(if shell == Shell::Zsh { "RPROMPT=mine" } else { "PS1='<<\\#>> '" });
        for _ in 0..3 {
            session.run("true");
        }
        let rows = session.prompt_rows();
        assert!(rows[..2].iter().all(|row| row.contains("dev:ReadOnly")) && rows.len() == 6, "{rows:#?}");
        assert!(!rows[2..].iter().any(|row| row.contains("dev:ReadOnly")), "{shell:?}: {rows:#?}");
    }
}

/// The script of VS Code keeps the right prompt that it has wrapped, and puts it back before each command.
#[test]
fn a_right_prompt_that_others_put_back_shows_what_is_in_use_now() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let theirs = "keep() { [[ -z $busy || -z $RPROMPT ]] || kept=$RPROMPT RPROMPT=\"%{%}$RPROMPT%{%}\"; busy= }\n\
        put_back() { [[ -z $RPROMPT ]] || RPROMPT=$kept; busy=1 }\nbusy=1\nprecmd_functions+=(keep)\npreexec_functions+=(put_back)";
    for own in ["", "RPROMPT=own\n"] {
        let (_standin, home) = signed_in(Duration::from_secs(10_000));
        let mut session = home.session(Shell::Zsh, &format!("{own}LOAD\nssox use dev\n{theirs}"));
        session.wait_for_prompt_with(&["dev:ReadOnly 2h 4"]);
        for (line, shown) in
            [("true", "dev:ReadOnly 2h 4"), ("ssox use stg", "stg:PowerUser 2h 4"), ("true", "stg:PowerUser 2h 4")]
        {
            session.run(line);
            session.wait_for_prompt_with(&[shown]);
        }
        session.run("ssox clear");
        session.run("true");
        session.run("true");
        let rows = session.prompt_rows();
        let last = &rows[rows.len() - 2..];
        assert!(!last.iter().any(|row| row.contains(":ReadOnly") || row.contains(":PowerUser")), "{own}: {rows:#?}");
        assert!(rows[1..4].iter().all(|row| shows_once(row, &[" 2h"])), "{own}: {rows:#?}");
    }
}

/// Other programs use `psvar` too, empty it, and count its elements.
#[test]
fn the_psvar_of_other_programs_is_not_changed() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let home = Home::scripted();
    let rc = "LOAD\nprecmd_functions+=(others)\nothers() { psvar=() }\nRPROMPT='%(1v.on [%1v].off)'";
    let mut session = home.session_with(Shell::Zsh, rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
    for _ in 0..2 {
        session.wait_for_prompt_with(&["dev:ReadOnly", "off"]);
        session.run("true");
    }
    assert!(!session.terminal.seen().contains("on ["), "{}", session.terminal.transcript());
}

#[test]
fn no_prompt_shows_no_segment() {
    for shell in shells() {
        let home = Home::scripted();
        let rc = shell.load().replace(shell.name(), &format!("{} --no-prompt", shell.name()));
        assert!(!is_placed(&home, shell, &rc, &[("SSOX_PROMPT", "dev")]), "{shell:?}");
        assert_eq!(segment(&home, shell, &[("SSOX_PROMPT", "dev")]), "dev|ok", "{shell:?}");
        let mut session = home.session_with(shell, &rc, &[("SSOX_PROMPT", "visible")]);
        session.run("true");
        assert!(!session.terminal.seen().contains("visible"), "{shell:?}");
    }
}

#[test]
fn a_dumb_terminal_gets_no_segment() {
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
    let old_bash =
        "LOAD\ninit=$(command ssox init bash --whole)\nVERSION=(3 2)\neval \"${init//BASH_VERSINFO/VERSION}\"";
    let mut loaded: Vec<(Shell, &str)> = shells().into_iter().map(|shell| (shell, "LOAD")).collect();
    loaded.extend(shells().contains(&Shell::Bash).then_some((Shell::Bash, old_bash)));
    for (shell, load) in loaded {
        let home = Home::scripted();
        let expires = seconds_from_now(2990);
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
        assert!(session.terminal.seen().matches("dev:ReadOnly 4").count() > 10, "{shell:?}");
        assert_eq!(after[before..], [""; 0], "{shell:?}");
        session.run("/bin/true");
        assert!(processes(&home).len() > after.len(), "{shell:?}: strace sees nothing");
    }
}

/// The processes that were started so far; threads do not count.
pub(crate) fn processes(home: &Home) -> Vec<String> {
    home.read("trace").lines().filter(|line| !line.contains("CLONE_THREAD")).map(String::from).collect()
}

/// Many an rc file exports PS1. In another shell the text of ssox is there, and its variables and functions are not.
#[test]
fn another_shell_that_inherits_the_prompt_shows_the_rest_of_it() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let home = Home::scripted();
    let rc = "export PS1 PROMPT_COMMAND=true\nLOAD\nexport PROMPT_COMMAND=\"true; $PROMPT_COMMAND\"";
    let mut session = home.session_with(Shell::Bash, rc, &[("SSOX_PROMPT", "dev:ReadOnly")]);
    session.run("true");
    session.wait_for_prompt_with(&["dev:ReadOnly"]);
    session.run("env >inherited");
    let inherited = home.read("inherited");
    let marked: Vec<_> = inherited.lines().filter(|line| line.contains("_ssox_")).collect();
    let [ps1] = marked[..] else { panic!("{marked:#?}") };
    let ps1 = ps1.strip_prefix("PS1=").expect("it is PS1");
    // yash has a prompt of its own there.
    for shell in posix_shells().filter(|shell| *shell != "yash").chain(["bash --norc", "bash --posix -u"]) {
        let mut words = shell.split(' ');
        let mut command = home.command(words.next().expect("a shell"));
        command.args(words).arg("-i").env("PS1", ps1);
        let shown = Terminal::start(command).wait_for("<<");
        assert!(!shown.contains("ubstitution") && !shown.contains("ssox"), "{shell}: {shown}");
    }
}
