//! `.ssox` files in real shells: entering a directory uses its profile, and leaving it restores what was there before.

use crate::directories_of_tools_left::{brought_back, reply};
use crate::home::Ran;
use crate::identity::{Environment, environment, segment, status};
use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use ssox_standin::{Grant, Standin};
use std::time::Duration;

/// A home with a trusted directory `dir` for `dev`, and `dir/sub/deep` below it. The credentials are cached.
fn with_directory(content: &str) -> (Standin, Home) {
    let (standin, home) = with_directory_only(content);
    home.allow("dir");
    (standin, home)
}

/// The same, without cached credentials.
fn with_directory_only(content: &str) -> (Standin, Home) {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    home.write("dir/.ssox", content);
    home.write("dir/sub/deep/file", "");
    home.write("other/file", "");
    home.trust("dir");
    (standin, home)
}

fn ssox(home: &Home, arguments: &[&str]) -> Ran {
    Ran(home.command("ssox").args(arguments).output().expect("ssox starts"))
}

/// The variables of AWS and ssox, without those that change by themselves.
fn state(session: &mut Session, home: &Home) -> Environment {
    let mut environment = environment(session, home);
    environment.retain(|name, _| (name.starts_with("AWS_") || name.starts_with("SSOX_")) && name != "SSOX_NEXT");
    environment
}

fn holds(session: &mut Session, home: &Home) -> String {
    let environment = environment(session, home);
    let value = |name: &str| environment.get(name).map_or("-", String::as_str).to_string();
    let keys = if environment.contains_key("AWS_ACCESS_KEY_ID") { "keys" } else { "-" };
    format!("{} {keys} {} {}", value("SSOX_PROFILE"), value("AWS_REGION"), value("AWS_PROFILE"))
}

#[test]
fn entering_uses_the_profile_and_leaving_restores_what_was_there() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory("profile = dev\n");
        for before in ["", "ssox use stg", "ssox use stg; ssox use dev; ssox clear"] {
            let mut session = home.session(shell, &format!("{}\nLOAD", shell.export("AWS_PROFILE", "outer")));
            if !before.is_empty() {
                session.run(before);
            }
            let outside = state(&mut session, &home);
            session.run("cd dir");
            let inside = state(&mut session, &home);
            assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?} {before}");
            assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}");
            assert_eq!(inside["SSOX_DIRECTORY"], home.path("dir/.ssox").canonicalize().unwrap().to_str().unwrap());
            assert_eq!(inside.get("SSOX_PREVIOUS"), outside.get("SSOX_PREVIOUS"), "{shell:?}");
            session.run("cd sub/deep");
            assert_eq!(state(&mut session, &home), inside, "{shell:?} {before}");
            session.run("cd ~/other");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {before}");
            session.run("cd ~/dir/sub; cd ~");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {before}");
            assert!(!session.terminal.transcript().contains("ssox: "), "{}", session.terminal.transcript());
        }
        assert_eq!(standin.count("GetRoleCredentials"), 2);
    });
}

#[test]
fn an_explicit_use_or_clear_inside_wins_until_the_directory_is_left() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        for before in ["true", "ssox use stg"] {
            for (inside, held) in [
                ("ssox use stg", "stg keys eu-central-1 -"),
                ("ssox use --profile-only stg", "stg - eu-central-1 stg"),
                ("ssox clear", "- - - outer"),
                ("ssox use stg; ssox clear", "- - - outer"),
                ("ssox clear; ssox use stg; ssox clear", "- - - outer"),
                ("ssox clear; ssox use stg; ssox use -", ""),
            ] {
                let mut session = home.session(shell, &format!("{}\nLOAD", shell.export("AWS_PROFILE", "outer")));
                session.run(before);
                let outside = state(&mut session, &home);
                session.run("cd dir");
                session.run(inside);
                let held = if held.is_empty() { holds(&mut session, &home) } else { held.into() };
                session.run("cd sub");
                session.run("true");
                assert_eq!(holds(&mut session, &home), held, "{shell:?} {before}, {inside}");
                session.run("cd ~");
                assert_eq!(state(&mut session, &home), outside, "{shell:?} {before}, {inside}");
                session.run("ssox clear");
                assert_eq!(holds(&mut session, &home), "- - - outer", "{shell:?} {before}, {inside}");
            }
        }
    });
}

