//! Processes that wait for a lock: they name the process that holds it, can be interrupted, and go on when it is
//! released.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually};
use crate::shells::{self, in_each, shells};
use rustix::process::{Pid, Signal, kill_process};
use ssox_standin::{Fault, Grant, Standin, Times};
use std::fs::File;
use std::process::{Child, Stdio};

/// `ssox exec dev`, stopped as with Ctrl-Z while it waits for AWS; killed when dropped.
struct Stopped(Child);

impl Stopped {
    fn at(home: &Home, operation: &str) -> Self {
        home.standin.fault(operation, Fault::Hold, Times::Forever);
        let mut command = home.command(SSOX);
        command.args(["exec", "dev", "--", "true"]).stderr(Stdio::null());
        let stopped = Self(command.spawn().expect("ssox starts"));
        eventually("the request", || (home.standin.total() > 0).then_some(()));
        stopped.signal(Signal::STOP);
        stopped
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("the process is there");
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(home: &Home, arguments: &[&str]) -> Terminal {
    let mut command = home.command(SSOX);
    command.args(arguments).env("TERM", "xterm-256color");
    Terminal::start(command)
}

fn is_interrupted(mut terminal: Terminal, what: &[&str]) {
    terminal.keys("\x03");
    let (_, status) = terminal.wait_for_end();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2), "{what:?}");
}

const FETCHES: [&[&str]; 4] = [
    &["--emit=zsh1", "use", "dev"],
    &["export", "dev", "--format", "env"],
    &["exec", "dev", "--", "true"],
    &["credential-process", "dev"],
];

#[test]
fn a_process_that_is_stopped_is_named_to_those_who_wait_for_its_credentials() {
    let home = Home::signed_in();
    let stopped = Stopped::at(&home, "GetRoleCredentials");
    for arguments in FETCHES {
        let mut terminal = start(&home, arguments);
        terminal.wait_for(&format!("waiting for `ssox exec dev` (pid {}, stopped)", stopped.0.id()));
        is_interrupted(terminal, arguments);
    }
}

#[test]
fn a_process_that_is_stopped_is_named_to_those_who_wait_for_its_token() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -1, ..Grant::default() });
    let stopped = Stopped::at(&home, "CreateToken");
    let others: [&[&str]; 1] = [&["logout", "dev"]];
    for arguments in FETCHES.into_iter().chain(others) {
        let mut terminal = start(&home, arguments);
        terminal.wait_for(&format!("waiting for `ssox exec dev` (pid {}, stopped)", stopped.0.id()));
        is_interrupted(terminal, arguments);
    }
}

#[test]
fn those_who_waited_for_a_stopped_process_take_what_it_fetched() {
    let home = Home::signed_in();
    let stopped = Stopped::at(&home, "GetRoleCredentials");
    let mut terminal = start(&home, &["exec", "dev", "--", "sh", "-c", "echo key $AWS_ACCESS_KEY_ID"]);
    terminal.wait_for("waiting for");
    home.standin.clear_faults("*");
    stopped.signal(Signal::CONT);
    terminal.wait_for("key ASIA");
    assert_eq!(terminal.wait_for_end().1.code(), Some(0));
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
}

/// As `configure`, `migrate` and `export --write` do, with any path to the file.
#[test]
fn the_lock_on_a_file_that_people_edit_is_waited_for_in_the_same_way() {
    let home = Home::signed_in();
    let write: &[&str] = &["export", "dev", "--format", "credentials-file", "--write", "dev-keys"];
    home.ssox(write).ok();
    let locks = home.files(".local/state/ssox/locks");
    let locks: Vec<File> = locks
        .iter()
        .map(|name| File::open(home.path(".local/state/ssox/locks").join(name)).expect("a lock can be opened"))
        .inspect(|file| file.lock().expect("a lock can be taken"))
        .collect();
    let mut command = home.command(SSOX);
    command.args(write).env("TERM", "xterm-256color").env("AWS_SHARED_CREDENTIALS_FILE", ".aws/./credentials");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("which holds the lock on `.aws/./credentials`");
    is_interrupted(terminal, write);
    let mut terminal = start(&home, write);
    terminal.wait_for("waiting for");
    drop(locks);
    terminal.wait_for("wrote `[dev-keys]`");
}

#[test]
fn a_command_that_was_stopped_in_a_shell_is_named_there_and_continues_with_fg() {
    in_each(&shells(), |shell| {
        let standin = Standin::start();
        let home = shells::Home::with(&standin);
        standin.seed_token(&home.path(""), "corp", &Grant::default());
        standin.fault("GetRoleCredentials", Fault::Hold, Times::Forever);
        let mut session = home.session(shell, "LOAD");
        session.terminal.enter("ssox exec dev -- echo do''ne");
        eventually("the request", || (standin.count("GetRoleCredentials") > 0).then_some(()));
        session.terminal.keys("\x1a");
        session.wait_for_prompt();
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("waiting for `ssox exec dev` (pid ");
        session.terminal.wait_for(", stopped, on /dev/");
        session.terminal.keys("\x03");
        session.wait_for_prompt();
        standin.clear_faults("*");
        session.terminal.enter("fg");
        session.terminal.wait_for("done");
    });
}

/// The shell waits for the reply, and could not continue a stopped ssox.
#[test]
fn ctrl_z_does_not_stop_a_verb_that_changes_the_shell() {
    in_each(&shells(), |shell| {
        let standin = Standin::start();
        let home = shells::Home::with(&standin);
        standin.seed_token(&home.path(""), "corp", &Grant::default());
        standin.fault("GetRoleCredentials", Fault::Hold, Times::Forever);
        let mut session = home.session(shell, "LOAD");
        session.terminal.enter("ssox use dev");
        eventually("the request", || (standin.count("GetRoleCredentials") > 0).then_some(()));
        session.terminal.keys("\x1a");
        standin.clear_faults("*");
        session.wait_for_prompt();
        assert!(session.run("echo [$SSOX_PROFILE]").contains("[dev]"), "{shell:?}");
    });
}
