//! Checks for settings that cause faults in only some AWS tools: these tools fail to start, send unsigned requests, or
//! use another identity.

use super::Severity::{Info, Warning};
use crate::arn::AccountId;
use crate::commands::finding::Finding;
use crate::commands::foreign::{self, Owner};
use crate::commands::name_list::name_list;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::identity::{ACCOUNT_ID, ID, Identity, PROFILES, SECRET, is_in_use};
use crate::profile::Profile;
use crate::session::start_url::canonical;
use crate::tools::BEDROCK_KEY;
use std::collections::BTreeMap;

/// Programs that do not start when `AWS_CA_BUNDLE` is set: litestream 0.5.17, rclone 1.60.1.
const REFUSE_BUNDLE: [&str; 2] = ["litestream", "rclone"];
/// Programs that use any token with the start URL of a session, whichever session the token belongs to: yawsso 1.4.0,
/// aws2-wrap 1.4.0. `findings/two_sessions.sh` shows it.
const USE_ANY_TOKEN: [&str; 2] = ["yawsso", "aws2-wrap"];
/// A config key of AWS CLI v2, which AWS CLI v1 does not accept.
const PLUGIN_PATH: &str = "cli_legacy_plugin_path";

/// Checks the environment and the configuration files for settings that cause faults in only some AWS tools.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let of_sessions = shared_start_url(ctx, files);
    let found =
        [empty_keys(ctx), bedrock_key(ctx), other_account(ctx, files), bundle(ctx), plugins(files), of_sessions];
    found.into_iter().flatten().chain(quoted_programs(files)).collect()
}

/// Reports access keys that are set but empty: tools that are built on `object_store` sign requests with the empty
/// keys.
fn empty_keys(ctx: &Context) -> Option<Finding> {
    let is_empty = |name| ctx.var_os(name).is_some_and(|value| value.is_empty());
    if !is_empty(ID) || !is_empty(SECRET) {
        return None;
    }
    let message = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set but empty: deltalake and obstore sign with the empty keys, other tools ignore them";
    Some(Finding::new("environment", Warning, message, ctx.line_to_unset(&[ID, SECRET])))
}

/// Reports an API key for Amazon Bedrock that is set in addition to an identity that a person selected.
fn bedrock_key(ctx: &Context) -> Option<Finding> {
    ctx.var(BEDROCK_KEY)?;
    let is_selected = is_in_use(ctx) || [ID, PROFILES[0], PROFILES[1]].iter().any(|name| ctx.var(name).is_some());
    let message = format!(
        "{BEDROCK_KEY} is set: clients for Amazon Bedrock send this API key, and do not use the credentials of this shell"
    );
    is_selected.then(|| Finding::new("environment", Warning, message, ctx.line_to_unset(&[BEDROCK_KEY])))
}

/// Reports an AWS_ACCOUNT_ID that is not the account of the access key: SDKs build the URL of DynamoDB from this
/// variable.
fn other_account(ctx: &Context, files: &ConfigFiles) -> Option<Finding> {
    let (id, named) = (ctx.var(ID)?, ctx.var(ACCOUNT_ID)?);
    let held = Identity::of_shell(ctx);
    if held.has_set(ctx, ID) && held.has_set(ctx, ACCOUNT_ID) {
        return None;
    }
    let actual = account_of(ctx, files, id).filter(|actual| actual != named)?;
    let message = format!(
        "AWS_ACCOUNT_ID is `{named}`, but the access key belongs to `{actual}`: the SDKs send requests to the address of another account"
    );
    Some(Finding::new("environment", Warning, message, ctx.line_to_unset(&[ACCOUNT_ID])))
}

/// Returns the account of an access key: that of the profile or assignment to which the key belongs, or else the
/// account ID that is encoded in the access key ID. `None` if neither is known.
fn account_of(ctx: &Context, files: &ConfigFiles, id: &str) -> Option<String> {
    let known = match foreign::owner(ctx, id) {
        Some(Owner::Profile(name) | Owner::Assignment(name)) => Profile::held(ctx, files, &name).ok(),
        None => None,
    };
    let of_profile = known.and_then(|profile| profile.source.account_id().map(String::from));
    of_profile.or_else(|| AccountId::of_key_id(id).map(|account| account.to_string()))
}

