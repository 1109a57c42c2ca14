//! The profiles that `ssox configure populate` wrote for a session. ssox recognizes them even if a person has renamed
//! them or removed some of their settings.

use super::assigned::Assignment;
use super::naming::Names;
use crate::arn::AccountId;
use crate::config::{ConfigFiles, File, Section, SectionKind};
use crate::source::sso::account_and_role;
use std::collections::{HashMap, HashSet};

/// A profile that `ssox configure populate` wrote for a session: its setting `ssox_managed` names the session.
#[derive(Debug)]
pub(super) struct Managed<'a> {
    pub(super) name: String,
    pub(super) section: Section<'a>,
    account_id: Option<AccountId>,
    role: Option<String>,
}

impl<'a> Managed<'a> {
    /// Returns the profiles that `ssox configure populate` wrote for a session, in the order in which the config file
    /// contains them.
    pub(super) fn all(file: &'a File, session: &str) -> Vec<Self> {
        let mut seen = HashSet::new();
        let names = file
            .sections_with_key(SectionKind::Profile, "ssox_managed")
            .into_iter()
            .map(|section| section.name.into_owned());
        names
            .filter(|name| seen.insert(name.clone()))
            .filter_map(|name| file.section(SectionKind::Profile, &name))
            .filter(|section| section.value("ssox_managed") == Some(session))
            .map(Self::of)
            .collect()
    }

    fn of(section: Section<'a>) -> Self {
        let either = |one, other| section.value(one).or_else(|| section.value(other));
        let both = account_and_role(&section).map(|(account_id, role)| (Some(account_id), Some(role)));
        let (account_id, role) = both.unwrap_or_else(|| {
            (either("sso_account_id", "ssox_account_id"), either("sso_role_name", "ssox_role_name"))
        });
        Self {
            name: section.name.to_string(),
            account_id: account_id.and_then(AccountId::parse),
            role: role.map(String::from),
            section,
        }
    }

    /// Returns the account and the role, by which a later `ssox configure populate` recognizes the profile; `None` if
    /// one of them is missing.
    pub(super) fn identity(&self) -> Option<(&AccountId, &str)> {
        Some((self.account_id.as_ref()?, self.role.as_deref()?))
    }

    /// Tells whether the account and the role, as far as the profile still has them, are those of an assignment.
    fn may_be(&self, assignment: &Assignment) -> bool {
        let is_account = self.account_id.as_ref().is_none_or(|id| *id == assignment.account.id);
        is_account && self.role.as_ref().is_none_or(|role| role == assignment.role)
    }
}

/// Returns, for each profile, the position of its assignment in `assignments`; `None` if the profile has no assignment.
/// A profile that has lost its account or role is recognized by its name, if the name fits exactly one assignment
/// without a profile.
pub(super) fn matched(managed: &[Managed], assignments: &[Assignment], names: &[Names]) -> Vec<Option<usize>> {
    let positions: HashMap<(&AccountId, &str), usize> =
        assignments.iter().enumerate().map(|(at, of)| ((&of.account.id, of.role), at)).collect();
    let known = managed.iter().map(|managed| managed.identity().and_then(|identity| positions.get(&identity).copied()));
    let mut matched: Vec<Option<usize>> = known.collect();
    for (at, managed) in managed.iter().enumerate().filter(|(_, managed)| managed.identity().is_none()) {
        let is_free = |position: &usize| !matched.contains(&Some(*position));
        let may_be =
            |position: &usize| names[*position].contain(&managed.name) && managed.may_be(&assignments[*position]);
        let candidates: Vec<usize> = (0..assignments.len()).filter(may_be).filter(is_free).collect();
        if let [only] = candidates.as_slice() {
            matched[at] = Some(*only);
        }
    }
    matched
}

/// The profiles that have a `source_profile`, in either file: the name of each, and the name of its source profile.
#[derive(Debug)]
pub(super) struct References(Vec<(String, String)>);

impl References {
    pub(super) fn of(files: &ConfigFiles) -> Self {
        let reference =
            |section: Section| Some((section.name.to_string(), section.value("source_profile")?.to_string()));
        Self(files.profiles_with_key("source_profile").filter_map(reference).collect())
    }

    /// Tells whether another profile, which is not in `removed`, has the profile `name` as its `source_profile`.
    pub(super) fn has(&self, name: &str, removed: &HashSet<&str>) -> bool {
        self.0.iter().any(|(from, to)| to == name && from != name && !removed.contains(from.as_str()))
    }
}
