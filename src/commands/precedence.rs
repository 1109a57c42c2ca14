//! Checks profiles for settings in conflict: some AWS tools use one of them, and other tools another, so the tools use
//! different identities.

use super::finding::Finding;
use crate::config::{ConfigFiles, Section, Severity, WhichFile};

/// Pairs of settings in conflict: the two config keys, and the part of the message that says which tools use which of
/// them. A finding points to the line of the second setting.
const CONFLICTS: [(&str, &str, &str); 6] = [
    (
        "web_identity_token_file",
        "source_profile",
        "the AWS CLI uses the token, the SDKs for Rust and JavaScript use the source profile, and the SDK for Go uses neither",
    ),
    ("web_identity_token_file", "credential_process", "the SDK for Go rejects the two together"),
    ("source_profile", "credential_process", "the SDK for Go rejects the two together"),
    (
        "web_identity_token_file",
        "aws_access_key_id",
        "the AWS CLI uses the token, the SDKs for Go and JavaScript use the access keys",
    ),
    ("credential_source", "aws_access_key_id", "the AWS CLI uses the role, the SDK for Go uses the access keys"),
    (
        "login_session",
        "credential_process",
        "the AWS CLI uses the credentials of `aws login`, the SDK for JavaScript uses `credential_process`",
    ),
];

/// Settings that some tools prefer to SSO settings: the config key, its name in messages, and the part of the message
/// that says which tools use SSO and which use this setting.
const BESIDE_SSO: [(&str, &str, &str); 2] = [
    (
        "credential_process",
        "`credential_process`",
        "the AWS CLI uses SSO, the SDK for JavaScript uses `credential_process`",
    ),
    ("aws_access_key_id", "static keys", "the AWS CLI uses SSO, the SDKs for Go and JavaScript use the static keys"),
];

/// Returns a message for each conflict in a profile: two settings for which AWS tools use different identities. In a
/// shell with access keys and without AWS_PROFILE, as after `ssox use`, tools use the access keys, and the conflict has
/// no effect.
pub(crate) fn disagreements(files: &ConfigFiles, section: &Section) -> Vec<String> {
    check(files, section).into_iter().map(|finding| finding.message).collect()
}

/// Returns a finding for each conflict between the settings of a profile.
pub(super) fn check(files: &ConfigFiles, section: &Section) -> Vec<Finding> {
    let has = |key: &str| section.value(key).is_some();
    let both = CONFLICTS.iter().filter(|(one, other, _)| has(one) && has(other));
    let mut findings: Vec<Finding> = both.map(|(one, other, who)| finding(files, section, one, other, who)).collect();
    if has("credential_process") && has("aws_access_key_id") && !has("sso_account_id") {
        let in_config = section.entry("aws_access_key_id").is_some_and(|entry| entry.which == WhichFile::Config);
        let who = if in_config {
            "the AWS CLI uses `credential_process`, the SDKs for Go and JavaScript use the access keys"
        } else {
            "the AWS CLI uses the access keys, the SDK for Rust uses `credential_process`"
        };
        findings.push(finding(files, section, "credential_process", "aws_access_key_id", who));
    }
    if ["sso_account_id", "sso_role_name", "sso_session"].iter().any(|key| has(key)) {
        let beside = BESIDE_SSO.iter().filter(|(key, ..)| has(key));
        findings.extend(beside.map(|(key, what, who)| beside_sso(files, section, key, what, who)));
    }
    findings
}

fn beside_sso(files: &ConfigFiles, section: &Section, key: &str, what: &str, who: &str) -> Finding {
    let message = format!("profile `{}` has {what} and SSO settings: {who}", section.name);
    let hint = if key == "aws_access_key_id" {
        "remove the static keys from the profile"
    } else {
        "keep one of them, and create a second profile for the other"
    };
    Finding::new("config", Severity::Warning, message, hint).at_key(files, section, key)
}

fn finding(files: &ConfigFiles, section: &Section, one: &str, other: &str, who: &str) -> Finding {
    let message = format!("profile `{}` has both `{one}` and `{other}`: {who}", section.name);
    let hint = format!("keep one of them in `{}`, and create a second profile for the other", section.name);
    Finding::new("config", Severity::Warning, message, hint).at_key(files, section, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(config: &str, credentials: &str) -> Vec<String> {
        let files = ConfigFiles::parse(config, credentials);
        check(&files, &files.profile("p").unwrap()).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn keys_that_tools_rank_differently_are_named() {
        let rows = [
            ("role_arn = x\nweb_identity_token_file = t\nsource_profile = q\n", "the AWS CLI uses the token"),
            (
                "role_arn = x\ncredential_source = Environment\naws_access_key_id = A\n",
                "the SDK for Go uses the access keys",
            ),
            ("credential_process = x\naws_access_key_id = A\n", "the AWS CLI uses `credential_process`"),
            ("login_session = x\ncredential_process = x\n", "`aws login`"),
            ("sso_session = x\naws_access_key_id = A\n", "the AWS CLI uses SSO"),
            ("sso_session = x\ncredential_process = x\n", "the AWS CLI uses SSO"),
        ];
        for (config, who) in rows {
            let messages = messages(&format!("[profile p]\n{config}"), "");
            assert!(messages.len() == 1 && messages[0].contains(who), "{config}: {messages:?}");
        }
        let in_credentials = messages("[profile p]\ncredential_process = x\n", "[p]\naws_access_key_id = A\n");
        assert!(in_credentials[0].contains("the AWS CLI uses the access keys"), "{in_credentials:?}");
    }

    #[test]
    fn keys_that_all_tools_rank_alike_are_no_finding() {
        for config in
            ["role_arn = x\nsource_profile = q\naws_access_key_id = A\n", "credential_process = x\n", "region = e\n"]
        {
            assert!(messages(&format!("[profile p]\n{config}"), "").is_empty(), "{config}");
        }
    }
}
