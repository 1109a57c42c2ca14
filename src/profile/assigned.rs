//! Which profiles have an account and a role of Identity Center.

use crate::config::{ConfigFiles, Section};
use crate::source::sso::{account_and_role, session_label};
use std::collections::HashMap;

/// The names of the profiles of each account, role and session.
#[derive(Debug, Default)]
pub(crate) struct RoleProfiles(HashMap<(String, String, String), Vec<String>>);

impl RoleProfiles {
    /// Reads the profiles with roles of Identity Center.
    pub(crate) fn of(files: &ConfigFiles) -> Self {
        let mut profiles = Self::default();
        for section in files.profiles() {
            if let (Some((account_id, role_name)), Some(session)) =
                (account_and_role(&section), session_label(&section))
            {
                let key = (account_id.to_string(), role_name.to_string(), session.to_string());
                profiles.0.entry(key).or_default().push(section.name.to_string());
            }
        }
        profiles
    }

    /// Returns the profiles with an account and a role; `session` is the name or the start URL of their session.
    pub(crate) fn names(&self, account_id: &str, role_name: &str, session: &str) -> &[String] {
        let key = (account_id.to_string(), role_name.to_string(), session.to_string());
        self.0.get(&key).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Returns a hash of the account, role and session of a profile that has them.
pub(crate) fn role_hash(section: &Section) -> Option<u64> {
    let (account_id, role_name) = account_and_role(section)?;
    Some(hash(account_id, role_name, session_label(section)?))
}

/// Returns a hash (FNV-1a of 64 bits) of an account, a role and a session.
pub(super) fn hash(account_id: &str, role_name: &str, session: &str) -> u64 {
    let bytes = [account_id, role_name, session].into_iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
