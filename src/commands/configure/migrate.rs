//! `ssox configure migrate`: legacy profiles, each with its own start URL, become profiles of one `[sso-session]`.
//!
//! Deliberately not here: keys that stand in `credentials`. Sessions belong into `config`, and one profile would be in two forms.

use super::propose::{self, Consent};
use super::{session_name, unused};
use crate::cli::ConfigureMigrate;
use crate::config::{ConfigFiles, Edits, Kind, Section, Which};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::check_region;
use crate::session::ACCOUNT_ACCESS;
use crate::session::start_url::{self, plain};
use crate::terminal::{say, warn};

/// A session to be: where it signs in, and whose it will be.
struct Group {
    name: String,
    start_url: String,
    region: String,
    is_new: bool,
    profiles: Vec<String>,
}

/// Shows what changes; writes it unless `--dry-run`.
///
/// # Errors
/// Configuration; `NeedsPerson` without a terminal and without `--yes`.
pub(super) fn run(ctx: &Context, args: &ConfigureMigrate) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    if files.config.is_lossy {
        return Err(Error::configuration(format!("`{}` is not UTF-8", files.config.path.display()))
            .hint("save it as UTF-8 first: every other byte is to stay"));
    }
    let groups = groups(&files, args.keep_legacy);
    if groups.is_empty() {
        say(&format!("there are no legacy profiles to migrate in `{}`: nothing to do", files.config.path.display()));
        return Ok(String::new());
    }
    let text = migrated(&files, &groups, args.keep_legacy)?;
    if args.dry_run {
        return Ok(propose::shown(&files.config, &text));
    }
    explain(&groups, args.keep_legacy);
    let consent = if args.yes { Consent::Given } else { Consent::Asked };
    if propose::write(ctx, &files.config, &text, consent)? {
        for group in &groups {
            say(&format!("now: ssox login --sso-session {}", shell_words::quote(&group.name)));
        }
    }
    Ok(String::new())
}

/// One group for each start URL and region; what cannot be migrated is named and left alone.
fn groups(files: &ConfigFiles, keep_legacy: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for section in files.profiles() {
        let place = match place(files, &section) {
            None => continue,
            // It has a session already, and its legacy keys were kept.
            Some(Ok(place)) if keep_legacy && place.session.is_some() => continue,
            Some(Ok(place)) => place,
            Some(Err(why)) => {
                warn(&format!("profile `{}` is left alone: {why}", section.name));
                continue;
            }
        };
        match groups.iter_mut().find(|group| place.is_of(group)) {
            Some(group) => group.profiles.push(section.name.to_string()),
            None => groups.push(group(files, &groups, &place, &section.name)),
        }
    }
    groups
}

/// Where a profile signs in, and the session that it names already.
struct Place {
    session: Option<String>,
    start_url: String,
    region: String,
}

impl Place {
    fn is_of(&self, group: &Group) -> bool {
        let is_named = self.session.as_ref().is_none_or(|name| *name == group.name);
        is_named && group.start_url == self.start_url && group.region == self.region
    }
}

/// Reads where a profile with legacy keys signs in; or why a session cannot take their place.
fn place(files: &ConfigFiles, section: &Section) -> Option<std::result::Result<Place, String>> {
    let [session, start_url, region] = ["sso_session", "sso_start_url", "sso_region"].map(|key| section.value(key));
    start_url.or(region.and(session))?;
    Some(match (session, start_url, region) {
        _ if is_in_credentials(section) => Err(in_credentials(files, &section.name)),
        (Some(name), ..) => named_place(files, name, start_url, region),
        (None, Some(url), Some(region)) => legacy_place(url, region).map_err(|error| error.message),
        (None, ..) => Err("it has no `sso_region`; add it, then try again".into()),
    })
}

fn legacy_place(start_url: &str, region: &str) -> Result<Place> {
    start_url::check(start_url)?;
    check_region("its `sso_region`", region)?;
    Ok(Place { session: None, start_url: plain(start_url).into(), region: region.into() })
}

