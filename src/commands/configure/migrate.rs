//! `ssox configure migrate`: legacy profiles, each with its own start URL, become profiles of one `[sso-session]`.
//!
//! Deliberately not here: keys that stand in `credentials`. Sessions belong into `config`, and one profile would be in two forms.

use super::propose::{self, Consent};
use super::{session_name, unused};
use crate::cli::ConfigureMigrate;
use crate::config::{ConfigFiles, Edits, Kind, Section, Which};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::ACCOUNT_ACCESS;
use crate::session::start_url::plain;
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
    let groups = groups(&files)?;
    if groups.is_empty() {
        say(&format!("there are no legacy profiles in `{}`: nothing to do", files.config.path.display()));
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

/// One group for each start URL and region; profiles that already have a session are left alone.
fn groups(files: &ConfigFiles) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    for section in files.profiles() {
        let value = |key: &str| section.get(key).filter(|value| !value.is_empty());
        let (None, Some(start_url)) = (value("sso_session"), value("sso_start_url")) else { continue };
        if is_in_credentials(&section) {
            leave_alone(files, &section.name);
            continue;
        }
        let region = value("sso_region").ok_or_else(|| {
            Error::configuration(format!("profile `{}` has no `sso_region`", section.name))
                .hint(format!("add `sso_region = …` to `[profile {}]`, then try again", section.name))
        })?;
        let start_url = plain(start_url);
        match groups.iter_mut().find(|group| group.start_url == start_url && group.region == region) {
            Some(group) => group.profiles.push(section.name.to_string()),
            None => groups.push(group(files, &groups, start_url, region, &section.name)),
        }
    }
    Ok(groups)
}

fn is_in_credentials(section: &Section) -> bool {
    let keys = ["sso_start_url", "sso_region"].into_iter();
    keys.filter_map(|key| section.entry(key)).any(|entry| entry.which == Which::Credentials)
}

fn leave_alone(files: &ConfigFiles, profile: &str) {
    let (credentials, config) = (files.credentials.path.display(), files.config.path.display());
    let kind = if profile == "default" { "" } else { "profile " };
    warn(&format!(
        "profile `{profile}` is left alone, its SSO keys stand in `{credentials}`: move them to `[{kind}{profile}]` in `{config}`"
    ));
}

fn group(files: &ConfigFiles, groups: &[Group], start_url: &str, region: &str, profile: &str) -> Group {
    let is_same = |name: &String| {
        files.sso_session(name).is_some_and(|session| {
            session.get("sso_start_url").map(plain) == Some(start_url) && session.get("sso_region") == Some(region)
        })
    };
    let existing = files.sso_session_names().find(is_same);
    let is_used = |name: &str| files.sso_session(name).is_some() || groups.iter().any(|group| group.name == name);
    Group {
        is_new: existing.is_none(),
        name: existing.unwrap_or_else(|| unused(&session_name(start_url), is_used)),
        start_url: start_url.into(),
        region: region.into(),
        profiles: vec![profile.into()],
    }
}

fn migrated(files: &ConfigFiles, groups: &[Group], keep_legacy: bool) -> Result<String> {
    let mut edits = Edits::new(&files.config)?;
    for group in groups {
        for profile in &group.profiles {
            edits.set(Kind::Profile, profile, "sso_session", &group.name)?;
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
        say("but the SDK for Rust refuses a profile with both forms: take the legacy keys out when nothing needs them");
    }
}
