//! `ssox list`: lists the configured profiles with the source of their credentials, their account and role, and how
//! long the cached credentials are valid. With `--assigned`, lists the accounts and roles that the person may use. Only
//! with `--assigned` may this verb send requests to AWS.

use super::assigned::{self, AssignedArgs};
use super::none_configured::say_none;
use super::table::{Elements, JsonList, Table};
use super::verb::{Done, VerbArgs};
use crate::cache::{EntryNames, Expirations};
use crate::config::{ConfigFiles, ProfileHeader, Section};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::json;
use crate::parallel::{both, each_part, in_parts};
use crate::profile::{Plain, PlainProfiles, Profile};
use crate::terminal::warn_with_hint;
use crate::time::{Timestamp, human};
use clap::Args;
use std::io;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ssox list --json | jq -r '.[].name'\n  ssox list --assigned --refresh")]
pub(crate) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// List every account and role that you may use, with or without a profile
    #[arg(long)]
    assigned: bool,
    /// Ask AWS again instead of showing the stored list
    #[arg(long, requires = "assigned")]
    refresh: bool,
    /// Only the assignments of this session
    #[arg(long, value_name = "NAME", requires = "assigned")]
    sso_session: Option<String>,
    /// For ssox itself: fetch and store the list in this background process, and print nothing
    #[arg(long, hide = true, requires = "refresh")]
    background: bool,
}

impl VerbArgs for List {
    /// Lists the profiles, or with `--assigned` the accounts and roles, as a table or as a JSON array. A profile that
    /// cannot be used is no error: its row says why.
    ///
    /// # Errors
    /// `Configuration`: a file cannot be read. With `--assigned`, those of [`assigned::run`].
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.assigned {
            let Self { json, refresh, background, .. } = *self;
            let sso_session = self.sso_session.as_deref();
            return assigned::run(ctx, &AssignedArgs { json, refresh, sso_session, background });
        }
        let (cached, files) =
            both(|| EntryNames::read(ctx), || ConfigFiles::load(ctx).inspect(ConfigFiles::index_names));
        let files = files?;
        let (headers, profiles) = (files.profile_headers(), Profiles::of(ctx, &files, cached));
        if self.json {
            return Ok(profiles.reported(profiles.write_json(&headers, io::stdout())).into());
        }
        if headers.is_empty() {
            say_none(ctx, &files, "profiles");
            return Ok(Done::default());
        }
        Ok(profiles.reported(profiles.table(&headers)).into())
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

/// The data from which the row of any profile is made.
struct Profiles<'a> {
    ctx: &'a Context,
    files: &'a ConfigFiles,
    cached: EntryNames<'a>,
    plain: PlainProfiles,
}

impl<'a> Profiles<'a> {
    fn of(ctx: &'a Context, files: &'a ConfigFiles, cached: EntryNames<'a>) -> Self {
        Self { ctx, files, cached, plain: PlainProfiles::new(ctx, files) }
    }

    fn write_json(&self, headers: &[ProfileHeader], out: impl io::Write + Send) -> io::Result<()> {
        let mut list = JsonList::new(out);
        let elements = |part: &[ProfileHeader]| {
            let mut elements = Elements::with_capacity(part.len());
            self.rows(part, |row| elements.add_with(|text| row.add_json(text)));
            elements
        };
        each_part(headers, elements, |part| list.add(part));
        list.end()
    }

    fn table(&self, headers: &[ProfileHeader]) -> Vec<String> {
        let parts = in_parts(headers, |part| {
            let mut table = Table::default();
            self.rows(part, |row| row.add_to(&mut table, self.ctx));
            table
        });
        let mut table = Table::new(&["profile", "source", "session", "account", "role", "region", "left"]);
        parts.into_iter().for_each(|part| table.append(part));
        table.render_parts()
    }

    /// Returns `shown` unchanged. Called after all rows were made: warns if the keyring could not be read, and may
    /// write the index of the cache, with which the next `ssox list` is faster.
    fn reported<T>(&self, shown: T) -> T {
        self.cached.renew_index();
        self.cached.error().into_iter().for_each(warn_with_hint);
        shown
    }

    /// Calls `show` with the row of each profile.
    fn rows(&self, headers: &[ProfileHeader], mut show: impl FnMut(&Row)) {
        let mut expirations = self.cached.expirations();
        for header in headers {
            if let Some(plain) = self.plain.below(self.files, header) {
                show(&Row::of_plain(&mut expirations, &self.files.name(header), &plain));
                continue;
            }
            let Some(section) = self.files.profile_below(header) else { continue };
            match Profile::resolve(self.ctx, self.files, &section.name) {
                Ok(profile) => show(&Row::of(self.ctx, &mut expirations, &section, &profile)),
                Err(error) => show(&Row::broken(&section, &error)),
            }
        }
    }
}

