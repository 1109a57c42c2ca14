//! The function `ssox` in nushell, elvish and xonsh: which replies it applies and refuses, and what it passes to the
//! program.

use crate::other_shells::{Other, in_each, initialize, others, run, session};
use crate::shells::Home;
use crate::wrappers::NO_REPLIES;
use std::fs;

const GOOD: &str = "#ssox1\n=AWS_REGION=eu-west-1\n=AWS_SESSION_TOKEN=a=b $(touch PWNED)`touch PWNED` ($env.HOME) 'x\"\\ ~ * {RED} é😀\n\
    =SSOX_PROFILE=dev\n=SSOX_PROMPT=dev\n-AWS_PROFILE\n-AWS_VAULT\n-AWSUME_PROFILE\n#end\n";
const CLEAR: &str = "#ssox1\n!SSOX_STATE\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-SSOX_PROFILE\n-SSOX_PROMPT\n-AWS_VAULT\n-AWS_PROFILE\n#end\n";

/// Returns the variables of AWS and ssox that `env` wrote into a file.
fn variables(home: &Home, file: &str) -> Vec<String> {
    let is_ours = |line: &&str| ["AWS", "SSOX_"].iter().any(|start| line.starts_with(start));
    let mut lines: Vec<String> = home.read(file).lines().filter(is_ours).map(String::from).collect();
    lines.sort();
    lines
}

fn env(file: &str) -> String {
    format!("sh -c 'env >{file}'")
}

#[test]
fn a_reply_is_applied_to_the_last_byte_and_clear_restores() {
    for shell in others() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        home.reply("clear", CLEAR, 0);
        let mine = [("AWS_REGION", "mine"), ("AWS_PROFILE", ""), ("AWS_VAULT", "v w"), ("AWS_SECURITY_TOKEN", "other")];
        let mine = mine.map(|(name, value)| shell.export(name, value)).join("\n");
        let script = format!(
            "{mine}\n{}\nLOAD\nssox use dev\n{}\nssox use other\nLOAD\nssox clear\n{}\nssox use dev\nssox clear\n{}",
            env("before"),
            env("used"),
            env("cleared"),
            env("again")
        );
        assert_eq!(run(&home, shell, &script), "", "{shell:?}");
        let token = GOOD.lines().nth(2).map_or("", |line| &line[1..]);
        let used = ["AWS_REGION=eu-west-1", "AWS_SECURITY_TOKEN=other", token, "SSOX_PROFILE=dev", "SSOX_PROMPT=dev"];
        assert_eq!(variables(&home, "used"), used, "{shell:?}");
        assert_eq!(variables(&home, "cleared"), variables(&home, "before"), "{shell:?}");
        assert_eq!(variables(&home, "again"), variables(&home, "before"), "{shell:?}");
        assert!(!home.path("PWNED").exists(), "{shell:?} ran a value");
        assert!(home.calls().starts_with(&format!("--emit={} use dev\n", shell.emit())), "{}", home.calls());
    }
}

#[test]
fn at_a_prompt_everything_is_restored_too() {
    for shell in others() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        home.reply("clear", CLEAR, 0);
        for lines in [
            &["ssox use dev", "ssox clear"][..],
            &["ssox use dev; ssox clear"],
            &["ssox use dev; ssox use dev; ssox clear"],
            &["ssox use dev", "ssox use dev; ssox clear"],
        ] {
            let mut session = session(&home, shell, "LOAD", &[("AWS_PROFILE", "mine"), ("AWS_REGION", "")]);
            let before = session.state(&home);
            lines.iter().for_each(|line| drop(session.run(line)));
            assert_eq!(session.state(&home), before, "{shell:?} {lines:?}");
        }
    }
}

