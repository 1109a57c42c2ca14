//! The hint for a configuration without profiles.

use crate::config::ConfigFiles;

/// Returns the hint for a person who has no profile yet. If a session is configured, the hint is how to list its
/// assignments, which can be used without a profile; otherwise, how to configure a session.
pub(crate) fn first_step(files: &ConfigFiles) -> &'static str {
    match files.sso_session_names().next() {
        Some(_) => "`ssox list --assigned` shows what you may use without a profile",
        None => "ssox configure sso",
    }
}
