//! From a new text to a changed file: shown, agreed to, and written only onto what was read.
//!
//! Deliberately not here: what changes.

use crate::config::{File, diff};
use crate::context::{Context, tell};
use crate::error::{Error, Result};
use crate::files;
use crate::lock::Lock;
use crate::terminal;

/// What the person has said of the change beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    Given,
    Asked,
}

/// Returns the change as people read changes.
pub(super) fn shown(file: &File, text: &str) -> String {
    diff::unified(&file.path, &file.text, text)
}

/// Shows the change, asks, and writes; tells whether it was written.
///
/// # Errors
/// `NeedsPerson` when nobody can agree; configuration when the file has changed meanwhile or cannot be written;
/// unreachable when another process holds the lock.
pub(super) fn write(ctx: &Context, file: &File, text: &str, consent: Consent) -> Result<bool> {
    tell(shown(file, text).trim_end_matches('\n'));
    if consent == Consent::Asked {
        if ctx.no_input {
            return Err(Error::needs_person("nobody can agree to this change here").hint("add --yes"));
        }
        let answer = terminal::ask(&format!("write this to {}? [Y/n] ", file.path.display()))?;
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "" | "y" | "yes")) {
            terminal::say("nothing was written");
            return Ok(false);
        }
    }
    let _lock = Lock::wait_for_file(ctx, &file.path)?;
    let now = files::read(&file.path)?.unwrap_or_default();
    if now != file.text.as_bytes() {
        return Err(Error::configuration(format!("`{}` has changed meanwhile", file.path.display())).hint("try again"));
    }
    files::write_edited(&file.path, text.as_bytes())?;
    Ok(true)
}
