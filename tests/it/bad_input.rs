//! Wrong input of every kind: the error says what is wrong and what to type, the exit status fits, and no file changes.

use crate::home::{Home, Ran, SSOX};
use crate::shown::says;
use insta::assert_snapshot;
use ssox_standin::{Fault, Times};
use std::os::unix::fs::PermissionsExt;

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

/// Uses profile `dev` of each configuration; expects exit 4 before any request, and returns the errors.
#[track_caller]
fn refused(configs: &[String]) -> String {
    let mut errors = String::new();
    for config in configs {
        let home = Home::signed_in();
        home.write_config(config);
        errors += &home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4).replace(&*home.path("").to_string_lossy(), "~/");
        assert_eq!(home.standin.total(), 0, "AWS was asked");
    }
    errors
}

/// A profile `dev` of session `corp`, in which these lines replace the lines with the same keys.
fn dev(replaced: &[(&str, &str)]) -> String {
    let mut profile =
        format!("{SESSION}[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n");
    for (line, other) in replaced {
        assert!(profile.contains(line), "{line}");
        profile = profile.replace(line, other);
    }
    profile
}

#[test]
fn an_unknown_profile_gets_the_nearest_names() {
    let near = "[profile dve]\nregion = x\n[profile dev2]\nregion = x\n";
    assert_snapshot!(refused(&[near.into(), String::new()]), @r"
    ssox: there is no profile `dev`
    ssox: hint: did you mean `dve` or `dev2`? `ssox list` shows all profiles
    ssox: there is no profile `dev`: no profiles are configured yet
    ssox: hint: ssox configure sso
    ");
}

#[test]
fn a_profile_without_sso_keys_has_no_credentials() {
    assert_snapshot!(refused(&["[profile dev]\nregion = eu-west-1\n".into()]), @r"
    ssox: profile `dev` has no credentials
    ssox: hint: ssox configure sso --profile dev
    ");
}

#[test]
fn a_session_that_does_not_exist_gets_the_nearest() {
    let crop = dev(&[("sso_session = corp", "sso_session = crop")]);
    let alone = crop.replace(SESSION, "");
    assert_snapshot!(refused(&[crop, alone]), @r"
    ssox: profile `dev` has `sso_session = crop`, but there is no such sso-session
    ssox: hint: did you mean `corp`? `ssox sessions` shows all sessions
    ssox: profile `dev` has `sso_session = crop`, but there is no such sso-session
    ssox: hint: add `[sso-session crop]` to ~/.aws/config, or run `ssox configure sso`
    ");
}

#[test]
fn misspelt_keys_get_the_right_one() {
    let configs = [
        dev(&[("sso_session = ", "sso_sssion = ")]),
        dev(&[("sso_account_id", "sso_acount_id")]),
        dev(&[("sso_role_name = R\n", "")]),
    ];
    assert_snapshot!(refused(&configs), @r"
    ssox: profile `dev` does not say where to sign in
    ssox: hint: `sso_sssion` looks like a misspelling: write `sso_session` in ~/.aws/config
    ssox: profile `dev` has no `sso_account_id`
    ssox: hint: `sso_acount_id` looks like a misspelling: write `sso_account_id` in ~/.aws/config
    ssox: profile `dev` has no `sso_role_name`
    ssox: hint: add `sso_role_name = …` to `[profile dev]`
    ");
}

#[test]
fn an_account_id_is_twelve_digits() {
    let ids = ["11112222333", "1111-2222-3333", "dev", "1111222233334"];
    assert_snapshot!(refused(&ids.map(|id| dev(&[("111122223333", id)]))), @r"
    ssox: `sso_account_id` of profile `dev` is `11112222333`, not 12 digits
    ssox: hint: write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`
    ssox: `sso_account_id` of profile `dev` is `1111-2222-3333`, not 12 digits
    ssox: hint: write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`
    ssox: `sso_account_id` of profile `dev` is `dev`, not 12 digits
    ssox: hint: write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`
    ssox: `sso_account_id` of profile `dev` is `1111222233334`, not 12 digits
    ssox: hint: write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`
    ");
}

#[test]
fn an_invalid_region_is_not_used_in_a_host_name() {
    let configs = [dev(&[("= R\n", "= R\nregion = eu west $(id)\n")]), dev(&[("= eu-west-1", "= evil.example/")])];
    assert_snapshot!(refused(&configs), @r"
    ssox: `region` of profile `dev`: `eu west $(id)` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ssox: `sso_region` of sso-session `corp`: `evil.example/` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ");
}

#[test]
fn legacy_keys_that_contradict_the_session_are_an_error() {
    assert_snapshot!(refused(&[dev(&[("= R\n", "= R\nsso_region = us-east-1\n")])]), @r"
    ssox: `sso_region` is `us-east-1` in profile `dev`, but `eu-west-1` in its sso-session `corp`
    ssox: hint: remove `sso_region` from `[profile dev]` in ~/.aws/config
    ");
}

#[test]
fn a_control_character_never_reaches_the_shell() {
    let dev = "[profile d\u{1b}v]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let home = Home::signed_in();
    home.write_config(&format!("{SESSION}{dev}"));
    let error = home.ssox(&["--emit=zsh1", "use", "d\u{1b}v"]).fails(4);
    says!(home, error, @r"
    ssox: could not set AWS_SSO_PROFILE: the value contains a control character
    ssox: hint: if the value is in a configuration file: `ssox doctor` shows the file and the line
    ");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let home = Home::signed_in();
    std::fs::remove_file(home.path(".aws/config")).unwrap();
    std::fs::create_dir(home.path(".aws/config")).unwrap();
    says!(home, home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4), @r"
    ssox: could not read `~/.aws/config`: it is a directory, not a regular file
    ssox: hint: ls -ld ~/.aws/config
    ");
    says!(home, home.ssox(&["list"]).fails(4), @r"
    ssox: could not read `~/.aws/config`: it is a directory, not a regular file
    ssox: hint: ls -ld ~/.aws/config
    ");
}

#[test]
fn a_missing_home_variable_is_reported() {
    let home = Home::signed_in();
    let mut command = home.command(crate::home::SSOX);
    let output = command.args(["--emit=zsh1", "use", "dev"]).env_remove("HOME").output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("HOME is not set"));
}

#[test]
fn settings_that_cannot_work_are_named() {
    let home = Home::signed_in();
    let mut errors = String::new();
    for setting in [("AWS_CA_BUNDLE", "/none/such.pem"), ("AWS_MAX_ATTEMPTS", "many"), ("HTTPS_PROXY", "http://:::")] {
        let in_bash = ("SSOX_FUNCTION", "bash1");
        errors += &home.ssox_with(&["--emit=zsh1", "use", "dev"], &[setting, in_bash]).fails(4);
    }
    assert_snapshot!(errors, @r"
    ssox: the CA bundle `/none/such.pem` does not exist
    ssox: hint: set AWS_CA_BUNDLE to a PEM file of certificates
    ssox: the number of attempts is `many`, which is not a whole number above 0
    ssox: hint: set AWS_MAX_ATTEMPTS, or `max_attempts` in the profile, to a number such as 3
    ssox: `HTTPS_PROXY` is not the URL of a proxy
    ssox: hint: export HTTPS_PROXY=http://proxy.example:8080
    ");
}

#[test]
fn an_envrc_cannot_change_the_shell() {
    let home = Home::signed_in();
    // The name of the process is that of the script.
    std::fs::write(home.path("direnv"), "#!/bin/sh\nDIRENV_IN_ENVRC=1 sh -c '\"$0\" \"$@\"' \"$@\"\n").unwrap();
    std::fs::set_permissions(home.path("direnv"), PermissionsExt::from_mode(0o700)).unwrap();
    let of_direnv = |words: &[&str]| {
        let mut direnv = home.command(home.path("direnv").to_str().unwrap());
        Ran(direnv.arg(SSOX).args(words).output().expect("direnv starts"))
    };
    says!(home, of_direnv(&["--emit=bash1", "use", "dev"]).fails(2), @r#"
    ssox: `ssox use` does not work in an `.envrc`: it changes only the shell that calls it
    ssox: hint: to use a profile in this directory, write `profile = NAME` into a file `.ssox`
    ssox: hint: to let direnv set the credentials of a profile, write `eval "$(ssox export NAME)"` into the `.envrc`
    "#);
    of_direnv(&["export", "dev"]).ok();
    // direnv leaves this variable to the programs of `direnv exec`.
    home.ssox_with(&["--emit=bash1", "use", "dev"], &[("DIRENV_IN_ENVRC", "1")]).ok();
}

#[test]
fn the_command_line_is_checked() {
    let home = Home::new();
    let mut errors = String::new();
    for arguments in [
        "nonsense",
        "configure nonsense",
        "help sue",
        "use dev --min-ttl 5",
        "--emit=tcsh1 use dev",
        "--emit=zsh9 use dev",
        "exec dev",
        "export dev --format yaml",
        "login dev --pkce --device-code",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        errors += &home.ssox(&arguments).fails(2);
    }
    assert_snapshot!(errors, @r"
    ssox: unknown command `nonsense`
    ssox: hint: ssox --help
    ssox: unknown command `nonsense`
    ssox: hint: ssox configure --help
    ssox: unknown command `sue`
    ssox: hint: did you mean `use`?
    ssox: invalid value `5` for `--min-ttl <DURATION>`: `5` is not a duration; write it as `90s`, `30m`, `1h30m`
    ssox: hint: ssox use --help
    ssox: unknown value `tcsh1` of --emit
    ssox: hint: use one of `zsh1`, `bash1`, `fish1`, `powershell1`, `nushell1`, `elvish1`, `xonsh1`, `posix1`
    ssox: the ssox function in this shell is of another version: it reads version `9` of the output, the installed ssox writes version `1`
    ssox: hint: start a new shell: it loads the function of the installed ssox
    ssox: there is no program to run
    ssox: hint: ssox exec NAME -- COMMAND
    ssox: invalid value `yaml` for `--format <FORMAT>`
    ssox: hint: one of: env, env-no-export, fish, powershell, nushell, elvish, xonsh, windows-cmd, process, json, credentials-file, env-file
    ssox: `--pkce` cannot be used with `--device-code`
    ssox: hint: ssox login --pkce <PROFILE>
    ");
}

#[test]
fn an_error_is_json_where_json_is_asked_for() {
    let home = Home::new();
    std::fs::remove_file(home.path(".aws/config")).unwrap();
    std::fs::create_dir(home.path(".aws/config")).unwrap();
    let ran = home.ssox(&["list", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    assert_eq!((ran.status(), error["error"]["exit_status"].as_i64()), (4, Some(4)));
    assert!(error["error"]["message"].is_string() && error["error"]["hint"].is_string());
    assert_eq!((&error["error"]["hints"][0], error["error"]["code"].is_null()), (&error["error"]["hint"], true));
}

#[test]
fn an_error_under_json_has_the_code_of_aws() {
    let home = Home::new();
    home.standin.fault("GetCallerIdentity", Fault::Exception("AccessDenied".into()), Times::Forever);
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let ran = home.ssox_with(&["status", "--verify", "--json"], &keys);
    let error: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    assert_eq!((ran.status(), error["error"]["code"].as_str()), (5, Some("AccessDenied")));
}

#[test]
fn a_usage_error_is_json_with_json() {
    let ran = Home::new().ssox(&["list", "--json", "--nonsense"]);
    let error: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    assert_eq!((ran.status(), error["error"]["exit_status"].as_i64()), (2, Some(2)));
    let error = Home::new().ssox(&["exec", "--nonsense", "dev", "--", "x", "--json"]).fails(2);
    assert!(error.starts_with("ssox: "), "{error}");
}

#[test]
fn help_works_as_a_verb_too() {
    let home = Home::new();
    for (verb, option) in [(&["help"][..], &["--help"][..]), (&["help", "use"], &["use", "--help"])] {
        assert_eq!(home.ssox(verb).ok(), home.ssox(option).ok());
    }
}

#[test]
fn an_unknown_name_of_a_profile_or_session_says_what_there_is() {
    let home = Home::new();
    let mut errors = String::new();
    for arguments in [
        &["login", "nope"][..],
        &["login", "dve"],
        &["login", "crop"],
        &["login", "corp"],
        &["logout", "crop"],
        &["logout", "corp"],
        &["export", "crop"],
        &["export", "corp"],
        &["--emit=zsh1", "use", "corp"],
        &["login", "--sso-session", "dev"],
        &["logout", "--sso-session", "legacy"],
        &["login", "--sso-session", "crop"],
        &["login", "--sso-session", "nope"],
        &["login", "--sso-session", ""],
        &["--emit=zsh1", "use", ""],
    ] {
        errors += &home.ssox(arguments).fails(4);
    }
    assert_snapshot!(errors, @r"
    ssox: there is no profile `nope`
    ssox: hint: the profiles are: dev, stg, legacy
    ssox: there is no profile `dve`
    ssox: hint: did you mean `dev`? `ssox list` shows all profiles
    ssox: there is no profile `crop`
    ssox: hint: did you mean the sso-session `corp`? ssox login --sso-session corp
    ssox: there is no profile `corp`
    ssox: hint: `corp` is an sso-session: ssox login --sso-session corp
    ssox: there is no profile `crop`
    ssox: hint: did you mean the sso-session `corp`? ssox logout --sso-session corp
    ssox: there is no profile `corp`
    ssox: hint: `corp` is an sso-session: ssox logout --sso-session corp
    ssox: there is no profile `crop`
    ssox: hint: did you mean the sso-session `corp`? its profiles are: dev, stg
    ssox: there is no profile `corp`
    ssox: hint: `corp` is an sso-session: its profiles are: dev, stg
    ssox: there is no profile `corp`
    ssox: hint: `corp` is an sso-session: its profiles are: dev, stg
    ssox: there is no sso-session `dev`
    ssox: hint: `dev` is a profile: give its session, --sso-session corp
    ssox: there is no sso-session `legacy`
    ssox: hint: `legacy` is a profile: give its name without --sso-session
    ssox: there is no sso-session `crop`
    ssox: hint: did you mean `corp`? `ssox sessions` shows all sessions
    ssox: there is no sso-session `nope`
    ssox: hint: `ssox sessions` shows the sessions, `ssox configure sso` adds one
    ssox: the name of the sso-session is empty
    ssox: hint: if the name comes from a variable, this variable may be unset; `ssox sessions` shows the sessions
    ssox: the name of the profile is empty
    ssox: hint: if the name comes from a variable, this variable may be unset; `ssox list` shows the profiles
    ");
}

#[test]
fn a_secret_that_cannot_be_used_is_not_shown() {
    let home = Home::new();
    for (between, line) in [("\u{1}", 3), ("\t", 3), ("\n  ", 4)] {
        let secret = format!("hush{between}hush");
        let keys = format!("[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {secret}\n");
        std::fs::write(home.path(".aws/credentials"), keys).unwrap();
        refuses_the_secret(&home);
        let findings = home.ssox(&["doctor"]).stdout();
        assert!(findings.contains(&format!(".aws/credentials:{line}: ")) && !findings.contains("hush"), "{findings}");
    }
}

fn refuses_the_secret(home: &Home) {
    for arguments in [&["--emit=zsh1", "use", "keys"][..], &["export", "keys", "--format", "env"]] {
        says!(home, home.ssox(arguments).fails(4), @r"
        ssox: could not set AWS_SECRET_ACCESS_KEY: the value contains a control character
        ssox: hint: if the value is in a configuration file: `ssox doctor` shows the file and the line
        ");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error_but_a_full_stderr_is_not() {
    let home = Home::signed_in();
    let full = || std::fs::File::create("/dev/full").unwrap();
    for arguments in [&["export", "dev", "--format", "env"][..], &["--help"], &["--version"]] {
        let mut command = home.command(crate::home::SSOX);
        let output = command.args(arguments).stdout(full()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{error}");
        says!(home, error, @"ssox: could not write to standard output: no space left on device");
    }
    let mut command = home.command(crate::home::SSOX);
    let status = command.args(["-v", "exec", "dev", "--", "/none/such"]).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(127));
}

#[test]
fn a_bad_line_in_config_does_not_hide_the_others() {
    let home = Home::signed_in();
    let config = std::fs::read_to_string(home.path(".aws/config")).unwrap();
    home.write_config(&format!("\u{feff}stray = 1\nnonsense\n{}", config.replace('\n', "\r\n")));
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
}

#[cfg(unix)]
#[test]
fn a_session_token_too_large_for_an_environment_is_an_error_where_it_would_go_into_one() {
    let home = Home::new();
    let token = "x".repeat(200_000);
    let keys = format!(r#"{{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"s","SessionToken":"{token}"}}"#);
    std::fs::write(home.path("keys.json"), keys).unwrap();
    home.add_config(&format!("[profile large]\ncredential_process = cat {}\n", home.path("keys.json").display()));
    let mut errors = String::new();
    for arguments in [
        &["--emit=zsh1", "use", "large"][..],
        &["exec", "large", "--", "true"],
        &["export", "large", "--format", "env"],
        &["export", "large", "--format", "fish"],
    ] {
        errors += &home.ssox(arguments).fails(4);
    }
    says!(home, errors, @r"
    ssox: the value for AWS_SESSION_TOKEN has 200000 bytes, which is too large: the shell could not start programs with such a variable
    ssox: hint: use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment
    ssox: the value for AWS_SESSION_TOKEN has 200000 bytes, which is too large: the shell could not start programs with such a variable
    ssox: hint: use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment
    ssox: the value for AWS_SESSION_TOKEN has 200000 bytes, which is too large: the shell could not start programs with such a variable
    ssox: hint: use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment
    ssox: the value for AWS_SESSION_TOKEN has 200000 bytes, which is too large: the shell could not start programs with such a variable
    ssox: hint: use `ssox credential-process NAME`, which passes credentials to AWS tools without the environment
    ");
    assert!(home.ssox(&["credential-process", "large"]).ok().contains(&token));
    assert!(home.ssox(&["export", "large", "--format", "json"]).ok().contains(&token));
}