/// What the person may have in the file, and what is reported of it.
const BAD: [(&str, &str); 6] = [
    ("profile = dev\nprofile = stg\n", "line 2 has `profile` for the second time"),
    ("profile = dev\nsso_region = x\n", "line 2 has the unknown key `sso_region`"),
    ("[profile dev]\nregion = eu-west-1\n", "line 1 is not `KEY = VALUE`"),
    ("region = eu-west-1\n", "it has no line `profile = NAME`"),
    ("profile = dve\n", "there is no profile `dve`"),
    ("profile = $(touch PWNED)`touch PWNED`\n", "touch PWNED"),
];

#[test]
fn a_file_that_is_not_trusted_is_reported_once_and_changes_nothing() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        home.write("new/.ssox", "profile = dev\n");
        home.write("new/sub/file", "");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        let outside = state(&mut session, &home);
        for _ in 0..2 {
            let told = session.run("cd ~/new") + &session.run("cd sub") + &session.run("true");
            assert_eq!(told.matches("ssox: .ssox wants profile dev: ssox allow").count(), 1, "{shell:?}: {told}");
            assert_eq!(state(&mut session, &home), outside, "{shell:?}");
            session.run("cd ~");
        }
        session.run("cd new/sub");
        assert!(session.run("ssox allow").contains("is trusted"), "{shell:?}");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        // The content has changed: in force until the directory is left, and not trusted afterwards.
        home.write("new/.ssox", "profile = stg\n");
        session.run("cd ..");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        session.run("cd ~");
        assert!(session.run("cd new").contains("ssox: .ssox wants profile stg: ssox allow"), "{shell:?}");
        assert_eq!(state(&mut session, &home), outside, "{shell:?}");
        session.run("ssox allow ~/new");
        assert_eq!(holds(&mut session, &home), "stg keys eu-central-1 -", "{shell:?}");
        assert!(session.run("ssox deny").contains("is no longer trusted"), "{shell:?}");
        assert_eq!(state(&mut session, &home), outside, "{shell:?}");
    });
}

#[test]
fn a_bad_file_is_reported_and_never_allowed() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        let outside = state(&mut session, &home);
        for (content, why) in BAD {
            home.write("dir/.ssox", content);
            let told = session.run("cd ~/dir").replace("\r\n", "");
            if !content.contains("touch") && !content.contains("dve") {
                assert!(told.contains(why), "{shell:?} {content:?}: {told}");
            }
            assert!(told.contains("ssox: "), "{shell:?} {content:?}: {told}");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {content:?}");
            session.run("cd ~");
            let refused = ssox(&home, &["allow", "dir"]).fails(4);
            assert!(refused.contains(why), "{content:?}: {refused}");
        }
        assert!(!home.path("PWNED").exists() && !home.path("dir/PWNED").exists());
        let path = home.path("dir/.ssox");
        let file = path.to_str().unwrap();
        for make in [
            format!("head -c 10000000 /dev/zero >{file}"),
            format!("mkfifo {file}"),
            format!("ln -s /dev/zero {file}"),
            format!("ln -s {} {file}", home.path("real.ssox").display()),
            format!("mkdir {file}"),
            format!("printf 'profile = \\377' >{file}"),
        ] {
            home.write("real.ssox", "profile = dev\n");
            home.command("rm").args(["-rf", file]).status().unwrap();
            assert!(home.command("sh").args(["-c", &make]).status().unwrap().success());
            let told = session.run("cd ~/dir");
            assert_eq!(told.matches("ssox: could not ").count(), 1, "{shell:?} {make}: {told}");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {make}");
            session.run("cd ~");
            assert!(ssox(&home, &["allow", "dir"]).fails(4).contains(".ssox`: "), "{make}");
        }
    });
}

#[test]
fn region_and_profile_only_are_those_of_the_file() {
    in_each(&shells(), |shell| {
        for (content, held) in [
            ("profile = dev\nregion = us-west-2\n", "dev keys us-west-2 -"),
            ("profile = dev\nprofile_only = true\n", "dev - eu-west-1 dev"),
            ("profile = 222233334444/ReadOnly\nregion = us-west-2\n", "222233334444/ReadOnly keys us-west-2 -"),
        ] {
            let (_standin, home) = with_directory(content);
            let mut session = home.session(shell, "LOAD");
            let outside = state(&mut session, &home);
            session.run("cd dir");
            assert_eq!(holds(&mut session, &home), held, "{shell:?} {content}");
            session.run("cd ~");
            assert_eq!(state(&mut session, &home), outside, "{shell:?} {content}");
        }
    });
}

