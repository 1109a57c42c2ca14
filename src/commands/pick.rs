//! The picker of `ssox use` without a name: every profile with its account, role, region and time left, and every
//! listed assignment (account and role) without a profile, most used first.
//!
//! Invariant: the picker sends no request to AWS.

use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::parallel::in_parts;
use crate::profile::{self, AllProfiles, Plain, PlainProfiles, Profile, Typed, WithoutProfile};
use crate::session::{self, Session};
use crate::source::sso::session_label;
use crate::terminal::picker::{self, Row};
use crate::time::human;
use crate::usage;
use std::collections::HashMap;

/// How many rows show the time left, beginning with the most used profile: for each of these rows, ssox reads a file.
const ROWS_WITH_TIME: usize = 1000;

/// The hint for a command line without the name of a profile or an assignment.
pub(super) const CHOOSE: &str =
    "`ssox use NAME`; `ssox list` shows all profiles, `ssox list --assigned` every account and role";

/// Lets a person choose a profile or an assignment, and returns its name. With a `session`, shows only the profiles and
/// assignments of this session.
///
/// # Errors
/// `NeedsPerson`: there is nobody to ask or nothing to choose from, or the person pressed Esc. `Interrupted`: the
/// person pressed Ctrl-C. `Configuration`: a file cannot be read; the session is unknown or cannot be used; or there is
/// no profile because a file does not exist or is not read.
pub(super) fn pick(ctx: &Context, session: Option<&str>) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    if let Some(session) = session {
        profile::labelled_session(ctx, &files, session)?;
    }
    let is_wanted = |label: Option<&str>| session.is_none_or(|session| label == Some(session));
    let all = AllProfiles::read(ctx, &files, Typed::ALL);
    let assignments: HashMap<String, WithoutProfile> = profile::without_profile(&all)
        .into_iter()
        .filter(|assignment| is_wanted(Some(assignment.session)))
        .map(|assignment| (assignment.numbered(), assignment))
        .collect();
    let mut names: Vec<String> = match session {
        None => files.profile_names().collect(),
        Some(_) => files
            .profiles()
            .filter(|section| is_wanted(session_label(section)))
            .map(|section| section.name.to_string())
            .collect(),
    };
    let mut numbers: Vec<String> = assignments.keys().cloned().collect();
    numbers.sort_unstable();
    names.extend(numbers);
    let rows = rows(ctx, &files, &assignments, most_used_first(ctx, names));
    let is_there = |usual: &ConfigFiles| usual.profiles().any(|section| is_wanted(session_label(&section)));
    if rows.is_empty()
        && let Some((cause, hint)) = files.why_absent(ctx, is_there)
    {
        return Err(Error::configuration(format!("there is no profile to choose: {cause}")).hint(hint));
    }
    let hint = if rows.is_empty() { profile::first_step(&files) } else { CHOOSE };
    picker::pick(ctx, "profile", hint, &rows)
}

/// Returns a row for each profile, and each account and role without a profile, in the order of `names`.
fn rows(
    ctx: &Context,
    files: &ConfigFiles,
    assignments: &HashMap<String, WithoutProfile>,
    names: Vec<String>,
) -> Vec<Row> {
    let (accounts, plain) = (AccountNames::load(ctx), PlainProfiles::new(ctx, files));
    let names: Vec<(usize, String)> = names.into_iter().enumerate().collect();
    let parts = in_parts(&names, |part| {
        let mut columns = Columns { ctx, files, accounts: &accounts, plain: &plain, sessions: HashMap::new() };
        let mut row = |(at, name): &(usize, String)| {
            let columns = match assignments.get(name) {
                Some(assignment) => columns_of_assignment(assignment),
                None => columns.of(name, *at < ROWS_WITH_TIME),
            };
            Row { columns, key: name.clone() }
        };
        part.iter().map(&mut row).collect::<Vec<_>>()
    });
    parts.into_iter().flatten().collect()
}

fn columns_of_assignment(assignment: &WithoutProfile) -> Vec<String> {
    let WithoutProfile { account, role_name, .. } = assignment;
    let account_name = account.name.clone().unwrap_or_default();
    vec![assignment.offered(""), account_name, account.id.to_string(), (*role_name).into()]
}

fn most_used_first(ctx: &Context, mut names: Vec<String>) -> Vec<String> {
    let weights = usage::weights(ctx);
    let weight = |name: &String| weights.get(name).copied().unwrap_or_default();
    names.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    names
}

/// Makes the columns of the rows. It reads the token of each session only once.
struct Columns<'a> {
    ctx: &'a Context,
    files: &'a ConfigFiles,
    accounts: &'a AccountNames,
    plain: &'a PlainProfiles,
    sessions: HashMap<(Option<String>, String), String>,
}

impl Columns<'_> {
    fn of(&mut self, name: &str, with_time: bool) -> Vec<String> {
        // A plain profile (with SSO settings only) need not be resolved for a row without the time left.
        if !with_time
            && let Some(section) = self.files.profile(name)
            && let Some(Plain { account_id, role_name, region, .. }) = self.plain.read(&section)
        {
            return self.columns(name, Some(account_id), Some(role_name), region);
        }
        let profile = match Profile::resolve(self.ctx, self.files, name) {
            Ok(profile) => profile,
            Err(error) => return vec![name.into(), format!("broken: {}", error.message)],
        };
        let source = &profile.source;
        let mut columns = self.columns(name, source.account_id(), source.role_name(), profile.region.as_deref());
        if with_time {
            columns.extend([self.credentials_left(&profile), self.session_left(&profile)]);
        }
        columns
    }

    fn columns(&self, name: &str, account_id: Option<&str>, role: Option<&str>, region: Option<&str>) -> Vec<String> {
        let account_name = account_id.and_then(|id| self.accounts.get(id));
        let texts = [Some(name), account_name, account_id, role, region];
        texts.map(|text| text.unwrap_or_default().to_string()).into()
    }

    fn credentials_left(&self, profile: &Profile) -> String {
        let end = profile.source.cached(self.ctx).and_then(|entry| entry.credentials.expiration);
        let left = end.map(|end| end.seconds_after(self.ctx.now())).filter(|left| *left > 0);
        left.map(human).unwrap_or_default()
    }

    fn session_left(&mut self, profile: &Profile) -> String {
        let Some(session) = profile.source.session() else { return String::new() };
        let key = (session.name.clone(), session.start_url.clone());
        self.sessions.entry(key).or_insert_with(|| session_left(self.ctx, session)).clone()
    }
}

fn session_left(ctx: &Context, session: &Session) -> String {
    match session::cached_token(ctx, session) {
        Some(token) if token.is_valid(ctx.now()) => {
            format!("session {}", human(token.expires_at.seconds_after(ctx.now())))
        }
        Some(token) if token.is_refreshable(ctx.now()) => "session refreshable".into(),
        _ => "signed out".into(),
    }
}