/// Activating a virtual environment is an overlay. Used once more in a shell, hiding a variable has no effect in it.
#[test]
fn clear_removes_everything_in_an_overlay_of_nushell_that_is_used_again() {
    if !others().contains(&Other::Nushell) {
        return;
    }
    let home = Home::scripted();
    home.reply("use", GOOD, 0);
    home.reply("clear", CLEAR, 0);
    fs::write(home.path("venv.nu"), "export-env { $env.VIRTUAL_ENV = 'there' }\n").unwrap();
    let mut session = session(&home, Other::Nushell, "LOAD", &[]);
    session.run("ssox use dev");
    session.run("overlay use ~/venv.nu; ssox clear; overlay hide venv");
    assert!(session.state(&home).contains_key("AWS_SESSION_TOKEN"), "the change was undone");
    session.run("overlay use ~/venv.nu; ssox clear");
    assert!(session.state(&home).is_empty());
    session.run("ssox use dev");
    assert!(session.state(&home).contains_key("AWS_SESSION_TOKEN"));
    session.run("ssox clear");
    assert!(session.state(&home).is_empty());
}

#[test]
fn a_child_shell_unsets_what_it_inherited() {
    for shell in others() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=theirs\n=AWS_SSO_PROFILE=other\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-AWS_SSO_PROFILE\n-SSOX_PROFILE\n-SSOX_PROMPT\n#end\n", 0);
        let inherited = [("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev"), ("AWS_REGION", "dev")];
        let mut session = session(&home, shell, "LOAD", &inherited);
        session.run("ssox use other");
        session.run("ssox clear");
        assert!(session.state(&home).is_empty(), "{shell:?}");
    }
}

