//! What the hook must not change: exit statuses, other hooks, shell options and output.

use crate::hook::{DUE, RENEWED, ticks};
use crate::shells::{Home, Shell, shells};

#[test]
fn the_status_of_the_last_command_is_kept() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("tick", "#ssox1\n#end\n", 0);
        let mut session = home.session_with(shell, "LOAD", &DUE);
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
fn other_hooks_still_run_and_ours_runs_once() {
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
            // A reply that is due again at once: without a back-off, each run of the hook would call ssox.
            home.reply("tick", "#ssox1\n=SSOX_NEXT=1000000000\n#end\n", 0);
            let forget = if shell == Shell::Fish { "set -g _ssox_retry 0" } else { "_ssox_retry=0" };
            let mut session = home.session_with(shell, &format!("{define}\n{setup}"), &DUE);
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
    assert_eq!(
        String::from_utf8_lossy(&home.script(Shell::Bash, script).stdout),
        "[_ssox_precmd other _ssox_settle] []\n"
    );
    let script = "BLE_VERSION=0.4; blehook() { echo \"blehook $*\"; }\n\
        init=$(command ssox init bash); eval \"${init//'case $- in'/'case i in'}\"\necho \"[${PROMPT_COMMAND-}]\"";
    assert_eq!(
        String::from_utf8_lossy(&home.script(Shell::Bash, script).stdout),
        "blehook PRECMD!=_ssox_precmd\nblehook PRECMD-+=_ssox_settle\n[]\n"
    );
}

#[test]
fn a_shell_with_errexit_does_not_exit() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = Home::scripted();
        home.reply("tick", "", 1);
        let mut session = home.session_with(shell, "LOAD\nset -eu", &DUE);
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
        let mut session = home.session_with(shell, &format!("LOAD\n{trace}"), &DUE);
        session.run("true");
        session.run("true");
        assert_eq!(ticks(&home), 1);
        assert!(!session.terminal.transcript().contains("hunter2"), "{shell:?}: {}", session.terminal.transcript());
    }
}

/// powerlevel10k's instant prompt captures output until the first prompt, and closes stdin.
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
    let mut session = home.session_with(Shell::Zsh, rc, &DUE);
    session.run("true");
    assert_eq!((home.read("said").as_str(), ticks(&home)), ("", 1));
}
