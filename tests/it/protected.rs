//! Protected profiles: ssox asks before it uses one, and removes it from the shell after its time limit.

use crate::home::{Home, SSOX};
use crate::identity::environment;
use crate::pty::{Terminal, eventually};
use crate::shells::{Session, Shell, in_each, shells, signed_in};
use crate::shown::says;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

const QUESTION: &str = "use the protected profile prod-admin? [y/N] ";

fn profile(name: &str, keys: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
        region = eu-west-1\n{keys}\n"
    )
}

fn home(keys: &str) -> Home {
    let home = Home::signed_in();
    home.add_config(&profile("prod-admin", keys));
    home
}

/// The verbs that ask, and what they print when they go on.
fn verbs() -> [(&'static [&'static str], &'static str); 4] {
    [
        (&["--emit=zsh1", "use", "prod-admin"], "=SSOX_PROFILE=prod-admin"),
        (&["exec", "prod-admin", "--", "echo", "ran"], "ran"),
        (&["export", "prod-admin"], "export AWS_ACCESS_KEY_ID="),
        (&["console", "prod-admin", "--print"], "https://"),
    ]
}

#[test]
fn only_yes_goes_on() {
    let home = home("ssox_protected = true");
    for (arguments, printed) in verbs() {
        for (typed, status) in
            [("y\r", 0), ("Yes\r", 0), ("\r", 3), ("n\r", 3), ("yess\r", 3), ("\x04", 3), ("\x03", 130)]
        {
            let mut command = home.command(SSOX);
            command.args(arguments);
            let mut terminal = Terminal::start(command);
            terminal.wait_for(QUESTION);
            terminal.keys(typed);
            let (said, ended) = terminal.wait_for_end();
            let code = ended.code().or_else(|| ended.signal().map(|signal| 128 + signal));
            assert_eq!(code, Some(status), "{arguments:?} {typed:?}: {said}");
            assert_eq!(said.contains(printed), status == 0, "{arguments:?} {typed:?}: {said}");
            assert_eq!(
                said.contains("ssox: hint: add --yes after `ssox "),
                status == 3,
                "{arguments:?} {typed:?}: {said}"
            );
        }
    }
}

