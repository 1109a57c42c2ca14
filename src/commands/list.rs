//! `ssox list`: the configured profiles, each with its source, account and role, and how long its cached credentials
//! are valid. It asks AWS nothing.

use super::assigned;
use super::none_configured::say_none;
use super::table::{Table, json_list};
use super::verb::{Done, VerbArgs};
use crate::cache::EntryNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::profile::Profile;
use crate::time::{Timestamp, human};
use clap::Args;
use serde::Serialize;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ssox list --json | jq -r '.[].name'\n  ssox list --assigned --refresh")]
pub(crate) struct List {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// List every account and role that you may use, with or without a profile
    #[arg(long)]
    assigned: bool,
    /// Ask AWS again
    #[arg(long, requires = "assigned")]
    pub(super) refresh: bool,
    /// Only the assignments of this session
    #[arg(long, value_name = "NAME", requires = "assigned")]
    pub(super) sso_session: Option<String>,
    /// List in a process of its own, and print nothing
    #[arg(long, hide = true, requires = "refresh")]
    pub(super) background: bool,
}

impl VerbArgs for List {
    /// Returns the table, or the JSON array.
    ///
    /// # Errors
    /// Configuration: files that cannot be read. A broken profile is a row that says so.
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.assigned {
            return assigned::run(ctx, self);
        }
        let files = ConfigFiles::load(ctx)?;
        let names: Vec<String> = files.profile_names().collect();
        let cached = EntryNames::read(ctx);
        let profiles = names.iter().map(|name| (name.as_str(), Profile::resolve(ctx, &files, name)));
        if self.json {
            return Ok(
                json_list(profiles.map(|(name, profile)| profile_json(ctx, &files, &cached, name, profile))).into()
            );
        }
        if names.is_empty() {
            say_none(ctx, &files, "profiles");
            return Ok(Done::default());
        }
        let mut table = Table::new(&["profile", "source", "session", "account", "role", "region", "left"]);
        for (name, profile) in profiles {
            match profile {
                Ok(profile) => table.row(&row(ctx, &cached, &profile)),
                Err(error) => table.row(&[name.into(), format!("broken: {}", error.message)]),
            }
        }
        Ok(table.render().into())
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn row(ctx: &Context, cached: &EntryNames, profile: &Profile) -> [String; 7] {
    let text = |value: Option<&str>| value.unwrap_or_default().to_string();
    [
        profile.name.clone(),
        profile.source.kind().into(),
        profile.source.session().map(|session| session.label().to_string()).unwrap_or_default(),
        text(profile.source.account_id()),
        text(profile.source.role_name()),
        text(profile.region.as_deref()),
        expiration(ctx, cached, profile)
            .map(|expiration| human(expiration.seconds_after(ctx.now())))
            .unwrap_or_default(),
    ]
}

fn expiration(ctx: &Context, cached: &EntryNames, profile: &Profile) -> Option<Timestamp> {
    if profile.source.key().is_some_and(|key| !cached.has(&key)) {
        return None;
    }
    profile.source.cached(ctx)?.credentials.expiration
}

/// A profile as `ssox list --json` prints it. One that cannot be used has its values as they are written, and an error.
#[derive(Serialize)]
struct ProfileJson {
    name: String,
    source: Option<&'static str>,
    session: Option<String>,
    start_url: Option<String>,
    account_id: Option<String>,
    role_name: Option<String>,
    role_arn: Option<String>,
    region: Option<String>,
    source_profile: Option<String>,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn profile_json(
    ctx: &Context,
    files: &ConfigFiles,
    cached: &EntryNames,
    name: &str,
    profile: Result<Profile>,
) -> ProfileJson {
    let section = files.profile(name);
    let written = |key: &str| section.as_ref().and_then(|section| section.get(key)).map(String::from);
    let profile = match profile {
        Ok(profile) => profile,
        Err(error) => {
            return ProfileJson {
                name: name.into(),
                source: None,
                session: written("sso_session"),
                start_url: written("sso_start_url"),
                account_id: written("sso_account_id"),
                role_name: written("sso_role_name"),
                role_arn: written("role_arn"),
                region: written("region"),
                source_profile: written("source_profile"),
                expires_at: None,
                error: Some(error.message),
            };
        }
    };
    let source = &profile.source;
    ProfileJson {
        name: name.into(),
        source: Some(source.kind()),
        session: source.session().and_then(|session| session.name.clone()),
        start_url: source.session().map(|session| session.start_url.clone()),
        account_id: source.account_id().map(String::from),
        role_name: source.role_name().map(String::from),
        role_arn: source.role_arn().map(String::from),
        source_profile: written("source_profile"),
        expires_at: expiration(ctx, cached, &profile).map(|expiration| expiration.to_string()),
        region: profile.region.map(|region| region.to_string()),
        error: None,
    }
}
