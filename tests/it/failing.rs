//! Renewals that fail: ssox does not repeat them at each prompt, says why they fail, and lets no command wait for them.
//! A renewal also finds files with relative paths.

use crate::pty::eventually;
use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use ssox_standin::{Fault, Grant, Times};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A certificate of nobody's, which the stand-in does not need: requests to it are not encrypted.
const AUTHORITY: &str = "\
    -----BEGIN CERTIFICATE-----\n\
    MIIBdTCCARugAwIBAgIUOgN9D2vesmUukFjax4Q518BF4GQwCgYIKoZIzj0EAwIw\n\
    DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjgwOTM0MjlaGA8yMTI2MTEwNDA5MzQy\n\
    OVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNzv\n\
    Q3EBJsUn7wLQjGJpVvc4KvYzDtMu/o1F3/ecq15AgRbsttcXekcGHBdu1AKrDdow\n\
    t3oc7ftpHnVIdVllWKejUzBRMB0GA1UdDgQWBBQ4DHpgctN3xDPdtNXYGPwXqD/j\n\
    HTAfBgNVHSMEGDAWgBQ4DHpgctN3xDPdtNXYGPwXqD/jHTAPBgNVHRMBAf8EBTAD\n\
    AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCFSYBmi7M85EiNa6qhjGIBY5IUNYPE0CJo\n\
    HOgC2ZJZ5wIgFfyGuM5rpWEu6f/fUVYACXZD7/bCN9ApTKb2GRl+E2w=\n\
    -----END CERTIFICATE-----\n";

/// Presses Enter until the variable has another value than this; returns the new one.
fn changed(session: &mut Session, home: &Home, name: &str, from: &str) -> String {
    eventually(name, || {
        session.press_enter();
        Some(value(session, home, name)).filter(|now| now != from)
    })
}

fn value(session: &mut Session, home: &Home, name: &str) -> String {
    let out = home.path("value").display().to_string();
    session.run(&format!("echo \"${name}\" >{out}"));
    home.read("value").trim_end().to_string()
}

fn tick(home: &Home, variables: &[(&str, &str)]) -> Command {
    let mut command = home.command("ssox");
    command.args(["--emit=zsh1", "tick"]).env("SSOX_PROFILE", "dev").env("SSOX_EXPIRES", "1");
    command.envs(variables.iter().copied());
    command
}