#[test]
fn an_error_about_profile_only_names_the_key_of_the_file() {
    let (_standin, home) = with_directory("profile = dev\n");
    home.write("dir/.ssox", "profile = 222233334444/ReadOnly\nprofile_only = true\n");
    let said = ssox(&home, &["allow", "dir"]).fails(4);
    assert!(said.contains(": `profile_only = true` needs a profile, and no profile has"), "{said}");
    home.write("dir/.ssox", "profile = outer\nprofile_only = true\n");
    let outer = "[profile outer]\nrole_arn = arn:aws:iam::444455556666:role/Target\ncredential_source = Environment\n";
    home.write(".aws/config", &format!("{}\n{outer}", home.read(".aws/config")));
    let said = ssox(&home, &["allow", "dir"]).fails(4);
    assert!(said.contains(": `profile_only = true` cannot be used with profile `outer`: "), "{said}");
    assert!(said.contains("hint: remove `profile_only` from the file"), "{said}");
    home.write("dir/.ssox", "profile = wrapped\nprofile_only = true\n");
    let wrapped = "[profile wrapped]\ncredential_process = ssox credential-process prod\n\
        [profile prod]\nssox_protected = true\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    home.write(".aws/config", &format!("{}\n{wrapped}", home.read(".aws/config")));
    let said = ssox(&home, &["allow", "dir"]).fails(3);
    assert!(said.contains(": AWS tools would get no credentials with `profile_only = true`: "), "{said}");
}

#[test]
fn deny_without_a_file_asks_for_the_directory() {
    let (_standin, home) = with_directory("profile = dev\n");
    for arguments in [&["deny"][..], &["deny", "nowhere"]] {
        let said = ssox(&home, arguments).fails(4);
        assert!(said.ends_with("\nssox: hint: ssox deny DIR\n") && !said.contains("allow"), "{said}");
    }
}

#[test]
fn an_account_by_name_needs_a_listing_and_not_a_sign_in() {
    let (_standin, home) = with_directory("profile = dev\n");
    home.write("dir/.ssox", "profile = Data Platform/ReadOnly\n");
    let said = ssox(&home, &["allow", "dir"]).fails(3);
    assert!(said.ends_with(": the accounts are not listed yet\nssox: hint: ssox list --assigned\n"), "{said}");
    std::fs::remove_dir_all(home.path(".aws/sso/cache")).unwrap();
    let said = ssox(&home, &["allow", "dir"]).fails(3);
    assert!(said.contains(": the accounts are not listed yet: nobody is signed in\nssox: hint: ssox login"), "{said}");
}

/// What is held in directories where the home directory, `dir` and `dir/sub` have a `.ssox` file; `link` leads to
/// `dir/sub`.
pub(crate) const NESTED: [(&str, &str); 8] = [
    ("~", "stg keys us-west-2 -"),
    ("~/dir", "dev keys eu-west-1 -"),
    ("~/dir/sub/deep", "stg keys eu-central-1 -"),
    ("~/dir", "dev keys eu-west-1 -"),
    ("~/link/deep", "stg keys eu-central-1 -"),
    ("/", "- - - -"),
    ("~/dir/sub", "stg keys eu-central-1 -"),
    ("/tmp", "- - - -"),
];

#[test]
fn the_nearest_file_counts_and_the_home_directory_is_the_last_one() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        home.write("dir/sub/.ssox", "profile = stg\n");
        home.write(".ssox", "profile = stg\nregion = us-west-2\n");
        home.allow("dir/sub");
        home.allow(".");
        std::os::unix::fs::symlink(home.path("dir/sub"), home.path("link")).unwrap();
        let mut session = home.session(shell, "LOAD");
        for (place, held) in [("~/other", "stg keys us-west-2 -")].into_iter().chain(NESTED) {
            session.run(&format!("cd {place}"));
            assert_eq!(holds(&mut session, &home), held, "{shell:?} {place}");
        }
    });
}

