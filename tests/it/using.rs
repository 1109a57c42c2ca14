//! `use`, `clear`, `exec`, `export` and `credential-process`: their output and their requests to AWS.

use crate::home::{Home, SSOX};
use crate::shown::says;
use ssox_standin::{Fault, Grant, Times};
use std::fs;
use std::time::Duration;

const USE_DEV: [&str; 3] = ["--emit=zsh1", "use", "dev"];

#[test]
fn the_reply_is_the_table_of_the_contract() {
    let home = Home::signed_in();
    let ran = home.ssox(&USE_DEV);
    let reply = ran.ok();
    assert!(reply.starts_with("#ssox1\n") && reply.ends_with("\n#end\n"), "{reply}");
    for (name, value) in [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ACCOUNT_ID", "111122223333"),
        ("AWS_SSO_PROFILE", "dev"),
        ("SSOX_PROFILE", "dev"),
        ("SSOX_ROLE", "ReadOnly"),
        ("SSOX_PROMPT", "dev:ReadOnly"),
    ] {
        assert_eq!(ran.set(name).as_deref(), Some(value), "{name}");
    }
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"] {
        assert!(ran.set(name).is_some_and(|value| !value.is_empty()), "{name}");
    }
    for name in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_EXPIRATION",
        "AWSUME_PROFILE",
        "AWSUME_EXPIRATION",
        "AWSU_PROFILE",
        "AWS_VAULT",
    ] {
        assert!(ran.unsets(name), "{name}");
    }
    let number = |name: &str| ran.set(name).and_then(|value| value.parse::<i64>().ok()).unwrap();
    assert!(number("SSOX_NEXT") < number("SSOX_EXPIRES"));
}

#[test]
fn profiles_of_production_stand_out_and_others_do_not() {
    let home = Home::signed_in();
    let of = |name: &str| {
        format!("[profile {name}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n")
    };
    home.add_config(&["Production", "nonprod", "products-dev"].map(of).concat());
    let protected = |name: &str, globs: &str| {
        let with: &[(&str, &str)] = if globs.is_empty() { &[] } else { &[("SSOX_PROTECT", globs)] };
        home.ssox_with(&["--emit=zsh1", "use", "--yes", name], with).set("SSOX_PROTECTED").is_some()
    };
    assert!(protected("Production", "") && !protected("nonprod", "") && !protected("products-dev", ""));
    assert!(protected("nonprod", "x,111122223333/Read*") && !protected("Production", "prod*"));
}

