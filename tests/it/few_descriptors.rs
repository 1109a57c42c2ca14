//! A shell that may open no more files (`ulimit -n`) keeps the ones it has, whatever the hooks do.

use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use std::time::Duration;

/// zsh and bash save a descriptor that they redirect at 10 or above.
const FEW: &str = "ulimit -S -n 10";
const MANY: &str = "ulimit -S -n 256";

/// fish does not run a prompt that calls `math` there.
fn shells_that_prompt() -> Vec<Shell> {
    shells().into_iter().filter(|shell| cfg!(target_os = "linux") && *shell != Shell::Fish).collect()
}

fn still_has_its_terminal(session: &mut Session, home: &Home, shell: Shell, what: &str) {
    session.run(MANY);
    session.run("command ls -l /proc/$$/fd >open");
    let open = home.read("open");
    let terminals = (0..3).filter(|n| open.contains(&format!(" {n} -> /dev/pts/"))).count();
    assert_eq!(terminals, 3, "{shell:?} {what}: {open}");
}

/// Types the lines at prompts where no file can be opened.
fn survives(session: &mut Session, home: &Home, shell: Shell, what: &str, lines: &[&str]) {
    session.run(FEW);
    for line in lines {
        session.run(line);
    }
    still_has_its_terminal(session, home, shell, what);
}

fn foreign(shell: Shell) -> String {
    shell.export("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
}

#[test]
fn the_hooks_of_a_shell_without_descriptors_close_none() {
    in_each(&shells_that_prompt(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        home.write("project/.ssox", "profile = stg\n");
        assert!(home.command("ssox").args(["allow", "project"]).status().expect("ssox starts").success());
        let mut session = home.session(shell, "LOAD");
        survives(&mut session, &home, shell, "nothing in use", &["cd project", "true", "cd ..", "true"]);
        session.run("ssox use dev");
        survives(&mut session, &home, shell, "a change", &["true", &foreign(shell), "true"]);
        session.run("ssox use dev");
        survives(&mut session, &home, shell, "due", &[&shell.export("SSOX_NEXT", "1000000000"), "true"]);
        session.run("ssox use dev");
        survives(&mut session, &home, shell, "a verb", &["ssox use stg", "ssox clear", "ssox list"]);
        survives(&mut session, &home, shell, "a directory", &["cd project", "true", "cd ..", "true"]);
        std::fs::remove_file(home.path("bin/ssox")).expect("it is there");
        survives(&mut session, &home, shell, "no program", &[&foreign(shell), "true", "ssox list"]);
    });
}

/// The start script loads the whole one at the first moment when it is needed.
#[test]
fn the_script_is_not_loaded_where_no_file_can_be_opened_and_later_it_is() {
    in_each(&shells_that_prompt(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        for (what, line) in [("a variable", shell.export("SSOX_PROMPT", "dev")), ("a verb", "ssox list".into())] {
            let mut session = home.session(shell, "LOAD");
            survives(&mut session, &home, shell, what, &[&line, "true"]);
            session.run("ssox use dev");
            session.wait_for_prompt_with(&["dev:ReadOnly"]);
        }
    });
}
