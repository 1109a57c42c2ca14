use super::expirations::expiration;
use super::*;
use crate::arn::AccountId;
use crate::secret::{HUNTER2, Secret, assert_redacted};
use serde_json::{Value, json};
use std::ffi::OsString;

const URL: &str = "https://d-1234567890.awsapps.com/start";

fn credentials(expiration: &str) -> RoleCredentials {
    let keys =
        RoleCredentials::new("ASIAEXAMPLE", Secret::new("s"), Some(Secret::new("t")), Timestamp::parse(expiration));
    RoleCredentials { account_id: AccountId::parse("111122223333"), ..keys }
}

#[test]
fn sso_entries_have_the_names_of_the_aws_cli() {
    let name = |session| Key::sso("111122223333", "Admin", session, URL).file_name();
    assert_eq!(name(Some("corp")), "0cdbf32b99792a73981dd3f142bc63ab50240b44.json");
    assert_eq!(name(None), "6abb896b6ccaa651ce726de776d08638a3e78017.json");
    assert_eq!(name(Some("naïve")), "d5a84e80cca712b22a8c70874c102d1bcb3dbb32.json");
}

#[test]
fn assumed_role_entries_have_the_names_of_the_aws_cli() {
    let arn = "arn:aws:iam::444455556666:role/Target";
    let name = |arguments: Value| Key::assumed_role(arguments.as_object().unwrap()).file_name();
    assert_eq!(name(json!({ "RoleArn": arn })), "7c105d6edb7755b984570de4c56364323ac778ff.json");
    let all = json!({ "RoleArn": arn, "RoleSessionName": "me", "ExternalId": "ext", "DurationSeconds": 1800 });
    assert_eq!(name(all), "0f60bdde135bf6bdf8982b6cc5c69f94e7dbd9db.json");
}

#[test]
fn the_file_is_what_the_aws_cli_writes() {
    let home = tempfile::tempdir().unwrap();
    let ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
    let key = Key::sso("111122223333", "Admin", Some("corp"), URL);
    write(&ctx, &key, &credentials("2036-11-20T21:48:08Z")).unwrap();
    let written = std::fs::read_to_string(key.item(&ctx).path(&ctx).unwrap()).unwrap();
    assert_eq!(
        written,
        r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2036-11-20T21:48:08Z", "AccountId": "111122223333"}}"#
    );
    assert_eq!(read(&ctx, &key).unwrap().unwrap().credentials, credentials("2036-11-20T21:48:08Z"));
}

#[test]
fn a_malformed_entry_counts_as_absent() {
    let broken = [
        "",
        "{",
        "[]",
        r#"{"Credentials": 1}"#,
        r#"{"Credentials": {"AccessKeyId": "A"}}"#,
        r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}}"#,
        r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t"}}"#,
        r#"{"Credentials": {"AccessKeyId": "A\nPATH=x", "SecretAccessKey": "s", "Expiration": "2036-11-20T21:48:08Z"}}"#,
    ];
    for text in broken {
        assert_eq!(parse(text.as_bytes()), None, "{text}");
        assert_eq!(expiration(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn an_account_id_without_twelve_digits_counts_as_absent() {
    for (id, expected) in [("111122223333", Some("111122223333")), ("1234", None), ("0123-4567-8901", None)] {
        let text = format!(
            r#"{{"Credentials": {{"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2036-11-20T21:48:08Z", "AccountId": "{id}"}}}}"#
        );
        assert_eq!(parse(text.as_bytes()).unwrap().account_id.as_deref(), expected, "{id}");
    }
}

#[test]
fn the_expiration_alone_is_what_the_whole_entry_says() {
    let of = |fields: &str| format!(r#"{{"ProviderType": "sso", "Credentials": {{"AccessKeyId": "A", {fields}}}}}"#);
    let end = r#""Expiration": "2036-11-20T21:48:08Z""#;
    for fields in [
        format!(r#""SecretAccessKey": "s", "SessionToken": "t", {end}, "AccountId": "111122223333""#),
        format!(r#""SecretAccessKey": "s\/s", "SessionToken": null, {end}, "More": [1]"#),
        format!(r#""SecretAccessKey": "", {end}"#),
        format!(r#""SecretAccessKey": "s", "SessionToken": "", {end}"#),
        format!(r#""SecretAccessKey": "s", "SessionToken": 1, {end}"#),
        format!(r#""SecretAccessKey": "é", {end}"#),
        format!("\"SecretAccessKey\": \"é\u{9b}\", {end}"),
        format!("\"SecretAccessKey\": \"\u{7f}\", {end}"),
        format!(r#""SecretAccessKey": "s", {end}, "Expiration": "2037-11-20T21:48:08UTC""#),
        r#""SecretAccessKey": "s", "Expiration": "2036-11-20T21:48:08.5+01:00""#.into(),
    ] {
        let text = of(&fields);
        assert_eq!(expiration(text.as_bytes()), parse(text.as_bytes()).and_then(|entry| entry.expiration), "{text}");
    }
}

#[test]
fn short_lived_credentials_are_usable_for_half_their_lifetime() {
    let end = Timestamp::parse("2036-11-20T12:00:00Z").unwrap();
    let entry = |life: i64| Entry { credentials: credentials("2036-11-20T12:00:00Z"), issued_at: end.plus(-life) };
    for (life, left) in [(3600, 900), (1200, 600), (8, 4), (12 * 3600, 900)] {
        assert_eq!(entry(life).usable_until(None), Some(end.plus(-left)), "{life}");
    }
    assert_eq!(entry(3600).usable_until(Some(Duration::from_secs(2700))), Some(end.plus(-2700)));
    for (life, left) in [(3600, 960), (8, 4)] {
        assert_eq!(entry(life).renewable_from(), Some(end.plus(-left)), "{life}");
    }
}

#[test]
fn debug_shows_no_secret_of_an_entry() {
    let credentials =
        RoleCredentials { secret_access_key: Secret::new(HUNTER2), ..credentials("2036-11-20T12:00:00Z") };
    assert_redacted(&Entry { credentials, issued_at: Timestamp(0) });
}
