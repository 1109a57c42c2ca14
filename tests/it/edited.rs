//! Variables set before `ssox` on the command line, and variables of ssox that a person has changed: the prompt always
//! shows the identity that AWS tools get.

use crate::identity::{Environment, THEIRS, environment, says_foreign, segment, status};
use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

fn value<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment.get(name).map(String::as_str)
}

/// Asserts that nothing of ssox is left, and that these are the profile and region.
#[track_caller]
fn is_cleared(session: &mut Session, home: &Home, outer: Option<&str>, line: &str) {
    session.run("true");
    let environment = environment(session, home);
    let ours = |name: &&String| name.starts_with("AWS_") || name.starts_with("SSOX_");
    let setting = ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_EC2_METADATA_DISABLED"];
    let left: Vec<&String> =
        environment.keys().filter(ours).filter(|name| !setting.iter().any(|known| name.starts_with(known))).collect();
    assert!(left.is_empty(), "{line}: {left:?}");
    assert_eq!(value(&environment, "AWS_PROFILE"), outer, "{line}");
}

#[test]
fn a_variable_of_one_call_is_not_what_was_there_before() {
    in_each(&shells(), |shell| {
        for outer in [None, Some("outer")] {
            let (_standin, home) = signed_in(Duration::from_secs(3300));
            let rc = outer.map_or_else(String::new, |outer| shell.export("AWS_PROFILE", outer));
            let mut session = home.session(shell, &format!("{rc}\nLOAD"));
            let lines = [
                ("AWS_PROFILE=x ssox use dev", "ssox clear"),
                ("AWS_REGION=xx AWS_PROFILE=x ssox use dev", "ssox clear"),
                ("ssox use stg; AWS_REGION=xx AWS_PROFILE=x ssox use dev", "ssox clear"),
                ("AWS_PROFILE=x ssox use stg; AWS_PROFILE=y ssox use dev", "ssox clear"),
                ("AWS_REGION=xx ssox use stg; AWS_PROFILE=y ssox use dev", "AWS_REGION=xx ssox clear"),
                ("AWS_REGION=xx ssox use stg; ssox use dev", "AWS_PROFILE=x ssox use stg; AWS_REGION=xx ssox clear"),
                ("ssox use dev", "AWS_REGION=xx ssox clear"),
                ("ssox use dev", "AWS_PROFILE=x ssox clear"),
                ("ssox use dev", "AWS_ACCESS_KEY_ID=x ssox clear"),
                ("ssox use dev", "SSOX_IDENTITY=x ssox clear"),
                ("ssox use dev", "SSOX_PROFILE=x SSOX_PROMPT= ssox clear"),
            ];
            for (used, cleared) in lines {
                session.run(used);
                let environment = says_foreign(&mut session, &home, false);
                assert_eq!(value(&environment, "AWS_REGION"), Some("eu-west-1"), "{shell:?} {used}");
                assert_eq!(value(&environment, "AWS_PROFILE"), None, "{shell:?} {used}");
                session.run(cleared);
                is_cleared(&mut session, &home, outer, &format!("{shell:?} {used}, {cleared}"));
            }
        }
    });
}

#[test]
fn a_record_that_is_removed_by_hand_does_not_keep_the_keys() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let told = session.run("ssox use dev") + &session.run("ssox clear");
        assert!(!told.contains("set:"), "{shell:?}: {told}");
        let unset = if shell == Shell::Fish { "set -e" } else { "unset" };
        for names in ["SSOX_IDENTITY", "SSOX_PROMPT", "SSOX_IDENTITY SSOX_PROMPT"] {
            session.run("ssox use dev");
            session.run(&format!("{unset} {names}; ssox clear"));
            is_cleared(&mut session, &home, None, &format!("{shell:?} {names}"));
            session.run("ssox use dev");
            session.run(&format!("{unset} {names}"));
            says_foreign(&mut session, &home, false);
            session.run("ssox clear");
        }
    });
}

