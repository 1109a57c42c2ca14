//! Variables in a shell that make ssox use other files or hosts: each error and `doctor` name these variables.

use crate::home::{Home, Ran};
use crate::shown::shows;
use serde_json::Value;
use ssox_standin::{Fault, Grant, Times};

const IN_BASH: (&str, &str) = ("SSOX_FUNCTION", "bash1");
const ONCE: (&str, &str) = ("AWS_MAX_ATTEMPTS", "1");
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

fn doctor(home: &Home, variables: &[(&str, &str)]) -> (Ran, Vec<Value>) {
    let ran = home.ssox_with(&["doctor", "--json"], &[variables, &[IN_BASH, ONCE]].concat());
    let findings: Value = serde_json::from_str(&ran.stdout()).expect("the doctor speaks JSON");
    (ran, findings.as_array().expect("an array").clone())
}

#[track_caller]
fn finds(findings: &[Value], severity: &str, message: &str, hint: &str) {
    let has = |finding: &Value, key: &str, text: &str| finding[key].as_str().is_some_and(|value| value.contains(text));
    let is_it = |finding: &Value| {
        has(finding, "severity", severity) && has(finding, "message", message) && has(finding, "hint", hint)
    };
    assert!(findings.iter().any(is_it), "no {severity} `{message}` with `{hint}`: {findings:#?}");
}

