//! `ssox configure migrate`: changes legacy profiles, which have `sso_start_url` themselves, to profiles that name an
//! `[sso-session]`. Profiles with the same start URL and region share a session; with `--session-per-profile`, each
//! gets its own. Settings in the credentials file are not migrated, because sessions can only be in the config file.

mod sign_in_keys;

use super::propose::{self, Consent};
use super::{names, session_name, unused};
use crate::commands::name_list::name_list;
use crate::commands::verb::Done;
use crate::config::{ConfigFiles, Edits, Section, SectionKind, check_name};
use crate::context::Context;
use crate::error::{Result, as_option};
use crate::secret::Secret;
use crate::session::ACCOUNT_ACCESS;
use crate::session::start_url::canonical;
use crate::terminal::{say, warn};
use clap::Args;
use sign_in_keys::{SignInKeys, sign_in_keys};
use std::collections::HashSet;

/// Move the sign-in settings of legacy profiles into `[sso-session]` sections
#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox configure migrate --dry-run")]
pub(super) struct ConfigureMigrate {
    /// Show what would change, without changing it
    #[arg(long)]
    dry_run: bool,
    /// Keep `sso_start_url` and `sso_region` in the profiles, for tools that do not support `[sso-session]`
    #[arg(long)]
    keep_legacy: bool,
    /// Give each profile its own session, so that each signs in separately
    #[arg(long)]
    session_per_profile: bool,
    /// Write without asking
    #[arg(long)]
    yes: bool,
}

/// A session, and the migrated profiles that will use it.
struct Group {
    name: String,
    start_url: String,
    region: String,
    /// Whether the config file does not have the session yet.
    is_new: bool,
    profiles: Vec<String>,
}

impl Group {
    /// Tells whether a profile with these settings can use the session.
    fn fits(&self, keys: &SignInKeys) -> bool {
        let is_named = keys.session.as_ref().is_none_or(|name| *name == self.name);
        is_named && self.start_url == keys.start_url && self.region == keys.region
    }
}

/// Shows the changes of the config file, asks, and writes the changes. With `--dry-run`, writes nothing and returns the
/// changes as a diff for stdout. If the person declines, the exit status is 3.
///
/// # Errors
/// `Configuration`: the file cannot be read, edited or written. `NeedsPerson`: nobody can be asked, and `--yes` is not
/// given. `Unreachable`: another ssox process holds the lock on the file for too long.
pub(super) fn run(ctx: &Context, args: &ConfigureMigrate) -> Result<Done> {
    let files = ConfigFiles::load(ctx)?;
    let groups = groups(&files, args);
    let skipped = skipped(&files);
    skipped.iter().for_each(|(name, why)| warn(&format!("profile `{name}` is not migrated: {why}")));
    if groups.is_empty() {
        let what = if skipped.is_empty() { "nothing" } else { "nothing else" };
        say(&format!("there is {what} to migrate in `{}`", files.config.path.display()));
        return Ok(Done::default());
    }
    let text = migrated(&files, &groups, args)?;
    explain(&groups, args);
    if args.dry_run {
        return Ok(propose::shown(&files.config, text.expose()).into());
    }
    let consent = if args.yes { Consent::Given } else { Consent::Asked };
    let again = |files: &ConfigFiles| migrated(files, &self::groups(files, args), args);
    if !propose::write(ctx, &files.config, text.expose(), consent, again)? {
        return Ok(propose::declined());
    }
    if groups.len() > 1 {
        say("next: sign in to each of these sessions");
    }
    for group in &groups {
        say(&format!("next: ssox login {}", as_option("--sso-session", &group.name)));
    }
    Ok(Done::default())
}

/// Returns the names of the legacy profiles that cannot be migrated, each with the reason.
fn skipped(files: &ConfigFiles) -> Vec<(String, String)> {
    let why = |section: Section| Some((section.name.to_string(), sign_in_keys(files, &section)?.err()?));
    files.profiles().filter_map(why).collect()
}

