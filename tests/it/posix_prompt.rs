//! POSIX shells in a terminal: ssox and its programs can use the terminal; in ksh93 and mksh the hook and segment work.

use crate::hook::{DUE, RENEWED, ticks};
use crate::posix::{LOAD, posix_shells};
use crate::pty::{Terminal, screen};
use crate::shells::{Home, installed, now, signed_in};
use std::process::Command;
use std::time::Duration;

/// The shells with a hook.
fn shells_with_hook() -> impl Iterator<Item = &'static str> {
    posix_shells().filter(|shell| matches!(*shell, "ksh93" | "mksh"))
}

/// A shell in a terminal. Its prompts are numbered.
struct Session {
    terminal: Terminal,
    prompts: u32,
}

/// What PS1 has for the number of the prompt: ksh93 expands it more than once where a program was interrupted.
fn number(shell: &str) -> &'static str {
    if shell == "ksh93" { "!" } else { "$((n=n+1))" }
}

/// Opens a session whose rc file is the given text, with the integration loaded where it says `LOAD`.
fn session(home: &Home, shell: &str, rc: &str, variables: &[(&str, &str)]) -> Session {
    session_of(home.command(shell), home, shell, rc, variables)
}

/// The same with a command of the caller's in front.
fn session_of(mut command: Command, home: &Home, shell: &str, rc: &str, variables: &[(&str, &str)]) -> Session {
    home.write("rc", &format!("PS1='<<{}>> '\n{}\n", number(shell), rc.replace("LOAD", LOAD)));
    if shell == "yash" {
        command.args(["--rcfile=rc", "-i"]);
    } else {
        command.arg("-i").env("ENV", home.path("rc"));
    }
    command.envs(variables.iter().copied());
    let mut session = Session { terminal: Terminal::start(command), prompts: 0 };
    session.wait_for_prompt();
    session
}

impl Session {
    /// Types a command, waits for the next prompt, and returns the output in between, including the echo.
    fn run(&mut self, command: &str) -> String {
        self.terminal.enter(command);
        self.wait_for_prompt()
    }

    fn wait_for_prompt(&mut self) -> String {
        self.prompts += 1;
        self.terminal.wait_for(&format!("<<{}>>", self.prompts))
    }

    /// Returns what stands before the number in the row of the last prompt.
    fn shown(&mut self) -> String {
        let number = format!("<<{}>>", self.prompts);
        let before = |screen: &str| {
            screen.lines().find_map(|row| row.split_once(&number).map(|(before, _)| before.trim().to_string()))
        };
        self.terminal.wait_for_screen("the prompt", before)
    }
}

#[test]
fn every_verb_has_the_terminal() {
    for shell in posix_shells() {
        let home = Home::scripted();
        let mut session = session(&home, shell, "LOAD", &[]);
        let told = session.run("ssox list");
        assert!((0..3).all(|n| told.contains(&format!("terminal: {n}"))), "{shell}: {told}");
        session.terminal.type_for_ssox();
        session.wait_for_prompt();
        session.terminal.interrupt_ssox();
        session.wait_for_prompt();
        let told = session.run("echo status $?");
        // ksh93 and yash add another number to that of a signal.
        assert!(
            ["130", "258", "386"].iter().any(|status| told.contains(&format!("status {status}"))),
            "{shell}: {told}"
        );
    }
}

#[test]
fn a_verb_that_is_captured_can_still_ask_in_the_terminal() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.write("bin/ssox", &home.read("bin/ssox").replacen(
            "printf '%s\\n' \"$*\" >> \"$home/calls\"",
            "[ \"$2\" != use ] || { printf 'code: ' >/dev/tty; read -r code </dev/tty; printf '#ssox1\\n=AWS_X=%s\\n#end\\n' \"$code\"; exit; }",
            1,
        ));
        let mut session = session(&home, shell, "LOAD", &[]);
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("code: ");
        session.terminal.enter("123456");
        session.wait_for_prompt();
        assert!(session.run("env | grep AWS_X").contains("AWS_X=123456"), "{shell}");
        session.terminal.enter("ssox use other");
        session.terminal.wait_for("code: ");
        session.terminal.keys("\x03");
        session.wait_for_prompt();
        // ksh93 sometimes shows another prompt after Ctrl-C, before the output of the line.
        let has_it = |session: &mut Session| session.run("env | grep AWS_X").contains("AWS_X=123456");
        assert!(has_it(&mut session) || shell == "ksh93" && has_it(&mut session), "{shell}");
        let before = session.run("echo \"[$-][$IFS]\"; x='a  b'; echo $x");
        assert!(before.contains("a b") && before.contains("[ \t"), "{shell}: {before:?}");
    }
}