/// Returns those of the programs that are in a directory of PATH.
fn installed(ctx: &Context, programs: &[&'static str]) -> Vec<&'static str> {
    let Some(path) = ctx.var_os("PATH") else { return Vec::new() };
    let is_there = |name: &&&str| std::env::split_paths(path).any(|directory| directory.join(name).is_file());
    programs.iter().filter(is_there).copied().collect()
}

/// Reports sessions with the same start URL if a program is installed that confuses their tokens.
fn shared_start_url(ctx: &Context, files: &ConfigFiles) -> Option<Finding> {
    let mut by_start_url: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for section in files.sso_session_names().filter_map(|name| files.sso_session(&name)) {
        let start_url = section.value("sso_start_url").map(|start_url| canonical(start_url).to_lowercase());
        start_url.into_iter().for_each(|url| by_start_url.entry(url).or_default().push(section.name.to_string()));
    }
    let names = by_start_url.into_values().find(|names| names.len() > 1)?;
    let programs = installed(ctx, &USE_ANY_TOKEN);
    let first = programs.first()?;
    let message = format!(
        "sessions {} have the same start URL, and {} uses the token of any of them: credentials may be those of another person",
        name_list(&names),
        programs.join(" or ")
    );
    Some(Finding::new("config", Warning, message, format!("`ssox use PROFILE`, instead of {first}")))
}

fn bundle(ctx: &Context) -> Option<Finding> {
    ctx.var("AWS_CA_BUNDLE")?;
    let there = installed(ctx, &REFUSE_BUNDLE);
    let first = there.first()?;
    let message =
        format!("AWS_CA_BUNDLE is set: litestream 0.5 and rclone 1.60 do not start with it ({})", there.join(", "));
    Some(Finding::new("environment", Info, message, format!("env -u AWS_CA_BUNDLE {first} …")))
}

/// Reports `cli_legacy_plugin_path` in `[plugins]`, a setting of AWS CLI v2 that AWS CLI v1 does not accept.
fn plugins(files: &ConfigFiles) -> Option<Finding> {
    let mut is_inside = false;
    let line = files.config.text.lines().position(|line| {
        if line.starts_with('[') {
            is_inside = line.trim_end() == "[plugins]";
        }
        is_inside && line.get(..PLUGIN_PATH.len()).is_some_and(|key| key.eq_ignore_ascii_case(PLUGIN_PATH))
    })?;
    let message = "`cli_legacy_plugin_path` in `[plugins]` is for AWS CLI v2: AWS CLI v1 stops with a traceback";
    let finding = Finding::new(
        "config",
        Info,
        message,
        "if you also use AWS CLI v1, set AWS_CONFIG_FILE for it to a file without this key",
    );
    Some(finding.at(&files.config.path, Some(line + 1)))
}

/// Reports each `credential_process` that starts with a quote: minio-go then sends unsigned requests, and older Go
/// tools fail.
fn quoted_programs(files: &ConfigFiles) -> Vec<Finding> {
    files.profiles_with_key("credential_process").filter_map(|section| quoted_program(files, &section)).collect()
}

fn quoted_program(files: &ConfigFiles, section: &Section) -> Option<Finding> {
    let entry = section.entry("credential_process").filter(|entry| entry.value.starts_with(['"', '\'']))?;
    let message = format!(
        "`credential_process` of profile `{}` starts with a quote: older Go tools (rclone 1.60, ecr-login 0.6) fail, and minio-go sends unsigned requests",
        section.name
    );
    let (file, line) = files.location(entry);
    let hint =
        "write the path without quotes; if the path contains a space, make a symbolic link whose path contains none";
    Some(Finding::new("config", Info, message, hint).at(file, Some(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables, the text of the config file, and words that the only message must contain.
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

    fn messages(variables: &[(&str, &str)], config: &str) -> Vec<String> {
        let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).into())));
        check(&ctx, &ConfigFiles::parse(config, "")).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn what_stops_single_tools_is_named() {
        let key = (ID, "ASIAQNZGKIQY56JQ7WML");
        let rows: [Row; 5] = [
            (&[(ID, ""), (SECRET, "")], "", "set but empty"),
            (&[key, (SECRET, "s"), (ACCOUNT_ID, "111122223333")], "", "belongs to `029608264753`"),
            (&[("AWS_PROFILE", "p"), (BEDROCK_KEY, "k")], "", "Bedrock send this API key"),
            (&[], "[plugins]\nCLI_legacy_plugin_path = /x\n", "AWS CLI v1 stops"),
            (&[], "[profile p]\nCredential_Process = \"/a b\" c\n", "starts with a quote"),
        ];
        for (variables, config, words) in rows {
            let found = messages(variables, config);
            assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
        }
    }

    #[test]
    fn sessions_with_one_start_url_are_named_where_a_program_confuses_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = ("PATH", directory.path().to_str().unwrap());
        let session = |name: &str| {
            format!("[sso-session {name}]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n")
        };
        let two = [session("admin"), session("daily")].concat();
        assert!(messages(&[path], &two).is_empty());
        std::fs::write(directory.path().join("yawsso"), "").unwrap();
        assert!(messages(&[path], &session("admin")).is_empty());
        let found = messages(&[path], &two);
        assert!(
            found[0].starts_with("sessions `admin` and `daily` have the same start URL, and yawsso uses"),
            "{found:?}"
        );
    }

    #[test]
    fn what_all_tools_read_alike_is_no_finding() {
        let key = (ID, "ASIAQNZGKIQY56JQ7WML");
        let config = "[plugins]\n[profile p]\ncli_legacy_plugin_path = x\ncredential_process = /a --b 'c d'\n";
        assert!(messages(&[key, (SECRET, "s"), (ACCOUNT_ID, "029608264753")], config).is_empty());
        assert!(messages(&[(BEDROCK_KEY, "k")], "").is_empty());
        assert!(messages(&[(ID, "AKIAIOSFODNN7EXAMPLE"), (SECRET, "s"), (ACCOUNT_ID, "111122223333")], "").is_empty());
    }
}
