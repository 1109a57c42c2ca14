//! Which profiles have an account and a role of Identity Center.

use crate::config::ConfigFiles;
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
