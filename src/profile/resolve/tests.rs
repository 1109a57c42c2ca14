//! Tests of how the source of a profile is found.

use super::*;
use crate::error::ErrorKind;
use crate::time::Timestamp;

const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
const ROLE: &str = "role_arn = arn:aws:iam::444455556666:role/Target\n";
const SSO: &str = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
const CORP: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

fn resolve_with(vars: &[(&str, &str)], config: &str, credentials: &str, name: &str) -> Result<Source> {
    let ctx = Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into())));
    let files = ConfigFiles::parse(&format!("{config}\n{CORP}"), credentials);
    let section = files.profile(name).expect("the profile is there");
    source(&ctx, &files, name, &section)
}

fn resolve(config: &str, credentials: &str) -> Result<Source> {
    resolve_with(&[], config, credentials, "p")
}

/// Describes a source in one line: `role Target < role Middle < keys AKIA`.
fn described(source: &Source) -> String {
    match source {
        Source::AssumedRole(role) => format!("role {} < {}", role.arn.name, described(&role.source)),
        Source::WebIdentity(role) => format!("web identity {}", role.arn.name),
        Source::Saml(saml) => format!("saml {}", saml.url),
        Source::Sso(role) => format!("sso {}", role.role_name),
        Source::Process(process) => format!("process {}", process.command.words.join(" ")),
        Source::Login(login) => format!("login {}", login.session),
        Source::Static(keys) => format!("keys {}", keys.keys.access_key_id),
        other => other.identity(),
    }
}

#[test]
fn an_account_id_without_twelve_digits_counts_as_absent() {
    for (id, expected) in [("111122223333", Some("111122223333")), ("1234", None), ("0123-4567-8901", None)] {
        for keys in [KEYS, "credential_process = x\n"] {
            let found = match resolve(&format!("[profile p]\n{keys}aws_account_id = {id}\n"), "").unwrap() {
                Source::Static(keys) => keys.keys.account_id,
                Source::Process(process) => process.account_id,
                other => panic!("{}", other.identity()),
            };
            assert_eq!(found.as_deref(), expected, "{id}");
        }
    }
}

#[test]
fn the_order_within_a_profile_is_that_of_the_aws_cli() {
    let all = [
        "role_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = q",
        "web_identity_token_file = /t",
        "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin",
        "",
        "login_session = me",
        "credential_process = x",
        "aws_access_key_id = CONFIG\naws_secret_access_key = s",
    ];
    let expected = [
        "role Target < keys AKIA",
        "web identity Target",
        "sso Admin",
        "keys FILE",
        "login me",
        "process x",
        "keys CONFIG",
    ];
    for (rank, expected) in expected.iter().enumerate() {
        // The first case tests a source profile. It contains no web identity token, because a token takes precedence
        // over a source profile. The second case tests the token. It also contains the role, which a token needs.
        let role = if rank == 1 { all[0] } else { "" };
        let rest: Vec<&str> =
            all[rank..].iter().enumerate().filter(|(n, _)| !(rank == 0 && *n == 1)).map(|(_, k)| *k).collect();
        let config = format!("[profile p]\n{role}\n{}\n[profile q]\n{KEYS}", rest.join("\n"));
        let credentials = if rank <= 3 { "[p]\naws_access_key_id = FILE\naws_secret_access_key = s\n" } else { "" };
        assert_eq!(described(&resolve(&config, credentials).unwrap()), *expected, "{config}");
    }
}

