//! `ssox list`: profiles, each with its source, account, role, and how long its credentials last.
//!
//! Deliberately not here: asking AWS for accounts nobody configured.

use super::table::{Table, json_list};
use crate::cli::List;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::profile::Profile;
use crate::time::human;
use serde_json::{Value, json};

/// Returns the table, or the JSON array.
///
/// # Errors
/// Configuration: files that cannot be read. A broken profile is a row that says so.
pub(super) fn run(ctx: &Context, args: &List) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    let names: Vec<String> = files.profile_names().collect();
    let profiles = names.iter().map(|name| (name.as_str(), Profile::resolve(ctx, &files, name)));
    if args.json {
        return Ok(json_list(profiles.map(|(name, profile)| as_json(ctx, &files, name, profile))));
    }
    if names.is_empty() {
        super::say_none(ctx, &files, "profiles");
        return Ok(String::new());
    }
    let mut table = Table::new(&["profile", "source", "session", "account", "role", "region", "left"]);
    for (name, profile) in profiles {
        match profile {
            Ok(profile) => table.row(&row(ctx, &profile)),
            Err(error) => table.row(&[name.into(), format!("broken: {}", error.message)]),
        }
    }
    Ok(table.render())
}

fn row(ctx: &Context, profile: &Profile) -> [String; 7] {
    let text = |value: Option<&str>| value.unwrap_or_default().to_string();
    let end = profile.source.cached(ctx).and_then(|entry| entry.credentials.expiration);
    [
        profile.name.clone(),
        profile.source.kind().into(),
        profile.source.session().map(|session| session.label().to_string()).unwrap_or_default(),
        text(profile.source.account_id()),
        text(profile.source.role_name()),
        text(profile.region.as_deref()),
        end.map(|end| human(end.seconds_after(ctx.now()))).unwrap_or_default(),
    ]
}

fn as_json(ctx: &Context, files: &ConfigFiles, name: &str, profile: Result<Profile>) -> Value {
    let section = files.profile(name);
    let raw = |key: &str| section.as_ref().and_then(|section| section.get(key));
    let profile = match profile {
        Ok(profile) => profile,
        Err(error) => {
            return json!({
                "name": name, "source": null, "session": raw("sso_session"), "start_url": raw("sso_start_url"),
                "account_id": raw("sso_account_id"), "role_name": raw("sso_role_name"), "role_arn": raw("role_arn"),
                "region": raw("region"), "source_profile": raw("source_profile"), "expires_at": null,
                "error": error.message,
            });
        }
    };
    let source = &profile.source;
    let end = source.cached(ctx).and_then(|entry| entry.credentials.expiration);
    json!({
        "name": name,
        "source": source.kind(),
        "session": source.session().and_then(|session| session.name.as_deref()),
        "start_url": source.session().map(|session| session.start_url.as_str()),
        "account_id": source.account_id(),
        "role_name": source.role_name(),
        "role_arn": source.role_arn(),
        "region": profile.region,
        "source_profile": raw("source_profile"),
        "expires_at": end.map(|end| end.to_string()),
    })
}