#[test]
fn the_real_program_uses_goes_back_and_clears() {
    for shell in posix_shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mut session = session(&home, shell, "LOAD", &[("AWS_REGION", "mine")]);
        let mut profile = |line: &str| {
            session.run(line);
            session.run("echo \"[${SSOX_PROFILE-none} $AWS_REGION]\"; env >env");
            home.read("env").lines().find_map(|line| line.strip_prefix("SSOX_PROFILE=").map(String::from))
        };
        assert_eq!(profile("ssox use dev").as_deref(), Some("dev"), "{shell}");
        assert_eq!(profile("ssox use stg").as_deref(), Some("stg"), "{shell}");
        assert_eq!(profile("ssox use -").as_deref(), Some("dev"), "{shell}");
        assert_eq!(profile("ssox clear"), None, "{shell}");
        let left: Vec<String> =
            home.read("env").lines().filter(|line| line.starts_with("AWS_REGION")).map(Into::into).collect();
        assert_eq!(left, ["AWS_REGION=mine"], "{shell}");
    }
}

#[test]
fn hints_are_for_the_running_shell() {
    for shell in posix_shells() {
        let home = Home::new();
        let mut session = session(&home, shell, "", &[("SHELL", "/usr/bin/fish"), ("AWS_SECURITY_TOKEN", "x")]);
        let told = session.run("ssox use dev");
        assert!(told.contains("eval \"$(ssox init posix)\""), "{shell}: {told}");
        let told = session.run("ssox doctor");
        assert!(told.contains("ssox init posix") && told.contains("hint: unset AWS_SECURITY_TOKEN"), "{shell}: {told}");
        session.run("eval \"$(ssox init posix)\"");
        assert!(!session.run("ssox doctor").contains("no ssox function"), "{shell}");
    }
}

#[test]
fn credentials_that_are_due_are_renewed_once_and_silently() {
    for shell in shells_with_hook() {
        let home = Home::scripted();
        home.reply("tick", RENEWED, 0);
        home.write("tick.message", "NOISE");
        let mut session = session(&home, shell, "LOAD\nLOAD", &DUE);
        let told = session.run("(exit 7)");
        assert!(session.run("echo status $?").contains("status 7"), "{shell}: {told}");
        assert_eq!(home.calls(), "--emit=posix1 tick\n", "{shell}");
        assert!(session.run("env").contains("AWS_SECRET_ACCESS_KEY=hunter2"), "{shell}");
        let transcript = session.terminal.transcript();
        assert!(!transcript.contains("NOISE") && !transcript.contains("ssox:"), "{shell}: {transcript}");
    }
}

#[test]
fn a_tick_that_fails_is_not_repeated_at_every_prompt() {
    for shell in shells_with_hook() {
        for (reply, status) in [(RENEWED, 1), ("", 0), ("#ssox1\n=PATH=x\n#end\n", 0), ("#ssox1\n#end\n", 0)] {
            let home = Home::scripted();
            home.reply("tick", reply, status);
            let mut session = session(&home, shell, "LOAD", &DUE);
            session.run("true");
            session.run("true");
            assert_eq!(ticks(&home), 1, "{shell} {reply:?}");
            assert!(!session.terminal.transcript().contains("ssox: "), "{shell}");
        }
    }
}

#[test]
fn a_number_from_the_environment_is_never_run() {
    for shell in shells_with_hook() {
        for number in ["a[$(touch PWNED)]", "$(touch PWNED)", "x=1", "08", "-1", "1e9", "99999999999999999999", "1\n2"]
        {
            let home = Home::scripted();
            let names = [
                "SSOX_NEXT",
                "SSOX_EXPIRES",
                "_ssox_retry",
                "_ssox_clock",
                "_ssox_until",
                "_ssox_since",
                "SSOX_SEGMENT",
            ];
            let variables: Vec<_> =
                names.map(|name| (name, number)).into_iter().chain([("SSOX_PROMPT", "dev")]).collect();
            let mut session = session(&home, shell, "LOAD", &variables);
            let told = session.run("true");
            assert_eq!(session.shown(), "dev", "{shell} {number}: {told}");
            assert!(home.calls().is_empty() && !told.contains("ssox"), "{shell} {number}: {told}");
            assert!(!home.path("PWNED").exists(), "{shell} {number}");
        }
    }
}

#[test]
fn the_prompt_shows_the_segment() {
    for shell in shells_with_hook() {
        let home = Home::scripted();
        let label = "dev!:$(touch PWNED)`x`\\w";
        let mut session = session(&home, shell, "LOAD", &[("SSOX_PROMPT", label)]);
        assert_eq!(session.shown(), label, "{shell}");
        let expires = |seconds: u64| format!("export SSOX_EXPIRES={}", now() + seconds);
        for (line, shown) in [
            (expires(2650), " 44m"),
            (expires(10830), " 3h 0m"),
            (expires(172_830), " 2d"),
            ("export SSOX_EXPIRES=4000000000".into(), " 23148d"),
            ("export SSOX_EXPIRES=1000000000 SSOX_NEXT=".into(), " expired"),
            ("export SSOX_STATE=sign-in".into(), " sign in"),
            ("export SSOX_STATE=renewing".into(), " renewing"),
        ] {
            session.run(&line);
            assert!(session.shown().starts_with(&format!("{label}{shown}")), "{shell} {line}: {}", session.shown());
        }
        assert!(
            session
                .run("echo \"[$SSOX_SEGMENT|$SSOX_SEGMENT_STATE]\"")
                .contains(&format!("[{label} renewing|renewing]"))
        );
        assert!(!session.run("env").contains("SSOX_SEGMENT"), "{shell}");
        session.run("unset SSOX_PROMPT");
        assert_eq!(session.shown(), "", "{shell}");
        assert!(!home.path("PWNED").exists(), "{shell}");
    }
}