#[test]
fn output_that_is_no_reply_changes_nothing() {
    let more = [
        ("#ssox1\n=AWS_REGION=x\n\n#end\n", "unexpected reply"),
        ("#ssox1\n=AWS_REGION=x\n=PATH=/evil\n#end\n", "PATH"),
        ("#ssox1\n=AWS_REGION=x\n-PATH\n#end\n", "PATH"),
        ("#ssox1\n=AWS_REGION=x\n!PATH\n#end\n", "PATH"),
        ("#ssox1\n=AWS_REGION=x\n=aws_region=x\n#end\n", "aws_region"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_=x\n#end\n", "AWS_"),
        ("#ssox1\n=AWS_REGION=x\n=_ssox=x\n#end\n", "_ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_X;touch PWNED=x\n#end\n", "AWS_X;touch PWNED"),
        ("#ssox1\n=AWS_REGION=x\n-AWS_X(touch PWNED)\n#end\n", "AWS_X(touch PWNED)"),
    ];
    let bad: Vec<_> = NO_REPLIES.map(|reply| (reply, "unexpected reply")).into_iter().chain(more).collect();
    for shell in others() {
        let home = Home::scripted();
        for (n, (reply, _)) in bad.iter().enumerate() {
            home.write(&format!("reply{n}"), reply);
        }
        let tried = |n| {
            format!("sh -c 'cp reply{n} use.reply'\n{}\n{}", shell.trying("ssox use dev"), env(&format!("after{n}")))
        };
        let tries: Vec<String> = (0..bad.len()).map(tried).collect();
        let told = run(
            &home,
            shell,
            &format!("{}\nLOAD\n{}\n{}", shell.export("AWS_REGION", "mine"), env("before"), tries.join("\n")),
        );
        assert_eq!(told.lines().count(), bad.len(), "{shell:?}: {told}");
        for (n, (line, (reply, message))) in told.lines().zip(&bad).enumerate() {
            let is_reported =
                line.starts_with("ssox: ") && line.contains(message) && line.ends_with(", environment unchanged");
            assert!(is_reported, "{shell:?} {reply:?}: {line}");
            assert_eq!(variables(&home, "before"), variables(&home, &format!("after{n}")), "{shell:?} {reply:?}");
        }
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn a_failure_keeps_its_message_and_changes_nothing() {
    for shell in others() {
        let home = Home::scripted();
        home.reply("use", GOOD, 3);
        home.write("use.message", "ssox: sign in first\n");
        let script = format!("LOAD\n{}\n{}\n{}", env("before"), shell.trying("ssox use dev"), env("after"));
        assert_eq!(run(&home, shell, &script), "ssox: sign in first\n", "{shell:?}");
        assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?}");
        let mut session = session(&home, shell, "LOAD", &[]);
        let shown = session.run("ssox use dev");
        assert!(shown.contains("ssox: sign in first") && !shown.contains("Error"), "{shell:?}: {shown}");
        assert!(session.run(shell.status()).contains("status 3"), "{shell:?}");
        assert!(session.run("ssox fail").contains("arguments: <fail>"));
        assert!(session.run(shell.status()).contains("status 42"), "{shell:?}");
    }
}

/// What a person types behind `ssox` or the program's name.
fn arguments(shell: Other) -> &'static [&'static str] {
    match shell {
        Other::Nushell => &[
            "",
            "-v --no-input list -o x --",
            "exec dev -- use '' '*' 'a  b' -- --help",
            "exec --k='v w' --k=\"v w\" \"a\\tb\" 'quo\"te' \"it's\" `b t` r#'raw'#",
            "exec ~ '~' ~/x only*.txt '*' 'only*'",
            "exec true false null 5 007 0x10 1kb 1.10 1_000 2020-01-01 -1",
            "exec -p8080:80 -v/tmp:/x Name=x,Values=a,b a:b @x %x",
            "exec $v ...$l --k=($v) $'x($v)' (1 + 1) $env.HOME",
            "exec '$(touch PWNED)' '(touch PWNED)' \"$x\" '`' ';' '|' '&' '#x' a#b",
            "exec é😀 'x y' only?.txt",
        ],
        Other::Elvish => &[
            "",
            "-v --no-input list -o x --",
            "exec dev -- use '' '*' 'a  b' -- --help",
            "exec --k='v w' --k=\"v w\" \"a\\tb\" 'quo\"te' \"it's\" 'it''s'",
            "exec ~ '~' ~/x only*.txt '*' 'only*' o?ly.txt none*[nomatch-ok]",
            "exec true $true $nil 5 007 (num 5) 0x10 1kb 1.10 1_000 2020-01-01 -1",
            "exec -p8080:80 -v/tmp:/x Name=x,Values=a,b a:b @x %x",
            "exec $v $@l --k=$v x$v [a 'b c'] (put q 'r s') $E:HOME",
            "exec '$(touch PWNED)' '(touch PWNED)' '`' ';' '|' '&' '#x' {a,b}c a#b",
            "exec é😀 'x y' o?ly.txt",
        ],
        Other::Xonsh => &[
            "",
            "-v --no-input list -o x --",
            "exec dev -- use '' '*' 'a  b' -- --help",
            "exec \"a\\tb\" 'quo\"te' \"it's\" r'ra\\w' 'x'",
            "exec ~ ~/x only*.txt '*' 'only*' [a-z]nly*.txt",
            "exec r'$HOME' r'~' $HOME 'x$HOME' --k=$HOME",
            "exec True None 5 007 0x10 1kb 1.10 1_000 2020-01-01 -1",
            "exec -p8080:80 -v/tmp:/x Name=x,Values=a,b a:b %x",
            "exec @(v) @(l) --k=@(v)",
            "exec '(touch PWNED)' '`' ';' '|' '&' '#x' a#b '{RED}'",
            "exec é😀 'x y' only?.txt",
        ],
    }
}

#[test]
fn the_program_gets_the_arguments_as_if_it_had_been_called_directly() {
    for shell in others() {
        let home = Home::scripted();
        home.program("direct", &home.read("bin/ssox"));
        home.write("only.txt", "");
        let lines =
            |program: &str| arguments(shell).iter().map(|typed| format!("{program} {typed}\n")).collect::<String>();
        let values = match shell {
            Other::Nushell => "let v = 'b c'; let l = [x 'y z']",
            Other::Elvish => "var v = 'b c'; var l = [x 'y z']",
            Other::Xonsh => "v = 'b c'; l = ['x', 'y z']",
        };
        let direct = run(&home, shell, &format!("{values}\n{}", lines(&shell.program_call("direct"))));
        let through = run(&home, shell, &format!("{values}\nLOAD\n{}", lines("ssox")));
        assert_eq!(through, direct, "{shell:?}");
        assert_eq!(direct.matches("arguments:").count(), arguments(shell).len(), "{shell:?} {direct}");
        assert!(!home.path("PWNED").exists());
    }
}

#[test]
fn options_before_the_verb_do_not_hide_it_and_help_is_for_the_person() {
    for shell in others() {
        let home = Home::scripted();
        let helps = ["use --help", "use -h", "clear --help", "--help use", "--version use", "-V"];
        let script: String = helps.iter().map(|arguments| format!("ssox {arguments}\n")).collect();
        let expected = helps.map(|arguments| format!("arguments: <{}>\n", arguments.replace(' ', "> <"))).concat();
        assert_eq!(run(&home, shell, &format!("LOAD\n{script}")), expected, "{shell:?}");
        let home = Home::scripted();
        run(&home, shell, "LOAD\nssox -v --no-input use dev --region us-east-1");
        assert_eq!(home.calls(), format!("--emit={} -v --no-input use dev --region us-east-1\n", shell.emit()));
    }
}

#[test]
fn what_is_piped_reaches_every_verb() {
    for shell in others() {
        let home = Home::scripted();
        home.write(
            "bin/ssox",
            "#!/bin/sh\ncase $* in *use*) cat >taken; printf '#ssox1\\n=AWS_X=y\\n#end\\n' ;; *) cat ;; esac\n",
        );
        let pipe = |verb: &str| format!("{} | ssox {verb}", shell.program_call("printf 'an assertion'"));
        let script = format!("LOAD\n{}\n{}\n{}", pipe("use --saml-response -"), env("after"), pipe("exec cat"));
        assert_eq!(run(&home, shell, &script), "an assertion", "{shell:?}");
        assert_eq!(home.read("taken"), "an assertion", "{shell:?}");
        assert_eq!(variables(&home, "after"), ["AWS_X=y"], "{shell:?}");
    }
}

#[test]
fn every_verb_has_the_terminal() {
    for shell in others() {
        let home = Home::scripted();
        let mut session = session(&home, shell, "LOAD", &[]);
        let told = session.run("ssox list");
        assert!((0..3).all(|n| told.contains(&format!("terminal: {n}"))), "{shell:?}: {told}");
        session.terminal.type_for_ssox();
        session.wait_for_prompt();
        session.terminal.interrupt_ssox();
        session.wait_for_prompt();
    }
}

#[test]
fn a_verb_that_is_captured_can_still_ask_in_the_terminal() {
    for shell in others() {
        let home = Home::scripted();
        home.write("bin/ssox", &home.read("bin/ssox").replacen(
            "printf '%s\\n' \"$*\" >> \"$home/calls\"",
            "case $* in *use*) trap 'exit 130' INT; printf 'code: ' >/dev/tty; read -r code </dev/tty; printf '#ssox1\\n=AWS_X=%s\\n#end\\n' \"$code\"; exit ;; esac",
            1,
        ));
        let mut session = session(&home, shell, "LOAD", &[]);
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("code: ");
        session.terminal.enter("123456");
        session.wait_for_prompt();
        assert_eq!(session.state(&home)["AWS_X"], "123456", "{shell:?}");
        session.terminal.enter("ssox use other");
        session.terminal.wait_for("code: ");
        session.terminal.keys("\x03");
        let shown = session.wait_for_prompt();
        assert!(!shown.contains("Error") && (shell.is_traced() || !shown.contains("Traceback")), "{shell:?}: {shown}");
        assert_eq!(session.state(&home)["AWS_X"], "123456", "{shell:?}");
    }
}

#[test]
fn a_call_leaves_no_variable_behind() {
    in_each(|shell| {
        let home = Home::scripted();
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("ssox list");
        session.run("ssox fail");
        session.terminal.interrupt_ssox();
        session.wait_for_prompt();
        assert!(session.state(&home).is_empty(), "{shell:?}: {:?}", session.state(&home).keys());
    });
}

#[test]
fn loading_prints_nothing() {
    for shell in others() {
        let home = Home::new();
        assert_eq!(run(&home, shell, "LOAD\nLOAD"), "", "{shell:?}");
        initialize(&home, shell, &["--no-prompt"]);
        let mut session = session(&home, shell, "LOAD\nLOAD", &[]);
        session.next_prompt();
        assert!(!session.terminal.transcript().contains("rror"), "{}", session.terminal.transcript());
    }
}