#[test]
fn an_edit_of_what_the_segment_and_status_show_is_undone() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let ours = environment(&mut session, &home);
        let edits = [
            ("SSOX_PROMPT", "prod:Admin"),
            ("SSOX_PROMPT", "dev:ReadOnly?"),
            ("SSOX_PROMPT", "dev:ReadOnly??"),
            ("SSOX_STATE", "foreign"),
            ("SSOX_STATE", "failed"),
            ("SSOX_STATE", "sign-in"),
            ("SSOX_EXPIRES", "4000000000"),
            ("SSOX_PROTECTED", "1"),
        ];
        for (name, edited) in edits {
            session.run(&shell.export(name, edited));
            let environment = says_foreign(&mut session, &home, false);
            for (shown, _) in edits {
                assert_eq!(environment.get(shown), ours.get(shown), "{shell:?} {name}={edited}: {shown}");
            }
        }
        session.run(&shell.export("SSOX_ROLE", "Admin"));
        assert_eq!(status(&mut session, &home)["role_name"], "ReadOnly", "{shell:?}");
        session.run("ssox use dev --profile-only");
        session.run(&format!(
            "{}; {}",
            shell.export("SSOX_EXPIRES", "1000000000"),
            shell.export("SSOX_NEXT", "1000000000")
        ));
        assert!(!environment(&mut session, &home).contains_key("AWS_ACCESS_KEY_ID"), "{shell:?}");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        session.run("ssox use dev");
        let pasted = THEIRS.map(|(name, value)| shell.export(name, value));
        session.run(&pasted.join("; "));
        for (name, edited) in [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_PROMPT", "prod??"), ("SSOX_STATE", "renewing")] {
            session.run(&shell.export(name, edited));
            says_foreign(&mut session, &home, true);
        }
        session.run("ssox clear");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
        let left: Vec<String> =
            environment(&mut session, &home).into_keys().filter(|name| name.starts_with("SSOX_")).collect();
        assert!(left.is_empty(), "{shell:?} {left:?}");
        session.run("ssox use dev");
        let edit = shell.export("SSOX_STATE", "foreign");
        session.run(&format!("{edit}; ssox use stg; {edit}; ssox clear"));
        assert!(!environment(&mut session, &home).contains_key("SSOX_STATE"), "{shell:?}");
        // An edited record of replaced values is not one from before: it would hide the real one.
        session.run(&format!("{}; ssox use dev; ssox clear", shell.export("SSOX_REPLACED", "x")));
        assert!(!environment(&mut session, &home).contains_key("SSOX_REPLACED"), "{shell:?}");
    });
}

/// A variable that is not exported reaches no program, so ssox does not see it.
#[test]
fn an_edit_that_is_not_exported_is_undone_too() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let hidden = |name: &str, value: &str| match shell {
            Shell::Zsh => format!("unset {name}; {name}={value}"),
            Shell::Bash => format!("export -n {name}; {name}={value}"),
            Shell::Fish => format!("set -gu {name} {value}"),
        };
        let edits = [("SSOX_STATE", "failed"), ("SSOX_STATE", "sign-in"), ("SSOX_PROMPT", "x"), ("SSOX_EXPIRES", "1")];
        for (name, value) in edits {
            session.run("ssox use dev");
            session.run(&hidden(name, value));
            says_foreign(&mut session, &home, false);
        }
        session.run("ssox use dev --profile-only");
        session.run(&hidden("SSOX_EXPIRES", "4000000000"));
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        session.run("ssox clear");
        session.run(&hidden("SSOX_PROMPT", "prod"));
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
    });
}

/// One variable that is no longer exported, and on the same line another one that is exported from then on.
#[test]
fn an_export_does_not_make_up_for_one_that_ends() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let (before, both) = match shell {
            Shell::Zsh => ("AWS_PROFILE=x", "export AWS_PROFILE; typeset +x AWS_SECRET_ACCESS_KEY"),
            Shell::Bash => ("AWS_PROFILE=x", "export AWS_PROFILE; export -n AWS_SECRET_ACCESS_KEY"),
            Shell::Fish => (
                "set -gu AWS_PROFILE x",
                "set -gx AWS_PROFILE $AWS_PROFILE; set -gu AWS_SECRET_ACCESS_KEY $AWS_SECRET_ACCESS_KEY",
            ),
        };
        session.run(before);
        says_foreign(&mut session, &home, false);
        session.run(both);
        says_foreign(&mut session, &home, true);
    });
}

/// Another session with that account and role is not asked in place of the one in use.
#[test]
fn an_edited_session_is_not_taken_for_the_one_of_the_assignment() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let other = "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n";
        home.write(".aws/config", &format!("{}\n{other}", home.read(".aws/config")));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use 333344445555/ReadOnly --sso-session corp");
        let ours = environment(&mut session, &home);
        assert_eq!(value(&ours, "SSOX_SSO_SESSION"), Some("corp"), "{shell:?}");
        for edited in ["other", "none"] {
            session.run(&shell.export("SSOX_SSO_SESSION", edited));
            assert_eq!(status(&mut session, &home)["session"], "corp", "{shell:?} {edited}");
            home.write(".aws/config", &home.read(".aws/config"));
            session.run(&shell.export("SSOX_NEXT", "1000000000"));
            session.run("true");
            assert!(segment(&mut session, &home).ends_with("m|ok"), "{shell:?} {edited}");
        }
    });
}