#[test]
fn an_error_names_the_variable_that_redirects() {
    let home = Home::signed_in();
    home.add_config("[profile role]\nrole_arn = arn:aws:iam::111122223333:role/Target\nsource_profile = dev\n");
    let verbs: [&[&str]; 4] = [
        &["--emit=bash1", "use", "dev"],
        &["export", "dev", "--format", "env"],
        &["exec", "dev", "--", "true"],
        &["credential-process", "dev"],
    ];
    for verb in verbs {
        for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO"] {
            let stderr = home.ssox_with(verb, &[(variable, NOWHERE), IN_BASH, ONCE]).fails(6);
            insta::allow_duplicates! {
                shows!(home, stderr.replace(variable, "VARIABLE"), @r"
                ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` refused the connection; VARIABLE sends requests to `http://STANDIN`, not to AWS
                ssox: hint: unset VARIABLE
                ");
            }
        }
    }
    let sts =
        home.ssox_with(&["credential-process", "role"], &[("AWS_ENDPOINT_URL_STS", NOWHERE), IN_BASH, ONCE]).fails(6);
    shows!(home, sts, @r"
    ssox: could not assume `arn:aws:iam::111122223333:role/Target`: `STANDIN` refused the connection; AWS_ENDPOINT_URL_STS sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL_STS
    ");
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    let oidc = home.ssox_with(&["login", "dev"], &[("AWS_ENDPOINT_URL_SSO_OIDC", NOWHERE), IN_BASH, ONCE]).fails(6);
    shows!(home, oidc, @r"
    ssox: could not get a token: `STANDIN` refused the connection; AWS_ENDPOINT_URL_SSO_OIDC sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL_SSO_OIDC
    ");
    let fish = ("SSOX_FUNCTION", "fish1");
    let fish = home.ssox_with(&["credential-process", "stg"], &[("AWS_ENDPOINT_URL", NOWHERE), fish, ONCE]).fails(6);
    shows!(home, fish, @r"
    ssox: could not get a token: `STANDIN` refused the connection; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: set -e AWS_ENDPOINT_URL
    ");
}

#[test]
fn an_error_names_the_line_of_the_configuration_that_redirects() {
    let home = Home::signed_in();
    let dev = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    home.add_config(&format!(
        "[profile own]\n{dev}endpoint_url = {NOWHERE}\n[profile nested]\n{dev}services = local\n\
         [services local]\nsso =\n  endpoint_url = {NOWHERE}\n"
    ));
    let of = |profile: &str| {
        let mut ssox = home.command(crate::home::SSOX);
        Ran(ssox
            .args(["credential-process", profile])
            .env_remove("AWS_ENDPOINT_URL")
            .envs([ONCE])
            .output()
            .expect("ssox starts"))
        .fails(6)
    };
    shows!(home, of("own"), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` refused the connection; `endpoint_url` of profile `own` in `~/.aws/config` sends requests to `http://STANDIN`, not to AWS
    ssox: hint: remove `endpoint_url` of profile `own` in `~/.aws/config`
    ");
    shows!(home, of("nested"), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` refused the connection; `endpoint_url` of `sso` in `[services local]` in `~/.aws/config` sends requests to `http://STANDIN`, not to AWS
    ssox: hint: remove `endpoint_url` of `sso` in `[services local]` in `~/.aws/config`
    ");
}

#[test]
fn an_error_from_a_custom_endpoint_names_the_endpoint() {
    let home = Home::signed_in();
    let json = "{\"__type\": \"InternalFailure\", \"message\": \"API for service sso not yet implemented\"}";
    let error = |fault: Fault, status| {
        home.standin.clear_faults("*");
        home.standin.fault("GetRoleCredentials", fault, Times::Forever);
        home.ssox_with(&["exec", "dev", "--", "true"], &[IN_BASH]).fails(status)
    };
    shows!(home, error(Fault::Answer(404, "text/html".into(), "<p>nothing".into()), 6), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: `STANDIN` answered 404 with something that is not an AWS response; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    ssox: hint: unset AWS_ENDPOINT_URL
    ");
    shows!(home, error(Fault::Answer(501, "application/json".into(), json.into()), 6), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: the service failed with 501: API for service sso not yet implemented (InternalFailure) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: check the service at this endpoint, then try again
    ");
    shows!(home, error(Fault::Status(403), 5), @r"
    ssox: could not get the credentials of `ReadOnly` in `111122223333`: No access (ForbiddenException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use
    ");
}

#[test]
fn doctor_names_the_endpoint_that_redirects() {
    let home = Home::signed_in();
    let (ran, findings) = doctor(&home, &[]);
    assert_eq!(ran.status(), 0, "{findings:?}");
    finds(&findings, "info", "AWS_ENDPOINT_URL sends requests to `http://127.0.0.1:", "unset AWS_ENDPOINT_URL");
    let (ran, findings) = doctor(&home, &[("AWS_ENDPOINT_URL", NOWHERE)]);
    assert_eq!(ran.status(), 4);
    finds(&findings, "error", "`127.0.0.1:9` refused the connection", "unset AWS_ENDPOINT_URL");
    let (_, findings) = doctor(&home, &[("AWS_ENDPOINT_URL_STS", NOWHERE)]);
    finds(&findings, "info", "AWS_ENDPOINT_URL_STS sends requests", "unset AWS_ENDPOINT_URL_STS");
    let (_, findings) = doctor(&home, &[("HTTP_PROXY", NOWHERE)]);
    finds(&findings, "error", "(from HTTP_PROXY)", "unset HTTP_PROXY");
}

#[test]
fn a_missing_file_is_reported_with_the_variable_that_names_it() {
    let home = Home::signed_in();
    let nope = ("AWS_CONFIG_FILE", "/nope");
    let verbs: [&[&str]; 6] = [
        &["--emit=bash1", "use", "dev"],
        &["--emit=bash1", "use"],
        &["credential-process", "dev"],
        &["login", "dev"],
        &["login", "--sso-session", "corp"],
        &["login"],
    ];
    for verb in verbs {
        let stderr = home.ssox_with(verb, &[nope, IN_BASH]).fails(4);
        let (_, cause) = stderr.split_once(": AWS").unwrap_or_else(|| panic!("{verb:?}: {stderr}"));
        assert_eq!(cause, "_CONFIG_FILE names `/nope`, which does not exist\nssox: hint: unset AWS_CONFIG_FILE\n");
    }
    for (verb, what) in [("list", "no profiles are"), ("sessions", "no sso-session is")] {
        let ran = home.ssox_with(&[verb], &[nope, IN_BASH]);
        assert_eq!(ran.ok(), "");
        insta::allow_duplicates! {
            shows!(home, ran.stderr().replace(what, "WHAT"), @r"
            ssox: WHAT configured yet: AWS_CONFIG_FILE names `/nope`, which does not exist
            ssox: hint: unset AWS_CONFIG_FILE
            ");
        }
    }
    let (ran, findings) = doctor(&home, &[nope]);
    assert_eq!(ran.status(), 4);
    finds(&findings, "error", "AWS_CONFIG_FILE names `/nope`, which does not exist", "unset AWS_CONFIG_FILE");
    assert!(!ran.stdout().contains("rm "), "a valid token is not to be deleted: {findings:#?}");
    let empty = home.ssox_with(&["credential-process", "dev"], &[("AWS_CONFIG_FILE", ""), IN_BASH]).fails(4);
    shows!(home, empty, @r"
    ssox: there is no profile `dev`: AWS_CONFIG_FILE is set and empty
    ssox: hint: unset AWS_CONFIG_FILE
    ");
}

#[test]
fn the_file_that_has_the_profile_is_named() {
    let home = Home::signed_in();
    let keys = "[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    std::fs::write(home.path(".aws/credentials"), keys).unwrap();
    std::fs::write(home.path("config"), "[profile other]\n").unwrap();
    let config = home.path("config");
    let config = ("AWS_CONFIG_FILE", config.to_str().unwrap());
    let credentials = ("AWS_SHARED_CREDENTIALS_FILE", config.1);
    let errors = [
        home.ssox_with(&["exec", "keys", "--", "true"], &[credentials, IN_BASH]).fails(4),
        home.ssox_with(&["exec", "keys", "--", "true"], &[config, credentials, IN_BASH]).fails(4),
        home.ssox_with(&["exec", "dev", "--", "true"], &[config, credentials, IN_BASH]).fails(4),
    ];
    shows!(home, errors.concat(), @r"
    ssox: there is no profile `keys`: `~/.aws/credentials` has one, but is not read, because AWS_SHARED_CREDENTIALS_FILE names another file
    ssox: hint: unset AWS_SHARED_CREDENTIALS_FILE
    ssox: there is no profile `keys`: `~/.aws/credentials` has one, but is not read, because AWS_SHARED_CREDENTIALS_FILE names another file
    ssox: hint: unset AWS_SHARED_CREDENTIALS_FILE
    ssox: there is no profile `dev`: `~/.aws/config` has one, but is not read, because AWS_CONFIG_FILE names another file
    ssox: hint: unset AWS_CONFIG_FILE
    ");
}

#[test]
fn a_profile_of_another_file_is_found_there() {
    let home = Home::signed_in();
    std::fs::write(home.path("other"), "[profile x]\nregion = eu-west-1\n").unwrap();
    let other = home.path("other").display().to_string();
    let stderr = home.ssox_with(&["credential-process", "dev"], &[("AWS_CONFIG_FILE", &other), IN_BASH]).fails(4);
    shows!(home, stderr, @r"
    ssox: there is no profile `dev`: `~/.aws/config` has one, but is not read, because AWS_CONFIG_FILE names another file
    ssox: hint: unset AWS_CONFIG_FILE
    ");
    let (ran, findings) = doctor(&home, &[("AWS_CONFIG_FILE", &other)]);
    finds(&findings, "info", ".aws/config` is not read", "unset AWS_CONFIG_FILE");
    assert!(!ran.stdout().contains("rm "), "{findings:#?}");
    std::fs::write(home.path(".aws/credentials"), "[k]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    let stderr =
        home.ssox_with(&["credential-process", "k"], &[("AWS_SHARED_CREDENTIALS_FILE", "/nope"), IN_BASH]).fails(4);
    shows!(home, stderr, @r"
    ssox: there is no profile `k`: AWS_SHARED_CREDENTIALS_FILE names `/nope`, which does not exist
    ssox: hint: unset AWS_SHARED_CREDENTIALS_FILE
    ");
    let (_, findings) = doctor(&home, &[("AWS_SHARED_CREDENTIALS_FILE", "/nope")]);
    finds(&findings, "error", "AWS_SHARED_CREDENTIALS_FILE names `/nope`", "unset AWS_SHARED_CREDENTIALS_FILE");
}

#[test]
fn a_missing_ca_bundle_is_reported_with_the_setting_that_names_it() {
    let home = Home::signed_in();
    let requests = ("REQUESTS_CA_BUNDLE", "/nope");
    let stderr = home.ssox_with(&["credential-process", "dev"], &[requests]).fails(4);
    shows!(home, stderr, @r"
    ssox: the CA bundle `/nope` does not exist
    ssox: hint: set REQUESTS_CA_BUNDLE to a PEM file of certificates
    ");
    let both = [requests, ("AWS_CA_BUNDLE", "/none")];
    let stderr = home.ssox_with(&["credential-process", "dev"], &both).fails(4);
    shows!(home, stderr, @r"
    ssox: the CA bundle `/none` does not exist
    ssox: hint: set AWS_CA_BUNDLE to a PEM file of certificates
    ");
    let (_, findings) = doctor(&home, &[requests]);
    finds(&findings, "error", "`/nope` does not exist", "REQUESTS_CA_BUNDLE");
}

#[test]
fn a_home_that_does_not_exist_is_named() {
    let home = Home::signed_in();
    let stderr = home.ssox_with(&["credential-process", "dev"], &[("HOME", "/nope")]).fails(4);
    shows!(home, stderr, @r"
    ssox: there is no profile `dev`: HOME is `/nope`, which is not a directory
    ssox: hint: set HOME to the path of your home directory
    ");
    std::fs::create_dir(home.path("new")).unwrap();
    let new = home.path("new").display().to_string();
    let stderr = home.ssox_with(&["credential-process", "dev"], &[("HOME", &new)]).fails(4);
    shows!(home, stderr, @r"
    ssox: there is no profile `dev`: the file `~/new/.aws/config` does not exist
    ssox: hint: ssox configure sso
    ");
}

/// `0.0.0.0` reaches this machine, but is not a loopback address.
#[cfg(unix)]
#[test]
fn plain_http_to_another_machine_is_warned_of_once_and_an_error_in_doctor() {
    let home = Home::signed_in();
    let readable = home.standin.url().replace("127.0.0.1", "0.0.0.0");
    let warned = |url: &str, verb: &[&str]| {
        let ran = home.ssox_with(verb, &[("AWS_ENDPOINT_URL", url), IN_BASH]);
        ran.ok();
        ran.stderr().matches("are sent there unencrypted").count()
    };
    assert_eq!(warned(&home.standin.url(), &["credential-process", "dev"]), 0);
    std::fs::remove_dir_all(home.path(".aws/cli")).unwrap();
    assert_eq!(warned(&readable, &["--emit=bash1", "use", "dev"]), 1);
    assert_eq!(warned(&readable, &["logout", "dev"]), 1);
    let (ran, findings) = doctor(&home, &[("AWS_ENDPOINT_URL", &readable)]);
    assert_eq!(ran.status(), 4);
    finds(&findings, "error", "AWS_ENDPOINT_URL is `http://0.0.0.0:", "use https://");
}
