//! Bad input of every kind: the error says what is wrong and what to type, the exit status is right, and nothing is
//! changed.

use crate::home::Home;
use ssox_standin::{Fault, Times};

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

/// Uses profile `dev` of this configuration; expects exit 4, and words in the error.
#[track_caller]
fn refuses(config: &str, words: &[&str]) {
    let home = Home::signed_in();
    home.write_config(config);
    let error = home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4);
    for word in words {
        assert!(error.contains(word), "no `{word}` in: {error}");
    }
    assert_eq!(home.standin.total(), 0, "AWS was asked");
}

#[test]
fn an_unknown_profile_gets_the_nearest_names() {
    refuses(
        "[profile dve]\nregion = x\n[profile dev2]\nregion = x\n",
        &["there is no profile `dev`", "`dve`", "`dev2`"],
    );
    refuses("", &["there is no profile `dev`", "ssox configure sso"]);
}

#[test]
fn a_profile_without_sso_keys_has_no_credentials() {
    refuses("[profile dev]\nregion = eu-west-1\n", &["has no credentials", "ssox configure sso"]);
}

#[test]
fn a_session_that_does_not_exist_gets_the_nearest() {
    let dev = "[profile dev]\nsso_session = crop\nsso_account_id = 111122223333\nsso_role_name = R\n";
    refuses(&format!("{SESSION}{dev}"), &["no sso-session `crop`", "`corp`"]);
    refuses(dev, &["no sso-session `crop`", "ssox configure sso"]);
}

#[test]
fn misspelt_keys_get_the_right_one() {
    let dev =
        |key: &str| format!("{SESSION}[profile dev]\n{key} = corp\nsso_account_id = 111122223333\nsso_role_name = R\n");
    refuses(&dev("sso_sssion"), &["`sso_sssion`", "`sso_session`"]);
    refuses(
        &format!("{SESSION}[profile dev]\nsso_session = corp\nsso_acount_id = 111122223333\nsso_role_name = R\n"),
        &["`sso_acount_id`", "`sso_account_id`"],
    );
    refuses(
        &format!("{SESSION}[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\n"),
        &["`sso_role_name`"],
    );
}

#[test]
fn an_account_id_is_twelve_digits() {
    for id in ["11112222333", "1111-2222-3333", "dev", "1111222233334"] {
        let dev = format!("[profile dev]\nsso_session = corp\nsso_account_id = {id}\nsso_role_name = R\n");
        refuses(&format!("{SESSION}{dev}"), &["12 digits", id]);
    }
}

#[test]
fn an_invalid_region_is_not_used_in_a_host_name() {
    let dev = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n";
    refuses(&format!("{SESSION}{dev}region = eu west $(id)\n"), &["is not a region"]);
    let session = SESSION.replace("eu-west-1", "evil.example/");
    refuses(&format!("{session}{dev}"), &["`sso_region`", "is not a region"]);
}

#[test]
fn legacy_keys_that_contradict_the_session_are_an_error() {
    let dev =
        "[profile dev]\nsso_session = corp\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = R\n";
    refuses(&format!("{SESSION}{dev}"), &["`sso_region`", "us-east-1", "eu-west-1"]);
}

