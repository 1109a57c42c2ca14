//! The picker of `ssox use` without a name: every profile with its account, role, region and clocks, most used first.
//!
//! Deliberately not here: drawing and searching (`terminal::picker`), and asking AWS for anything.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::profile::Profile;
use crate::session::{self, Session};
use crate::terminal::picker::{self, Row};
use crate::time::human;
use crate::usage;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many rows, from the most used on, have clocks: each is a file to read, and nobody scrolls further.
const WITH_CLOCKS: usize = 1000;

/// Returns the name of the profile a person chooses.
///
/// # Errors
/// A person is needed, or refuses; configuration: files that cannot be read.
pub(super) fn pick(ctx: &Context) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    let mut clocks = Clocks::default();
    let names = most_used_first(ctx, files.profile_names().collect());
    let row = |(at, name): (usize, String)| Row {
        columns: columns(ctx, &files, &name, (at < WITH_CLOCKS).then_some(&mut clocks)),
        key: name,
    };
    let rows: Vec<Row> = names.into_iter().enumerate().map(row).collect();
    let instead = if rows.is_empty() { "ssox configure sso" } else { "ssox use NAME; ssox list shows the names" };
    picker::pick(ctx, "profile", instead, &rows)
}

fn most_used_first(ctx: &Context, names: Vec<String>) -> Vec<String> {
    let weights = usage::weights(ctx);
    // In whole millionths, because a float has no order of its own.
    #[expect(clippy::cast_possible_truncation, reason = "a weight is at most the number of lines of a small file")]
    let weight = |name: &String| weights.get(name).map_or(0, |weight| (weight * 1e6) as i64);
    let mut names = names;
    names.sort_by_cached_key(|name| Reverse(weight(name)));
    names
}

fn columns(ctx: &Context, files: &ConfigFiles, name: &str, clocks: Option<&mut Clocks>) -> Vec<String> {
    let profile = match Profile::resolve(ctx, files, name) {
        Ok(profile) => profile,
        Err(error) => return vec![name.into(), format!("broken: {}", error.message)],
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_string();
    let section = files.profile(name);
    let (credentials, session) = clocks.map(|clocks| clocks.of(ctx, &profile)).unwrap_or_default();
    vec![
        name.into(),
        // What other tools write beside the account's number when they generate profiles.
        text(section.as_ref().and_then(|section| section.get("sso_account_name"))),
        text(profile.source.account_id()),
        text(profile.source.role_name()),
        text(profile.region.as_deref()),
        credentials,
        session,
    ]
}

/// How long credentials and sessions last; the token of each session is read once.
#[derive(Default)]
struct Clocks(HashMap<(Option<String>, String), String>);

impl Clocks {
    fn of(&mut self, ctx: &Context, profile: &Profile) -> (String, String) {
        let end = profile.source.cached(ctx).and_then(|entry| entry.credentials.expiration);
        let left = end.map(|end| end.seconds_after(ctx.now())).filter(|left| *left > 0);
        let session = profile.source.session().map(|session| {
            let key = (session.name.clone(), session.start_url.clone());
            self.0.entry(key).or_insert_with(|| session_clock(ctx, session)).clone()
        });
        (left.map(human).unwrap_or_default(), session.unwrap_or_default())
    }
}

fn session_clock(ctx: &Context, session: &Session) -> String {
    match session::cached_token(ctx, session) {
        Some(token) if token.is_valid(ctx.now()) => {
            format!("session {}", human(token.expires_at.seconds_after(ctx.now())))
        }
        Some(token) if token.is_refreshable(ctx.now()) => "session renews".into(),
        _ => "signed out".into(),
    }
}
