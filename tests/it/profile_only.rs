//! `use --profile-only`: what AWS_PROFILE means depends on other variables and files, so the prompt shows if they
//! change.

use crate::identity::{environment, segment, status};
use crate::shells::{Shell, in_each, shells, signed_in};
use crate::shown::{says, shows};
use std::time::Duration;

const OURS: &str = "dev:ReadOnly|ok";
const FOREIGN: &str = "dev:ReadOnly?|foreign";

fn unset(shell: Shell, name: &str) -> String {
    if shell == Shell::Fish { format!("set -e {name}") } else { format!("unset {name}") }
}

#[test]
fn what_changes_the_meaning_of_aws_profile_is_foreign() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let config = home.path(".aws/config").display().to_string();
        let mut session = home.session_with(shell, "LOAD", &[("AWS_CONFIG_FILE", &config)]);
        session.run("ssox use dev; ssox use --profile-only dev");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
        for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
            let before = environment(&mut session, &home).get(name).cloned();
            session.run(&shell.export(name, "/other"));
            assert_eq!(segment(&mut session, &home), FOREIGN, "{shell:?} {name}");
            assert!(session.run("ssox doctor").contains(name), "{shell:?} {name}");
            let status = status(&mut session, &home);
            assert_eq!((&status["foreign"], &status["account_id"]), (&true.into(), &().into()), "{shell:?} {name}");
            session.run(&before.map_or_else(|| unset(shell, name), |before| shell.export(name, &before)));
            assert_eq!(segment(&mut session, &home), OURS, "{shell:?} {name}");
        }
        session.run(&shell.export("AWS_SHARED_CREDENTIALS_FILE", ""));
        assert_eq!(segment(&mut session, &home), FOREIGN, "{shell:?}: an empty name is not ~/.aws/credentials");
        session.run("ssox use --profile-only dev");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
        session.run("ssox clear");
        let left = environment(&mut session, &home);
        assert_eq!(left["AWS_CONFIG_FILE"], config, "{shell:?}");
        // With keys, the files mean nothing.
        session.run("ssox use dev");
        session.run(&shell.export("AWS_SHARED_CREDENTIALS_FILE", "/other"));
        assert!(segment(&mut session, &home).ends_with("m|ok"), "{shell:?}");
    });
}

/// ssox takes the keys out, and AWS tools could not assume the role without them.
#[test]
fn a_profile_that_needs_keys_in_the_environment_is_refused() {
    let home = crate::home::Home::signed_in();
    let role = "role_arn = arn:aws:iam::333344445555:role/Deploy";
    home.add_config(&format!(
        "[profile deploy]\n{role}\ncredential_source = Environment\n[profile over]\n{role}2\nsource_profile = deploy\n"
    ));
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];
    for name in ["deploy", "over"] {
        let ran = home.ssox_with(&["--emit=zsh1", "use", "--profile-only", name], &keys);
        assert_eq!((ran.status(), ran.stdout().as_str()), (4, ""), "{name}");
        let said = ran.stderr();
        assert!(
            said.contains("the profile needs access keys in the environment (`credential_source = Environment`)"),
            "{said}"
        );
        assert!(said.contains(&format!("hint: ssox use {name}")), "{said}");
    }
}

/// After the call, the shell has the files from before.
#[test]
fn a_file_that_only_one_call_had_is_not_that_of_the_shell() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("c2", &home.read(".aws/config").replace("ReadOnly", "PowerUser"));
        let other = home.path("c2").display().to_string();
        for (name, there) in [("AWS_CONFIG_FILE", None), ("AWS_CONFIG_FILE", Some("/dev/null"))] {
            let mut session = home.session(shell, "LOAD");
            session.run(&there.map_or_else(|| "true".into(), |there| shell.export(name, there)));
            session.run(&format!("{name}={other} ssox use --profile-only dev"));
            let (shown, status) = (segment(&mut session, &home), status(&mut session, &home));
            assert_eq!(shown.contains('?'), status["foreign"], "{shell:?} {there:?} {shown}: {status}");
            if there.is_some() {
                assert_eq!(shown, "dev:PowerUser?|foreign", "{shell:?}");
            }
        }
    });
}

