//! `ssox sessions`: lists every session, when its token expires, and until when the token can be refreshed.
//!
//! Invariant: this verb never refreshes a token.

use super::none_configured::say_none;
use super::table::{Table, json_list};
use super::verb::{Done, VerbArgs};
use crate::config::{ConfigFiles, ProfileHeader};
use crate::context::Context;
use crate::error::Result;
use crate::parallel::in_parts;
use crate::profile::{self, PlainProfiles, Profile};
use crate::session::{self, Session, Token};
use crate::terminal::warn_with_hint;
use crate::time::{Timestamp, human};
use clap::Args;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox sessions")]
pub(crate) struct Sessions {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl VerbArgs for Sessions {
    /// Returns the table, or the JSON array. Warns about each session with wrong settings, and if a token cannot be
    /// read.
    ///
    /// # Errors
    /// `Configuration`: a configuration file cannot be read.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        let users = users(ctx, &files);
        let found = profile::sessions(ctx, &files);
        found.iter().filter_map(|found| found.as_ref().err()).for_each(warn_with_hint);
        let row = |session| {
            let profiles = users.get(&SharedToken::of(session)).map(Vec::as_slice).unwrap_or_default();
            (session, session::stored_token(ctx, session), profiles)
        };
        let rows: Vec<_> = found.iter().flatten().map(row).collect();
        if let Some(error) = rows.iter().find_map(|(_, token, _)| token.as_ref().err()) {
            warn_with_hint(error);
        }
        if self.json {
            return Ok(json_list(rows.into_iter().map(|(session, token, profiles)| {
                session_json(ctx.now(), session, token.ok().flatten().as_ref(), profiles)
            }))
            .into());
        }
        if found.is_empty() {
            say_none(ctx, &files, "sessions");
            return Ok(Done::default());
        }
        let mut table = Table::new(&["session", "start url", "region", "token", "refreshable", "profiles"]);
        for (session, token, profiles) in rows {
            table.row(cells(ctx.now(), session, token, profiles));
        }
        Ok(table.render().into())
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

/// The names of the profiles that use each token. Several sessions can share a token.
type Users = HashMap<SharedToken, Vec<String>>;

/// Identifies a token that sessions share: by the session's name, or by the start URL if the session has no name.
#[derive(PartialEq, Eq, Hash)]
enum SharedToken {
    Named(String),
    Unnamed(String),
}

impl SharedToken {
    fn of(session: &Session) -> Self {
        match &session.name {
            Some(name) => Self::Named(name.clone()),
            None => Self::Unnamed(session.start_url.clone()),
        }
    }
}

fn users(ctx: &Context, files: &ConfigFiles) -> Users {
    let plain = PlainProfiles::new(ctx, files);
    let parts = in_parts(&files.profile_headers(), |part| {
        let user = |header| Some((token_of(ctx, files, &plain, header)?, files.name(header).into_owned()));
        part.iter().filter_map(user).collect::<Vec<_>>()
    });
    let mut users = Users::new();
    parts.into_iter().flatten().for_each(|(token, name)| users.entry(token).or_default().push(name));
    users
}

fn token_of(ctx: &Context, files: &ConfigFiles, plain: &PlainProfiles, header: &ProfileHeader) -> Option<SharedToken> {
    match plain.below(files, header) {
        Some(plain) => Some(SharedToken::of(plain.session)),
        None => Profile::resolve(ctx, files, &files.name(header)).ok()?.source.session().map(SharedToken::of),
    }
}

fn cells(now: Timestamp, session: &Session, token: Result<Option<Token>>, profiles: &[String]) -> [String; 6] {
    let (left, refreshable) = match token {
        Ok(Some(token)) => (human(token.expires_at.seconds_after(now)), refreshable(now, &token)),
        Ok(None) => ("none".into(), String::new()),
        Err(_) => ("unknown".into(), String::new()),
    };
    [
        session.label().into(),
        session.start_url.clone(),
        session.region.to_string(),
        left,
        refreshable,
        profiles.join(" "),
    ]
}

/// Returns, as text, how long the token can be refreshed: at most until the client registration expires. ssox does not
/// know the limit that the organization has set.
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
    token_expires_at: Option<Timestamp>,
    refreshable: bool,
    registration_expires_at: Option<Timestamp>,
    profiles: &'a [String],
}

fn session_json<'a>(
    now: Timestamp,
    session: &'a Session,
    token: Option<&Token>,
    profiles: &'a [String],
) -> SessionJson<'a> {
    SessionJson {
        name: session.name.as_deref(),
        start_url: &session.start_url,
        region: &session.region,
        scopes: &session.scopes,
        token_expires_at: token.map(|token| token.expires_at),
        refreshable: token.is_some_and(|token| token.is_refreshable(now)),
        registration_expires_at: token.and_then(|token| token.registration_expires_at),
        profiles,
    }
}
