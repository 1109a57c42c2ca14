//! The shell function `ssox` passes arguments and output on unchanged; loading it changes nothing else in the shell.

use crate::shells::{Home, Session, Shell, shells};
use crate::wrappers::{GOOD, run};

#[test]
fn options_before_the_verb_do_not_hide_it() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        run(&home, shell, "LOAD\nssox -v --no-input use dev --region us-east-1");
        assert_eq!(home.calls(), format!("--emit={}1 -v --no-input use dev --region us-east-1\n", shell.name()));
    }
}

#[test]
fn help_is_for_the_person() {
    for shell in shells() {
        let home = Home::scripted();
        for arguments in ["use --help", "use -h", "clear --help", "--help use", "--version use", "-V"] {
            let told = run(&home, shell, &format!("LOAD\nssox {arguments}\n{}", shell.status()));
            let passed = arguments.replace(' ', "> <");
            assert_eq!(told, format!("arguments: <{passed}>\nstatus 0\n"), "{shell:?}");
        }
    }
}

#[test]
fn everything_else_is_passed_through() {
    for shell in shells() {
        let home = Home::scripted();
        let told =
            run(&home, shell, &format!("LOAD\nssox exec dev -- use '' '*' 'a  b' \\$x -- --help\n{}", shell.status()));
        assert_eq!(
            told, "arguments: <exec> <dev> <--> <use> <> <*> <a  b> <$x> <--> <--help>\nstatus 0\n",
            "{shell:?}"
        );
        assert_eq!(
            run(&home, shell, &format!("LOAD\nssox fail\n{}", shell.status())),
            "arguments: <fail>\nstatus 42\n"
        );
        assert!(run(&home, shell, "LOAD\nssox").starts_with("arguments:"), "{shell:?}");
    }
}

#[test]
fn a_passed_through_verb_has_the_terminal() {
    for shell in shells() {
        let home = Home::scripted();
        let mut session = home.session(shell, "LOAD");
        let told = session.run("ssox list");
        assert!(told.contains("terminal: 0") && told.contains("terminal: 1") && told.contains("terminal: 2"), "{told}");
        session.terminal.type_for_ssox();
        session.wait_for_prompt();
        session.terminal.interrupt_ssox();
        session.wait_for_prompt();
        assert!(session.run(shell.status()).contains("status 130"), "{shell:?}: {}", session.terminal.transcript());
        session.exit();
    }
}

#[test]
fn a_verb_that_is_captured_can_still_ask_in_the_terminal() {
    for shell in shells() {
        let home = Home::scripted();
        home.write("bin/ssox", &home.read("bin/ssox").replacen(
            "printf '%s\\n' \"$*\" >> \"$home/calls\"",
            "[ \"$2\" != use ] || { printf 'code: ' >/dev/tty; read -r code </dev/tty; printf '#ssox1\\n=AWS_X=%s\\n#end\\n' \"$code\"; exit; }",
            1,
        ));
        let mut session = home.session(shell, &format!("LOAD\n{}", shell.probe()));
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("code: ");
        session.terminal.enter("123456");
        session.wait_for_prompt();
        assert!(session.run("probe AWS_X").contains("AWS_X exported [123456]"), "{shell:?}");
        interrupted(&mut session, shell);
    }
}

/// Ctrl-C at the question ends the verb, and nothing changes.
fn interrupted(session: &mut Session, shell: Shell) {
    session.terminal.enter("ssox use other");
    session.terminal.wait_for("code: ");
    session.terminal.keys("\x03");
    session.wait_for_prompt();
    assert!(session.run("probe AWS_X").contains("AWS_X exported [123456]"), "{shell:?}");
}

#[test]
fn loading_prints_nothing_and_succeeds() {
    for shell in shells() {
        let home = Home::new();
        assert_eq!(run(&home, shell, &format!("LOAD\n{}", shell.status())), "status 0\n", "{shell:?}");
        home.session(shell, "LOAD\nLOAD").exit();
        let mut command = home.command(shell.name());
        match shell {
            Shell::Bash => command.args(["--rcfile", ".bashrc", "-i", "-c", "exit"]),
            _ => command.args(["-i", "-c", "exit"]),
        };
        assert_eq!(crate::pty::Terminal::start(command).wait_for_end().1.code(), Some(0), "{shell:?}");
    }
}
