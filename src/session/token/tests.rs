//! Tests that token files have the names and contents that the AWS CLI gives them.

use super::*;
use crate::secret::{HUNTER2, assert_redacted};
use std::ffi::OsString;

pub(crate) const URL: &str = "https://d-1234567890.awsapps.com/start";

pub(crate) const WRITTEN: &str = r#"{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "eu-west-1", "accessToken": "aoa-EXAMPLE", "expiresAt": "2026-11-21T04:47:29Z", "clientId": "cid-EXAMPLE", "clientSecret": "csecret-EXAMPLE", "registrationExpiresAt": "2027-02-18T20:47:29Z", "refreshToken": "aor-EXAMPLE"}"#;

pub(crate) fn session(name: Option<&str>, start_url: &str) -> Session {
    Session {
        name: name.map(String::from),
        profile: None,
        start_url: start_url.into(),
        region: "eu-west-1".into(),
        scopes: Vec::new(),
        store: crate::store::Store::Files,
        network: crate::aws::Network::default(),
    }
}

pub(crate) fn context(home: &Path) -> Context {
    Context::new([("HOME".to_string(), OsString::from(home))])
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn files_have_the_names_of_the_aws_cli() {
    let ctx = context(Path::new("/h"));
    let names = [
        (Some("corp"), URL, "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
        (Some("my sso"), URL, "b3902c2d49b36c95af74dedb0f77c5828749e230"),
        (Some("naïve"), URL, "36bcace379bb5e15f73e77db99a4ac6e186f00db"),
        (Some("admin"), URL, "d033e22ae348aeb5660fc2140aec35850c4da997"),
        (None, URL, "7487b5b67d5fa1132cf33fa93ae51ef38cc37752"),
        (None, "https://d-1234567890.awsapps.com/start/", "ae4321de83751a696d13fbefb87d776773c41e1c"),
        (None, "https://d-1234567890.awsapps.com/start#/", "a1c75994a810c1c468d3bd565eda2836303e6659"),
        (None, "https://d-92671207e4.awsapps.com/start", "13f9d35043871d073ab260e020f0ffde092cb14b"),
    ];
    for (name, start_url, hash) in names {
        let path = path(&ctx, &session(name, start_url)).unwrap();
        assert_eq!(path, Path::new("/h/.aws/sso/cache").join(format!("{hash}.json")), "{name:?} {start_url}");
    }
}

#[test]
fn the_file_is_what_the_aws_cli_writes() {
    let home = tempfile::tempdir().unwrap();
    let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
    let token = Token::parse(WRITTEN.as_bytes()).unwrap();
    write(&ctx, &session, reserve(&ctx, &session).unwrap(), &token).unwrap();
    assert_eq!(std::fs::read_to_string(path(&ctx, &session).unwrap()).unwrap(), WRITTEN);
    assert_eq!(read(&ctx, &session).unwrap(), Some(token));
}

#[test]
fn the_formats_of_other_tools_are_read() {
    let expected = Token::parse(WRITTEN.as_bytes()).unwrap();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(WRITTEN).unwrap()).unwrap();
    let spellings = [
        pretty,
        WRITTEN.replace("47:29Z", "47:29UTC"),
        WRITTEN.replace("47:29Z", "47:29.441Z"),
        WRITTEN.replace("47:29Z", "47:29.757044Z"),
        WRITTEN.replace("47:29Z", "47:29+00:00"),
        WRITTEN.replace("accessToken", "AccessToken").replace("expiresAt\": \"2026", "expiresat\": \"2026"),
    ];
    for text in spellings {
        assert_eq!(Token::parse(text.as_bytes()), Some(expected.clone()), "{text}");
    }
}

#[test]
fn two_keys_are_enough_and_unknown_ones_are_kept() {
    let token = Token::parse(br#"{"x": [1, {"y": null}], "expiresAt": "2026-11-21T04:47:29Z", "accessToken": "a"}"#);
    let token = token.unwrap();
    let written = r#"{"accessToken": "a", "expiresAt": "2026-11-21T04:47:29Z", "x": [1, {"y": null}]}"#;
    assert_eq!(json::secret_python(&token).expose(), written);
    assert!(!token.is_refreshable(at("2026-11-20T00:00:00Z")));
}

#[test]
fn a_broken_file_counts_as_absent() {
    let home = tempfile::tempdir().unwrap();
    let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
    let broken = [
        "",
        "{",
        &WRITTEN[..90],
        "[]",
        "null",
        r#"{"accessToken": "a"}"#,
        r#"{"accessToken": "a", "expiresAt": "soon"}"#,
        r#"{"accessToken": "a\nb", "expiresAt": "2026-11-21T04:47:29Z"}"#,
        r#"{"accessToken": 7, "expiresAt": "2026-11-21T04:47:29Z"}"#,
        r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2026-11-21T04:47:29Z"}"#,
    ];
    for text in broken {
        files::write_secret(&path(&ctx, &session).unwrap(), text.as_bytes()).unwrap();
        assert_eq!(read(&ctx, &session).unwrap(), None, "{text}");
    }
    files::remove(&path(&ctx, &session).unwrap()).unwrap();
    assert_eq!(read(&ctx, &session).unwrap(), None);
}

#[test]
fn a_refresh_needs_a_valid_registration() {
    let token = Token::parse(WRITTEN.as_bytes()).unwrap();
    assert!(token.is_refreshable(at("2027-02-18T20:47:28Z")));
    assert!(!token.is_refreshable(at("2027-02-18T20:47:29Z")));
    assert!(Token { registration_expires_at: None, ..token.clone() }.is_refreshable(at("2030-01-01T00:00:00Z")));
    assert!(!Token { client_secret: None, ..token }.is_refreshable(at("2026-11-20T00:00:00Z")));
}

#[test]
fn debug_shows_no_secret() {
    let text = WRITTEN.replace('}', ", \"idToken\": \"iii-EXAMPLE\"}");
    let shown = format!("{:?}", Token::parse(text.as_bytes()).unwrap());
    for secret in ["aoa-", "aor-", "csecret-", "iii-"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest::proptest! {
    #[test]
    fn no_content_makes_the_parser_panic(bytes: Vec<u8>, cut in 0..WRITTEN.len()) {
        let _ = Token::parse(&bytes);
        proptest::prop_assert_eq!(Token::parse(&WRITTEN.as_bytes()[..cut]), None);
    }
}

#[test]
fn debug_shows_no_secret_of_a_token() {
    let text =
        WRITTEN.replace("aoa-EXAMPLE", HUNTER2).replace("csecret-EXAMPLE", HUNTER2).replace("aor-EXAMPLE", HUNTER2);
    let text = text.replace('}', &format!(r#", "idToken": "{HUNTER2}"}}"#));
    let token = Token::parse(text.as_bytes()).unwrap();
    assert_eq!(json::secret_python(&token).expose().matches(HUNTER2).count(), 4);
    assert_redacted(&token);
}