/// In a shell that was replaced in a directory (`exec zsh`) and then cleared, direnv brings back the profile from before.
#[test]
fn leaving_an_inherited_directory_takes_out_an_old_value_that_direnv_has_brought_back() {
    let (_standin, home) = with_directory_only("profile = stg\n");
    let replaced = brought_back(&home);
    let file = home.path("dir/.ssox");
    let variables =
        [("AWS_PROFILE", "dev"), ("SSOX_REPLACED", &replaced), ("SSOX_DIRECTORY", file.to_str().expect("it is text"))];
    let left = reply(&home, &["directory"], &variables);
    for line in ["-AWS_PROFILE", "!AWS_PROFILE", "-SSOX_DIRECTORY", "!SSOX_DIRECTORY"] {
        assert!(left.lines().any(|found| found == line), "{line}: {left}");
    }
}

/// The list contains PWD, and the shell did not enter that directory.
#[test]
fn bash_that_reads_exported_variables_back_shows_what_they_are() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = with_directory_only("profile = dev\n");
    // After `--profile-only`, the list does not contain the access keys, so those of the directory stay.
    for (used, state) in [("ssox use stg", "|ok"), ("ssox use --profile-only stg", "?|foreign")] {
        let mut session = home.session(Shell::Bash, "LOAD");
        session.run(&format!("{used}; export -p >~/exported; ssox clear; cd ~/dir"));
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{used}");
        session.run(". ~/exported");
        assert!(holds(&mut session, &home).starts_with("stg keys "), "{used}");
        let shown = segment(&mut session, &home);
        assert!(shown.starts_with("stg:") && shown.ends_with(state), "{used} {shown}");
        session.run("pwd >~/place; cd ~");
        assert!(home.read("place").ends_with("/dir\n"), "{used}");
        assert_eq!(
            (holds(&mut session, &home), segment(&mut session, &home)),
            ("- - - -".into(), "|".into()),
            "{used}"
        );
    }
}

/// For example, direnv has set another PATH.
#[test]
fn without_the_program_a_directory_changes_nothing_and_says_nothing() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory_only("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        let (away, back) = match shell {
            Shell::Fish => ("set -g path_before $PATH; set -gx PATH /nowhere", "set -gx PATH $path_before"),
            _ => ("path_before=$PATH; PATH=/nowhere", "PATH=$path_before"),
        };
        session.run("ssox use stg");
        session.run(away);
        let screen = session.run("cd dir") + &session.run("cd ~");
        assert!(!screen.contains("ssox:") && !screen.contains("found"), "{shell:?} {screen}");
        session.run(back);
        assert_eq!(holds(&mut session, &home), "stg keys eu-central-1 -", "{shell:?}");
        session.run("cd dir");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
    });
}

#[test]
fn where_a_person_must_sign_in_the_segment_says_so() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory_only("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        std::fs::remove_dir_all(home.path(".aws/sso/cache")).unwrap();
        session.run("cd dir");
        assert_eq!(holds(&mut session, &home), "dev - eu-west-1 dev", "{shell:?}");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
        assert_eq!(state(&mut session, &home)["SSOX_STATE"], "sign-in", "{shell:?}");
        assert_eq!((standin.count("RegisterClient"), standin.count("StartDeviceAuthorization")), (0, 0), "{shell:?}");
        session.run("cd ~");
        assert_eq!(holds(&mut session, &home), "stg keys eu-central-1 -", "{shell:?}");
        session.run("cd dir");
        standin.seed_token(&home.path(""), "corp", &Grant::default());
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        eventually("the credentials", || (holds(&mut session, &home) == "dev keys eu-west-1 -").then_some(()));
        assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        assert!(state(&mut session, &home).contains_key("AWS_ACCOUNT_ID"), "{shell:?}");
    });
}

/// In the morning, the cache has the credentials of the day before.
#[test]
fn entering_a_directory_puts_no_expired_credentials_into_the_shell() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory_only("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        let expired = || {
            for name in std::fs::read_dir(home.path(".aws/cli/cache")).unwrap().flatten().map(|entry| entry.path()) {
                let text = std::fs::read_to_string(&name).unwrap();
                std::fs::write(&name, text.replace("\"Expiration\": \"2", "\"Expiration\": \"1")).unwrap();
            }
        };
        session.run("cd dir");
        session.run("cd ~");
        expired();
        session.run("cd dir");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        session.run("cd ~");
        expired();
        std::fs::remove_dir_all(home.path(".aws/sso/cache")).unwrap();
        session.run("cd dir");
        assert_eq!(holds(&mut session, &home), "dev - eu-west-1 dev", "{shell:?}");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
        assert_eq!(standin.count("GetRoleCredentials"), 2, "{shell:?}");
    });
}