/// What nobody put in use is not shown, and does not count as replaced by others.
#[test]
fn a_label_that_is_set_by_hand_is_removed_where_nothing_is_in_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let rc = [shell.export("AWS_REGION", "us-west-2"), shell.export("SSOX_PROFILE", "stg")].join("\n");
        for (rc, before) in [("LOAD", "true"), ("LOAD", "ssox use dev; ssox clear"), (&format!("{rc}\nLOAD"), "true")] {
            let mut session = home.session(shell, rc);
            session.run(before);
            let names = [
                "SSOX_PROMPT",
                "SSOX_STATE",
                "SSOX_EXPIRES",
                "SSOX_NEXT",
                "SSOX_PROTECTED",
                "SSOX_ROLE",
                "SSOX_IDENTITY",
            ];
            for edited in [&names[..1], &names[..6], &names[6..], &names] {
                let edits: Vec<String> = edited.iter().map(|name| shell.export(name, "1000000000")).collect();
                session.run(&edits.join("; "));
                assert_eq!(segment(&mut session, &home), "|", "{shell:?} {rc} {before}");
                let held = environment(&mut session, &home);
                assert!(edited.iter().all(|name| !held.contains_key(*name)), "{shell:?} {rc} {before} {held:?}");
                let status = status(&mut session, &home);
                assert!(status["profile"].is_null() && status["foreign"] == false, "{shell:?} {rc} {status}");
            }
        }
    });
}

/// Only the shell function passes it.
#[test]
fn a_note_that_is_set_by_hand_does_not_count() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut status = home.command("ssox");
    status.args(["status", "--json"]).envs([("SSOX_HELD", "x"), ("AWS_REGION", "us-west-2")]);
    let status: serde_json::Value =
        serde_json::from_slice(&status.output().expect("ssox starts").stdout).expect("JSON");
    assert_eq!((&status["profile"], &status["foreign"]), (&().into(), &false.into()), "{status}");
}

/// A hook between ours that sets what the prompt segment shows at each prompt, as mise does with what a file of a
/// directory says.
#[test]
fn an_edit_by_a_hook_of_others_is_undone_at_each_prompt() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let edit = shell.export("SSOX_PROMPT", "prod:Admin");
        let hook = match shell {
            Shell::Zsh => format!("edit() {{ {edit} }}; precmd_functions+=(edit)"),
            Shell::Bash => format!("edit() {{ {edit}; }}; PROMPT_COMMAND+=$'\\nedit'"),
            Shell::Fish => format!("function edit --on-event fish_prompt; {edit}; end"),
        };
        let mut session = home.session(shell, &format!("LOAD\n{hook}"));
        session.run("true");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
        session.run("ssox use dev");
        for _ in 0..3 {
            says_foreign(&mut session, &home, false);
            session.run("true");
        }
        session.run("ssox clear");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
    });
}

/// A hook that changes the identity, and that is added behind all others while the shell runs.
#[test]
fn a_hook_that_is_added_later_is_seen_through() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let late = match shell {
            Shell::Zsh => "late() { export AWS_PROFILE=theirs-$HISTCMD }; precmd_functions+=(late)",
            Shell::Bash => "late() { export AWS_PROFILE=theirs-$SECONDS; }; PROMPT_COMMAND+=$'\\nlate'",
            Shell::Fish => "function late --on-event fish_prompt; set -gx AWS_PROFILE theirs-$prompts; end",
        };
        for framework in [false, true] {
            let rc = match shell {
                Shell::Zsh if framework => "LOAD\n_p9k_precmd() { : }\nprecmd_functions+=(_p9k_precmd)",
                Shell::Bash if framework => "LOAD\n_omp_hook() { :; }\nPROMPT_COMMAND+=$'\\n_omp_hook'",
                _ => "LOAD",
            };
            let mut session = home.session(shell, rc);
            session.run("ssox use dev");
            session.run(late);
            if shell == Shell::Zsh && !framework {
                // The prompt is drawn again when zsh waits for a line, but not where one is typed already.
                session.wait_for_prompt_with(&["dev:ReadOnly?"]);
            } else if shell != Shell::Fish {
                // bash has read its hooks when the first of them runs.
                session.run("true");
            }
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {framework}");
            session.run("ssox clear");
        }
    });
}