#[test]
fn a_prompt_of_ones_own_and_no_prompt_have_no_segment_but_the_hook() {
    let no_prompt = "eval \"$(command ssox init posix --no-prompt)\"";
    for shell in shells_with_hook() {
        for rc in [no_prompt, "PS1='[${SSOX_SEGMENT-}]'$PS1\nLOAD"] {
            let home = Home::scripted();
            home.reply("tick", RENEWED, 0);
            let mut session = session(&home, shell, rc, &DUE);
            assert_eq!(ticks(&home), 1, "{shell} {rc}");
            let shown = session.shown();
            assert_eq!(shown.matches("dev").count(), usize::from(rc != no_prompt), "{shell} {rc}: {shown}");
        }
    }
}

/// Another shell that inherits PS1 could not parse it.
#[test]
fn the_prompt_is_not_exported() {
    for shell in shells_with_hook() {
        let home = Home::scripted();
        let mut session = session(&home, shell, "export PS1\nLOAD", &[]);
        session.run("env >env");
        assert!(!home.read("env").contains("_ssox_"), "{shell}: {}", home.read("env"));
    }
}

#[test]
fn doctor_sees_a_prompt_that_was_set_again() {
    for shell in shells_with_hook() {
        let home = Home::new();
        let words = "another tool replaced ssox's prompt";
        let mut session = session(&home, shell, "LOAD", &[]);
        assert!(!session.run("ssox doctor").contains(words), "{shell}");
        session.run(&format!("PS1='<<{}>> '", number(shell)));
        assert!(session.run("ssox doctor").contains(words), "{shell}");
    }
}

#[test]
fn keys_of_somebody_else_are_shown_as_foreign() {
    for shell in shells_with_hook() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("ssox use dev");
        assert!(session.shown().starts_with("dev:ReadOnly "), "{shell}: {}", session.shown());
        session.run("export AWS_PROFILE=");
        assert_eq!(session.shown(), "dev:ReadOnly?", "{shell}: an empty name");
        session.run("unset AWS_PROFILE; AWS_SSO_PROFILE=prod");
        assert!(session.shown().starts_with("dev:ReadOnly "), "{shell}: {}", session.shown());
        assert!(session.run("echo \"[$AWS_SSO_PROFILE]\"").contains("[dev]"), "{shell}");
        session.run("export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE");
        assert_eq!(session.shown(), "dev:ReadOnly?", "{shell}");
    }
}

/// In mksh, finding out whether a variable is exported takes a process.
#[test]
fn a_variable_that_is_not_exported_is_foreign_in_ksh93() {
    if !installed("ksh93") {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    let mut session = session(&home, "ksh93", "LOAD", &[]);
    session.run("ssox use dev");
    session.run("typeset +x AWS_SECRET_ACCESS_KEY");
    assert_eq!(session.shown(), "dev:ReadOnly?");
}

#[test]
fn ten_prompts_start_no_process() {
    if !installed("strace") {
        return;
    }
    for shell in shells_with_hook() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let mut strace = home.command("strace");
        strace.args(["-f", "-qq", "-o", "trace", "-e", "trace=fork,vfork,clone,clone3,execve", shell]);
        let mut session = session_of(strace, &home, shell, "LOAD", &[]);
        session.run("ssox use dev");
        session.run("true");
        let before = home.read("trace").lines().count();
        for _ in 0..10 {
            session.run("true");
        }
        assert_eq!(home.read("trace").lines().count(), before, "{shell}: {}", home.read("trace"));
        assert!(screen(&session.terminal.seen()).contains("dev:ReadOnly"), "{shell}");
    }
}

#[test]
fn yash_completes_every_name_as_one_word() {
    if !installed("yash") {
        return;
    }
    let home = Home::scripted();
    home.write(".aws/config", &crate::completion::config(&crate::completion::NAMES));
    home.write("starfile", "");
    let mut session = session(&home, "yash", "LOAD", &[]);
    for name in crate::completion::NAMES {
        let typed: String = name.chars().take_while(char::is_ascii_lowercase).collect();
        let typed = if name.starts_with("prod") { &name[..name.len() - 1] } else { &typed };
        session.terminal.keys(&format!("ssox login {typed}\t"));
        let told = session.run("");
        assert!(told.contains(&format!("arguments: <login> <{name}>")), "{name}: {told}");
    }
    session.terminal.keys("ssox exec dev -- ssox logi\t");
    assert!(session.run("").contains("arguments: <exec> <dev> <--> <ssox> <login>"));
    assert!(!home.path("PWN").exists());
}