#[test]
fn chains_of_profiles_are_resolved() {
    let rows = [
        ("source_profile = a\n[profile a]\n", KEYS, "role Target < keys AKIA"),
        ("source_profile = a\n[profile a]\n", SSO, "role Target < sso Admin"),
        ("source_profile = a\n[profile a]\n", "credential_process = x y\n", "role Target < process x y"),
        ("source_profile = a\n[profile a]\n", "login_session = me\n", "role Target < login me"),
        (
            "source_profile = a\n[profile a]\nrole_arn = arn:aws:iam::444455556666:role/Middle\nsource_profile = b\n[profile b]\n",
            KEYS,
            "role Target < role Middle < keys AKIA",
        ),
        (
            "source_profile = a\n[profile a]\nweb_identity_token_file = /t\nrole_arn = arn:aws:iam::444455556666:role/Web\n",
            "",
            "role Target < web identity Web",
        ),
        // In a source profile, access keys take precedence over its role. In the first profile of the chain they do
        // not, but they may be the source of that profile's own role.
        ("source_profile = a\n[profile a]\nrole_arn = x\nsource_profile = p\n", KEYS, "role Target < keys AKIA"),
        ("source_profile = p\n", KEYS, "role Target < keys AKIA"),
        ("credential_source = Environment\n", KEYS, "role Target < credential source Environment"),
        ("credential_source = EcsContainer\n", "", "role Target < credential source EcsContainer"),
        ("credential_source = Ec2InstanceMetadata\n", "", "role Target < credential source Ec2InstanceMetadata"),
    ];
    for (config, more, expected) in rows {
        assert_eq!(
            described(&resolve(&format!("[profile p]\n{ROLE}{config}{more}"), "").unwrap()),
            expected,
            "{config}{more}"
        );
    }
}

#[test]
fn every_error_says_what_to_type() {
    let rows = [
        ("source_profile = a\ncredential_source = Environment\n", "both", "remove one of them"),
        ("", "neither", "source_profile = NAME"),
        ("source_profile = dve\n[profile dev]\n", "`dve`, which does not exist", "`dev`"),
        (
            "credential_source = environment\n",
            "unknown `credential_source` of profile `p`: `environment`",
            "`Environment`",
        ),
        ("source_profile = p\n", "circular: p → p", "name another profile"),
        ("source_profile = a\n[profile a]\n", "has no credentials", ""),
        (
            "source_profile = a\n[profile a]\naws_secret_access_key = s\n",
            "incomplete access keys: `aws_access_key_id`",
            "add",
        ),
        (
            "source_profile = a\nduration_seconds = 1h\n[profile a]\naws_access_key_id=A\naws_secret_access_key=s",
            "`1h`",
            "900 to 43200",
        ),
        (
            "source_profile = a\nexternal_id = a;b\n[profile a]\naws_access_key_id=A\naws_secret_access_key=s",
            "a;b",
            "1224",
        ),
        (
            "source_profile = a\nrole_session_name = a b\n[profile a]\naws_access_key_id=A\naws_secret_access_key=s",
            "a b",
            "64",
        ),
        (
            "source_profile = a\nmfa_serial = me\n[profile a]\naws_access_key_id=A\naws_secret_access_key=s",
            "mfa_serial",
            "256",
        ),
        (
            "credential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint_mode = both\n",
            "mode of profile `p` is `both`",
            "ipv6",
        ),
    ];
    for (config, message, hint) in rows {
        let error = resolve(&format!("[profile p]\n{ROLE}{config}"), "").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{config}");
        assert!(error.message.contains(message), "{config}: {}", error.message);
        assert!(error.hints.concat().contains(hint), "{config}: {:?}", error.hints);
    }
}

#[test]
fn the_name_of_an_mfa_device_may_have_each_character_that_iam_allows() {
    let device = "arn:aws:iam::111122223333:mfa/a+b=c,d.e@f-g_h";
    let config = format!("[profile p]\n{ROLE}source_profile = a\nmfa_serial = {device}\n[profile a]\n{KEYS}");
    let Source::AssumedRole(role) = resolve(&config, "").unwrap() else { panic!("this is a role") };
    assert_eq!(role.mfa.unwrap().serial, device);
}

#[test]
fn the_message_shows_the_whole_circle() {
    let role = |name: &str, source: &str| format!("[profile {name}]\n{ROLE}source_profile = {source}\n");
    let config = [role("p", "a"), role("a", "b"), role("b", "c"), role("c", "a")].concat();
    assert!(resolve(&config, "").unwrap_err().message.ends_with("circular: a → b → c → a"));
    // A chain that leads back to the first profile is circular, even if that profile has access keys.
    let config = format!("{}{KEYS}{}", role("p", "a"), role("a", "p"));
    assert!(resolve(&config, "").unwrap_err().message.ends_with("circular: p → a → p"));
}