/// As for every program, a relative path means another file in another directory, and `~` is what HOME says.
#[test]
fn where_the_files_depend_on_the_directory_or_on_home_the_profile_changes_with_them() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("aws.conf", &home.read(".aws/config"));
        home.write("elsewhere/aws.conf", "[profile dev]\nregion = eu-west-3\n");
        for (name, path) in [
            ("AWS_CONFIG_FILE", "./aws.conf"),
            ("AWS_CONFIG_FILE", "aws.conf"),
            ("AWS_SHARED_CREDENTIALS_FILE", "keys"),
        ] {
            let mut session = home.session_with(shell, "LOAD", &[(name, path)]);
            session.run("ssox use --profile-only dev");
            assert_eq!(segment(&mut session, &home), OURS, "{shell:?} {name}={path}");
            session.run("cd elsewhere");
            assert_eq!(segment(&mut session, &home), FOREIGN, "{shell:?} {name}={path}");
            let told = session.run("ssox doctor");
            assert!(told.contains(&format!("the relative path in {name} means")), "{shell:?} {name}={path}: {told}");
            session.run("cd ..");
            assert_eq!(segment(&mut session, &home), OURS, "{shell:?} {name}={path}");
        }
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use --profile-only dev");
        session.run(&format!("cd elsewhere; {}", shell.export("HOME", "/nowhere")));
        session.run("echo \"$SSOX_SEGMENT|$SSOX_SEGMENT_STATE\" >../segment");
        assert_eq!(home.read("segment").trim(), FOREIGN, "{shell:?}");
        session.run(&shell.export("HOME", home.path("").to_str().expect("a path is text")));
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
    });
}

/// Below the directory of a `.ssox` file, a relative path is another file, too.
#[test]
fn a_relative_path_counts_below_a_directory_with_a_file() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let config = home.read(".aws/config");
        home.write("project/.ssox", "profile = dev\nprofile_only = true\n");
        home.write("project/c", &config);
        home.write("project/in/c", &config.replace("ReadOnly", "PowerUser"));
        let mut session = home.session_with(shell, "LOAD", &[("AWS_CONFIG_FILE", "c")]);
        session.run("cd project; ssox allow");
        session.run("true");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
        session.run("cd in");
        assert_eq!(segment(&mut session, &home), FOREIGN, "{shell:?}");
        session.run("cd ..");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
    });
}

/// The label is as it was, and says that this is not what the shell has.
#[test]
fn a_profile_that_is_gone_or_has_no_credentials_is_shown_as_such() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let config = home.read(".aws/config");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use --profile-only dev");
        for (edited, why) in [
            ("[profile dev]\nregion = eu-west-1\n", "profile `dev` has no credentials"),
            ("[profile other]\nregion = eu-west-1\n", "there is no profile `dev`"),
        ] {
            home.write(".aws/config", edited);
            session.run("true");
            assert_eq!(segment(&mut session, &home), "dev?|foreign", "{shell:?} {edited}");
            let status = status(&mut session, &home);
            assert_eq!(status["foreign"], true, "{shell:?} {status}");
            let told = session.run("ssox doctor");
            assert!(told.contains(why), "{shell:?} {edited}: {told}");
            home.write(".aws/config", &config);
            session.run("true");
            assert_eq!(segment(&mut session, &home), OURS, "{shell:?} {edited}");
        }
    });
}

/// Tools that manage the files of a home set a link to another file, and give all files the same time.
#[test]
fn a_link_that_is_set_to_another_file_is_an_edit() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let config = home.read(".aws/config");
        home.write("first", &config);
        home.write("second", &config.replace("111122223333", "222233334444").replace("ReadOnly", "PowerUser"));
        for name in ["first", "second"] {
            let file = std::fs::File::options().write(true).open(home.path(name)).expect("the file is there");
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1)).expect("time is set");
        }
        let mut session = home.session(shell, "LOAD");
        session.run("ln -sf ../first .aws/config");
        session.run("ssox use --profile-only dev");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
        session.run("ln -sf ../second .aws/config");
        assert_eq!(segment(&mut session, &home), "dev:PowerUser|ok", "{shell:?}");
        session.run("ln -sf ../first .aws/config");
        assert_eq!(segment(&mut session, &home), OURS, "{shell:?}");
    });
}

