//! Checks the environment for variables that make AWS tools fail or use another identity than expected. Variables that
//! ssox set are reported only if the access keys have expired or the profile no longer exists.

use super::Severity::{Error, Info, Warning};
use crate::commands::finding::Finding;
use crate::commands::{ended_endpoint, endpoint_changes};
use crate::config::ConfigFiles;
use crate::config::Severity;
use crate::context::Context;
use crate::error::as_argument;
use crate::identity::{EXPIRATION, ID, WEB_IDENTITY, is_in_use};
use crate::profile::{Profile, find};
use crate::source::credential_source::CONTAINER;
use crate::tools::{KeysEnd, keys_end};

/// Variables that other tools set and may leave behind; each with its effect, as a part of the message.
const LEFTOVERS: [(&str, &str); 6] = [
    ("AWS_VAULT", "prompts show it as the profile in use"),
    ("AWSUME_PROFILE", "prompts show it as the profile in use"),
    ("AWSUME_EXPIRATION", "prompts show it as the expiration of the credentials"),
    ("AWSU_PROFILE", "prompts show it as the profile in use"),
    ("AWS_SESSION_EXPIRATION", "prompts show it as the expiration of the credentials"),
    ("AWS_SSO_PROFILE", "prompts show it as the profile in use"),
];
const KEYS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Checks the environment of this process.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_ours = is_in_use(ctx);
    keys(ctx, files, is_ours, &mut findings);
    profiles(ctx, files, &mut findings);
    if ctx.var("AWS_SECURITY_TOKEN").is_some() {
        let message = "AWS_SECURITY_TOKEN is set: the AWS CLI and boto3 use it instead of AWS_SESSION_TOKEN";
        findings.push(finding(Warning, message, ctx.line_to_unset(&["AWS_SECURITY_TOKEN"])));
    }
    if WEB_IDENTITY.iter().all(|name| ctx.var(name).is_some()) && !is_ours {
        let message = "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are set: the AWS CLI and boto3 use that role instead of what AWS_PROFILE names";
        findings.push(finding(Info, message, ctx.line_to_unset(&WEB_IDENTITY)));
    }
    if endpoint_changes::is_served(ctx) {
        let ended = ended_endpoint::message(ctx);
        findings.extend(ended.map(|message| finding(Warning, message, ended_endpoint::HINT)));
    } else {
        findings.extend(CONTAINER.iter().filter(|name| ctx.var(name).is_some()).map(|name| container(ctx, name)));
    }
    if let Some(url) = ctx.var("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
        let message = format!(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT is `{url}`: AWS tools request the credentials of an instance there"
        );
        findings.push(finding(Info, message, ctx.line_to_unset(&["AWS_EC2_METADATA_SERVICE_ENDPOINT"])));
    }
    for (name, effect) in LEFTOVERS.iter().filter(|(name, _)| ctx.var(name).is_some()) {
        if !(is_ours && *name == "AWS_SSO_PROFILE") {
            findings.push(finding(
                Warning,
                format!("{name} comes from another tool: {effect}"),
                ctx.line_to_unset(&[name]),
            ));
        }
    }
    findings
}

fn container(ctx: &Context, name: &str) -> Finding {
    let message = format!("{name} is set: AWS tools fall back to the credentials of a container");
    finding(Info, message, format!("{}, if this is not a container", ctx.line_to_unset(&[name])))
}

fn keys(ctx: &Context, files: &ConfigFiles, is_ours: bool, findings: &mut Vec<Finding>) {
    let has = |name: &str| ctx.var(name).is_some();
    let (id, secret) = (has("AWS_ACCESS_KEY_ID"), has("AWS_SECRET_ACCESS_KEY"));
    if id != secret {
        let message =
            "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set: some AWS tools fail, others ignore it";
        findings.push(finding(Error, message, ctx.line_to_unset(&KEYS)));
        return;
    }
    if !id && has("AWS_SESSION_TOKEN") {
        let message = "AWS_SESSION_TOKEN is set without AWS_ACCESS_KEY_ID: AWS rejects it with any other access keys";
        findings.push(finding(Warning, message, ctx.line_to_unset(&["AWS_SESSION_TOKEN"])));
    }
    if let Some(profile) = ctx.var("AWS_PROFILE").filter(|name| id && is_role_of_keys(files, name)) {
        let message = format!(
            "both AWS_PROFILE and AWS_ACCESS_KEY_ID are set, and most AWS tools never assume the role of profile `{profile}` (`credential_source = Environment`): they use the access keys, the SDK for JavaScript assumes the role"
        );
        findings.push(finding(Warning, message, format!("ssox use {}", as_argument(profile))));
    } else if id && has("AWS_PROFILE") {
        let message = "both AWS_PROFILE and AWS_ACCESS_KEY_ID are set: the AWS CLI uses the access keys, the SDK for JavaScript uses the profile";
        let unset = ctx.line_to_unset(&["AWS_PROFILE"]);
        findings.push(finding(Warning, message, if is_ours { format!("`{unset}`, or `ssox clear`") } else { unset }));
    } else if id && !is_ours {
        let message = "AWS_ACCESS_KEY_ID is set, and not by ssox: it takes precedence over every profile that is not named on the command line";
        findings.push(finding(Warning, message, ctx.line_to_unset(&KEYS)));
    }
    let hint = match ctx.var("SSOX_PROFILE").filter(|_| is_ours) {
        Some(profile) => format!("ssox use {}", as_argument(profile)),
        None => ctx.line_to_unset(&[EXPIRATION]),
    };
    findings.extend(expiration(ctx).map(|message| finding(Warning, message, hint)));
}

