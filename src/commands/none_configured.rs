//! Tells a person that there is nothing to list, and how to change that.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile::{self, first_step};
use crate::terminal::say;

/// The message about a configuration without sessions: it has neither sso-sessions nor legacy profiles.
pub(super) const NO_SESSION: &str = "no sso-session is configured yet";

/// Tells a person that the configuration has no profiles (if `what` is `profiles`) or no sessions (if `what` is
/// `sessions`). Also says why, if ssox knows it, and what to type. If there are sessions, but all have wrong settings,
/// says that none of them can be used.
pub(super) fn say_none(ctx: &Context, files: &ConfigFiles, what: &str) {
    let is_there = |files: &ConfigFiles| match what {
        "sessions" => !profile::sessions(ctx, files).is_empty(),
        _ => files.profile_names().next().is_some(),
    };
    if is_there(files) {
        say(&format!("none of the configured {what} can be used"));
        say("hint: ssox doctor");
        return;
    }
    let (cause, hint) = match files.why_absent(ctx, is_there) {
        Some((cause, hint)) => (format!(": {cause}"), hint),
        None => (String::new(), first_step(files).into()),
    };
    let message = if what == "sessions" { NO_SESSION.to_string() } else { format!("no {what} are configured yet") };
    say(&format!("{message}{cause}"));
    say(&format!("hint: {hint}"));
}