/// A directory tool removes its keys and restores ours, but not the session token that was removed beside its keys.
#[test]
fn a_session_token_that_cannot_be_restored_is_missed_by_prompt_and_status() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let ours = environment(&mut session, &home);
        let [id, secret, _] =
            THEIRS.map(|(name, theirs)| (shell.export(name, theirs), shell.export(name, &ours[name])));
        session.run(&format!("{}; {}; {}", id.0, secret.0, shell.export("AWS_CONFIG_FILE", "/nowhere")));
        says_foreign(&mut session, &home, true);
        session.run(&format!("{}; {}", id.1, secret.1));
        says_foreign(&mut session, &home, true);
        session.run("ssox status >~/told");
        assert!(
            home.read("told").contains("missing: AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION"),
            "{}",
            home.read("told")
        );
        let unset = if shell == Shell::Fish { "set -e" } else { "unset" };
        session.run(&format!("{unset} AWS_CONFIG_FILE; ssox use dev"));
        says_foreign(&mut session, &home, false);
    });
}

/// A line such as `PROMPT_COMMAND='history -a'` removes the hook; the prompt would show for good what it showed last.
#[test]
fn a_prompt_that_has_lost_its_hook_shows_no_profile() {
    let with_hooks: Vec<Shell> = shells().into_iter().filter(|shell| *shell != Shell::Fish).collect();
    in_each(&with_hooks, |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.press_enter();
        session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
        session.run(if shell == Shell::Zsh { "precmd_functions=()" } else { "PROMPT_COMMAND='history -a'" });
        session.run("true");
        session.run("true");
        // zsh draws the segment after the number that ends `run`: only the row before the last one is complete.
        let rows = session.prompt_rows();
        assert!(!rows[rows.len() - 2].contains("dev:ReadOnly"), "{shell:?} {rows:?}");
    });
}

/// A key that switches the profile, and has the prompt drawn again.
#[test]
fn a_widget_of_zsh_draws_the_prompt_of_what_is_in_use() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let widget = "switch() { ssox use stg; zle reset-prompt }; zle -N switch; bindkey '^G' switch";
    let out = "out() { ssox clear; zle reset-prompt }; zle -N out; bindkey '^O' out";
    let mut session = home.session(Shell::Zsh, &format!("LOAD\n{widget}\n{out}"));
    session.run("ssox use stg; ssox use dev");
    session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
    session.terminal.keys("\x07");
    session.wait_for_prompt_with(&["stg:PowerUser 5"]);
    session.terminal.keys("\x0f");
    let is_plain = |row: &str| row.contains("<<2>>") && !row.contains("stg:PowerUser");
    session.terminal.wait_for_screen("no segment", |screen| screen.lines().any(is_plain).then_some(()));
    session.press_enter();
    assert_eq!(segment(&mut session, &home), "|");
}

#[test]
fn the_rest_of_a_line_reads_the_segment_of_what_is_in_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let line = "ssox use dev; echo \"$SSOX_SEGMENT\" >~/used; ssox clear; echo \"$SSOX_SEGMENT\" >~/cleared";
        session.run(line);
        assert!(home.read("used").starts_with("dev:ReadOnly 5"), "{shell:?} {}", home.read("used"));
        assert_eq!(home.read("cleared"), "\n", "{shell:?}");
    });
}

/// bash has read its hooks when the first of them runs, so one that is added counts from the next prompt on. Each
/// prompt after that shows what it changed, and the others do not run twice.
#[test]
fn a_hook_that_is_added_to_a_list_of_bash_is_seen_through() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let preexec = "__bp_run() { local each; for each in \"${precmd_functions[@]}\"; do \"$each\"; done; }\n\
        bash_preexec_imported=defined PROMPT_COMMAND=__bp_run\nLOAD";
    for (rc, list) in [
        ("other() { others+=x; }\nPROMPT_COMMAND=(other true)\nLOAD", "PROMPT_COMMAND"),
        ("other() { others+=x; }\nprecmd_functions=(other)\nPREEXEC", "precmd_functions"),
    ] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(Shell::Bash, &rc.replace("PREEXEC", preexec));
        session.run("ssox use dev");
        session.run(&format!("late() {{ unset AWS_PROFILE; test -z \"$theirs\" || export AWS_PROFILE=$theirs; }}; theirs=x; {list}+=(late)"));
        session.run("true");
        for (theirs, label) in [("x", "dev:ReadOnly?"), ("", "dev:ReadOnly 5"), ("y", "dev:ReadOnly?")] {
            session.run(&format!("theirs={theirs} others="));
            session.wait_for_prompt_with(&[label]);
        }
        session.run("echo \"[$others] ${#PROMPT_COMMAND[@]} ${#precmd_functions[@]}\" >hooks");
        assert!(home.read("hooks").starts_with("[x] "), "{rc}: {}", home.read("hooks"));
    }
}