#[test]
fn an_uncached_use_sends_one_request_and_a_cached_one_none() {
    let home = Home::signed_in();
    home.ssox(&USE_DEV).ok();
    assert_eq!(home.standin.total(), 1, "{:?}", home.standin.counts());
    let first = home.ssox(&USE_DEV);
    home.ssox(&["export", "dev", "--format", "env"]).ok();
    home.ssox(&["credential-process", "dev"]).ok();
    assert_eq!(home.standin.total(), 1, "{:?}", home.standin.counts());
    assert_eq!(home.ssox(&USE_DEV).set("AWS_ACCESS_KEY_ID"), first.set("AWS_ACCESS_KEY_ID"));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn min_ttl_fetches_credentials_that_are_valid_for_longer() {
    let home = Home::signed_in();
    home.ssox(&USE_DEV).ok();
    home.ssox(&["--emit=zsh1", "use", "dev", "--min-ttl", "30m"]).ok();
    assert_eq!(home.standin.count("GetRoleCredentials"), 1);
    // Longer than any credentials are valid: fetched each time, and accepted because they are new.
    home.ssox(&["--emit=zsh1", "use", "dev", "--min-ttl", "24h"]).ok();
    assert_eq!(home.standin.count("GetRoleCredentials"), 2);
}

#[test]
fn the_previous_profile_is_a_dash() {
    let home = Home::signed_in();
    let ran = home.ssox_with(&["--emit=zsh1", "use", "stg"], &[("SSOX_PROFILE", "dev")]);
    assert_eq!((ran.set("SSOX_PREVIOUS").as_deref(), ran.status()), (Some("dev"), 0));
    let back = home.ssox_with(&["--emit=zsh1", "use", "-"], &[("SSOX_PROFILE", "stg"), ("SSOX_PREVIOUS", "dev")]);
    assert_eq!((back.set("SSOX_PROFILE").as_deref(), back.set("SSOX_PREVIOUS").as_deref()), (Some("dev"), Some("stg")));
    says!(home, home.ssox(&["--emit=zsh1", "use", "-"]).fails(4), @r"
    ssox: there is no previous profile in this shell
    ssox: hint: `ssox use NAME`; `ssox list` shows all profiles, `ssox list --assigned` every account and role
    ");
}

#[test]
fn a_session_that_does_not_exist_is_reported_before_there_is_a_choice() {
    let home = Home::signed_in();
    says!(home, home.ssox(&["--emit=zsh1", "use", "--sso-session", "crop"]).fails(4), @r"
    ssox: there is no sso-session `crop`
    ssox: hint: did you mean `corp`? `ssox sessions` shows all sessions
    ");
}

#[test]
fn profile_only_sets_no_secret() {
    let home = Home::new();
    let ran = home.ssox(&["--emit=bash1", "use", "dev", "--profile-only", "--region", "us-east-2"]);
    ran.ok();
    assert_eq!(ran.set("AWS_PROFILE").as_deref(), Some("dev"));
    assert_eq!(ran.set("AWS_REGION").as_deref(), Some("us-east-2"));
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "SSOX_EXPIRES", "SSOX_NEXT"] {
        assert!(ran.unsets(name), "{name}");
    }
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn clear_unsets_what_ssox_has_set_and_nothing_else() {
    let home = Home::new();
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_PROFILE", "AWS_VAULT", "SSOX_PROFILE"];
    for arguments in [&["--emit=zsh1", "use", "dev"][..], &["--emit=zsh1", "use", "dev", "--profile-only"]] {
        let home = Home::signed_in();
        let used = home.ssox(arguments).all_set();
        let used: Vec<(&str, &str)> = used.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ran = home.ssox_with(&["--emit=zsh1", "clear"], &used);
        assert!(names.iter().all(|name| ran.unsets(name)), "{}", ran.stdout());
        for theirs in ["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_PROFILE", "AWS_VAULT"] {
            let ran = home.ssox_with(&["--emit=zsh1", "clear"], &[&used[..], &[(theirs, "theirs")]].concat());
            let kept: Vec<&&str> = names.iter().filter(|name| !ran.unsets(name)).collect();
            assert_eq!(kept, [&theirs], "{}", ran.stdout());
        }
    }
    // A region that ssox did not set is not unset either.
    let ran = home
        .ssox_with(&["--emit=zsh1", "clear"], &[("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev"), ("AWS_REGION", "r")]);
    assert!(!ran.unsets("AWS_REGION") && ran.unsets("SSOX_PROFILE"), "{}", ran.stdout());
}

#[test]
fn account_and_role_or_a_pasted_arn_find_the_profile() {
    let home = Home::signed_in();
    let arn = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef";
    for wanted in ["111122223333/ReadOnly", arn] {
        home.write_config(&dev_only());
        assert_eq!(home.ssox(&["--emit=zsh1", "use", wanted]).set("SSOX_PROFILE").as_deref(), Some("dev"), "{wanted}");
    }
}

fn dev_only() -> String {
    format!(
        "[sso-session corp]\nsso_start_url = {}\nsso_region = eu-west-1\n[profile dev]\nsso_session = corp\n\
        sso_account_id = 111122223333\nsso_role_name = ReadOnly\n",
        ssox_standin::START_URL
    )
}

#[test]
fn without_the_function_nothing_secret_is_printed() {
    let home = Home::signed_in();
    let mut errors = String::new();
    for verb in [&["use", "dev"][..], &["clear"]] {
        errors += &home.ssox_with(verb, &[("SHELL", "/bin/zsh")]).fails(2);
    }
    says!(home, errors, @r#"
    ssox: `ssox use` changes the current shell, and only ssox's shell function can do that
    ssox: hint: `eval "$(ssox init zsh)"`; add this line to the rc file of your shell too
    ssox: `ssox clear` changes the current shell, and only ssox's shell function can do that
    ssox: hint: `eval "$(ssox init zsh)"`; add this line to the rc file of your shell too
    "#);
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn exec_is_the_program_itself() {
    let home = Home::signed_in();
    let ran =
        home.ssox(&["exec", "dev", "--", "sh", "-c", "echo $AWS_ACCOUNT_ID $AWS_REGION ${AWS_PROFILE-unset}; exit 7"]);
    assert_eq!((ran.status(), ran.stdout().as_str()), (7, "111122223333 eu-west-1 unset\n"));
    assert_eq!(home.ssox(&["exec", "dev", "--", "no-such-program"]).status(), 127);
    assert_eq!(home.ssox(&["exec", "dev", "--", "/"]).status(), 126);
}

#[test]
fn a_secret_is_in_no_log() {
    let home = Home::signed_in();
    let ran = home.ssox(&["-v", "export", "dev", "--format", "json"]);
    ran.ok();
    assert!(ran.stderr().contains("GetRoleCredentials"), "{}", ran.stderr());
    for secret in home.standin.secrets() {
        assert!(!ran.stderr().contains(&secret));
    }
}

#[test]
fn a_host_that_does_not_exist_is_asked_for_once() {
    let home = Home::signed_in();
    // A label of a host name has at most 63 characters, so no resolver is asked.
    let url = format!("http://{}.invalid", "a".repeat(64));
    let ran = home.ssox_with(&["-v", "export", "dev", "--format", "json"], &[("AWS_ENDPOINT_URL", &url)]);
    assert_eq!((ran.status(), ran.stderr().matches("AWS did not answer").count()), (6, 1), "{}", ran.stderr());
}

/// Reads the arguments of every started program from the kernel, also of those that ssox starts.
#[cfg(target_os = "linux")]
#[test]
fn a_secret_is_in_no_argument() {
    if !crate::shells::installed("strace") {
        return;
    }
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    let verbs: [&[&str]; 4] = [
        &USE_DEV,
        &["exec", "stg", "--", "sh", "-c", "env; exec true to-the-end"],
        &["export", "dev", "--format", "env"],
        &["credential-process", "stg"],
    ];
    for verb in verbs {
        let mut strace = home.command("strace");
        strace.args(["-f", "-qq", "-A", "-o", "trace", "-s", "1000000", "-e", "trace=execve", SSOX]).args(verb);
        assert!(strace.output().expect("strace starts").status.success(), "{verb:?}");
    }
    let seen = fs::read_to_string(home.path("trace")).expect("strace has written");
    assert!(seen.contains("\"credential-process\", \"stg\"") && seen.contains("\"to-the-end\""), "{seen}");
    for secret in home.standin.secrets() {
        assert!(!seen.contains(&secret));
    }
}

#[test]
fn odd_values_in_the_variables_of_ssox_do_not_matter() {
    let home = Home::signed_in();
    let left = [
        ("SSOX_PROFILE", "two\nlines"),
        ("SSOX_PROMPT", "two"),
        ("SSOX_ROLE_ARN", "\u{1b}]0;x\u{7}"),
        ("SSOX_EXPIRES", "soon"),
    ];
    let ran = home.ssox_with(&USE_DEV, &left);
    ran.ok();
    assert_eq!(ran.set("SSOX_PREVIOUS"), None);
    let status = home.ssox_with(&["status"], &left).ok();
    assert!(status.lines().any(|line| line.starts_with("profile") && line.ends_with("two lines")), "{status}");
}

#[test]
fn an_account_id_set_by_others_does_not_replace_that_of_the_credentials() {
    let home = Home::signed_in();
    let role = ["--role-arn", "arn:aws:iam::222233334444:role/Target"];
    for (role, account) in [(&[][..], "111122223333"), (&role, "222233334444")] {
        let mut held = home.ssox(&[&USE_DEV[..], role].concat()).all_set();
        held.retain(|(name, _)| name != "AWS_ACCOUNT_ID");
        held.push(("AWS_ACCOUNT_ID".into(), "999999999999".into()));
        let held: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let status = home.ssox_with(&["status"], &held).ok();
        let shown = status.lines().find(|line| line.starts_with("account ")).unwrap_or_default();
        assert!(shown.ends_with(account), "{role:?}: {status}");
    }
}

#[test]
fn each_kind_of_error_has_its_exit_status() {
    let home = Home::signed_in();
    let mut errors = String::new();
    for (fault, status) in [
        (Fault::Status(403), 5),
        (Fault::Status(404), 5),
        (Fault::Status(429), 6),
        (Fault::Status(500), 6),
        (Fault::Reset, 6),
        (Fault::Truncated, 6),
        (Fault::InvalidJson, 6),
        (Fault::Html, 6),
    ] {
        home.standin.fault("GetRoleCredentials", fault, Times::Forever);
        errors += &home.ssox_with(&USE_DEV, &[("AWS_MAX_ATTEMPTS", "1")]).fails(status);
        home.standin.clear_faults("*");
    }
    says!(home, errors, @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: Resource not found (ResourceNotFoundException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` is throttling: too many requests (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: wait a minute, then try again
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the service failed with 500: Internal server error (InternalServerException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: check the service at this endpoint, then try again
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the connection to `STANDIN` closed before the response was complete; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the connection to `STANDIN` closed before the response was complete; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` answered 200 with something that is not an AWS response; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` answered 200 with something that is not an AWS response; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn a_throttled_request_is_retried() {
    let home = Home::signed_in();
    home.standin.fault("GetRoleCredentials", Fault::Status(429), Times::Next(2));
    home.ssox(&USE_DEV).ok();
    assert_eq!(home.standin.count("GetRoleCredentials"), 3);
}

#[test]
fn an_unreachable_aws_is_reported() {
    let home = Home::signed_in();
    let at = |url: &str| home.ssox_with(&USE_DEV, &[("AWS_ENDPOINT_URL", url), ("AWS_MAX_ATTEMPTS", "1")]).fails(6);
    says!(home, at("http://nonexistent.invalid"), @r"
    ssox: warning: AWS_ENDPOINT_URL is `http://nonexistent.invalid`: tokens and credentials are sent there unencrypted
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: could not resolve the host name of `nonexistent.invalid`; AWS_ENDPOINT_URL sends requests to `http://nonexistent.invalid`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ");
    says!(home, at("http://127.0.0.1:1"), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` refused the connection; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn credentials_that_end_soon_are_better_than_none() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.role_credentials = Duration::from_secs(600));
    home.ssox(&USE_DEV).ok();
    // The time left is less than requested, and AWS does not respond.
    home.standin.fault("*", Fault::Status(500), Times::Forever);
    let ran = home.ssox_with(&["--emit=zsh1", "use", "dev", "--min-ttl", "1h"], &[("AWS_MAX_ATTEMPTS", "1")]);
    ran.ok();
    says!(home, ran.stderr(), @"ssox: warning: could not get the credentials of `ReadOnly` in `111122223333`: the service failed with 500: Internal server error (InternalServerException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL); using the cached credentials, which are still valid");
}

#[test]
fn without_a_sign_in_it_is_exit_3_with_the_line_to_type() {
    let home = Home::new();
    says!(home, home.ssox(&USE_DEV).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    says!(home, home.ssox(&["credential-process", "dev"]).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn a_rejected_token_is_refreshed_once() {
    let home = Home::signed_in();
    home.standin.end_access_tokens();
    home.ssox(&USE_DEV).ok();
    assert_eq!(home.standin.count("GetRoleCredentials"), 2);
    assert_eq!(home.standin.count("CreateToken.refresh_token"), 1);
}

#[test]
fn an_ended_session_needs_a_person() {
    let home = Home::signed_in();
    home.standin.end_sessions();
    says!(home, home.ssox(&USE_DEV).fails(3), @r"
    ssox: the session `corp` has expired
    ssox: hint: ssox login --sso-session corp
    ");
}

#[cfg(unix)]
#[test]
fn in_a_read_only_home_only_the_cache_is_missing() {
    use std::os::unix::fs::PermissionsExt as _;
    if rustix::process::geteuid().is_root() {
        return read_only_for_root();
    }
    let home = Home::signed_in();
    for below in [".aws", ".aws/sso/cache", ""] {
        fs::set_permissions(home.path(below), fs::Permissions::from_mode(0o555)).unwrap();
    }
    let ran = home.ssox(&USE_DEV);
    for below in ["", ".aws", ".aws/sso/cache"] {
        fs::set_permissions(home.path(below), fs::Permissions::from_mode(0o755)).unwrap();
    }
    ran.ok();
    assert_eq!(ran.stderr().matches("warning").count(), 1, "{}", ran.stderr());
}

/// Root may write everywhere, but not into a file in place of the directory.
#[cfg(unix)]
fn read_only_for_root() {
    let home = Home::signed_in();
    fs::write(home.path(".aws/cli"), "").unwrap();
    fs::write(home.path(".local"), "").unwrap();
    let ran = home.ssox(&USE_DEV);
    ran.ok();
    assert_eq!(ran.stderr().matches("warning").count(), 1, "{}", ran.stderr());
}

#[test]
fn the_caches_are_private_and_hold_no_temporary_files() {
    let home = Home::signed_in();
    home.ssox(&USE_DEV).ok();
    let names = home.files(".aws/cli/cache");
    assert_eq!(names.len(), 1, "{names:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(home.path(".aws/cli/cache").join(&names[0])).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_broken_cache_counts_as_absent_and_is_repaired() {
    let home = Home::signed_in();
    home.ssox(&USE_DEV).ok();
    let entry = home.path(".aws/cli/cache").join(&home.files(".aws/cli/cache")[0]);
    for broken in ["", "{", "[]", "{\"Credentials\": {}}"] {
        fs::write(&entry, broken).unwrap();
        home.ssox(&USE_DEV).ok();
        assert!(fs::read_to_string(&entry).unwrap().contains("AccessKeyId"), "{broken}");
    }
}

#[test]
fn a_wrong_clock_is_reported() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.clock_offset = -2 * 3600);
    let ran = home.ssox(&USE_DEV);
    says!(home, ran.stderr(), @"ssox: warning: the new credentials have already expired, because this machine's clock is ahead: `ssox doctor` shows by how much");
    says!(home, home.ssox(&["doctor"]).stdout(), @r"
    error: this machine's clock is 2h 0m ahead of AWS's
        hint: timedatectl set-ntp true, or set the clock in the system's settings
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn two_hundred_at_once_fetch_once() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    let children: Vec<_> = (0..200)
        .map(|_| {
            let mut command = home.command(crate::home::SSOX);
            command.args(USE_DEV).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().expect("ssox starts")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("ssox ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let counts = ["CreateToken.refresh_token", "reused_refresh_token", "GetRoleCredentials"]
        .map(|name| home.standin.count(name));
    assert_eq!(counts, [1, 0, 1]);
}

#[test]
fn a_region_may_be_typed_in_its_short_form() {
    let home = Home::signed_in();
    let used = home.ssox(&["--emit=bash1", "use", "dev", "--region", "apse2"]);
    assert_eq!(used.set("AWS_REGION").as_deref(), Some("ap-southeast-2"));
}

#[cfg(unix)]
#[test]
fn exec_without_a_program_starts_the_shell_of_a_person_at_a_terminal() {
    let home = Home::signed_in();
    let mut command = home.command(SSOX);
    command.args(["exec", "dev"]).env("SHELL", "/bin/bash").env("PS1", "> ");
    let mut terminal = crate::pty::Terminal::start(command);
    terminal.wait_for("ssox: a shell with the credentials of `dev`; `exit` leaves it");
    terminal.enter("echo $0 $SSOX_PROFILE ${#AWS_ACCESS_KEY_ID}");
    terminal.wait_for("/bin/bash dev 20");
    terminal.enter("exit 7");
    assert_eq!(terminal.wait_for_end().1.code(), Some(7));
    // In a script, a command that is empty is a mistake.
    says!(home, home.ssox(&["exec", "dev", "--"]).fails(2), @r"
    ssox: there is no program to run
    ssox: hint: ssox exec NAME -- COMMAND
    ");
}
