//! MFA codes from the command line, a program or a person, and for how many roles one code suffices.

use crate::home::{Home, SSOX};
use crate::pty::Terminal;
use crate::roles::{arn, home, role, use_};
use crate::shells::{self, Session, Shell};
use crate::shown::{says, shows};
use ssox_standin::{Fault, Standin, Times};
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

const DEVICE: &str = "source_profile = me\nmfa_serial = arn:aws:iam::111122223333:mfa/me";
const QUESTION: &str = "MFA code of arn:aws:iam::111122223333:mfa/me: ";

fn profiles() -> String {
    [
        role("one", "NeedsMfa", DEVICE),
        role("two", "Another", DEVICE),
        role("long", "NeedsMfa", &format!("{DEVICE}\nduration_seconds = 7200")),
    ]
    .concat()
}

fn with_code(home: &Home, profile: &str, code: &str) -> crate::home::Ran {
    home.ssox(&["--emit=zsh1", "use", profile, "--mfa-code", code])
}

/// Sets the time at which all cache entries were written.
fn begun(home: &Home, at: SystemTime) {
    for file in home.files(".aws/cli/cache") {
        let path = home.path(".aws/cli/cache").join(file);
        File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }
}

#[test]
fn one_mfa_code_is_enough_for_all_roles_of_the_user() {
    let home = home(&profiles());
    shows!(home, use_(&home, "one").fails(3), @r"
    ssox: an MFA code of `arn:aws:iam::111122223333:mfa/me` is needed, but ssox cannot ask for it here
    ssox: hint: pass the code, as in `ssox use NAME --mfa-code CODE`, or add `mfa_process` to the profile
    ");
    assert!(arn(&home, &with_code(&home, "one", "123456")).contains("assumed-role/NeedsMfa/"));
    assert!(arn(&home, &use_(&home, "two")).contains("assumed-role/Another/"));
    assert_eq!((home.standin.count("GetSessionToken"), home.standin.count("AssumeRole")), (1, 2));
    // Nobody is asked again for what is in the cache, nor when the role is renewed.
    home.ssox(&["--emit=zsh1", "use", "one", "--min-ttl", "24h"]).ok();
    assert_eq!((home.standin.count("GetSessionToken"), home.standin.count("AssumeRole")), (1, 3));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_session_can_be_refreshed_until_it_ends() {
    let home = home(&profiles());
    home.standin.configure(|options| options.sts_credentials = Some(Duration::from_secs(600)));
    with_code(&home, "one", "123456").ok();
    // More than half of its lifetime has passed, when other credentials are renewed.
    begun(&home, SystemTime::now() - Duration::from_secs(1000));
    use_(&home, "one").ok();
    assert_eq!((home.standin.count("GetSessionToken"), home.standin.count("AssumeRole")), (1, 2));
}

#[test]
fn a_role_for_longer_than_an_hour_needs_its_own_mfa_code() {
    let home = home(&profiles());
    with_code(&home, "one", "123456").ok();
    assert_eq!(use_(&home, "long").status(), 3);
    with_code(&home, "long", "234567").ok();
    assert_eq!(home.standin.count("GetSessionToken"), 1);
}

#[test]
fn a_role_that_requires_a_newer_mfa_code_gets_one() {
    let home = home(&profiles());
    with_code(&home, "one", "123456").ok();
    home.standin.fault("AssumeRole", Fault::Exception("AccessDenied".into()), Times::Next(2));
    assert_eq!(with_code(&home, "two", "234567").status(), 5, "the session is as new as a code can be");
    begun(&home, SystemTime::now() - Duration::from_secs(3600));
    assert!(arn(&home, &with_code(&home, "two", "234567")).contains("assumed-role/Another/"));
    assert_eq!((home.standin.count("GetSessionToken"), home.standin.count("AssumeRole")), (2, 4));
    // Without a code, the error of AWS is reported.
    home.standin.fault("AssumeRole", Fault::Exception("AccessDenied".into()), Times::Next(1));
    assert_eq!(home.ssox(&["--emit=zsh1", "use", "two", "--min-ttl", "24h"]).status(), 5);
}

#[test]
fn a_rejected_code_gets_the_possible_reasons() {
    let home = home(&profiles());
    for code in ["999999", "123456"] {
        // Another tool has used the second code.
        home.standin.configure(|options| options.users[0].mfa.as_mut().unwrap().1.retain(|known| known != "123456"));
        let said = with_code(&home, "one", code).fails(3);
        insta::allow_duplicates! {
            shows!(home, said, @r"
            ssox: could not start an MFA session: MultiFactorAuthentication failed with invalid MFA one time pass code. (AccessDenied) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
            ssox: hint: the MFA code may be wrong, or already used: wait for the next code of the device
            ");
        }
    }
    assert_eq!(with_code(&home, "one", "12345").status(), 2);
    assert!(home.files(".aws/cli/cache").is_empty());
}

#[test]
fn an_mfa_device_of_another_user_is_reported() {
    let home = home(&role("one", "NeedsMfa", &DEVICE.replace("mfa/me", "mfa/jane")));
    let said = with_code(&home, "one", "123456");
    shows!(home, said.fails(5), @r"
    ssox: could not start an MFA session: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user. (AccessDenied) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: check that the MFA code is the current one, and that `mfa_serial` names its device
    ");
}

#[test]
fn a_program_may_give_the_code() {
    let process = |line: &str| role("one", "NeedsMfa", &format!("{DEVICE}\nmfa_process = {line}"));
    let home = home(&process("echo 123456"));
    use_(&home, "one").ok();
    home.add_config(&process("sh -c 'echo no device >&2; exit 1'").replace("[profile one]", "[profile fails]"));
    home.add_config(&process("echo").replace("[profile one]", "[profile silent]"));
    let session = home.path(".aws/cli/cache");
    fs::remove_dir_all(session).unwrap();
    shows!(home, use_(&home, "fails").fails(1), @r"
    ssox: `mfa_process` of profile `fails` failed: exit status 1; its error output: no device
    ssox: hint: run the configured command in a terminal to see what it prints
    ");
    shows!(home, use_(&home, "silent").fails(4), @r"
    ssox: `mfa_process` of profile `silent` did not print an MFA code
    ssox: hint: the program must print six digits and nothing else
    ");
    // A code on the command line takes precedence.
    with_code(&home, "fails", "234567").ok();
}

/// The program has the terminal as stdin and stderr and no time limit: in a command substitution, and with stdin from a
/// file.
#[test]
fn a_program_that_gives_the_code_may_ask_the_person() {
    let asks = "mfa_process = sh -c 'test -t 0 && test -t 2 && printf touch-it: >&2 && read code && echo $code'";
    for shell in shells::shells() {
        let standin = Standin::start();
        let home = shell_home(&standin);
        let known = home.read(".aws/config");
        home.write(".aws/config", &format!("{known}\n{}", role("asks", "NeedsMfa", &format!("{DEVICE}\n{asks}"))));
        let mut session = home.session(shell, &format!("{}\nLOAD", shell.probe()));
        session.terminal.enter("ssox use asks");
        session.terminal.wait_for("touch-it:");
        session.terminal.enter("123456");
        session.wait_for_prompt();
        assert!(session.run("probe SSOX_ROLE").contains("exported [NeedsMfa]"), "{shell:?}");
        session.run("rm -r .aws/cli");
        session.terminal.enter("ssox exec asks -- sh -c 'cat; echo \"for $AWS_ACCOUNT_ID\"' <.aws/config");
        session.terminal.wait_for("touch-it:");
        session.terminal.enter("234567");
        session.terminal.wait_for("for 444455556666");
        session.wait_for_prompt();
    }
}

/// A home for real shells, with the same profiles.
fn shell_home(standin: &Standin) -> shells::Home {
    let home = shells::Home::with(standin);
    let known = home.read(".aws/config");
    let me = "[profile me]\naws_access_key_id = AKIASTANDINEXAMPLE00\n\
        aws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n";
    home.write(".aws/config", &format!("{known}\n{me}{}", profiles()));
    home
}

fn start(standin: &Standin, shell: Shell) -> (shells::Home, Session) {
    let home = shell_home(standin);
    let session = home.session(shell, &format!("{}\nLOAD", shell.probe()));
    (home, session)
}

#[test]
fn a_code_is_typed_while_the_reply_is_captured() {
    for shell in shells::shells() {
        let standin = Standin::start();
        let (_home, mut session) = start(&standin, shell);
        session.terminal.enter("ssox use one");
        session.terminal.wait_for(QUESTION);
        session.terminal.enter("999999");
        session.terminal.wait_for("may be wrong, or already used");
        session.terminal.wait_for(QUESTION);
        session.terminal.enter("12345");
        session.terminal.wait_for("six digits");
        session.terminal.wait_for(QUESTION);
        session.terminal.enter("123 456");
        session.wait_for_prompt();
        assert!(session.run("probe SSOX_PROFILE SSOX_ROLE").contains("exported [NeedsMfa]"), "{shell:?}");
        // The other role of the user asks nobody.
        session.run("ssox use two");
        assert!(session.run("probe SSOX_ROLE").contains("exported [Another]"), "{shell:?}");
        assert_eq!(standin.count("GetSessionToken"), 2, "{shell:?}");
    }
}

#[test]
fn ctrl_c_at_the_question_leaves_all_as_it_was() {
    for shell in shells::shells() {
        let standin = Standin::start();
        let (_home, mut session) = start(&standin, shell);
        session.run(&shell.export("AWS_ACCESS_KEY_ID", "mine"));
        session.terminal.enter("ssox use one");
        session.terminal.wait_for(QUESTION);
        session.terminal.keys("\x03");
        session.wait_for_prompt();
        let probed = session.run("probe AWS_ACCESS_KEY_ID SSOX_PROFILE AWS_SESSION_TOKEN");
        assert!(probed.contains("AWS_ACCESS_KEY_ID exported [mine]"), "{shell:?}: {probed}");
        assert!(
            probed.contains("SSOX_PROFILE unset") && probed.contains("AWS_SESSION_TOKEN unset"),
            "{shell:?}: {probed}"
        );
        assert_eq!(standin.total(), 0);
    }
}

#[test]
fn ctrl_d_at_the_question_for_a_code_is_exit_3() {
    let home = home(&profiles());
    let mut command: Command = home.command(SSOX);
    command.args(["exec", "one", "--", "true"]);
    let mut terminal = Terminal::start(command);
    terminal.wait_for(QUESTION);
    terminal.keys("\x04");
    let (said, status) = terminal.wait_for_end();
    assert_eq!(status.code(), Some(3), "{said}");
    says!(home, crate::pty::screen(&said), @r"
    ssox: an MFA code of `arn:aws:iam::111122223333:mfa/me` is needed, but no code was entered
    ssox: hint: pass the code, as in `ssox use NAME --mfa-code CODE`, or add `mfa_process` to the profile
    ");
}