/// AWS_PROFILE names whatever the files say at the time.
#[test]
fn an_edit_of_the_profile_is_shown_at_the_next_prompt() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.count_calls();
        let config = home.read(".aws/config");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use --profile-only dev");
        let other = config.replace("111122223333", "222233334444").replace("ReadOnly", "PowerUser");
        let protected = config.replace("sso_role_name = ReadOnly", "sso_role_name = ReadOnly\nssox_protected = true");
        for (edited, shown, account) in [
            (&other, "dev:PowerUser|ok", "222233334444"),
            (&config, OURS, "111122223333"),
            (&protected, OURS, "111122223333"),
        ] {
            home.write(".aws/config", edited);
            session.run("true");
            assert_eq!(segment(&mut session, &home), shown, "{shell:?} {edited}");
            let status = status(&mut session, &home);
            assert_eq!(status["account_id"].as_str().unwrap_or_default(), account, "{shell:?} {status}");
            assert_eq!(status["foreign"], false, "{shell:?} {status}");
            let calls = home.calls();
            (0..3).for_each(|_| drop(session.run("true")));
            assert_eq!(home.calls(), calls, "{shell:?}: a prompt after which nothing has changed costs no process");
        }
        assert_eq!(environment(&mut session, &home).get("SSOX_PROTECTED").map(String::as_str), Some("1"), "{shell:?}");
        // A file with an earlier time, one that appears, one that disappears, and marks that are gone.
        let (aws, marks) = (home.path(".aws"), home.path(".local/state/ssox/files"));
        let edits: [&dyn Fn(); 4] = [
            &|| {
                let file = std::fs::File::options().write(true).open(aws.join("config")).expect("config is there");
                file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_500_000_000)).expect("time is set");
            },
            &|| home.write(".aws/credentials", "[x]\n"),
            &|| std::fs::remove_file(aws.join("credentials")).expect("credentials is there"),
            &|| std::fs::remove_dir_all(&marks).expect("the marks are there"),
        ];
        for edit in edits {
            let calls = home.calls().lines().count();
            edit();
            (0..3).for_each(|_| drop(session.run("true")));
            assert_eq!(home.calls().lines().count(), calls + 1, "{shell:?}: {}", home.calls());
        }
        // The variable is for child shells.
        for edit in [unset(shell, "SSOX_FILES"), shell.export("SSOX_FILES", "/nowhere")] {
            for (edited, shown) in [(&other, "dev:PowerUser|ok"), (&config, OURS)] {
                session.run(&edit);
                home.write(".aws/config", edited);
                session.run("true");
                assert_eq!(segment(&mut session, &home), shown, "{shell:?} {edit}");
            }
        }
        // While others have changed the identity, too.
        session.run(&shell.export("AWS_ROLE_ARN", "/other"));
        home.write(".aws/config", &other);
        session.run("true");
        assert_eq!(segment(&mut session, &home), "dev:PowerUser?|foreign", "{shell:?}");
        session.run(&unset(shell, "AWS_ROLE_ARN"));
        assert_eq!(segment(&mut session, &home), "dev:PowerUser|ok", "{shell:?}");
        session.run("ssox use dev");
        assert!(!environment(&mut session, &home).contains_key("SSOX_FILES"), "{shell:?}");
        session.run("ssox use --profile-only dev; ssox clear");
        assert!(!environment(&mut session, &home).contains_key("SSOX_FILES"), "{shell:?}");
    });
}

#[test]
fn a_role_that_is_set_by_hand_is_not_shown_as_that_of_the_profile() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use --profile-only dev");
        for role in ["arn:aws:iam::444455556666:role/Target", "x"] {
            let edits = [shell.export("SSOX_ROLE_ARN", role), shell.export("SSOX_PROMPT", "dev:Target")];
            session.run(&edits.join("; "));
            assert_eq!(segment(&mut session, &home), OURS, "{shell:?} {role}");
            assert_eq!(status(&mut session, &home)["account_id"], "111122223333", "{shell:?} {role}");
        }
    });
}