/// Returns a group for each session that migrated profiles will use. Profiles that cannot be migrated are left out.
fn groups(files: &ConfigFiles, args: &ConfigureMigrate) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut used: HashSet<String> = files.sso_session_names().collect();
    for section in files.profiles() {
        let keys = match sign_in_keys(files, &section) {
            None | Some(Err(_)) => continue,
            Some(Ok(keys)) if args.session_per_profile => keys.without_shared_session(files),
            Some(Ok(keys)) => keys,
        };
        if args.keep_legacy && keys.session.is_some() {
            // With `--keep-legacy`, a profile that already names a session does not change.
            continue;
        }
        let shared = if args.session_per_profile { None } else { groups.iter_mut().find(|group| group.fits(&keys)) };
        if let Some(group) = shared {
            group.profiles.push(section.name.to_string());
            continue;
        }
        let group = group(files, args, &used, keys, &section.name);
        used.insert(group.name.clone());
        groups.push(group);
    }
    groups
}

fn group(
    files: &ConfigFiles,
    args: &ConfigureMigrate,
    used: &HashSet<String>,
    keys: SignInKeys,
    profile: &str,
) -> Group {
    let is_same = |name: &String| {
        files.sso_session(name).is_some_and(|session| {
            session.get("sso_start_url").map(canonical).as_ref() == Some(&keys.start_url)
                && session.get("sso_region") == Some(&keys.region)
        })
    };
    let found = || files.sso_session_names().find(is_same);
    let (existing, wanted) = if args.session_per_profile {
        (keys.session.clone(), own_session_name(profile))
    } else {
        (keys.session.clone().or_else(found), session_name(&keys.start_url))
    };
    Group {
        is_new: existing.is_none(),
        name: existing.unwrap_or_else(|| unused(&wanted, |name| used.contains(name))),
        start_url: keys.start_url,
        region: keys.region,
        profiles: vec![profile.into()],
    }
}

/// Returns a name for the profile's own session: the profile's name. If some AWS tools do not read this name in a
/// section header, replaces the characters that they do not read; returns `sso` if nothing is left.
fn own_session_name(profile: &str) -> String {
    match check_name(SectionKind::SsoSession, profile) {
        Ok(()) => profile.into(),
        Err(_) => Some(names::field(profile)).filter(|name| !name.is_empty()).unwrap_or_else(|| "sso".into()),
    }
}

fn migrated(files: &ConfigFiles, groups: &[Group], args: &ConfigureMigrate) -> Result<Secret> {
    let mut edits = Edits::new(&files.config)?;
    for group in groups {
        for profile in &group.profiles {
            let is_set = files.profile(profile).is_some_and(|known| known.get("sso_session") == Some(&group.name));
            if !is_set {
                edits.set(SectionKind::Profile, profile, "sso_session", &group.name)?;
            }
            if !args.keep_legacy {
                edits.unset(SectionKind::Profile, profile, "sso_start_url");
                edits.unset(SectionKind::Profile, profile, "sso_region");
            }
        }
        if group.is_new {
            edits.set(SectionKind::SsoSession, &group.name, "sso_start_url", &group.start_url)?;
            edits.set(SectionKind::SsoSession, &group.name, "sso_region", &group.region)?;
            edits.set(SectionKind::SsoSession, &group.name, "sso_registration_scopes", ACCOUNT_ACCESS)?;
        }
    }
    Ok(edits.finish())
}

/// Tells the person which profiles share one sign-in and why, or that `--session-per-profile` separates them. With
/// `--keep-legacy`, also tells the advantage and the disadvantage of keeping the legacy settings.
fn explain(groups: &[Group], args: &ConfigureMigrate) {
    let shared = groups.iter().filter(|group| group.profiles.len() > 1);
    for Group { name, start_url, profiles, .. } in shared.clone() {
        let first = &profiles[0];
        let (all, others) = match profiles.as_slice() {
            [_, second] => ("both".into(), format!("`{second}`")),
            more => (format!("all {}", more.len()), "the others".into()),
        };
        say(&format!(
            "profiles {} share one sign-in: signing in as `{first}` also signs in {others}",
            name_list(profiles)
        ));
        say(&format!(
            "the reason: {all} have the start URL `{start_url}`, so they use the same session, `{name}`, and its one token file; each profile keeps its own account and role"
        ));
    }
    if shared.count() > 0 {
        say("--session-per-profile gives each of them its own session, so that each signs in separately");
    }
    if args.session_per_profile {
        say("each profile gets its own session: signing in to one does not sign in to the others");
    }
    if args.keep_legacy {
        say(
            "`sso_start_url` and `sso_region` stay in the profiles for tools that do not support sessions, such as old versions of the Terraform AWS provider",
        );
        say(
            "but the SDK for Rust rejects a profile that has `sso_session` together with these two keys: when no tool needs the two any more, remove them with `ssox configure migrate`",
        );
    }
}
