//! `ssox doctor`: one test for each problem that it explains, and one for a setup without problems.

use crate::home::Home;
#[cfg(unix)]
use crate::shells::{self, Shell};
use crate::shown::says;
use serde_json::Value;

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";
const DEV: &str = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";

/// Runs the doctor on a configuration; returns the exit status and the findings.
fn findings(home: &Home) -> (i32, Vec<Value>) {
    let ran = home.ssox(&["doctor", "--json"]);
    let findings: Value = serde_json::from_str(&ran.stdout()).expect("the doctor speaks JSON");
    (ran.status(), findings.as_array().expect("an array").clone())
}

/// Expects a finding with these words, this severity, and a hint.
#[track_caller]
fn finds(home: &Home, severity: &str, words: &str) -> Value {
    let (status, findings) = findings(home);
    let is_it = |finding: &&Value| finding["message"].as_str().is_some_and(|message| message.contains(words));
    let Some(finding) = findings.iter().find(is_it) else { panic!("no `{words}` in {findings:#?}") };
    assert_eq!(finding["severity"], severity, "{finding}");
    assert!(finding["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{finding}");
    assert_eq!(status, if findings.iter().any(|finding| finding["severity"] == "error") { 4 } else { 0 });
    finding.clone()
}

fn home(config: &str) -> Home {
    let home = Home::signed_in();
    home.write_config(config);
    home
}

#[test]
fn a_healthy_set_up_is_one_line() {
    let home = home(&format!("{SESSION}{DEV}"));
    let endpoint = home.standin.url().to_string();
    // A variable names the stand-in: doctor reports it as information.
    let line = format!("nothing is wrong; AWS_ENDPOINT_URL sends requests to `{endpoint}`, not to AWS\n");
    assert_eq!(home.ssox(&["doctor"]).ok(), line);
    let (status, found) = findings(&home);
    assert_eq!((status, found.len()), (0, 1), "{found:?}");
    assert_eq!(found[0]["severity"], "info");
}

#[test]
fn a_healthy_set_up_without_redirects_is_one_line() {
    let home = Home::signed_in();
    let dev = DEV.replace(
        "sso_session = corp",
        "sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1",
    );
    home.write_config(&format!("{dev}endpoint_url = {}\n", home.standin.url()));
    std::fs::remove_dir_all(home.path(".aws/sso")).unwrap();
    let run = |arguments: &[&str]| {
        let mut ssox = home.command(crate::home::SSOX);
        crate::home::Ran(ssox.args(arguments).env_remove("AWS_ENDPOINT_URL").output().expect("ssox starts")).ok()
    };
    assert_eq!(run(&["doctor"]), "nothing is wrong\n");
    assert_eq!(run(&["doctor", "--json"]), "[]\n");
}

#[test]
fn two_spellings_of_a_start_url_are_two_sign_ins() {
    let legacy = "[profile old]\nsso_start_url = https://d-1234567890.awsapps.com/start#/\nsso_region = eu-west-1\n\
        sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    finds(&home(&format!("{SESSION}{DEV}{legacy}")), "warning", "two spellings");
}

#[test]
fn mixed_forms_are_explained_with_their_line() {
    let finding =
        finds(&home(&format!("{SESSION}{DEV}sso_region = eu-west-1\n")), "warning", "the SDK for Rust rejects");
    assert_eq!(finding["line"], 8);
    assert!(finding["file"].as_str().is_some_and(|file| file.ends_with(".aws/config")));
}

#[test]
fn sso_beside_other_sources_is_explained() {
    finds(&home(&format!("{SESSION}{DEV}credential_process = x\n")), "warning", "`credential_process` and SSO");
    let home = home(&format!("{SESSION}{DEV}"));
    std::fs::write(home.path(".aws/credentials"), "[dev]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    finds(&home, "warning", "static keys and SSO");
}

#[test]
fn a_wrong_region_is_an_error() {
    let vanity = "[sso-session new]\nsso_start_url = https://x.portal.eu-central-1.app.aws\nsso_region = eu-west-1\n";
    finds(&home(&format!("{SESSION}{DEV}{vanity}")), "error", "is in `eu-central-1`");
    let other = SESSION.replace("corp", "twin").replace("eu-west-1", "us-east-1");
    finds(&home(&format!("{SESSION}{DEV}{other}")), "error", "only one can be right");
}

#[test]
fn an_invalid_start_url_is_an_error() {
    let plain = SESSION.replace("corp", "plain").replace("https", "http");
    finds(&home(&format!("{SESSION}{DEV}{plain}")), "error", "`sso_start_url` of `plain` is `http://");
}

#[test]
fn a_profile_that_cannot_be_used_is_an_error() {
    finds(
        &home(&format!("{SESSION}{}", DEV.replace("corp", "crop"))),
        "error",
        "`sso_session = crop`, but there is no such sso-session",
    );
}

#[test]
fn odd_lines_in_config_are_explained_with_their_number() {
    let rows = [
        ("[profile dev]\nsso_sssion = corp\n", "sso_sssion"),
        ("[profile dev]\nregion = eu-west-1\n[profile dev]\noutput = json\n", "dev"),
        ("[profile dev]\nregion = eu-west-1 # home\n", "comment"),
        ("[profile dev]\nnonsense\n", ""),
    ];
    for (config, words) in rows {
        let home = home(config);
        let (_, findings) = findings(&home);
        let is_it = |finding: &Value| {
            finding["message"].as_str().is_some_and(|text| text.contains(words)) && finding["line"].is_u64()
        };
        assert!(findings.iter().any(is_it), "{config}: {findings:#?}");
    }
}

#[test]
fn broken_caches_are_found() {
    let home = home(&format!("{SESSION}{DEV}"));
    std::fs::create_dir_all(home.path(".aws/cli/cache")).unwrap();
    std::fs::write(home.path(".aws/cli/cache/x.json"), "{").unwrap();
    finds(&home, "warning", "is not JSON");
    std::fs::write(ssox_standin::token_file(&home.path(""), "corp"), "{\"accessToken\": 1}").unwrap();
    assert!(finds(&home, "warning", "contains no token for `corp`")["file"].is_string());
}

#[cfg(unix)]
#[test]
fn caches_others_can_read_are_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home(&format!("{SESSION}{DEV}"));
    let token = home.path(".aws/sso/cache").join(&home.files(".aws/sso/cache")[0]);
    std::fs::set_permissions(token, std::fs::Permissions::from_mode(0o644)).unwrap();
    finds(&home, "warning", "can be read by other users");
}

#[test]
fn doctor_names_tokens_that_are_unused_or_expired() {
    let legacy = ssox_standin::START_URL;
    let home = home(&format!("{SESSION}{DEV}"));
    home.standin.seed_token(&home.path(""), legacy, &ssox_standin::Grant::default());
    finds(&home, "info", "this token belongs to no configured session");
    home.sign_in(&ssox_standin::Grant { expires_in: -60, refreshable: false, ..ssox_standin::Grant::default() });
    finds(&home, "info", "has expired, and cannot be refreshed");
}

#[test]
fn a_clock_that_is_off_by_an_hour_is_an_error() {
    let home = home(&format!("{SESSION}{DEV}"));
    home.standin.configure(|options| options.clock_offset = 3600);
    finds(&home, "error", "clock is 1h 0m behind");
    home.standin.configure(|options| options.clock_offset = -60);
    assert!(home.ssox(&["doctor"]).ok().starts_with("nothing is wrong"));
}

#[test]
fn doctor_checks_the_environment() {
    let home = home(&format!("{SESSION}{DEV}"));
    let ran = home.ssox_with(
        &["doctor"],
        &[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"), ("SSOX_FUNCTION", "zsh1")],
    );
    says!(home, ran.ok(), @r"
    warning: AWS_ACCESS_KEY_ID is set, and not by ssox: it takes precedence over every profile that is not named on the command line
        hint: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[cfg(unix)]
#[test]
fn doctor_checks_the_shell_function_only_in_a_terminal() {
    let home = home(&format!("{SESSION}{DEV}"));
    let said = |variables: &[(&str, &str)]| {
        let mut doctor = home.command(crate::home::SSOX);
        doctor.arg("doctor").env("SHELL", "/bin/zsh").envs(variables.iter().copied());
        crate::pty::Terminal::start(doctor).wait_for_end().0
    };
    for function in ["zsh1", "bash1", "fish1", "powershell1"] {
        assert!(said(&[("SSOX_FUNCTION", function)]).trim().starts_with("nothing is wrong"));
    }
    let other = said(&[("SSOX_FUNCTION", "zsh9")]);
    says!(home, crate::pty::screen(&other), @r"
    warning: the function in this shell is of another version of ssox
        hint: start a new shell
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[cfg(unix)]
#[test]
fn a_function_that_is_loaded_and_not_called_is_explained() {
    let rows = [(Shell::Zsh, ".zshrc"), (Shell::Bash, ".bashrc"), (Shell::Fish, ".config/fish/config.fish")];
    for (shell, file) in rows.into_iter().filter(|(shell, _)| shells::shells().contains(shell)) {
        let home = shells::Home::new();
        let mut session = home.session_with(shell, "", &[("SHELL", "/bin/tcsh")]);
        let none = session.run("ssox doctor");
        assert!(none.contains("no ssox function"), "{shell:?}: {none}");
        home.write(file, shell.load());
        let in_the_way = session.run("ssox doctor");
        assert!(in_the_way.contains("hides the function"), "{shell:?}: {in_the_way}");
        assert!(in_the_way.contains("type -a ssox shows what hides it"), "{shell:?}: {in_the_way}");
        assert_eq!(in_the_way.contains("unalias"), shell != Shell::Fish, "{in_the_way}");
    }
}
