//! The function `ssox` for POSIX shells works with unusual shell options, aliases, functions and IFS, and with tracing.

use crate::posix::{posix_shells, run};
use crate::shells::Home;

const USE: &str =
    "#ssox1\n=AWS_SECRET_ACCESS_KEY=hunter2 =A*=$x\n=AWS_REGION=eu west\n=SSOX_PROFILE=dev\n-AWS_PROFILE\n#end\n";
const CLEAR: &str = "#ssox1\n-AWS_SECRET_ACCESS_KEY\n-AWS_REGION\n-SSOX_PROFILE\n#end\n";

const SETUPS: [&str; 13] = [
    "set -eu",
    "set -C",
    "set -f",
    "set -a",
    "IFS=",
    "IFS=A",
    "IFS=' ='",
    "IFS=_",
    "IFS=0123456789",
    "unset -v IFS",
    "set -x",
    "set -v",
    "PS4='$AWS_SECRET_ACCESS_KEY '; set -x",
];

/// Runs use and clear in a shell with this set-up before and after loading.
fn survives(shell: &str, before: &str, after: &str) {
    let home = Home::scripted();
    home.reply("use", USE, 0);
    home.reply("clear", CLEAR, 0);
    home.write("show", "env | grep -E '^(AWS_|SSOX_PROFILE|_ssox_(seen|held|kept|left))' | sort >>out\n");
    let show = |status| format!("\\command env sh show; \\echo \"status {status}\" >>out");
    let script = format!(
        "AWS_PROFILE=mine AWS_SECRET_ACCESS_KEY='my own key'; export AWS_PROFILE AWS_SECRET_ACCESS_KEY\n{before}\n\
        \\eval \"$(\\command ssox init posix)\"\n{after}\n'ssox' use dev\n{}\n'ssox' use dev\n'ssox' clear\n{}\n",
        show("$?"),
        show("$?")
    );
    let told = run(&home, shell, &script);
    let used = "AWS_REGION=eu west\nAWS_SECRET_ACCESS_KEY=hunter2 =A*=$x\nSSOX_PROFILE=dev\nstatus 0\n";
    let cleared = "AWS_PROFILE=mine\nAWS_SECRET_ACCESS_KEY=my own key\nstatus 0\n";
    let out = std::fs::read_to_string(home.path("out")).unwrap_or_default();
    assert_eq!(out, format!("{used}{cleared}"), "{shell} [{before}] [{after}]: {told}");
    assert!(!told.contains("HOSTILE"), "{shell} [{before}] [{after}]: {told}");
    // PS4 of the last set-up shows the key itself.
    let is_shown = told.contains("hunter2") && !format!("{before}{after}").contains("PS4");
    assert!(!is_shown, "{shell} [{before}] [{after}]: {told}");
}

#[test]
fn options_and_ifs_do_not_matter() {
    for shell in posix_shells() {
        for setup in SETUPS {
            survives(shell, setup, "");
            survives(shell, "", setup);
        }
        if matches!(shell, "ksh93" | "mksh") {
            survives(shell, "set -k", "");
            survives(shell, "", "set -k");
        }
    }
}

#[test]
fn aliases_and_functions_do_not_matter() {
    let words = [
        "alias", "break", "command", "continue", "echo", "eval", "exec", "exit", "export", "printf", "return", "set",
        "ssox", "typeset", "unalias", "unset",
    ];
    let aliases: String = words.iter().map(|word| format!("\\alias {word}='echo HOSTILE'\n")).collect();
    let functions: String = ["test", "read", "true"].map(|word| format!("{word}() {{ echo HOSTILE; }}\n")).concat();
    for shell in posix_shells() {
        survives(shell, &aliases, "");
        survives(shell, "", &aliases);
        survives(shell, &functions, "");
    }
}

#[test]
fn the_options_of_the_shell_stay_as_they_were() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", USE, 0);
        home.reply("clear", CLEAR, 0);
        let show = "set +o; alias; trap; echo \"[$IFS]\"";
        let script = format!(
            "alias x=y\ntrap : INT\nset -faCu\nIFS=x\n{{ {show}; }} >|before\nLOAD\nssox use dev\nssox clear\n{{ {show}; }} >|after"
        );
        assert_eq!(run(&home, shell, &script), "", "{shell}");
        assert_eq!(home.read("before"), home.read("after"), "{shell}");
    }
}

#[test]
fn tracing_continues_after_the_call() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", USE, 0);
        let told = run(&home, shell, "LOAD\nset -x\nssox use dev\necho MARKER\n");
        assert!(told.contains("echo MARKER") && !told.contains("hunter2"), "{shell}: {told}");
    }
}
