//! Tells a person that there is nothing to list, and how to change that.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile::first_step;
use crate::terminal::say;

/// Tells a person that the configuration has no profiles, or no sessions, and why.
pub(super) fn say_none(ctx: &Context, files: &ConfigFiles, what: &str) {
    let absent = files.why_absent(ctx, |usual| usual.profile_names().next().is_some());
    let (cause, hint) = match absent {
        Some((cause, hint)) => (format!(": {cause}"), hint),
        None => (String::new(), first_step(files).into()),
    };
    say(&format!("no {what} are configured yet{cause}"));
    say(&format!("hint: {hint}"));
}