/// A profile in the output of `ssox list`. If the profile cannot be used, the row has the values of its section in the
/// configuration files, and an error.
#[derive(Default)]
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
    expires_at: Option<Timestamp>,
    error: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of_plain(expirations: &mut Expirations, name: &'a str, plain: &'a Plain) -> Self {
        Self {
            source: Some("sso"),
            session: plain.session.name.as_deref(),
            start_url: Some(&plain.session.start_url),
            account_id: Some(plain.account_id),
            role_name: Some(plain.role_name),
            region: plain.region,
            ..Self::expiring(name, expirations.get(&plain.cache_key()))
        }
    }

    fn of(ctx: &Context, expirations: &mut Expirations, section: &'a Section, profile: &'a Profile) -> Self {
        let source = &profile.source;
        let expiration = match source.key() {
            Some(key) => expirations.get(&key),
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
            ..Self::expiring(&section.name, expiration)
        }
    }

    fn expiring(name: &'a str, expires_at: Option<Timestamp>) -> Self {
        Self { name, expires_at, ..Self::default() }
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

    /// Appends the row to a text, as a JSON object.
    fn add_json(&self, text: &mut String) {
        let expires_at = self.expires_at.map(|end| end.to_string());
        let values = [
            ("{\"name\":", Some(self.name)),
            (",\"source\":", self.source),
            (",\"session\":", self.session),
            (",\"start_url\":", self.start_url),
            (",\"account_id\":", self.account_id),
            (",\"role_name\":", self.role_name),
            (",\"role_arn\":", self.role_arn),
            (",\"region\":", self.region),
            (",\"source_profile\":", self.source_profile),
            (",\"expires_at\":", expires_at.as_deref()),
        ];
        for (key, value) in values {
            text.push_str(key);
            match value {
                Some(value) => json::add_text(text, value),
                None => text.push_str("null"),
            }
        }
        if let Some(error) = self.error {
            text.push_str(",\"error\":");
            json::add_text(text, error);
        }
        text.push('}');
    }

    /// Adds the row to the table for people.
    fn add_to(&self, table: &mut Table, ctx: &Context) {
        if let Some(error) = self.error {
            return table.row([self.name, &format!("broken: {error}")]);
        }
        let left = self.expires_at.map(|end| human(end.seconds_after(ctx.now())));
        let session = self.session.or(self.start_url);
        let texts = [self.source, session, self.account_id, self.role_name, self.region, left.as_deref()];
        table.row([self.name].into_iter().chain(texts.map(Option::unwrap_or_default)));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::cache;
    use crate::credentials::RoleCredentials;
    use crate::secret::Secret;
    use serde_json::Value;

    #[test]
    fn many_profiles_are_listed_in_the_order_of_the_files() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().into())]);
        let url = "https://d-1.awsapps.com/start";
        let mut config = format!("[sso-session corp]\nsso_start_url = {url}\nsso_region = eu-west-1\n");
        let account = |number: u64| (111_122_223_333 + number).to_string();
        for number in 0..9001 {
            let session = if number % 1000 == 7 { "none" } else { "corp" };
            config += &format!(
                "[profile p{number}]\nsso_session = {session}\nsso_account_id = {}\nsso_role_name = R\n",
                account(number)
            );
        }
        let end = Timestamp::parse("2036-11-20T12:00:00Z");
        for number in [0, 4500, 9000] {
            let key = cache::Key::sso(&account(number), "R", Some("corp"), url);
            cache::write(&ctx, &key, &RoleCredentials::new("A", Secret::new("s"), None, end)).unwrap();
        }
        let files = ConfigFiles::parse(&config, "[only]\naws_access_key_id = A\naws_secret_access_key = s\n");
        let (headers, profiles) = (files.profile_headers(), Profiles::of(&ctx, &files, EntryNames::read(&ctx)));
        let mut json = Vec::new();
        profiles.write_json(&headers, &mut json).unwrap();
        let listed: Vec<Value> = serde_json::from_slice(&json).unwrap();
        let names: Vec<&str> = listed.iter().map(|row| row["name"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..9001).map(|number| format!("p{number}")).chain(["only".into()]).collect();
        assert_eq!(names, expected);
        let with =
            |key: &str| listed.iter().filter(|row| !row[key].is_null()).map(|row| &row["name"]).collect::<Vec<_>>();
        assert_eq!(with("expires_at"), ["p0", "p4500", "p9000"]);
        assert_eq!(with("error").len(), 9);
        let table = profiles.table(&headers).concat();
        assert_eq!(table.lines().count(), 9003);
        assert!(table.lines().nth(8).is_some_and(|line| line.starts_with("p7") && line.contains("broken:")), "{table}");
    }
}