/// The prompt segment of a directory, or of a profile in use whose session was revoked.
#[test]
fn signing_in_brings_the_credentials_at_once() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory_only("profile = dev\n");
        standin.configure(|options| options.device = ssox_standin::Person::Approves);
        let mut session = home.session(shell, "LOAD");
        std::fs::remove_dir_all(home.path(".aws/sso/cache")).unwrap();
        session.run("cd dir");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
        let told = session.run(&format!("ssox login --device-code --no-browser; {}", shell.status()));
        assert!(told.contains("status 0"), "{shell:?}: {told}");
        assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}: {told}");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        session.run("cd ~");
        assert_eq!(holds(&mut session, &home), "- - - -", "{shell:?}");
    });
}

#[test]
fn a_protected_profile_is_only_named() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, &format!("{}\nLOAD", shell.export("SSOX_PROTECT", "dev")));
        session.run("ssox use stg");
        let outside = state(&mut session, &home);
        assert!(
            session.run("cd dir").contains("ssox: .ssox wants profile dev, which is protected: ssox use dev"),
            "{shell:?}"
        );
        assert_eq!(holds(&mut session, &home), "stg keys eu-central-1 -", "{shell:?}");
        session.run("ssox use --yes dev");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        session.run("cd ~");
        assert_eq!(state(&mut session, &home), outside, "{shell:?}");
    });
}

#[test]
fn a_child_shell_keeps_the_directory_and_takes_it_out_elsewhere() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("cd dir");
        let inside = state(&mut session, &home);
        let inherited: Vec<(&str, &str)> = inside.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut child = home.session_with(shell, "cd dir/sub\nLOAD", &inherited);
        assert_eq!(holds(&mut child, &home), "dev keys eu-west-1 -", "{shell:?}");
        child.run("cd ~");
        assert_eq!(holds(&mut child, &home), "- - - -", "{shell:?}");
        assert!(!state(&mut child, &home).contains_key("SSOX_DIRECTORY"), "{shell:?}");
        let mut cleared = home.session_with(shell, "cd dir/sub\nLOAD", &inherited);
        cleared.run("ssox clear");
        cleared.run("cd ~");
        assert!(!state(&mut cleared, &home).contains_key("SSOX_DIRECTORY"), "{shell:?}");
        child.run("cd dir");
        assert_eq!(holds(&mut child, &home), "dev keys eu-west-1 -", "{shell:?}");
    });
}

#[test]
fn on_the_line_of_the_change_zsh_and_fish_have_the_profile() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        let (_standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("cd dir; command env >~/inside; cd ~; command env >~/outside");
        assert!(home.read("inside").contains("SSOX_PROFILE=dev"), "{shell:?}");
        assert!(!home.read("outside").contains("SSOX_PROFILE"), "{shell:?}");
    }
}

#[test]
fn the_binary_runs_only_where_a_file_begins_or_ends() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        home.count_calls();
        let mut session = home.session(shell, "LOAD");
        std::fs::remove_file(home.path("calls")).unwrap();
        for line in ["cd other", "cd ..", "cd /", "cd ~"] {
            session.run(line);
        }
        assert_eq!(home.calls(), "", "{shell:?}");
        session.run("cd dir");
        let entered = home.calls();
        // A start script loads the whole one first.
        let others = entered.lines().filter(|call| !call.starts_with("init "));
        assert_eq!(others.count(), 1, "{shell:?}: {entered}");
        for line in ["cd sub", "true", "cd deep", "true", "cd ..", "true", "true", "true"] {
            session.run(line);
        }
        assert_eq!(home.calls(), entered, "{shell:?}");
        session.run("cd ~");
        session.run("true");
        assert_eq!(home.calls(), entered, "{shell:?}");
    });
}