/// A profile in both forms, as `--keep-legacy` leaves them: the session counts, if the legacy keys say the same.
fn named_place(
    files: &ConfigFiles,
    name: &str,
    start_url: Option<&str>,
    region: Option<&str>,
) -> std::result::Result<Place, String> {
    let session = files.sso_session(name);
    let of = |key| session.as_ref().and_then(|session| session.get(key)).unwrap_or_default();
    let (of_start_url, of_region) = (plain(of("sso_start_url")), of("sso_region"));
    match start_url.is_none_or(|url| plain(url) == of_start_url) && region.is_none_or(|region| region == of_region) {
        true => Ok(Place { session: Some(name.into()), start_url: of_start_url.into(), region: of_region.into() }),
        false => {
            Err(format!("its `sso_start_url` or `sso_region` is not that of session `{name}`; take out what is wrong"))
        }
    }
}

fn is_in_credentials(section: &Section) -> bool {
    let keys = ["sso_start_url", "sso_region"].into_iter();
    keys.filter_map(|key| section.entry(key)).any(|entry| entry.which == Which::Credentials)
}

fn in_credentials(files: &ConfigFiles, profile: &str) -> String {
    let (credentials, config) = (files.credentials.path.display(), files.config.path.display());
    let kind = if profile == "default" { "" } else { "profile " };
    format!("its SSO keys stand in `{credentials}`; move them to `[{kind}{profile}]` in `{config}`")
}

fn group(files: &ConfigFiles, groups: &[Group], place: &Place, profile: &str) -> Group {
    let is_same = |name: &String| {
        files.sso_session(name).is_some_and(|session| {
            session.get("sso_start_url").map(plain) == Some(&place.start_url)
                && session.get("sso_region") == Some(&place.region)
        })
    };
    let Place { session, start_url, region } = place;
    let existing = session.clone().or_else(|| files.sso_session_names().find(is_same));
    let is_used = |name: &str| files.sso_session(name).is_some() || groups.iter().any(|group| group.name == name);
    Group {
        is_new: existing.is_none(),
        name: existing.unwrap_or_else(|| unused(&session_name(start_url), is_used)),
        start_url: start_url.clone(),
        region: region.clone(),
        profiles: vec![profile.into()],
    }
}

fn migrated(files: &ConfigFiles, groups: &[Group], keep_legacy: bool) -> Result<String> {
    let mut edits = Edits::new(&files.config)?;
    for group in groups {
        for profile in &group.profiles {
            let is_set = files.profile(profile).is_some_and(|known| known.get("sso_session") == Some(&group.name));
            if !is_set {
                edits.set(Kind::Profile, profile, "sso_session", &group.name)?;
            }
            if !keep_legacy {
                edits.unset(Kind::Profile, profile, "sso_start_url");
                edits.unset(Kind::Profile, profile, "sso_region");
            }
        }
        if group.is_new {
            edits.set(Kind::SsoSession, &group.name, "sso_start_url", &group.start_url)?;
            edits.set(Kind::SsoSession, &group.name, "sso_region", &group.region)?;
            edits.set(Kind::SsoSession, &group.name, "sso_registration_scopes", ACCOUNT_ACCESS)?;
        }
    }
    Ok(edits.finish())
}

/// Says in plain words what a shared session means, and what keeping both forms costs.
fn explain(groups: &[Group], keep_legacy: bool) {
    for group in groups {
        if let [first, second, ..] = group.profiles.as_slice() {
            say(&format!(
                "{} profiles share session `{}`: signing in as `{first}` also signs in `{second}`, as it did before",
                group.profiles.len(),
                group.name
            ));
        }
    }
    if keep_legacy {
        say("the legacy keys stay: Terraform before AWS provider 5 and other tools of that time know no sessions");
        say(
            "but the SDK for Rust refuses a profile with both forms: when nothing needs the legacy keys, `ssox configure migrate` takes them out",
        );
    }
}