fn reply(command: &mut Command) -> String {
    let output = command.output().expect("ssox starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn set<'a>(reply: &'a str, name: &str) -> Option<&'a str> {
    reply.lines().find_map(|line| line.strip_prefix('=')?.strip_prefix(name)?.strip_prefix('='))
}

/// A process that is killed at the end of the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Calls `tick` as a hook does, each time with the previous reply, until `done`; returns the last reply.
fn tick_until(home: &Home, done: impl Fn(&str) -> bool) -> String {
    let mut state = String::new();
    eventually("the reply", || {
        let reply = reply(&mut tick(home, &[("SSOX_STATE", &state)]));
        state = set(&reply, "SSOX_STATE").unwrap_or_default().to_string();
        done(&reply).then_some(reply)
    })
}

fn status(home: &Home, reply: &str) -> (Value, String) {
    let run = |arguments: &[&str]| {
        let mut command = home.command("ssox");
        command.args(arguments).envs([("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "1")]);
        for name in ["SSOX_STATE", "SSOX_NEXT"] {
            command.env(name, set(reply, name).unwrap_or_default());
        }
        String::from_utf8_lossy(&command.output().expect("ssox starts").stdout).into_owned()
    };
    (serde_json::from_str(&run(&["status", "--json"])).expect("ssox speaks JSON"), run(&["status"]))
}

#[test]
fn a_relative_path_means_to_a_renewal_what_it_means_to_the_shell() {
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(6));
        standin.configure(|options| options.sts_credentials = Some(Duration::from_secs(6)));
        let config = home.read(".aws/config");
        let process = "[profile printed]\ncredential_process = ./creds.sh\n[profile role]\n\
            role_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = base\nregion = eu-west-1\n\
            [profile web]\nrole_arn = arn:aws:iam::444455556666:role/Web\nregion = eu-west-1\n\
            web_identity_token_file = ./token\n";
        home.write(
            "project/keys",
            "[base]\naws_access_key_id = AKIASTANDINEXAMPLE00\n\
            aws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n",
        );
        home.write("project/ca.pem", AUTHORITY);
        home.write("project/token", "header.claims.signature");
        home.write("project/aws.conf", &format!("{config}{process}"));
        fs::remove_file(home.path(".aws/config")).expect("the config is there");
        home.write(
            "project/creds.sh",
            "#!/bin/sh\nn=$(date +%s)\nend=$(date -u -d @$((n + 6)) +%Y-%m-%dT%H:%M:%SZ)\n\
            echo '{\"Version\": 1, \"AccessKeyId\": \"AKIA'$n'\", \"SecretAccessKey\": \"s\", \"Expiration\": \"'$end'\"}'\n",
        );
        fs::set_permissions(home.path("project/creds.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        let mut session = home.session_with(
            shell,
            "LOAD",
            &[
                ("AWS_CONFIG_FILE", "./aws.conf"),
                ("AWS_SHARED_CREDENTIALS_FILE", "./keys"),
                ("AWS_CA_BUNDLE", "./ca.pem"),
            ],
        );
        session.run("cd project");
        for profile in ["dev", "printed", "role", "web"] {
            session.run(&format!("ssox use {profile}"));
            assert_eq!(value(&mut session, &home, "SSOX_PROFILE"), profile, "{}", session.terminal.transcript());
            let first = value(&mut session, &home, "AWS_ACCESS_KEY_ID");
            assert!(!first.is_empty(), "{shell:?} {profile}: {}", session.terminal.transcript());
            changed(&mut session, &home, "AWS_ACCESS_KEY_ID", &first);
            assert_eq!(value(&mut session, &home, "SSOX_STATE"), "", "{shell:?} {profile}");
        }
        for request in ["GetRoleCredentials", "AssumeRole", "AssumeRoleWithWebIdentity"] {
            assert!(standin.count(request) >= 2, "{shell:?} {request}");
        }
    });
}

/// As for every program, a relative path means another file in another directory.
#[test]
fn a_relative_path_to_a_missing_file_is_reported_and_no_command_waits() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_secs(4));
        fs::rename(home.path(".aws/config"), home.path("aws.conf")).expect("the config is there");
        fs::create_dir(home.path("elsewhere")).expect("a directory can be made");
        let mut session = home.session_with(shell, "LOAD", &[("AWS_CONFIG_FILE", "./aws.conf")]);
        session.run("ssox use dev");
        session.run("cd elsewhere");
        eventually("the state", || (value(&mut session, &home, "SSOX_STATE") == "failed").then_some(()));
        session.run(if shell == Shell::Fish { "set -e SSOX_STATE" } else { "unset SSOX_STATE" });
        assert_eq!(value(&mut session, &home, "SSOX_STATE"), "failed", "{shell:?}: an edit is undone at once");
        let expires: u64 = value(&mut session, &home, "SSOX_EXPIRES").parse().expect("a time");
        eventually("the end", || (crate::shells::now() > expires).then_some(()));
        let start = Instant::now();
        // Each would wait for 2 s.
        for _ in 0..10 {
            session.run("true");
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{shell:?}: {:?}", start.elapsed());
        let said = session.run("ssox status");
        assert!(said.contains("failed: ") && said.contains("`dev`"), "{shell:?}: {said}");
        session.run("cd ..");
        changed(&mut session, &home, "SSOX_STATE", "failed");
    });
}

#[test]
fn credentials_that_cannot_be_cached_reach_the_shell_that_asked() {
    in_each(&shells(), |shell| {
        let (standin, home) = signed_in(Duration::from_secs(6));
        // Even root cannot create a directory in place of a file.
        home.write(".aws/cli/cache", "");
        let mut session = home.session(shell, "LOAD");
        session.run("ssox use dev");
        let first = value(&mut session, &home, "AWS_ACCESS_KEY_ID");
        changed(&mut session, &home, "AWS_ACCESS_KEY_ID", &first);
        assert_eq!(standin.count("GetRoleCredentials"), 2, "{shell:?}");
    });
}