#[test]
fn without_a_terminal_only_the_option_answers() {
    for (keys, variables) in [
        ("ssox_protected = true", &[][..]),
        ("ssox_protected = unattended", &[]),
        ("", &[("SSOX_PROTECT", "x, *-admin")]),
        ("", &[("SSOX_PROTECT", "111122223333/Read*")]),
    ] {
        let home = home(keys);
        let errors = verbs().map(|(arguments, _)| home.ssox_with(arguments, variables).fails(3));
        says!(home, errors.concat(), @r"
        ssox: profile `prod-admin` is protected, and ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set
        ssox: hint: add --yes after `ssox use`
        ssox: profile `prod-admin` is protected, and ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set
        ssox: hint: add --yes after `ssox exec`
        ssox: profile `prod-admin` is protected, and ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set
        ssox: hint: add --yes after `ssox export`
        ssox: profile `prod-admin` is protected, and ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set
        ssox: hint: add --yes after `ssox console`
        ");
        for (arguments, printed) in verbs() {
            assert_eq!(home.standin.total(), 0);
            // What follows the profile of `exec` may be the program.
            let (verb, rest) = arguments.split_at(arguments.iter().position(|word| *word == "prod-admin").unwrap());
            let with_yes = [verb, &["--yes"], rest].concat();
            assert!(home.ssox_with(&with_yes, variables).ok().contains(printed), "{with_yes:?}");
            home.standin.reset();
            std::fs::remove_dir_all(home.path(".aws/cli/cache")).ok();
        }
    }
}

#[test]
fn programs_get_credentials_only_where_the_profile_says_so() {
    let line = ["credential-process", "prod-admin"];
    let no_input = ["credential-process", "--no-input", "prod-admin"];
    for arguments in [&line[..], &no_input] {
        let protected = home("ssox_protected = true");
        says!(protected, protected.ssox(arguments).fails(3), @r"
        ssox: profile `prod-admin` is protected, so programs get no credentials from this profile
        ssox: hint: `ssox use prod-admin` in a shell; or write `ssox_protected = unattended` into the profile, so that programs get its credentials without a question
        ");
        home("ssox_protected = unattended").ssox(arguments).ok();
        home("").ssox(arguments).ok();
        home("").ssox_with(arguments, &[("SSOX_PROTECT", "prod*")]).fails(3);
        home("ssox_protected = false").ssox_with(arguments, &[("SSOX_PROTECT", "prod*")]).ok();
    }
    let home = home("ssox_protected = yes");
    says!(home, home.ssox(&line).fails(4), @r"
    ssox: `ssox_protected` of profile `prod-admin` is `yes`, which is not valid
    ssox: hint: write `true`, `false` or `unattended`
    ");
}

#[test]
fn a_name_with_the_word_prod_is_highlighted_and_nobody_is_asked() {
    let ran = home("").ssox_with(&["--emit=zsh1", "use", "prod-admin"], &[("SSOX_PROTECTED_FOR", "1s")]);
    assert_eq!((ran.set("SSOX_PROTECTED").as_deref(), ran.set("SSOX_PROTECTED_UNTIL")), (Some("1"), None));
}

#[test]
fn the_question_is_asked_each_time_also_on_the_way_back() {
    for shell in shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let config = home.read(".aws/config");
        home.write(".aws/config", &format!("{config}\n{}", profile("prod-admin", "ssox_protected = true")));
        let mut session = home.session(shell, &format!("LOAD\n{}", shell.probe()));
        let mut ask = |line: &str, keys: &str, held: &str| {
            session.terminal.enter(line);
            session.terminal.wait_for(QUESTION);
            session.terminal.keys(keys);
            session.wait_for_prompt();
            let probed = session.run("probe SSOX_PROFILE");
            assert!(probed.contains(&format!("SSOX_PROFILE {held}")), "{shell:?} {line}: {probed}");
        };
        ask("ssox use prod-admin", "\r", "unset");
        ask("ssox use prod-admin", "\x03", "unset");
        ask("ssox use prod-admin", "y\r", "exported [prod-admin]");
        ask("ssox use --profile-only prod-admin", "n\r", "exported [prod-admin]");
        ask("ssox use dev >/dev/null; ssox use -", "n\r", "exported [dev]");
        ask("ssox use -", "y\r", "exported [prod-admin]");
        session.terminal.enter(&format!("ssox use prod-admin; {}", shell.status()));
        session.terminal.wait_for(QUESTION);
        session.terminal.keys("n\r");
        session.terminal.wait_for("status 3");
        session.wait_for_prompt();
    }
}

/// Makes the time limit of the shell's profile the past, as it is when the time has come; returns what the next prompt says.
fn after_the_time_limit(session: &mut Session, shell: Shell) -> String {
    let already = session.terminal.seen().len();
    session.run(&format!("{}; {}", shell.export("SSOX_PROTECTED_UNTIL", "1"), shell.export("SSOX_NEXT", "1")));
    session.press_enter();
    let seen = session.terminal.seen();
    assert!(!seen.contains("not found"), "{shell:?}: {seen}");
    seen[already..].to_string()
}

#[test]
fn a_protected_profile_leaves_the_shell_after_its_time() {
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(890));
        let config = home.read(".aws/config");
        let key = profile("prod-admin", "ssox_protected = true\nssox_protected_for = 1h");
        home.write(".aws/config", &format!("{config}\n{key}"));
        let rc = format!("{}\nLOAD\n{}", shell.export("AWS_REGION", "mine"), shell.probe());
        let mut session = home.session_with(shell, &rc, &[("SSOX_PROTECTED_FOR", "15m")]);
        session.run("ssox use --yes prod-admin");
        session.run("probe SSOX_PROTECTED_UNTIL >until");
        // Renewed until then, which does not prolong it.
        home.age_credentials();
        session.run(&shell.export("SSOX_NEXT", "1"));
        eventually("a renewal", || (standin.count("GetRoleCredentials") == 2).then_some(()));
        session.run("probe SSOX_PROFILE SSOX_PROTECTED_UNTIL >probed");
        let still = format!("SSOX_PROFILE exported [prod-admin]\n{}", home.read("until"));
        assert_eq!(home.read("probed"), still, "{shell:?}");
        let said = after_the_time_limit(&mut session, shell);
        assert_eq!(said.matches("ssox: removed the protected profile prod-admin").count(), 1, "{shell:?}: {said}");
        session.run("probe AWS_REGION AWS_ACCESS_KEY_ID SSOX_PROTECTED_UNTIL SSOX_NEXT SSOX_PROMPT >probed");
        let probed = home.read("probed");
        assert_eq!(
            probed,
            "AWS_REGION exported [mine]\nAWS_ACCESS_KEY_ID unset\nSSOX_PROTECTED_UNTIL unset\nSSOX_NEXT unset\nSSOX_PROMPT unset\n",
            "{shell:?}"
        );
    });
}

