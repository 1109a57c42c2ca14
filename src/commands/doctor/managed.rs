//! Checks the profiles that `ssox configure populate` wrote. There may be hundreds of them, so a problem that many
//! profiles have is reported as one finding.

use super::Severity::Error;
use crate::commands::finding::Finding;
use crate::commands::name_list::name_list;
use crate::config::{ConfigFiles, Section};
use crate::error::as_option;
use std::collections::BTreeMap;

/// The names of profiles, by the name or the start URL of their session.
pub(super) type ByLabel = BTreeMap<String, Vec<String>>;

/// Returns a finding for each session that no longer exists. `by_session` contains the profiles that `ssox configure
/// populate` wrote for these sessions.
pub(super) fn check(files: &ConfigFiles, by_session: ByLabel) -> Vec<Finding> {
    by_session.into_iter().map(|(session, profiles)| finding(files, &session, &profiles)).collect()
}

/// Returns the session for which `ssox configure populate` wrote a profile, if this session no longer exists. `section`
/// is the profile. `None` if the session exists, a person gave the profile another `sso_session`, or populate did not
/// write the profile.
pub(super) fn gone_session<'a>(files: &ConfigFiles, section: &'a Section) -> Option<&'a str> {
    let session = section.value("ssox_managed")?;
    let is_of_session = section.value("sso_session").is_none_or(|named| named == session);
    (is_of_session && files.sso_session(session).is_none()).then_some(session)
}

fn finding(files: &ConfigFiles, session: &str, profiles: &[String]) -> Finding {
    let (count, names) = (profiles.len(), name_list(profiles));
    let name_it = if count == 1 {
        "1 profile, written by `configure populate`, still refers to it".to_string()
    } else {
        format!("{count} profiles, written by `configure populate`, still refer to it")
    };
    let message = format!("session `{session}` no longer exists, but {name_it}: {names}");
    let hint = format!(
        "`ssox configure sso {}` writes the session again; or remove the profiles",
        as_option("--sso-session", session)
    );
    let finding = Finding::new("config", Error, message, hint);
    match files.profile(&profiles[0]) {
        Some(section) => finding.at_key(files, &section, "ssox_managed"),
        None => finding,
    }
}
