//! Checks the configuration for settings that AWS tools interpret differently or reject. The syntax is checked by the
//! module `config`, whose findings are included.

use super::Severity::{Error, Info, Warning};
use super::managed::ByLabel;
use super::{keys, managed};
use crate::commands::finding::Finding;
use crate::commands::name_list::name_list;
use crate::commands::precedence;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::parallel::in_parts;
use crate::profile::{self, PlainProfiles, Profile};
use crate::session::Session;
use crate::session::start_url::{self, canonical};
use crate::source::profile_keys::OTHER_SOURCES;
use std::collections::BTreeMap;

/// Checks the config file and the credentials file.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let grammar = files.check().into_iter();
    let mut findings: Vec<Finding> = grammar
        .map(|found| Finding::new("config", found.severity, found.message, found.hint).at(found.path, found.line))
        .collect();
    let profiles = profiles(ctx, files);
    findings.extend(managed::check(files, profiles.without_session));
    findings.extend(profiles.findings);
    for section in files.sso_session_names().filter_map(|name| files.sso_session(&name)) {
        findings.extend(copied(files, "sso-session", &section));
    }
    sessions(ctx, files, &mut findings);
    findings.extend(shared(files, profiles.by_start_url));
    findings
}

/// What the checks find in the profiles. Most profiles have only SSO settings and name an existing session. Such
/// profiles are not checked, because nothing can be wrong with them.
#[derive(Default)]
struct Profiles {
    findings: Vec<Finding>,
    /// The names of profiles that `configure populate` wrote and whose session no longer exists.
    without_session: ByLabel,
    /// The names of legacy profiles, by their own `sso_start_url`.
    by_start_url: ByLabel,
}

fn profiles(ctx: &Context, files: &ConfigFiles) -> Profiles {
    let plain = PlainProfiles::new(ctx, files);
    let parts = in_parts(&files.profile_headers(), |part| {
        let mut found = Profiles::default();
        let other = part.iter().filter(|header| plain.below(files, header).is_none());
        let sections = other.filter_map(|header| files.profile_below(header));
        sections.filter(|section| plain.read(section).is_none()).for_each(|section| found.add(ctx, files, &section));
        found
    });
    let mut all = Profiles::default();
    for part in parts {
        all.findings.extend(part.findings);
        append(&mut all.without_session, part.without_session);
        append(&mut all.by_start_url, part.by_start_url);
    }
    all
}

fn append(all: &mut ByLabel, part: ByLabel) {
    part.into_iter().for_each(|(label, names)| all.entry(label).or_default().extend(names));
}

impl Profiles {
    fn add(&mut self, ctx: &Context, files: &ConfigFiles, section: &Section) {
        if let Some(session) = managed::gone_session(files, section) {
            self.without_session.entry(session.into()).or_default().push(section.name.to_string());
        } else {
            profile(ctx, files, section, &mut self.findings);
        }
        if let (None, Some(start_url)) = (section.value("sso_session"), section.value("sso_start_url")) {
            self.by_start_url.entry(start_url.into()).or_default().push(section.name.to_string());
        }
        self.findings.extend(copied(files, "profile", section));
        self.findings.extend(precedence::check(files, section));
        self.findings.extend(keys::check(ctx, files, section));
    }
}

/// Reports a start URL with more text after it, as copied from the browser's address bar, for example
/// `/#/?tab=accounts`.
fn copied(files: &ConfigFiles, kind: &str, section: &Section) -> Option<Finding> {
    let address = section.value("sso_start_url").filter(|address| start_url::is_copied(address))?;
    let message = format!(
        "`sso_start_url` of {kind} `{}` was copied from the address bar: it contains more than the start URL",
        section.name
    );
    let hint = format!("write `sso_start_url = {}`", canonical(address));
    Some(Finding::new("config", Warning, message, hint).at_key(files, section, "sso_start_url"))
}

/// Reports legacy profiles with the same start URL: they share one token file.
fn shared(files: &ConfigFiles, mut by_start_url: ByLabel) -> Vec<Finding> {
    by_start_url.retain(|_, profiles| profiles.len() > 1);
    let finding = |(start_url, profiles): (String, Vec<String>)| {
        let message = format!(
            "profiles {} share one sign-in: they have the same `sso_start_url`, `{start_url}`, and therefore one token file; each has its own account and role",
            name_list(&profiles)
        );
        let hint = "to sign in to each profile separately: ssox configure migrate --session-per-profile";
        let finding = Finding::new("config", Info, message, hint);
        files.profile(&profiles[0]).map(|section| finding.at_key(files, &section, "sso_start_url"))
    };
    by_start_url.into_iter().filter_map(finding).collect()
}