#[test]
fn doctor_names_a_file_that_is_bad_or_not_trusted() {
    let (_standin, home) = with_directory("profile = dev\n");
    let doctor = |home: &Home| {
        let output = home.command("ssox").arg("doctor").current_dir(home.path("dir/sub")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(!doctor(&home).1.contains(".ssox"), "{:?}", doctor(&home));
    home.write("dir/.ssox", "profile = stg\n");
    assert!(
        doctor(&home).1.contains("names profile stg, but is not trusted\n    hint: ssox allow"),
        "{:?}",
        doctor(&home)
    );
    home.write("dir/.ssox", "profile = nope\n");
    assert!(doctor(&home).0 == Some(4) && doctor(&home).1.contains("nope"), "{:?}", doctor(&home));
    home.write("dir/.ssox", "profiel = dev\n");
    assert!(doctor(&home).0 == Some(4) && doctor(&home).1.contains("unknown key `profiel`"), "{:?}", doctor(&home));
}

/// PowerShell runs its hooks in the function `prompt`.
#[test]
fn powershell_enters_and_leaves_directories() {
    if !installed("pwsh") {
        return;
    }
    let (_standin, home) = with_directory("profile = dev\n");
    home.write(
        "script.ps1",
        "Set-StrictMode -Version Latest; ssox init powershell | Out-String | Invoke-Expression\n\
         function show { \"[$env:SSOX_PROFILE $env:AWS_REGION $env:AWS_PROFILE $([bool]$env:AWS_ACCESS_KEY_ID)]\" }\n\
         $env:AWS_PROFILE = 'outer'; $null = prompt\n\
         cd dir/sub; show; $null = prompt; show; cd deep; $null = prompt; show\n\
         ssox use stg; $null = prompt; show; ssox clear; $null = prompt; show; ssox use stg; cd ~/other; show; $null = prompt; show\n\
         ssox use stg; show; cd ~/dir; show; $null = prompt; cd ~; $null = prompt; show; ssox clear; show\n\
         \"$($_ssox_kept.Count) $($Error.Count)\"\n",
    );
    let mut command = home.command("pwsh");
    command.args(["-NoProfile", "-NonInteractive", "-File", "script.ps1"]);
    let output = command.output().expect("PowerShell starts");
    let (dev, stg, outer) = ("[dev eu-west-1  True]", "[stg eu-central-1  True]", "[  outer False]");
    let expected = [dev, dev, dev, stg, outer, outer, outer, stg, dev, stg, outer];
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let (shown, rest) = told.split_at(told.rfind("\n0 ").map_or(0, |at| at + 1));
    assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{told}");
    assert_eq!(rest.trim(), "0 0");
}

/// bash looks for a `.ssox` file only at the prompt, so a change of directory takes effect after the whole line has run.
#[test]
fn a_variable_of_one_call_does_not_outlast_the_directory_on_its_line() {
    let at_once: Vec<Shell> = shells().into_iter().filter(|shell| *shell != Shell::Bash).collect();
    in_each(&at_once, |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        let nothing = "- - - -";
        let (dev, stg) = ("dev keys eu-west-1 -", "stg keys eu-central-1 -");
        let rows = [
            ("true", "cd ~/dir; AWS_REGION=x ssox use stg", stg, nothing),
            ("true", "AWS_REGION=x ssox use stg; cd ~/dir", dev, stg),
            ("cd ~/dir", "cd ~/other; AWS_REGION=x ssox use stg", stg, stg),
            ("cd ~/dir", "AWS_ACCESS_KEY_ID=x ssox use stg; cd ~/other", nothing, nothing),
            ("true", "AWS_REGION=x ssox use stg; cd ~/dir; AWS_REGION=y ssox use stg", stg, stg),
        ];
        for (before, line, then, outside) in rows {
            session.run(before);
            session.run(line);
            assert_eq!(holds(&mut session, &home), then, "{shell:?} {line}");
            assert!(!segment(&mut session, &home).contains("foreign"), "{shell:?} {line}");
            session.run("cd ~/other");
            assert_eq!(holds(&mut session, &home), outside, "{shell:?} {line}");
            assert!(!segment(&mut session, &home).contains("foreign"), "{shell:?} {line}");
            session.run("ssox clear");
            let left = environment(&mut session, &home);
            assert!(!left.contains_key("AWS_ACCESS_KEY_ID") && !left.contains_key("AWS_REGION"), "{shell:?} {line}");
        }
    });
}

#[test]
fn allow_says_where_a_shell_has_no_function() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        for (rc, expected) in [("true", true), ("LOAD", false)] {
            let mut session = home.session(shell, rc);
            let told = session.run("ssox allow dir");
            let line = "a shell without ssox's function does not look for .ssox files";
            assert_eq!(told.contains(line), expected, "{shell:?} {rc}: {told}");
        }
    });
}