/// A framework of bash that makes PS1 behind direnv: the prompt of the directory itself says that it is foreign.
#[test]
fn a_framework_of_bash_shows_what_a_directory_changed_at_once() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let direnv = "_direnv_hook() { case $PWD in */inside) export AWS_PROFILE=x ;; *) unset AWS_PROFILE ;; esac; }";
    let framework = "_omp_hook() { PS1=\"[$SSOX_SEGMENT] <<\\#>> \"; }";
    for rc in [
        "PROMPT_COMMAND=_direnv_hook\nLOAD\nPROMPT_COMMAND+=$'\\n_omp_hook'",
        "PROMPT_COMMAND='_direnv_hook;_omp_hook'\nLOAD",
        "LOAD\nPROMPT_COMMAND=\"_direnv_hook;$PROMPT_COMMAND;_omp_hook\"",
    ] {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("inside/file", "");
        let mut session = home.session(Shell::Bash, &format!("{direnv}\n{framework}\n{rc}"));
        assert!(session.run("ssox use dev").contains("[dev:ReadOnly 5"), "{rc}: {}", session.terminal.transcript());
        assert!(session.run("cd inside").contains("[dev:ReadOnly?]"), "{rc}: {}", session.terminal.transcript());
        assert!(session.run("cd ..").contains("[dev:ReadOnly 5"), "{rc}: {}", session.terminal.transcript());
    }
}

#[test]
fn a_region_that_was_set_by_hand_counts_where_the_profile_has_none() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let bare = "[profile bare]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
        home.write(".aws/config", &format!("{}\n{bare}", home.read(".aws/config")));
        let mut session = home.session(shell, "LOAD");
        for (edited, region) in [(shell.export("AWS_REGION", "us-west-2"), Some("us-west-2")), ("true".into(), None)] {
            session.run("ssox use dev");
            session.run(&edited);
            session.run("ssox use bare");
            assert!(segment(&mut session, &home).starts_with("bare:ReadOnly 5"), "{shell:?} {edited}");
            assert_eq!(status(&mut session, &home)["foreign"], false, "{shell:?} {edited}");
            let held = environment(&mut session, &home);
            assert_eq!(value(&held, "AWS_REGION"), region, "{shell:?} {edited}");
            session.run("ssox clear");
            let cleared = environment(&mut session, &home);
            assert_eq!(value(&cleared, "AWS_REGION"), region, "{shell:?} {edited}");
            assert_eq!(value(&cleared, "AWS_DEFAULT_REGION"), None, "{shell:?} {edited}");
            session.run(if shell == Shell::Fish { "set -e AWS_REGION" } else { "unset AWS_REGION" });
        }
    });
}

#[test]
fn an_edited_name_is_not_taken_for_the_profile_in_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let unset = if shell == Shell::Fish { "set -e SSOX_PROFILE" } else { "unset SSOX_PROFILE" };
        for edit in [shell.export("SSOX_PROFILE", "stg"), unset.into()] {
            session.run("ssox use dev");
            session.run(&edit);
            let told = session.run("ssox status");
            assert!(told.contains("`ssox use PROFILE` sets everything again"), "{shell:?} {edit}: {told}");
            let status = status(&mut session, &home);
            assert_eq!(status["foreign"], true, "{shell:?} {edit}: {status}");
            assert!(status["profile"].is_null(), "{shell:?} {edit}: {status}");
        }
    });
}