#[test]
fn a_renewal_that_cannot_write_anything_still_gives_the_shell_its_credentials() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    home.write(".local/state", "");
    let handed = reply(&mut tick(&home, &[]));
    assert!(set(&handed, "AWS_ACCESS_KEY_ID").is_some(), "{handed}");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn a_failing_renewal_that_cannot_write_anything_is_retried_less_often() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    home.write(".local/state", "");
    standin.fault("*", Fault::Exception("ForbiddenException".into()), Times::Forever);
    let wait = |state: &str| {
        let failed = reply(&mut tick(&home, &[("SSOX_STATE", state)]));
        assert_eq!(set(&failed, "SSOX_STATE"), Some("failed"), "{failed}");
        set(&failed, "SSOX_NEXT").and_then(|next| next.parse::<u64>().ok()).expect("a time") - crate::shells::now()
    };
    let (first, second) = (wait(""), wait("failed"));
    assert!(first <= 5 && second > 200, "{first} {second}");
    let (json, _) = status(&home, "=SSOX_STATE=failed\n=SSOX_NEXT=4000000000\n");
    assert!(json["renewal_error"].as_str().is_some_and(|error| error.contains(".local/state")), "{json}");
}

#[test]
fn status_shows_why_a_renewal_failed_and_when_it_is_retried() {
    for (is_there, cause) in [(true, "`dev`"), (false, ".aws/config`: it is a directory")] {
        let (standin, home) = signed_in(Duration::from_secs(3600));
        fs::remove_file(home.path(".aws/config")).expect("the config is there");
        if is_there {
            home.write(".aws/config", "[profile renamed]\nregion = eu-west-1\n");
        } else {
            fs::create_dir(home.path(".aws/config")).expect("a directory can be made");
        }
        let failed = tick_until(&home, |reply| set(reply, "SSOX_STATE") == Some("failed"));
        let (json, text) = status(&home, &failed);
        assert!(json["renewal_error"].as_str().is_some_and(|error| error.contains(cause)), "{json}");
        assert!(json["renewal_retry_at"].is_string(), "{json}");
        assert!(text.lines().any(|line| line.starts_with("renewal ") && line.contains(cause)), "{text}");
        assert!(text.lines().any(|line| line.starts_with("next attempt ") && line.contains("in ")), "{text}");
        assert_eq!(standin.total(), 0);
    }
}

#[test]
fn an_unassigned_role_shows_failed_and_not_sign_in() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    standin.fault("GetRoleCredentials", Fault::Exception("ForbiddenException".into()), Times::Forever);
    let failed = tick_until(&home, |reply| set(reply, "SSOX_STATE") != Some("renewing"));
    assert_eq!(set(&failed, "SSOX_STATE"), Some("failed"), "{failed}");
    for _ in 0..5 {
        reply(&mut tick(&home, &[]));
    }
    assert_eq!(standin.count("GetRoleCredentials"), 1);
    let (json, _) = status(&home, &failed);
    assert!(json["renewal_error"].as_str().is_some_and(|error| error.contains("ReadOnly")), "{json}");
    let (json, text) = status(&home, "");
    assert!(json["renewal_error"].is_null() && json["renewal_retry_at"].is_null() && !text.contains("next attempt"));
}

/// Another program may sign in at any time. Such a call of ssox only reads the token.
#[test]
fn while_a_person_must_sign_in_the_hook_looks_for_a_token_soon() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    fs::remove_dir_all(home.path(".aws/sso/cache")).expect("the token is there");
    let failed = tick_until(&home, |reply| set(reply, "SSOX_STATE") == Some("sign-in"));
    let next = set(&failed, "SSOX_NEXT").and_then(|next| next.parse::<u64>().ok()).expect("a time");
    assert!(next <= crate::shells::now() + 2, "{failed}");
    reply(&mut tick(&home, &[("SSOX_STATE", "sign-in")]));
    assert_eq!(standin.total(), 0);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    tick_until(&home, |reply| set(reply, "AWS_ACCESS_KEY_ID").is_some());
}

