//! Finds the profiles that have an account and a role of Identity Center.

use crate::config::{ConfigFiles, Section};
use crate::parallel::in_parts;
use crate::source::sso::{account_and_role, session_label};

/// All profiles that have an account and a role of Identity Center, sorted by account and role.
#[derive(Debug, Default)]
pub(crate) struct RoleProfiles(Vec<RoleProfile>);

/// A profile with its account and role; `session` is the session's name or start URL.
#[derive(Debug)]
struct RoleProfile {
    account_id: String,
    role_name: String,
    session: String,
    name: String,
}

impl RoleProfile {
    fn of(section: &Section) -> Option<Self> {
        let (account_id, role_name) = account_and_role(section)?;
        let (session, name) = (session_label(section)?.into(), section.name.to_string());
        Some(Self { account_id: account_id.into(), role_name: role_name.into(), session, name })
    }

    fn role(&self) -> (&str, &str, &str) {
        (&self.account_id, &self.role_name, &self.session)
    }
}

impl RoleProfiles {
    /// Reads the profiles that have an account and a role from the configuration files.
    pub(crate) fn of(files: &ConfigFiles) -> Self {
        let parts = in_parts(&files.profile_headers(), |part| {
            let sections = part.iter().filter_map(|header| files.profile_below(header));
            sections.filter_map(|section| RoleProfile::of(&section)).collect::<Vec<_>>()
        });
        let mut profiles: Vec<RoleProfile> = parts.into_iter().flatten().collect();
        // This sort is stable, so the profiles of a role keep their order in the files.
        profiles.sort_by(|one, other| one.role().cmp(&other.role()));
        Self(profiles)
    }

    /// Returns the names of the profiles that have this account, role and session (its name or start URL).
    pub(crate) fn names(&self, account_id: &str, role_name: &str, session: &str) -> impl Iterator<Item = &str> {
        let wanted = (account_id, role_name, session);
        let first = self.0.partition_point(|profile| profile.role() < wanted);
        let end = first + self.0[first..].partition_point(|profile| profile.role() == wanted);
        self.0[first..end].iter().map(|profile| profile.name.as_str())
    }
}

/// Returns a hash of the account, role and session of a profile; `None` if the profile lacks one of the three.
pub(crate) fn role_hash(section: &Section) -> Option<u64> {
    let (account_id, role_name) = account_and_role(section)?;
    Some(hash(account_id, role_name, session_label(section)?))
}

/// Returns a 64-bit hash (FNV-1a) of an account, a role and a session.
pub(super) fn hash(account_id: &str, role_name: &str, session: &str) -> u64 {
    let bytes = [account_id, role_name, session].into_iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