/// While the identity is foreign, the profile stays. When it is that of ssox again, the time counts at once.
#[test]
fn a_protected_profile_whose_time_passed_while_it_was_foreign_leaves_when_it_is_not() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let rc = format!("LOAD\n{}", shell.probe());
        let mut session = home.session_with(shell, &rc, &[("SSOX_PROTECT", "dev"), ("SSOX_PROTECTED_FOR", "1h")]);
        session.run("ssox use --yes dev");
        let region = environment(&mut session, &home)["AWS_REGION"].clone();
        session.run(&shell.export("AWS_REGION", "theirs"));
        after_the_time_limit(&mut session, shell);
        session.run("probe SSOX_PROFILE >probed");
        assert_eq!(home.read("probed"), "SSOX_PROFILE exported [dev]\n", "{shell:?}");
        session.run(&shell.export("AWS_REGION", &region));
        session.run("probe SSOX_PROFILE AWS_ACCESS_KEY_ID SSOX_PROMPT >probed");
        let gone = "SSOX_PROFILE unset\nAWS_ACCESS_KEY_ID unset\nSSOX_PROMPT unset\n";
        assert_eq!(home.read("probed"), gone, "{shell:?}");
    });
}

#[test]
fn the_time_limit_also_ends_a_profile_without_keys_in_the_shell() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let rc = format!("LOAD\n{}", shell.probe());
        let mut session = home.session_with(shell, &rc, &[("SSOX_PROTECT", "dev"), ("SSOX_PROTECTED_FOR", "1h")]);
        session.run("ssox use --yes --profile-only dev");
        after_the_time_limit(&mut session, shell);
        session.run("probe AWS_PROFILE SSOX_NEXT >probed");
        assert_eq!(home.read("probed"), "AWS_PROFILE unset\nSSOX_NEXT unset\n", "{shell:?}");
    });
}

#[test]
fn the_time_of_the_next_call_does_not_prolong_a_protected_profile() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3600));
        let rc = format!("LOAD\n{}", shell.probe());
        let mut session = home.session_with(shell, &rc, &[("SSOX_PROTECT", "dev"), ("SSOX_PROTECTED_FOR", "1h")]);
        for used in ["ssox use --yes dev", "ssox use --yes --profile-only dev"] {
            session.run(used);
            session.run("probe SSOX_PROTECTED_UNTIL >until");
            let later = shell.export("SSOX_NEXT", "4000000000");
            session.run(&later);
            session.run("probe SSOX_NEXT SSOX_PROFILE >probed");
            let until = home.read("until").replace("PROTECTED_UNTIL", "NEXT");
            assert_eq!(home.read("probed"), format!("{until}SSOX_PROFILE exported [dev]\n"), "{shell:?} {used}");
            session.run(&format!("{}; {later}", shell.export("SSOX_PROTECTED_UNTIL", "4000000000")));
            session.run("probe SSOX_PROFILE AWS_PROFILE AWS_ACCESS_KEY_ID >probed");
            let gone = "SSOX_PROFILE unset\nAWS_PROFILE unset\nAWS_ACCESS_KEY_ID unset\n";
            assert_eq!(home.read("probed"), gone, "{shell:?} {used}");
        }
    });
}

#[test]
fn nothing_in_a_renewal_moves_the_end() {
    let home = home("ssox_protected = true");
    let used = home.ssox_with(&["--emit=zsh1", "use", "--yes", "prod-admin"], &[("SSOX_PROTECTED_FOR", "30m")]);
    let all = used.all_set();
    let until = used.set("SSOX_PROTECTED_UNTIL").unwrap();
    let next = |ran: &crate::home::Ran| ran.set("SSOX_NEXT").unwrap().parse::<i64>().unwrap();
    assert!(next(&used) <= until.parse().unwrap(), "{all:?}");
    let set: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ticked = home.ssox_with(&["--emit=zsh1", "tick"], &set);
    assert_eq!((ticked.status(), ticked.set("SSOX_PROTECTED_UNTIL")), (0, None));
    assert!(next(&ticked) <= until.parse().unwrap());
    // Not even a person who edits it.
    for edited in ["1", "9999999999", ""] {
        let name = |name: &str| name == "SSOX_PROTECTED_UNTIL";
        let over: Vec<(&str, &str)> =
            set.iter().map(|(known, value)| (*known, if name(known) { edited } else { *value })).collect();
        let removed = home.ssox_with(&["--emit=zsh1", "tick"], &over);
        assert!(removed.unsets("AWS_ACCESS_KEY_ID"), "{edited}: {}", removed.stdout());
        assert!(removed.stderr().starts_with("ssox: removed the protected profile prod-admin"), "{}", removed.stderr());
    }
}