/// Without a back-off there would be a call at each prompt.
#[test]
fn where_nothing_can_be_cached_nothing_is_fetched_for_the_cache() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    home.write(".aws/cli/cache", "");
    let handed = tick_until(&home, |reply| set(reply, "SSOX_STATE") != Some("renewing"));
    assert!(set(&handed, "AWS_ACCESS_KEY_ID").is_some(), "{handed}");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn a_renewal_whose_process_was_killed_or_stopped_counts_as_failed() {
    let (standin, home) = signed_in(Duration::from_secs(3600));
    standin.fault("GetRoleCredentials", Fault::Hold, Times::Forever);
    let mut command = home.command("ssox");
    command.args(["tick", "--renew"]).env("SSOX_PROFILE", "dev").stdout(Stdio::null()).stderr(Stdio::null());
    let renewing = Killed(command.spawn().expect("ssox starts"));
    let pid = renewing.0.id();
    eventually("the request", || (standin.count("GetRoleCredentials") > 0).then_some(()));
    let notes = home.path(".local/state/ssox/renewals");
    kill_process(Pid::from_child(&renewing.0), Signal::STOP).expect("it is there");
    // As if the hook had started it a minute ago.
    reply(&mut tick(&home, &[]));
    let note = fs::read_dir(&notes).expect("there are notes").flatten().next().expect("there is a note").path();
    let begun = r#"{"state": "under-way", "since": "2026-01-01T00:00:00Z", "count": 0}"#;
    fs::write(&note, begun).expect("a note can be written");
    let failed = reply(&mut tick(&home, &[]));
    assert_eq!(set(&failed, "SSOX_STATE"), Some("failed"), "{failed}");
    let (json, text) = status(&home, &failed);
    let stopped = format!("`ssox tick` (pid {pid}, stopped), which renews the credentials, does not finish");
    assert_eq!(json["renewal_error"], stopped, "{json}");
    assert!(text.contains(&format!("kill {pid}")), "{text}");
    drop(renewing);
    fs::write(&note, begun).expect("a note can be written");
    let failed = reply(&mut tick(&home, &[]));
    assert_eq!(set(&failed, "SSOX_STATE"), Some("failed"), "{failed}");
    let (json, _) = status(&home, &failed);
    assert!(json["renewal_error"].as_str().is_some_and(|error| error.contains("ended before it finished")), "{json}");
}

#[test]
fn a_shell_of_another_directory_or_configuration_does_not_take_over_a_failure() {
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    home.write("project/empty.conf", "");
    let failed = reply(tick(&home, &[("AWS_CONFIG_FILE", "./empty.conf")]).current_dir(home.path("project")));
    assert_eq!(set(&failed, "SSOX_STATE"), Some("failed"), "{failed}");
    assert_eq!(set(&reply(&mut tick(&home, &[])), "SSOX_STATE"), Some("renewing"));
}

#[test]
fn a_relative_program_of_another_directory_is_another_program() {
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    for project in ["one", "two"] {
        home.write(&format!("{project}/aws.conf"), "[profile dev]\ncredential_process = sh creds.sh\n");
        let printed = r#"{"Version": 1, "AccessKeyId": "AKIAPROJECT", "SecretAccessKey": "s", "Expiration": "2099-01-01T00:00:00Z"}"#;
        home.write(&format!("{project}/creds.sh"), &format!("echo '{}'", printed.replace("PROJECT", project)));
    }
    for project in ["one", "two", "one"] {
        let mut command = home.command("ssox");
        command.args(["--emit=zsh1", "use", "dev"]).env("AWS_CONFIG_FILE", "aws.conf");
        let reply = reply(command.current_dir(home.path(project)));
        assert_eq!(set(&reply, "AWS_ACCESS_KEY_ID"), Some(format!("AKIA{project}").as_str()), "{reply}");
    }
}

/// A home that is named by a relative path.
#[test]
fn a_relative_home_works() {
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    let renewed = eventually("the key", || {
        let reply = reply(&mut tick(&home, &[("HOME", ".")]));
        set(&reply, "AWS_ACCESS_KEY_ID").is_some().then_some(reply)
    });
    assert!(renewed.contains("SSOX_EXPIRES"), "{renewed}");
}
