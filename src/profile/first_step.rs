//! The hint for a configuration without profiles.

use crate::config::ConfigFiles;

/// Returns what a person without a profile types first. The assignments of a session need no profile.
pub(crate) fn first_step(files: &ConfigFiles) -> &'static str {
    match files.sso_session_names().next() {
        Some(_) => "ssox list --assigned shows what you may use without a profile",
        None => "ssox configure sso",
    }
}
