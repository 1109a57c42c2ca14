//! `ssox sessions`: every session, when its token expires, and until when the token can be refreshed.
//!
//! Invariant: it never refreshes a token.

use super::none_configured::say_none;
use super::table::{Table, json_list};
use super::verb::{Done, VerbArgs};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::profile::{self, Profile};
use crate::session::{self, Session, Token};
use crate::time::{Timestamp, human};
use clap::Args;
use serde::Serialize;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox sessions")]
pub(crate) struct Sessions {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl VerbArgs for Sessions {
    /// Returns the table, or the JSON array.
    ///
    /// # Errors
    /// Configuration: files that cannot be read.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        let users = users(ctx, &files);
        let found = profile::sessions(ctx, &files);
        found.iter().filter_map(|found| found.as_ref().err()).for_each(|error| crate::terminal::warn(&error.message));
        let rows = found.iter().flatten().map(|session| {
            let profiles: Vec<&str> =
                users.iter().filter(|(_, of)| is_same(of, session)).map(|(name, _)| name.as_str()).collect();
            (session, session::cached_token(ctx, session), profiles)
        });
        if self.json {
            return Ok(json_list(
                rows.map(|(session, token, profiles)| session_json(ctx.now(), session, token.as_ref(), profiles)),
            )
            .into());
        }
        if found.is_empty() {
            say_none(ctx, &files, "sessions");
            return Ok(Done::default());
        }
        let mut table = Table::new(&["session", "start url", "region", "token", "refreshable", "profiles"]);
        for (session, token, profiles) in rows {
            table.row(&row(ctx.now(), session, token.as_ref(), &profiles));
        }
        Ok(table.render().into())
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn users(ctx: &Context, files: &ConfigFiles) -> Vec<(String, Session)> {
    let session = |name: String| {
        let profile = Profile::resolve(ctx, files, &name).ok()?;
        Some((name, profile.source.session()?.clone()))
    };
    files.profile_names().filter_map(session).collect()
}

/// Tells whether two sessions share a token: they have the same name, or no name and the same start URL.
fn is_same(one: &Session, other: &Session) -> bool {
    one.name == other.name && (one.name.is_some() || one.start_url == other.start_url)
}

fn row(now: Timestamp, session: &Session, token: Option<&Token>, profiles: &[&str]) -> [String; 6] {
    let left = token.map_or_else(|| "none".into(), |token| human(token.expires_at.seconds_after(now)));
    let refreshable = token.map(|token| refreshable(now, token)).unwrap_or_default();
    [
        session.label().into(),
        session.start_url.clone(),
        session.region.to_string(),
        left,
        refreshable,
        profiles.join(" "),
    ]
}

/// Says until when the token can be refreshed: at most until the client registration expires. The organization's own limit
/// is not known here.
fn refreshable(now: Timestamp, token: &Token) -> String {
    match (token.is_refreshable(now), token.registration_expires_at) {
        (true, Some(end)) => format!("{} at most", human(end.seconds_after(now))),
        (true, None) => "yes".into(),
        (false, _) => "no".into(),
    }
}

/// A session as `ssox sessions --json` prints it.
#[derive(Serialize)]
struct SessionJson<'a> {
    name: Option<&'a str>,
    start_url: &'a str,
    region: &'a str,
    scopes: &'a [String],
    token_expires_at: Option<String>,
    refreshable: bool,
    registration_expires_at: Option<String>,
    profiles: Vec<&'a str>,
}

fn session_json<'a>(
    now: Timestamp,
    session: &'a Session,
    token: Option<&Token>,
    profiles: Vec<&'a str>,
) -> SessionJson<'a> {
    SessionJson {
        name: session.name.as_deref(),
        start_url: &session.start_url,
        region: &session.region,
        scopes: &session.scopes,
        token_expires_at: token.map(|token| token.expires_at.to_string()),
        refreshable: token.is_some_and(|token| token.is_refreshable(now)),
        registration_expires_at: token.and_then(|token| token.registration_expires_at).map(|end| end.to_string()),
        profiles,
    }
}