/// A shell in `exec --serve` has credentials only from the endpoint.
#[test]
fn a_shell_that_loses_its_endpoint_says_so() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut serve = home.command("ssox");
        serve.args(["exec", "--serve", "dev", "--", shell.name()]);
        let mut session = home.session_of(shell, "LOAD", serve);
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        let status_of = |session: &mut Session| status(session, &home);
        assert_eq!(status_of(&mut session)["mode"], "endpoint", "{shell:?}");
        let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
        let address = environment(&mut session, &home)[name].clone();
        let unset = if shell == Shell::Fish { "set -e" } else { "unset" };
        for edit in [format!("{unset} {name}"), shell.export(name, "http://127.0.0.1:1/")] {
            session.run(&edit);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {edit}");
            assert_eq!(status_of(&mut session)["foreign"], true, "{shell:?} {edit}");
            session.run(&shell.export(name, &address));
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?} {edit}");
        }
        session.run(&shell.export(name, "http://127.0.0.1:1/"));
        session.run("ssox clear");
        let left = environment(&mut session, &home);
        assert_eq!(left.get(name).map(String::as_str), Some("http://127.0.0.1:1/"), "{shell:?}");
        assert!(!left.keys().any(|name| name.starts_with("SSOX_")), "{shell:?} {left:?}");
    });
}

/// Tools prefer a path on the server of ECS to the endpoint, and the endpoint needs its token.
#[test]
fn a_shell_whose_endpoint_tools_cannot_use_says_so() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut serve = home.command("ssox");
        serve.args(["exec", "--serve", "dev", "--", shell.name()]);
        let mut session = home.session_of(shell, "LOAD", serve);
        let ours = environment(&mut session, &home);
        for name in [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ] {
            session.run(&shell.export(name, "/v2/credentials/x"));
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            assert_eq!(status(&mut session, &home)["foreign"], true, "{shell:?} {name}");
            session.run("ssox status --verify >~/told 2>&1");
            let told = home.read("told");
            assert!(told.contains("only AWS tools can verify the credentials of the "), "{shell:?} {told}");
            let unset = if shell == Shell::Fish { "set -e" } else { "unset" };
            let back = ours.get(name).map_or_else(|| format!("{unset} {name}"), |value| shell.export(name, value));
            session.run(&back);
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?} {name}");
        }
    });
}

/// Lines of `ssox serve` put a profile in use without the shell's function, so its values are not from before the first use.
#[test]
fn clear_does_not_bring_back_what_another_program_had_put_in_use() {
    in_each(&[Shell::Zsh, Shell::Bash], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut serve = home.command("ssox");
        let serve = serve.args(["serve", "dev"]).stdout(Stdio::piped()).spawn().expect("ssox starts");
        let mut serve = Ended(serve);
        let mut lines = String::new();
        for line in BufReader::new(serve.0.stdout.as_mut().expect("it is a pipe")).lines() {
            let line = line.expect("the lines are text");
            lines.push_str(&format!("{line}\n"));
            if line.contains("SSOX_IDENTITY") {
                break;
            }
        }
        home.write("lines", &lines);
        let mut session = home.session(shell, "LOAD");
        session.run(". ./lines");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        session.run("ssox use stg");
        assert!(segment(&mut session, &home).starts_with("stg:"), "{shell:?}");
        session.run("ssox clear");
        is_cleared(&mut session, &home, None, "clear");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
    });
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In most tools a profile `default` takes precedence over the endpoint, so the shell has a file without one.
#[test]
fn a_shell_with_an_endpoint_whose_files_are_replaced_says_so() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let keys = "[default]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n";
        home.write("keys", keys);
        let mut serve = home.command("ssox");
        serve.args(["exec", "--serve", "dev", "--", shell.name()]);
        let mut session = home.session_of(shell, "LOAD", serve);
        for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
            let ours = environment(&mut session, &home)[name].clone();
            session.run(&shell.export(name, home.path("keys").to_str().expect("a path is text")));
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly?|foreign", "{shell:?} {name}");
            assert_eq!(status(&mut session, &home)["foreign"], true, "{shell:?} {name}");
            session.run("ssox status >~/told");
            let told = home.read("told");
            assert!(told.contains(&format!("something else has set {name}")), "{shell:?} {told}");
            assert!(told.contains("profile `default` of"), "{shell:?} {told}");
            session.run(&shell.export(name, &ours));
            assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?} {name}");
        }
    });
}

#[test]
fn a_program_that_keeps_a_default_profile_beside_the_endpoint_is_warned() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let exec = |arguments: &[&str]| {
        let output = home.command("ssox").args(["exec", "--serve"]).args(arguments).output().expect("ssox starts");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let inside = ["dev", "--", "ssox", "status"];
    let words = "there is a profile `default`, which most AWS tools use instead of the local server for credentials";
    for (default, warns) in [
        ("[default]\nregion = eu-west-1\n", false),
        ("[default]\naws_access_key_id = A\naws_secret_access_key = x\n", true),
    ] {
        home.write(".aws/credentials", default);
        let kept = exec(&[&["--keep-config"][..], &inside].concat());
        assert_eq!(kept.matches(words).count(), if warns { 2 } else { 0 }, "{default}: {kept}");
        assert!(!exec(&inside).contains(words), "{default}");
    }
}