/// In bash no hook runs between the parts of a line.
#[test]
fn what_is_set_on_the_line_that_leaves_the_directory_stays() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        home.write("dir/stg/.ssox", "profile = stg\n");
        home.allow("dir/stg");
        let mut session = home.session(shell, "LOAD");
        let theirs = shell.export("AWS_PROFILE", "theirs");
        let unset = if shell == Shell::Fish { "set -e AWS_PROFILE" } else { "unset AWS_PROFILE" };
        let rows = [
            (format!("cd ~/other; {theirs}"), "- - - theirs"),
            (format!("cd ~/other; {theirs}; {unset}"), "- - - -"),
            (format!("{theirs}; {unset}; cd ~/other"), "- - - -"),
            ("ssox use stg; cd ~/other".into(), "- - - -"),
            ("ssox clear; cd ~/other".into(), "- - - -"),
            (format!("{theirs}\ncd ~/other"), "- - - -"),
            (format!("cd sub; {theirs}\ncd ~/other"), "- - - -"),
        ];
        for (lines, outside) in rows {
            session.run("cd ~/dir");
            assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?} before {lines}");
            lines.lines().for_each(|line| drop(session.run(line)));
            assert_eq!(holds(&mut session, &home), outside, "{shell:?} {lines}");
            assert_eq!(segment(&mut session, &home), "|", "{shell:?} {lines}");
            session.run(unset);
        }
        // The directory below has its own profile, and what was typed counts outside of both.
        session.run("cd ~/dir");
        session.run(&format!("cd stg; {theirs}"));
        session.run("cd ~/other");
        let outside = holds(&mut session, &home);
        assert_eq!(outside, if shell == Shell::Bash { "- - - theirs" } else { "- - - -" }, "{shell:?}");
    });
}

#[test]
fn fish_refuses_a_directory_that_universal_variables_would_hide() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = with_directory("profile = dev\n");
    let mut session = home.session(Shell::Fish, "LOAD");
    session.run("set -Ux AWS_PROFILE other");
    let told = session.run("cd ~/dir");
    assert!(told.contains("set -eU AWS_PROFILE"), "{told}");
    assert_eq!(holds(&mut session, &home), "- - - other");
    session.run("cd ~/other; set -eU AWS_PROFILE; cd ~/dir");
    assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -");
}

/// A function may have a local variable with the name of a value of the directory or of the profile in use.
#[test]
fn a_local_variable_of_a_function_does_not_become_a_value_of_the_shell() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let (local, end) = match shell {
            Shell::Fish => ("function f; set -lx AWS_REGION local", "end"),
            Shell::Zsh | Shell::Bash => ("f() { local -x AWS_REGION=local", "}"),
        };
        for verb in ["true", "ssox use stg", "ssox use dev", "ssox clear"] {
            for before in ["true", "ssox use stg"] {
                let mut session = home.session(shell, "LOAD");
                session.run(before);
                session.run(&format!("{local}; cd ~/dir; {verb}; {end}"));
                session.run("f");
                let inside = holds(&mut session, &home);
                session.run("cd ~/other");
                let outside = holds(&mut session, &home);
                session.run("ssox clear");
                let cleared = holds(&mut session, &home);
                let seen = format!("{shell:?} {before}; {verb}: {inside} | {outside} | {cleared}");
                assert!(!seen.contains("local") && cleared == "- - - -", "{seen}");
            }
        }
    });
}

#[test]
fn a_protected_directory_does_not_hide_a_foreign_identity() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory("profile = dev\n");
        let config = home.read(".aws/config").replace("[profile dev]", "[profile dev]\nssox_protected = true");
        home.write(".aws/config", &config);
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        let unset = if shell == Shell::Fish { "set -e AWS_PROFILE" } else { "unset AWS_PROFILE" };
        for (edit, shown) in [(shell.export("AWS_PROFILE", "dev"), "stg:PowerUser?"), (unset.into(), "stg:PowerUser 5")]
        {
            session.run(&format!("{edit}; cd ~/dir"));
            let seen = segment(&mut session, &home);
            assert!(seen.starts_with(shown), "{shell:?} {edit}: {seen}");
            session.run("cd ~/other");
            let seen = segment(&mut session, &home);
            assert!(seen.starts_with(shown), "{shell:?} {edit}: {seen}");
        }
    });
}