#[test]
fn a_control_character_never_reaches_the_shell() {
    let dev = "[profile d\u{1b}v]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let home = Home::signed_in();
    home.write_config(&format!("{SESSION}{dev}"));
    let error = home.ssox(&["--emit=zsh1", "use", "d\u{1b}v"]).fails(4);
    assert!(error.contains("control character") && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let home = Home::signed_in();
    std::fs::remove_file(home.path(".aws/config")).unwrap();
    std::fs::create_dir(home.path(".aws/config")).unwrap();
    assert!(home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4).contains("is a directory"));
    assert!(home.ssox(&["list"]).fails(4).contains(".aws/config"));
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
    for (name, value, word) in [
        ("AWS_CA_BUNDLE", "/none/such.pem", "AWS_CA_BUNDLE"),
        ("AWS_MAX_ATTEMPTS", "many", "AWS_MAX_ATTEMPTS"),
        ("HTTPS_PROXY", "http://:::", "HTTPS_PROXY"),
    ] {
        let error = home.ssox_with(&["--emit=zsh1", "use", "dev"], &[(name, value)]).fails(4);
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn the_command_line_is_checked() {
    let home = Home::new();
    for arguments in [
        &["nonsense"][..],
        &["use", "dev", "--min-ttl", "5"],
        &["--emit=tcsh1", "use", "dev"],
        &["--emit=zsh9", "use", "dev"],
        &["exec", "dev"],
        &["export", "dev", "--format", "yaml"],
        &["login", "dev", "--pkce", "--device-code"],
    ] {
        let error = home.ssox(arguments).fails(2);
        assert!(error.starts_with("ssox: ") && error.lines().count() == 2, "{error}");
    }
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
fn an_unknown_verb_gets_the_help() {
    assert!(Home::new().ssox(&["nonsense"]).fails(2).ends_with("hint: ssox --help\n"));
    assert!(Home::new().ssox(&["configure", "nonsense"]).fails(2).ends_with("hint: ssox configure --help\n"));
}

#[test]
fn help_works_as_a_verb_too() {
    let home = Home::new();
    for (verb, option) in [(&["help"][..], &["--help"][..]), (&["help", "use"], &["use", "--help"])] {
        assert_eq!(home.ssox(verb).ok(), home.ssox(option).ok());
    }
    assert!(home.ssox(&["help", "sue"]).fails(2).contains("did you mean `use`?"));
}

#[test]
fn login_with_an_unknown_name_says_what_there_is() {
    let home = Home::new();
    let hint = |arguments: &[&str]| {
        let error = home.ssox(arguments).fails(4);
        error.split_once("hint: ").map(|(_, hint)| hint.trim_end().to_string()).expect("there is a hint")
    };
    assert_eq!(hint(&["login", "nope"]), "the profiles are: dev, stg, legacy");
    assert_eq!(hint(&["login", "dve"]), "did you mean `dev`? ssox list shows all");
    assert_eq!(hint(&["login", "crop"]), "did you mean the sso-session `corp`? ssox login --sso-session corp");
    assert_eq!(hint(&["login", "--sso-session", "dev"]), "`dev` is a profile: ssox login dev");
    assert_eq!(hint(&["login", "--sso-session", "crop"]), "did you mean `corp`? ssox sessions shows all");
    let all = "ssox sessions shows the sessions, ssox configure sso adds one";
    assert_eq!(hint(&["login", "--sso-session", "nope"]), all);
    assert!(home.ssox(&["login", "--sso-session", ""]).fails(4).contains("the name of the sso-session is empty"));
    assert!(home.ssox(&["--emit=zsh1", "use", ""]).fails(4).contains("the name of the profile is empty"));
}

#[test]
fn a_secret_that_cannot_be_used_is_not_shown() {
    let home = Home::new();
    let keys = "[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hush\u{1}hush\n";
    std::fs::write(home.path(".aws/credentials"), keys).unwrap();
    for arguments in [&["--emit=zsh1", "use", "keys"][..], &["export", "keys", "--format", "env"]] {
        let error = home.ssox(arguments).fails(4);
        assert!(error.contains("AWS_SECRET_ACCESS_KEY") && !error.contains("hush"), "{error}");
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
        assert!(error.contains("standard output: no space left"), "{error}");
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
    for arguments in [
        &["--emit=zsh1", "use", "large"][..],
        &["exec", "large", "--", "true"],
        &["export", "large", "--format", "env"],
        &["export", "large", "--format", "fish"],
    ] {
        let error = home.ssox(arguments).fails(4);
        assert!(error.contains("AWS_SESSION_TOKEN has 200000 bytes") && error.contains("environment"), "{error}");
        assert!(!error.contains("xxx"));
    }
    assert!(home.ssox(&["credential-process", "large"]).ok().contains(&token));
    assert!(home.ssox(&["export", "large", "--format", "json"]).ok().contains(&token));
}