/// The file of this call has another account for the profile, so a later renewal would fail, but none has failed yet.
#[test]
fn credentials_of_the_configuration_of_one_call_have_not_failed() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write("other", &home.read(".aws/config").replace("111122223333", "333344445555"));
        let mut session = home.session(shell, "LOAD");
        session.run("AWS_CONFIG_FILE=~/other ssox use dev");
        assert!(segment(&mut session, &home).starts_with("dev:ReadOnly 5"), "{shell:?}");
        assert!(segment(&mut session, &home).ends_with("m|ok"), "{shell:?}");
        assert_eq!(status(&mut session, &home)["account_id"], "333344445555", "{shell:?}");
        assert_eq!(status(&mut session, &home)["renewal_error"], serde_json::Value::Null, "{shell:?}");
    });
}

/// An edit of the configuration, or of the role to assume, changes what is fetched next, but not what the shell shows.
#[test]
fn a_profile_that_becomes_another_identity_is_not_renewed_as_the_one_in_use() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let config = home.read(".aws/config");
        let mut session = home.session(shell, "LOAD");
        let unset = if shell == Shell::Fish { "set -e SSOX_ROLE_ARN" } else { "unset SSOX_ROLE_ARN" };
        let role = "arn:aws:iam::444455556666:role/Target";
        for (used, shown, edit) in [
            ("ssox use dev", "dev:ReadOnly", "config"),
            ("ssox use dev", "dev:ReadOnly", &shell.export("SSOX_ROLE_ARN", role)),
            (&format!("ssox use dev --role-arn {role}"), "dev:Target", unset),
        ] {
            session.run(used);
            let ours = environment(&mut session, &home);
            if edit == "config" {
                // The cache has credentials of the other role.
                session.run("ssox export stg >/dev/null");
                home.write(
                    ".aws/config",
                    &config.replace("111122223333", "222233334444").replace("ReadOnly", "PowerUser"),
                );
            } else {
                session.run(edit);
            }
            session.run(&shell.export("SSOX_NEXT", "1000000000"));
            eventually("the failure", || (segment(&mut session, &home).contains("failed")).then_some(()));
            let held = environment(&mut session, &home);
            for name in ["AWS_ACCESS_KEY_ID", "AWS_ACCOUNT_ID", "SSOX_PROMPT"] {
                assert_eq!(held.get(name), ours.get(name), "{shell:?} {edit} {name}");
            }
            assert!(held["SSOX_PROMPT"].starts_with(shown), "{shell:?} {edit}: {}", held["SSOX_PROMPT"]);
            let status = status(&mut session, &home);
            assert_eq!(status["account_id"], ours["AWS_ACCOUNT_ID"], "{shell:?} {edit}: {status}");
            let error = status["renewal_error"].as_str().unwrap_or_default();
            assert!(error.contains("another account or role"), "{shell:?} {edit}: {status}");
            home.write(".aws/config", &config);
            session.run("ssox clear");
        }
    });
}

/// With `localvar_unset`, a variable of a function stays hidden when it is unset.
#[test]
fn bash_refuses_what_a_local_variable_hides_for_good() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = home.session(Shell::Bash, "LOAD\nshopt -s localvar_unset");
    session.run("f() { local AWS_REGION=x; ssox use dev; }");
    let told = session.run("f; echo status $?");
    assert!(
        told.contains("hides a variable of the shell, environment unchanged") && told.contains("status 70"),
        "{told}"
    );
    assert!(!environment(&mut session, &home).contains_key("AWS_ACCESS_KEY_ID"));
    session.run("ssox use dev");
    says_foreign(&mut session, &home, false);
}