#[test]
fn an_edited_expiration_does_not_hide_that_a_person_must_sign_in() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory_only("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("rm ~/.aws/sso/cache/*.json; cd ~/dir");
        eventually("sign in", || segment(&mut session, &home).contains("sign in").then_some(()));
        session.run(&shell.export("SSOX_EXPIRES", "1000000000"));
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
    });
}

#[test]
fn an_edited_state_does_not_hide_that_a_person_must_sign_in() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directory_only("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("rm ~/.aws/sso/cache/*.json; cd ~/dir");
        eventually("sign in", || segment(&mut session, &home).contains("sign in").then_some(()));
        let unset = if shell == Shell::Fish { "set -e SSOX_STATE" } else { "unset SSOX_STATE" };
        for edit in [unset.into(), shell.export("SSOX_STATE", "foreign"), shell.export("SSOX_STATE", "")] {
            session.run(&edit);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?} {edit}");
        }
        session.run(unset);
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
    });
}

/// AWS tools would use the profile `default`, and the prompt would show another one.
#[test]
fn tools_use_no_other_profile_while_a_person_must_sign_in() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory_only("profile = stg\n");
        let keys = "aws_access_key_id = AKIASTANDINEXAMPLE00\naws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000";
        home.write(".aws/credentials", &format!("[default]\n{keys}\n"));
        let mut session = home.session(shell, "LOAD");
        session.run("rm -r ~/.aws/sso/cache ~/.aws/cli/cache; cd ~/dir");
        session.run("ssox status >~/told; ssox status --verify >~/verified; ssox status --tools --json >~/tools");
        let (told, verified, tools) = (home.read("told"), home.read("verified"), home.read("tools"));
        assert!(told.contains("does not have the credentials of this profile yet"), "{shell:?} {told}");
        assert!(told.contains("AWS tools use the profile itself\n"), "{shell:?} {told}");
        assert!(!verified.contains("arn "), "{shell:?} {verified}");
        let of_profile = |tool: &str| tools.contains(&format!(r#""tool":"{tool}","identity":"stg""#));
        assert!(["AWS CLI v2", "boto3", "Go v2", "Rust"].into_iter().all(of_profile), "{shell:?} {tools}");
        assert_eq!(standin.count("StartDeviceAuthorization"), 0, "{shell:?}");
        let waiting = environment(&mut session, &home);
        assert!(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().all(|name| waiting[*name] == "stg"), "{shell:?}");
        standin.seed_token(&home.path(""), "corp", &Grant::default());
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        eventually("the credentials", || (holds(&mut session, &home) == "stg keys eu-central-1 -").then_some(()));
        let arrived = environment(&mut session, &home);
        assert!(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().all(|name| !arrived.contains_key(*name)), "{shell:?}");
    });
}

/// Where keys are awaited, the shell has those of no profile, and also not those of a pod.
#[test]
fn nothing_else_counts_while_a_person_must_sign_in() {
    in_each(&shells(), |shell| {
        let (standin, home) = with_directory("profile = dev\n");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use --profile-only stg; rm -r ~/.aws/sso/cache ~/.aws/cli/cache");
        let pod = [
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
            ("AWS_ROLE_ARN", "arn:aws:iam::1:role/Pod"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
        ];
        pod.iter().for_each(|(name, value)| drop(session.run(&shell.export(name, value))));
        session.run("cd ~/dir");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly sign in|soon", "{shell:?}");
        let status = status(&mut session, &home);
        assert_eq!((&status["profile"], &status["foreign"]), (&"dev".into(), &false.into()), "{shell:?} {status}");
        assert!(status["mode"].is_null(), "{shell:?} {status}");
        let inside = environment(&mut session, &home);
        assert!(pod.iter().all(|(name, _)| !inside.contains_key(*name)), "{shell:?} {inside:?}");
        standin.seed_token(&home.path(""), "corp", &Grant::default());
        session.run(&shell.export("SSOX_NEXT", "1000000000"));
        eventually("the credentials", || (holds(&mut session, &home) == "dev keys eu-west-1 -").then_some(()));
        session.run("cd ~");
        let outside = environment(&mut session, &home);
        assert!(pod.iter().all(|(name, value)| outside[*name] == *value), "{shell:?} {outside:?}");
    });
}