#[test]
fn keys_of_two_files_are_not_combined() {
    let half = |file: &str| resolve(file, "[p]\naws_access_key_id = A\n").unwrap_err().message;
    assert!(
        half("[profile p]\naws_secret_access_key = s\n")
            .contains("`aws_secret_access_key` is missing in ~/.aws/credentials")
    );
    let source = resolve(
        &format!("[profile p]\n{KEYS}aws_session_token = config\n"),
        "[p]\naws_access_key_id = A\naws_secret_access_key = s\n",
    );
    let Source::Static(keys) = source.unwrap() else { panic!("these are keys") };
    assert_eq!((&*keys.keys.access_key_id, keys.keys.session_token), ("A", None));
}

#[test]
fn temporary_keys_expire_when_the_file_says_so() {
    let end = |body: &str| {
        let credentials = format!("[p]\n{KEYS}x_security_token_expires = 2036-11-20T23:48:08+01:00\n{body}");
        let Source::Static(keys) = resolve("", &credentials).unwrap() else { panic!("these are keys") };
        keys.keys.expiration
    };
    assert_eq!(end("aws_session_token = t\n"), Timestamp::parse("2036-11-20T22:48:08Z"));
    assert_eq!(end(""), None);
}

#[test]
fn a_chained_role_is_limited_to_an_hour() {
    let role =
        |end: &str| format!("[profile p]\n{ROLE}source_profile = a\nduration_seconds = 7200\n[profile a]\n{end}");
    assert!(resolve(&role(KEYS), "").is_ok());
    let error = resolve(&role(SSO), "").unwrap_err();
    assert!(error.message.contains("1 hour at most") && error.hints[0].contains("duration_seconds = 3600"));
}

#[test]
fn sts_is_asked_in_the_partition_of_the_role() {
    let region = |vars: &[(&str, &str)], partition: &str, keys: &str, source: &str| {
        let config = format!(
            "[profile p]\nrole_arn = arn:{partition}:iam::444455556666:role/Target\nsource_profile = a\n{keys}\n[profile a]\n{source}"
        );
        let Source::AssumedRole(role) = resolve_with(vars, &config, "", "p").unwrap() else { panic!("this is a role") };
        role.region.to_string()
    };
    let paris = [("AWS_REGION", "eu-west-3")];
    assert_eq!(region(&paris, "aws", "region = eu-central-1", SSO), "eu-central-1");
    assert_eq!(region(&paris, "aws", "", SSO), "eu-west-3");
    assert_eq!(region(&[("AWS_DEFAULT_REGION", "eu-west-3")], "aws", "", SSO), "eu-west-3");
    assert_eq!(region(&[], "aws", "", SSO), "eu-west-1");
    assert_eq!(region(&[], "aws", "", KEYS), "us-east-1");
    assert_eq!(region(&paris, "aws-cn", "region = eu-central-1", SSO), "cn-northwest-1");
    assert_eq!(region(&[("AWS_REGION", "../evil")], "aws", "", KEYS), "us-east-1");
}

#[test]
fn a_cache_entry_is_shared_only_if_its_name_is_unambiguous() {
    let role = |name: &str, source: &str| format!("[profile {name}]\n{ROLE}source_profile = {source}\n");
    let keys =
        |name: &str, id: &str| format!("[profile {name}]\naws_access_key_id = {id}\naws_secret_access_key = s\n");
    let ends = [keys("a", "A"), keys("b", "B"), keys("twin-of-a", "A")].concat();
    let with_credentials = |others: &str, credentials: &str| {
        let config = format!("{}{others}{ends}", role("p", "a"));
        let Source::AssumedRole(role) = resolve(&config, credentials).unwrap() else { panic!("this is a role") };
        role.has_own_entry
    };
    let has_own_entry = |others: &str| with_credentials(others, "");
    assert!(!has_own_entry(""));
    assert!(has_own_entry(&role("q", "b")));
    assert!(!has_own_entry(&role("q", "a")), "the same source");
    assert!(!has_own_entry(&role("q", "twin-of-a")), "the same keys under another name");
    assert!(!has_own_entry(&role("q", "none")), "a profile nobody can use");
    assert!(!has_own_entry(&format!("{}external_id = ext\n", role("q", "b"))), "another name of the entry");
    assert!(has_own_entry(&format!("[profile q]\n{ROLE}web_identity_token_file = /t\n")));
    assert!(has_own_entry(&format!("[profile q]\n{ROLE}credential_source = Environment\n")));
    assert!(!has_own_entry(&format!("# {ROLE}[profile q]\nregion = eu-west-1\n")), "only mentioned");
    assert!(with_credentials(&role("q", "a"), "[q]\nsource_profile = b\n"), "`credentials` takes precedence");
    assert!(!with_credentials(&role("q", "a"), "[q]\nregion = eu-west-1\n"));
}

