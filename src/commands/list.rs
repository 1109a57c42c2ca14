//! `ssox list`: the configured profiles, each with its source, account and role, and how long its cached credentials
//! are valid. It asks AWS nothing.

use super::assigned::{self, Wanted};
use super::none_configured::say_none;
use super::table::{JsonList, Table};
use super::verb::{Done, VerbArgs};
use crate::cache::EntryNames;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Plain, PlainProfiles, Profile};
use crate::time::{Timestamp, human};
use clap::Args;
use serde::Serialize;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ssox list --json | jq -r '.[].name'\n  ssox list --assigned --refresh")]
pub(crate) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// List every account and role that you may use, with or without a profile
    #[arg(long)]
    assigned: bool,
    /// Ask AWS again
    #[arg(long, requires = "assigned")]
    refresh: bool,
    /// Only the assignments of this session
    #[arg(long, value_name = "NAME", requires = "assigned")]
    sso_session: Option<String>,
    /// List in a process of its own, and print nothing
    #[arg(long, hide = true, requires = "refresh")]
    background: bool,
}

impl VerbArgs for List {
    /// Returns the table, or the JSON array.
    ///
    /// # Errors
    /// Configuration: files that cannot be read. A broken profile is a row that says so.
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.assigned {
            let Self { json, refresh, background, .. } = *self;
            let sso_session = self.sso_session.as_deref();
            return assigned::run(ctx, &Wanted { json, refresh, sso_session, background });
        }
        let files = ConfigFiles::load(ctx)?;
        let (cached, plain) = (EntryNames::read(ctx), PlainProfiles::new(ctx, &files));
        let mut table = Table::new(&["profile", "source", "session", "account", "role", "region", "left"]);
        let (mut json, mut is_empty) = (JsonList::default(), true);
        for section in files.profiles() {
            is_empty = false;
            let mut add = |row: Row| if self.json { json.add(&row) } else { table.row(&row.cells(ctx)) };
            match plain.read(&section) {
                Some(plain) => add(Row::of_plain(&cached, &section, &plain)),
                None => match Profile::resolve(ctx, &files, &section.name) {
                    Ok(profile) => add(Row::of(ctx, &cached, &section, &profile)),
                    Err(error) => add(Row::broken(&section, &error)),
                },
            }
        }
        if self.json {
            return Ok(json.finish().into());
        }
        if is_empty {
            say_none(ctx, &files, "profiles");
            return Ok(Done::default());
        }
        Ok(table.render().into())
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

/// A profile as `ssox list --json` prints it. One that cannot be used has its values as they are written, and an error.
#[derive(Default, Serialize)]
struct Row<'a> {
    name: &'a str,
    source: Option<&'static str>,
    session: Option<&'a str>,
    start_url: Option<&'a str>,
    account_id: Option<&'a str>,
    role_name: Option<&'a str>,
    role_arn: Option<&'a str>,
    region: Option<&'a str>,
    source_profile: Option<&'a str>,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip)]
    expiration: Option<Timestamp>,
}

impl<'a> Row<'a> {
    fn of_plain(cached: &EntryNames, section: &'a Section, plain: &'a Plain) -> Self {
        Self {
            source: Some("sso"),
            session: plain.session.name.as_deref(),
            start_url: Some(&plain.session.start_url),
            account_id: Some(plain.account_id),
            role_name: Some(plain.role_name),
            region: plain.region,
            ..Self::expiring(section, cached.expiration(&plain.cache_key()))
        }
    }

    fn of(ctx: &Context, cached: &EntryNames, section: &'a Section, profile: &'a Profile) -> Self {
        let source = &profile.source;
        let expiration = match source.key() {
            Some(key) => cached.expiration(&key),
            None => source.cached(ctx).and_then(|entry| entry.credentials.expiration),
        };
        Self {
            source: Some(source.kind()),
            session: source.session().and_then(|session| session.name.as_deref()),
            start_url: source.session().map(|session| session.start_url.as_str()),
            account_id: source.account_id(),
            role_name: source.role_name(),
            role_arn: source.role_arn(),
            source_profile: section.get("source_profile"),
            region: profile.region.as_deref(),
            ..Self::expiring(section, expiration)
        }
    }

    fn expiring(section: &'a Section, expiration: Option<Timestamp>) -> Self {
        let expires_at = expiration.map(|expiration| expiration.to_string());
        Self { name: &section.name, expires_at, expiration, ..Self::default() }
    }

    fn broken(section: &'a Section, error: &'a Error) -> Self {
        Self {
            name: &section.name,
            session: section.get("sso_session"),
            start_url: section.get("sso_start_url"),
            account_id: section.get("sso_account_id"),
            role_name: section.get("sso_role_name"),
            role_arn: section.get("role_arn"),
            region: section.get("region"),
            source_profile: section.get("source_profile"),
            error: Some(&error.message),
            ..Self::default()
        }
    }

    /// Returns the cells of the table for people.
    fn cells(&self, ctx: &Context) -> Vec<String> {
        if let Some(error) = self.error {
            return vec![self.name.into(), format!("broken: {error}")];
        }
        let left = self.expiration.map(|expiration| human(expiration.seconds_after(ctx.now())));
        let session = self.session.or(self.start_url);
        let texts = [Some(self.name), self.source, session, self.account_id, self.role_name, self.region];
        texts.into_iter().chain([left.as_deref()]).map(|text| text.unwrap_or_default().to_string()).collect()
    }
}
