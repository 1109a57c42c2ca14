//! Checks the access keys in the config and credentials files: incomplete pairs of keys, session tokens without keys,
//! empty session tokens, expired keys.

use super::Severity::{Error, Info, Warning};
use crate::commands::finding::Finding;
use crate::config::{ConfigFiles, Section, WhichFile};
use crate::context::Context;
use crate::source::expiry::expiry;

/// Checks the keys of a profile in each file separately: AWS tools do not combine keys from both files.
pub(super) fn check(ctx: &Context, files: &ConfigFiles, section: &Section) -> Vec<Finding> {
    let in_file = |which| of_file(ctx, files, section, which);
    [WhichFile::Config, WhichFile::Credentials].into_iter().filter_map(in_file).collect()
}

fn of_file(ctx: &Context, files: &ConfigFiles, section: &Section, which: WhichFile) -> Option<Finding> {
    let entry = |key: &str| section.entries().iter().rev().find(|entry| entry.key == key && entry.which == which);
    let text = |key: &str| entry(key).map(|entry| entry.value.as_ref()).filter(|value| !value.is_empty());
    let (id, secret) = (entry("aws_access_key_id"), entry("aws_secret_access_key"));
    let token = entry("aws_session_token").or_else(|| entry("aws_security_token"));
    let expired_at = || expiry(text).filter(|end| token.is_some() && *end <= ctx.now());
    let name = &section.name;
    let (finding, entry) = match (text("aws_access_key_id"), text("aws_secret_access_key")) {
        (Some(_), None) => (incomplete(name, "aws_secret_access_key"), id.or(secret)),
        (None, Some(_)) => (incomplete(name, "aws_access_key_id"), id.or(secret)),
        (None, None) => {
            let message = format!("profile `{name}` has a session token, but no access keys");
            (Finding::new("config", Warning, message, "add the access keys of this token, or remove the token"), token)
        }
        (Some(_), Some(_)) if token.is_some_and(|token| token.value.is_empty()) => (empty_token(name), token),
        (Some(_), Some(_)) => {
            let message = format!("the access keys of profile `{name}` expired at {}", expired_at()?);
            (
                Finding::new(
                    "config",
                    Info,
                    message,
                    "to renew the access keys, run the tool that wrote them; or remove them",
                ),
                id,
            )
        }
    };
    let (file, line) = files.location(entry?);
    Some(finding.at(file, Some(line)))
}

/// Reports an empty session token. `aws configure set aws_session_token ""` writes such a line.
/// `findings/empty_session_token.sh` shows what the SDKs do.
fn empty_token(profile: &str) -> Finding {
    let message = format!(
        "`aws_session_token` of profile `{profile}` is empty: the SDK for Java sends the empty token, other tools ignore it"
    );
    Finding::new("config", Warning, message, "remove the line `aws_session_token`")
}

fn incomplete(profile: &str, missing: &str) -> Finding {
    let message = format!(
        "profile `{profile}` has incomplete access keys: `{missing}` is missing; AWS tools fail or ignore the other key"
    );
    Finding::new("config", Error, message, format!("add `{missing}`, or remove the other key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(config: &str, credentials: &str) -> Vec<String> {
        let files = ConfigFiles::parse(config, credentials);
        let findings = check(&Context::new([]), &files, &files.profile("p").unwrap());
        findings.into_iter().map(|finding| format!("{}:{:?}", finding.message, finding.line)).collect()
    }

    #[test]
    fn unusable_keys_are_reported_with_their_line() {
        let rows = [
            ("", "[p]\naws_access_key_id = A\n", "`aws_secret_access_key` is missing", 2),
            ("", "[p]\nregion = e\naws_secret_access_key = s\n", "`aws_access_key_id` is missing", 3),
            ("[profile p]\naws_access_key_id = A\naws_secret_access_key =\n", "", "incomplete access keys", 2),
            ("", "[p]\naws_session_token = t\n", "a session token, but no access keys", 2),
            (
                "",
                "[p]\naws_access_key_id = A\naws_secret_access_key = s\naws_session_token =\n",
                "`aws_session_token` of profile `p` is empty",
                4,
            ),
            (
                "",
                "[p]\naws_access_key_id = A\naws_secret_access_key = s\naws_session_token = t\nexpiration = 2020-01-01 00:00:00",
                "expired at 2020-01-01T00:00:00Z",
                2,
            ),
        ];
        for (config, credentials, words, line) in rows {
            let found = messages(config, credentials);
            assert!(found.len() == 1 && found[0].contains(words), "{credentials}: {found:?}");
            assert!(found[0].ends_with(&format!("Some({line})")), "{found:?}");
        }
        let split = messages("[profile p]\naws_access_key_id = A\n", "[p]\naws_secret_access_key = s\n");
        assert_eq!(split.len(), 2, "{split:?}");
    }

    #[test]
    fn complete_keys_are_no_finding() {
        let keys = "aws_access_key_id = A\naws_secret_access_key = s\n";
        for more in [
            "",
            "aws_session_token = t\n",
            "aws_session_token = t\naws_expiration = 2099-01-01T00:00:00.000Z\n",
            "expiration = 2020-01-01\n",
        ] {
            assert!(messages("", &format!("[p]\n{keys}{more}")).is_empty(), "{more}");
        }
    }
}