/// The AWS CLI and boto3 take the web identity of a pod before what the profile says.
#[test]
fn a_web_identity_does_not_replace_the_profile() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let pod = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/Pod")];
        let mut session = home.session_with(shell, "LOAD", &pod);
        for more in ["", "; ssox use dev"] {
            session.run(&format!("ssox use --profile-only dev{more}"));
            assert!(segment(&mut session, &home).ends_with("|ok"), "{shell:?}");
            let held = environment(&mut session, &home);
            assert!(pod.iter().all(|(name, _)| !held.contains_key(*name)), "{shell:?}");
            session.run("ssox clear");
            let cleared = environment(&mut session, &home);
            assert!(pod.iter().all(|(name, value)| cleared[*name] == *value), "{shell:?}");
        }
    });
}

#[test]
fn a_profile_that_tools_read_differently_is_named() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    home.write(".aws/credentials", "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s\n");
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        home.command("ssox").args(arguments).envs(variables.iter().copied()).output().expect("ssox starts")
    };
    let used = run(&["--emit=zsh1", "use", "--profile-only", "dev"], &[]);
    assert!(used.status.success());
    let told = String::from_utf8_lossy(&used.stderr);
    let of_profile: Vec<&str> = told.lines().filter(|line| line.contains("profile `dev` has")).collect();
    says!(home, of_profile.join("\n"), @"ssox: warning: profile `dev` has static keys and SSO settings: the AWS CLI uses SSO, the SDKs for Go and JavaScript use the static keys");
    let held = [("AWS_PROFILE", "dev"), ("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev:ReadOnly")];
    let status = run(&["status"], &held);
    shows!(home, String::from_utf8_lossy(&status.stdout), @r"
    profile      dev
    foreign      this shell is no longer as ssox set it for `dev`: something else has set AWS_PROFILE
    now          profile `dev`
    hint         `ssox use dev` sets everything again; `ssox clear` keeps what others set
    warning      profile `dev` has static keys and SSO settings: the AWS CLI uses SSO, the SDKs for Go and JavaScript use the static keys
    region       eu-west-1 (of the configuration file)
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    ");
}

/// After the call, AWS tools read the files by themselves.
#[test]
fn lines_of_the_profile_that_tools_read_differently_are_warned_of() {
    let home = crate::home::Home::signed_in();
    let config = std::fs::read_to_string(home.path(".aws/config")).expect("the config can be read");
    let used = |config: &str, profile: &str| {
        home.write_config(config);
        let said = home.ssox(&["--emit=zsh1", "use", "--profile-only", profile]);
        assert_eq!(said.status(), 0, "{}", said.stderr());
        let told = said.stderr();
        told.lines().filter(|line| !line.contains("these tools do not use")).collect::<Vec<_>>().join("\n")
    };
    let other = "[profile other]\nregion = eu-west-1 # note\n";
    assert_eq!(used(&format!("{config}\n{other}"), "dev"), "", "only what the profile says");
    let noted = "sso_role_name = ReadOnly # note";
    says!(home, used(&config.replacen("sso_role_name = ReadOnly", noted, 1), "dev"), @r"
    ssox: warning: ~/.aws/config:9: the AWS CLI reads the comment as part of the value of `sso_role_name`
    ssox: hint: move the comment to a separate line
    ");
    says!(home, used(&config.replacen("sso_region = eu-west-1", "sso_region = eu-west-1 ; note", 1), "dev"), @r"
    ssox: warning: ~/.aws/config:3: the AWS CLI reads the comment as part of the value of `sso_region`
    ssox: hint: move the comment to a separate line
    ");
    says!(home, used(&config.replacen("[profile dev]", "[ profile dev ]", 1), "dev"), @r"
    ssox: warning: ~/.aws/config:6: `[ profile dev ]` has blanks inside the brackets: the AWS CLI does not read it as profile `dev`
    ssox: hint: write `[profile dev]`
    ");
    let settings = |role: &str| format!("sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = {role}\n");
    let (one, two) = (settings("ReadOnly"), settings("PowerUser"));
    says!(home, used(&format!("[profile default]\n{one}\n{config}\n[default]\n{two}"), "default"), @r"
    ssox: warning: ~/.aws/config:30: the AWS CLI and boto3 use this `[default]`, the SDKs and ssox use `[profile default]` in line 1
    ssox: hint: remove one of the two sections
    ");
    assert_eq!(used(&format!("[default]\n{two}\n{config}\n[profile default]\n{one}"), "default"), "");
}
