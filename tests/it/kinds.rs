//! Each source of credentials works with each verb that fetches credentials.

use crate::home::{Home, SSOX};
use crate::roles::{home, role};
use serde_json::Value;
use std::fs;

/// Profiles of every kind, and what each needs beside its name.
const KINDS: [(&str, &[&str]); 9] = [
    ("dev", &[]),
    ("legacy", &[]),
    ("me", &[]),
    ("target", &[]),
    ("chain", &[]),
    ("web", &[]),
    ("process", &[]),
    ("mfa", &["--mfa-code", "123456"]),
    ("external", &["--saml-response", "response"]),
];

fn home_of_every_kind() -> Home {
    let rows = [
        role("target", "Target", "source_profile = dev"),
        role("chain", "Another", "source_profile = target"),
        role("web", "Web", "web_identity_token_file = ~/token"),
        role("mfa", "NeedsMfa", "source_profile = me\nmfa_serial = arn:aws:iam::111122223333:mfa/me"),
        format!("[profile process]\ncredential_process = {SSOX} credential-process dev\n"),
        "[profile external]\nssox_saml_url = https://idp.example/\n".into(),
    ];
    let home = home(&rows.concat());
    home.standin.seed_token(&home.path(""), ssox_standin::START_URL, &ssox_standin::Grant::default());
    fs::write(home.path("token"), "header.claims.signature").unwrap();
    fs::write(home.path("response"), home.standin.saml_response("roles=1")).unwrap();
    home
}

/// Returns the access key id that each verb of the four gets, in a home where nothing is cached.
fn key_ids(profile: &str, more: &[&str]) -> [String; 4] {
    let run = |before: &[&str], after: &[&str]| home_of_every_kind().ssox(&[before, &[profile], more, after].concat());
    let of_json = |ran: &crate::home::Ran, key: &str| {
        let document: Value = serde_json::from_str(&ran.ok()).expect("ssox speaks JSON");
        document[key].as_str().expect("a key").to_string()
    };
    let used = run(&["--emit=zsh1", "use"], &[]);
    used.ok();
    [
        used.set("AWS_ACCESS_KEY_ID").expect("a key"),
        run(&["exec"], &["--", "sh", "-c", "printf %s $AWS_ACCESS_KEY_ID"]).ok(),
        of_json(&run(&["export"], &["--format", "json"]), "access_key_id"),
        of_json(&run(&["credential-process"], &[]), "AccessKeyId"),
    ]
}

#[test]
fn every_kind_of_source_serves_every_verb() {
    let on_top = ["--role-arn", "arn:aws:iam::444455556666:role/Target"];
    let kinds = KINDS.into_iter().chain([("dev", &on_top[..]), ("process", &on_top[..])]);
    for (profile, more) in kinds {
        for key_id in key_ids(profile, more) {
            let start = if profile == "me" { "AKIA" } else { "ASIA" };
            assert!(key_id.starts_with(start) && key_id.len() >= 16, "{profile} {more:?}: `{key_id}`");
        }
    }
}
