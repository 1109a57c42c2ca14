//! The picker of `ssox use` without a name: every profile with its account, role, region and clocks, most used first.
//!
//! Deliberately not here: drawing and searching (`terminal::picker`), and asking AWS for anything.

use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::session::{self, Session};
use crate::terminal::picker::{self, Row};
use crate::time::human;
use crate::usage;
use std::collections::HashMap;

/// How many rows, from the most used on, have clocks: each is a file to read, and nobody scrolls further.
const WITH_CLOCKS: usize = 1000;

/// Returns the name of the profile a person chooses.
///
/// # Errors
/// A person is needed, or refuses; configuration: files that cannot be read.
pub(super) fn pick(ctx: &Context) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    let mut facts = Facts { ctx, files: &files, accounts: AccountNames::load(ctx), sessions: HashMap::new() };
    let names = most_used_first(ctx, files.profile_names().collect());
    let row = |(at, name): (usize, String)| Row { columns: facts.columns(&name, at < WITH_CLOCKS), key: name };
    let rows: Vec<Row> = names.into_iter().enumerate().map(row).collect();
    if rows.is_empty()
        && let Some((cause, hint)) = files.why_absent(ctx, |usual| usual.profile_names().next().is_some())
    {
        return Err(Error::configuration(format!("there is no profile to choose: {cause}")).hint(hint));
    }
    let instead = if rows.is_empty() { "ssox configure sso" } else { "ssox use NAME; ssox list shows the names" };
    picker::pick(ctx, "profile", instead, &rows)
}

fn most_used_first(ctx: &Context, mut names: Vec<String>) -> Vec<String> {
    let weights = usage::weights(ctx);
    let weight = |name: &String| weights.get(name).copied().unwrap_or_default();
    names.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    names
}

/// What is known of profiles; the token of each session is read once.
struct Facts<'a> {
    ctx: &'a Context,
    files: &'a ConfigFiles,
    accounts: AccountNames,
    sessions: HashMap<(Option<String>, String), String>,
}

impl Facts<'_> {
    fn columns(&mut self, name: &str, with_clocks: bool) -> Vec<String> {
        let profile = match Profile::resolve(self.ctx, self.files, name) {
            Ok(profile) => profile,
            Err(error) => return vec![name.into(), format!("broken: {}", error.message)],
        };
        let source = &profile.source;
        let text = |value: Option<&str>| value.unwrap_or_default().to_string();
        let mut columns = vec![
            name.into(),
            text(source.account_id().and_then(|id| self.accounts.get(id))),
            text(source.account_id()),
            text(source.role_name()),
            text(profile.region.as_deref()),
        ];
        if with_clocks {
            columns.extend([self.credentials_clock(&profile), self.session_clock(&profile)]);
        }
        columns
    }

    fn credentials_clock(&self, profile: &Profile) -> String {
        let end = profile.source.cached(self.ctx).and_then(|entry| entry.credentials.expiration);
        let left = end.map(|end| end.seconds_after(self.ctx.now())).filter(|left| *left > 0);
        left.map(human).unwrap_or_default()
    }

    fn session_clock(&mut self, profile: &Profile) -> String {
        let Some(session) = profile.source.session() else { return String::new() };
        let key = (session.name.clone(), session.start_url.clone());
        self.sessions.entry(key).or_insert_with(|| session_clock(self.ctx, session)).clone()
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