/// A function may have local variables with the names that ssox sets.
#[test]
fn a_local_variable_of_a_function_leaves_no_half_set() {
    in_each(&[Shell::Bash, Shell::Zsh], |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use stg");
        let ours = environment(&mut session, &home)["AWS_ACCESS_KEY_ID"].clone();
        for local in ["local AWS_ACCESS_KEY_ID=zz", "local AWS_REGION=x"] {
            let told = session.run(&format!("f() {{ {local}; ssox use dev; }}; f; echo status $?"));
            let held = environment(&mut session, &home);
            if shell == Shell::Zsh {
                assert!(told.contains("hides `AWS_") && told.contains("status 70"), "{told}");
                assert_eq!((&*held["SSOX_PROFILE"], &held["AWS_ACCESS_KEY_ID"]), ("stg", &ours), "{local}");
            } else {
                assert!(told.contains("status 0"), "{told}");
                assert_eq!(held["SSOX_PROFILE"], "dev", "{local}");
            }
            assert_eq!(status(&mut session, &home)["foreign"], serde_json::Value::Bool(false), "{shell:?} {local}");
            session.run("ssox use stg");
        }
        session.run("ssox clear");
        assert!(!environment(&mut session, &home).contains_key("AWS_ACCESS_KEY_ID"), "{shell:?}");
    });
}

/// An assignment to an array sets its first element, and one to a reference another variable; neither is exported.
#[test]
fn bash_refuses_an_array_without_a_value_and_a_reference() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    for declared in ["-a AWS_REGION", "-A AWS_SESSION_TOKEN", "-n AWS_REGION=mine"] {
        let mut session = home.session(Shell::Bash, "LOAD");
        session.run(&format!("declare {declared}"));
        for _ in 0..2 {
            let told = session.run("ssox use dev; echo status $?");
            assert!(told.contains("is not a plain variable in this shell") && told.contains("status 70"), "{told}");
            assert!(!environment(&mut session, &home).contains_key("AWS_ACCESS_KEY_ID"), "{declared}");
        }
    }
}

/// After that, it is as in a child shell: the script starts again.
#[test]
fn a_shell_whose_variables_of_the_script_are_unset_starts_again() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        let mut session = home.session(shell, "LOAD");
        let unset = match shell {
            Shell::Zsh => "unset -m '_ssox*'",
            Shell::Fish => "for name in (set -n | string match '_ssox*'); set -e $name; end",
            _ => "unset ${!_ssox*}",
        };
        session.run("ssox use dev");
        session.run(unset);
        let told = session.run(&shell.export("AWS_REGION", "theirs"));
        says_foreign(&mut session, &home, true);
        assert!(!told.contains("SECRET") && !told.contains("ASIA"), "{shell:?}: {told}");
        session.run(unset);
        session.run("ssox use dev");
        says_foreign(&mut session, &home, false);
        session.run("ssox clear");
        let left = environment(&mut session, &home);
        assert!(!left.contains_key("AWS_ACCESS_KEY_ID") && !left.contains_key("SSOX_PROMPT"), "{shell:?}");
    });
}

/// An array is subscripted with a number, which bash would evaluate.
#[test]
fn bash_never_takes_what_it_compares_for_a_number() {
    if !shells().contains(&Shell::Bash) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = home.session(Shell::Bash, "LOAD");
    session.run("ssox use dev");
    for state in ["unset _ssox_seen _ssox_checked", "unset _ssox_seen _ssox_checked; _ssox_seen=(1) _ssox_checked=(1)"]
    {
        session.run(state);
        let told = session.run("export AWS_REGION=7");
        says_foreign(&mut session, &home, true);
        session.run("ssox use dev");
        says_foreign(&mut session, &home, false);
        assert!(!told.contains("bash:"), "{state}: {told}");
    }
}

/// Such a handler runs while ssox sets the variables.
#[test]
fn what_a_handler_of_a_variable_changes_is_foreign() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    for name in ["SSOX_PROFILE", "AWS_SECRET_ACCESS_KEY", "SSOX_PROMPT"] {
        let handler = format!("function handler --on-variable {name}; set -gx AWS_REGION theirs; end");
        let mut session = home.session(Shell::Fish, "LOAD");
        session.run(&handler);
        session.run("ssox use dev");
        session.wait_for_prompt_with(&["dev:ReadOnly?"]);
        assert_eq!(says_foreign(&mut session, &home, true)["AWS_REGION"], "theirs", "{name}");
    }
    let mut session = home.session(Shell::Fish, "LOAD");
    session.run("function handler --on-variable AWS_ACCESS_KEY_ID; functions -e handler; ssox use dev; end");
    session.run("ssox use stg");
    session.wait_for_prompt_with(&["dev:ReadOnly 5"]);
    assert_eq!(says_foreign(&mut session, &home, false)["SSOX_PROFILE"], "dev");
}