/// Says what is wrong with AWS_CREDENTIAL_EXPIRATION; `None` if it is not set, or if it is in the future and there are
/// access keys.
fn expiration(ctx: &Context) -> Option<String> {
    let wrong = match (keys_end(ctx), ctx.var(ID)) {
        (KeysEnd::Unset, _) | (KeysEnd::Ahead, Some(_)) => return None,
        (_, None) => {
            return Some(format!(
                "{EXPIRATION} is set without AWS_ACCESS_KEY_ID: the AWS CLI applies it to the next access keys, and prompts show it"
            ));
        }
        (KeysEnd::Past, Some(_)) => "is in the past",
        (KeysEnd::Unreadable, Some(_)) => "is not a time with a time zone",
    };
    Some(format!("{EXPIRATION} {wrong}: the AWS CLI and boto3 refuse the access keys, even if they are valid"))
}

/// Tells whether a profile is a role that is assumed with the access keys in the environment.
fn is_role_of_keys(files: &ConfigFiles, name: &str) -> bool {
    files.profile(name).is_some_and(|profile| profile.value("credential_source") == Some("Environment"))
}

fn profiles(ctx: &Context, files: &ConfigFiles, findings: &mut Vec<Finding>) {
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "SSOX_PROFILE"] {
        match ctx.var_os(name) {
            // No AWS tool reads `SSOX_PROFILE`.
            Some(value) if value.is_empty() && name != "SSOX_PROFILE" => {
                let message = format!("{name} is set but empty: the AWS CLI looks for a profile without a name");
                findings.push(finding(Warning, message, ctx.line_to_unset(&[name])));
            }
            _ => {
                let unknown = ctx.var(name).filter(|profile| !is_known(ctx, files, name, profile));
                findings.extend(unknown.map(|profile| {
                    let error = find::unknown(ctx, files, profile);
                    let message = format!("{name} names an unknown profile: `{profile}`");
                    finding(Error, message, error.first_hint().unwrap_or("ssox list"))
                }));
            }
        }
    }
}

/// Tells whether the profile that a variable names exists. `SSOX_PROFILE` may also name an account and role without a
/// profile.
fn is_known(ctx: &Context, files: &ConfigFiles, variable: &str, profile: &str) -> bool {
    files.profile(profile).is_some() || variable == "SSOX_PROFILE" && Profile::held(ctx, files, profile).is_ok()
}

fn finding(severity: Severity, message: impl Into<String>, hint: impl Into<String>) -> Finding {
    Finding::new("environment", severity, message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(variables: &[(&str, &str)]) -> Vec<String> {
        let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).into())));
        let files = ConfigFiles::parse("[profile dev]\n", "");
        check(&ctx, &files).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn expired_keys_of_ssox_are_renewed_with_the_profile_in_use() {
        let past = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"), (EXPIRATION, "2001-01-01T00:00:00Z")];
        for (in_use, hint) in [
            (&[][..], "unset AWS_CREDENTIAL_EXPIRATION"),
            (&[("SSOX_PROMPT", "my dev"), ("SSOX_PROFILE", "my dev")], "ssox use 'my dev'"),
        ] {
            let variables = [&past[..], in_use, &[("SSOX_FUNCTION", "bash1")]].concat();
            let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).into())));
            let findings = check(&ctx, &ConfigFiles::parse("[profile my dev]\n", ""));
            let finding = findings.iter().find(|finding| finding.message.contains("is in the past")).unwrap();
            assert_eq!(finding.hint, hint);
        }
    }

    #[test]
    fn misleading_variables_are_found() {
        let rows: [(&[(&str, &str)], &str); 12] = [
            (&[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s")], "not by ssox"),
            (&[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_PROFILE", "dev")], "both AWS_PROFILE"),
            (&[("AWS_ACCESS_KEY_ID", "A")], "some AWS tools fail"),
            (&[("AWS_SESSION_TOKEN", "t")], "without AWS_ACCESS_KEY_ID"),
            (&[("AWS_SECURITY_TOKEN", "t")], "AWS_SECURITY_TOKEN"),
            (&[(EXPIRATION, "2099-01-01T00:00:00Z")], "applies it to the next access keys"),
            (&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x")], "container"),
            (&[("AWS_VAULT", "x")], "from another tool"),
            (&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://x")], "credentials of an instance there"),
            (&[("AWS_SSO_PROFILE", "x")], "from another tool"),
            (&[("AWS_PROFILE", "")], "set but empty"),
            (&[("AWS_PROFILE", "dve")], "unknown profile"),
        ];
        for (variables, words) in rows {
            let found = messages(variables);
            assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
        }
    }

    #[test]
    fn an_expiration_that_boto3_refuses_is_reported() {
        let keys = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"), ("SSOX_PROMPT", "dev")];
        let messages = |end| messages(&[&keys[..], &[(EXPIRATION, end)]].concat());
        for (end, words) in [
            ("2020-01-01T00:00:00Z", "is in the past"),
            ("never", "is not a time with a time zone"),
            ("4102444800", "is not a time"),
            ("2099-01-01T00:00:00", "is not a time with a time zone"),
        ] {
            let found = messages(end);
            assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
        }
        for end in ["2099-01-01T00:00:00Z", "2099-01-01T00:00:00+0000", "20990101T000000Z", "Nov 29 2099 12:00:00 GMT"]
        {
            assert!(messages(end).is_empty(), "{end}");
        }
    }

    #[test]
    fn what_ssox_has_set_is_no_finding() {
        let ours = [
            ("SSOX_PROMPT", "dev"),
            ("AWS_SSO_PROFILE", "dev"),
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z"),
        ];
        assert!(messages(&ours).is_empty());
        assert!(messages(&[("AWS_PROFILE", "dev")]).is_empty());
    }
}