fn profile(ctx: &Context, files: &ConfigFiles, section: &Section, findings: &mut Vec<Finding>) {
    let name = &section.name;
    let has = |key: &str| section.value(key).is_some();
    let is_sso = has("sso_account_id") || has("sso_role_name") || has("sso_session");
    let mut add = |severity, key: &str, message: String, hint: String| {
        findings.push(Finding::new("config", severity, message, hint).at_key(files, section, key));
    };
    for key in ["sso_start_url", "sso_region"].into_iter().filter(|key| has("sso_session") && has(key)) {
        let message = format!("profile `{name}` has `{key}` and `sso_session`: the SDK for Rust rejects it");
        add(Warning, key, message, format!("`ssox configure migrate`, or remove `{key}` from the profile"));
    }
    if (is_sso || OTHER_SOURCES.iter().any(|(key, _)| has(key)))
        && let Err(error) = Profile::resolve(ctx, files, name)
    {
        // Most messages already name the profile, so its name is not added to them.
        let is_named = error.message.contains(&format!("profile `{name}`"));
        let profile = if is_named { String::new() } else { format!("profile `{name}`: ") };
        add(Error, "", format!("{profile}{}", error.message), hint(&error.hints));
    }
}

fn sessions(ctx: &Context, files: &ConfigFiles, findings: &mut Vec<Finding>) {
    let mut by_start_url: BTreeMap<String, Vec<Session>> = BTreeMap::new();
    for session in profile::sessions(ctx, files) {
        match session {
            Ok(session) if start_url::check(&session.start_url).is_err() => findings.push(no_start_url(&session)),
            Ok(session) => by_start_url.entry(canonical(&session.start_url).to_lowercase()).or_default().push(session),
            Err(error) => findings.push(Finding::new("config", Error, error.message, hint(&error.hints))),
        }
    }
    for sessions in by_start_url.values() {
        spellings(sessions, findings);
        regions(sessions, findings);
    }
}

fn no_start_url(session: &Session) -> Finding {
    let name = session.name.as_ref().or(session.profile.as_ref()).unwrap_or(&session.start_url);
    let message = format!(
        "`sso_start_url` of `{name}` is `{}`, which does not begin with `https://` and a host name",
        session.start_url
    );
    Finding::new("config", Error, message, "copy the start URL from the settings of your access portal")
}

/// Reports different spellings of one start URL: the name of the token file depends on the spelling.
fn spellings(sessions: &[Session], findings: &mut Vec<Finding>) {
    let mut spelled: Vec<&str> = sessions.iter().map(|session| session.start_url.as_str()).collect();
    spelled.retain(|start_url| !start_url::is_copied(start_url));
    spelled.sort_unstable();
    spelled.dedup();
    if let [first, rest @ ..] = spelled.as_slice() {
        findings.extend(rest.iter().map(|other| {
            let message =
                format!("one start URL in two spellings, `{first}` and `{other}`: tools sign in to each separately");
            Finding::new("config", Warning, message, format!("write `{}` everywhere", canonical(first)))
        }));
    }
}

fn regions(sessions: &[Session], findings: &mut Vec<Finding>) {
    for session in sessions {
        if let Some(region) = start_url::region_of(&session.start_url).filter(|region| **region != *session.region) {
            let message = format!(
                "`sso_region` of `{}` is `{}`, but its start URL is in `{region}`",
                session.label(),
                session.region
            );
            findings.push(Finding::new("config", Error, message, format!("write `sso_region = {region}`")));
        }
    }
    let [first, rest @ ..] = sessions else { return };
    if let Some(other) = rest.iter().find(|other| other.region != first.region) {
        let message = format!(
            "`{}` has `sso_region = {}`, but `{}` has `{}`, and both have the same start URL: only one can be right",
            first.label(),
            first.region,
            other.label(),
            other.region
        );
        findings.push(Finding::new(
            "config",
            Error,
            message,
            "copy the region from the settings of your access portal",
        ));
    }
}

fn hint(hints: &[String]) -> String {
    if hints.is_empty() { "ssox configure sso".into() } else { hints.join("; ") }
}