#[test]
fn a_role_behind_a_role_has_own_entry_as_well() {
    let config = format!(
        "[profile p]\nrole_arn = arn:aws:iam::444455556666:role/Last\nsource_profile = q\n\
         [profile q]\n{ROLE}source_profile = a\n[profile r]\n{ROLE}source_profile = b\n\
         [profile a]\naws_access_key_id = A\naws_secret_access_key = s\n[profile b]\naws_access_key_id = B\naws_secret_access_key = s\n"
    );
    let Source::AssumedRole(last) = resolve(&config, "").unwrap() else { panic!("this is a role") };
    let Source::AssumedRole(middle) = &last.source else { panic!("this is a role") };
    assert_eq!((last.has_own_entry, middle.has_own_entry), (false, true));
}

#[test]
fn a_profile_can_be_all_in_the_credentials_file() {
    let credentials = format!("[p]\n{ROLE}source_profile = a\n[a]\n{KEYS}");
    assert_eq!(described(&resolve("", &credentials).unwrap()), "role Target < keys AKIA");
}

#[test]
fn ssox_saml_url_comes_before_the_keys_of_other_tools() {
    let process = "credential_process = ssox credential-process p";
    let url = "https://d-1234567890.awsapps.com/start/#/saml/default/External/ins-0123456789abcdef";
    let source = resolve(&format!("[profile p]\n{process}\nssox_saml_url = {url}"), "").unwrap();
    assert_eq!(described(&source), format!("saml {url}"));
    let error = resolve(&format!("[profile p]\nssox_saml_url = {url}\nssox_saml_role_arn = Admin"), "").unwrap_err();
    assert!(error.kind == ErrorKind::Configuration && error.message.contains("`ssox_saml_role_arn` of profile `p`"));
}

#[test]
fn an_invalid_role_name_is_rejected_before_any_request() {
    for role_name in ["Read Only", "a\n b", "a&account_id=1", "Ünïcode", "a\u{7}"] {
        let config =
            format!("[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = {role_name}\n");
        let error = resolve(&config, "").unwrap_err();
        assert!(
            error.kind == ErrorKind::Configuration && error.message.contains("`sso_role_name`"),
            "{role_name:?}: {error}"
        );
    }
}

#[test]
fn an_empty_key_counts_as_absent_and_is_not_its_own_misspelling() {
    let legacy = "sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n\
        sso_account_id = 111122223333\nsso_role_name = Admin\n";
    assert_eq!(described(&resolve(&format!("[profile p]\nsso_session =\n{legacy}"), "").unwrap()), "sso Admin");
    let none = resolve("[profile p]\nsso_session =\nsso_account_id = 111122223333\nsso_role_name = Admin\n", "");
    assert_eq!(none.unwrap_err().hints[0], "add `sso_session = NAME` to `[profile p]`");
    let ctx = Context::default();
    let files = ConfigFiles::parse(&format!("[profile p]\nsso_session =\n{legacy}"), "");
    assert_eq!(super::super::sessions(&ctx, &files).len(), 1);
}

#[test]
fn the_role_of_a_saml_profile_has_a_key_of_its_own() {
    let url = "ssox_saml_url = https://idp.example/saml\n";
    let error = resolve(&format!("[profile p]\n{url}{ROLE}"), "").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(error.first_hint().is_some_and(|hint| hint.contains("`ssox_saml_role_arn`")), "{error}");
    assert!(!error.to_string().contains("source_profile"), "{error}");
    let arn = "ssox_saml_role_arn = arn:aws:iam::444455556666:role/Target\n";
    assert_eq!(described(&resolve(&format!("[profile p]\n{url}{arn}"), "").unwrap()), "saml https://idp.example/saml");
    let error = resolve(&format!("[profile p]\n{arn}"), "").unwrap_err();
    assert!(error.first_hint().is_some_and(|hint| hint.contains("add `ssox_saml_url")));
}
