//! Checks the profiles that `ssox configure populate` wrote: there may be hundreds, so that what is wrong with all of them is
//! one finding.

use super::Severity::Error;
use crate::commands::finding::Finding;
use crate::commands::name_list::name_list;
use crate::config::{ConfigFiles, Section};
use crate::error::as_option;
use std::collections::BTreeMap;

/// Reports the managed profiles of each session that is gone.
pub(super) fn check(files: &ConfigFiles) -> Vec<Finding> {
    if !files.contains("ssox_managed") {
        return Vec::new();
    }
    let mut by_session: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for section in files.profiles().filter(|section| is_without_session(files, section)) {
        let session = section.value("ssox_managed").unwrap_or_default();
        by_session.entry(session.into()).or_default().push(section.name.to_string());
    }
    by_session.into_iter().map(|(session, profiles)| finding(files, &session, &profiles)).collect()
}

/// Tells whether a profile is managed, and its session is gone.
pub(super) fn is_without_session(files: &ConfigFiles, section: &Section) -> bool {
    let session = section.value("ssox_managed");
    let is_of_session = section.value("sso_session").is_none_or(|named| Some(named) == session);
    is_of_session && session.is_some_and(|session| files.sso_session(session).is_none())
}

fn finding(files: &ConfigFiles, session: &str, profiles: &[String]) -> Finding {
    let (count, names) = (profiles.len(), name_list(profiles));
    let profiles_text = if count == 1 { "1 profile".to_string() } else { format!("{count} profiles") };
    let message = format!("session `{session}` of {profiles_text} that `configure populate` wrote is gone: {names}");
    let hint = format!(
        "ssox configure sso {} writes the session again; or remove the profiles",
        as_option("--sso-session", session)
    );
    let finding = Finding::new("config", Error, message, hint);
    match files.profile(&profiles[0]) {
        Some(section) => finding.at_key(files, &section, "ssox_managed"),
        None => finding,
    }
}
