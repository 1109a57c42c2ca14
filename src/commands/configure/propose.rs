//! From a new text to a changed file: shown, agreed to, and written only onto what was read.

use crate::config::{ConfigFiles, File, WhichFile, diff};
use crate::context::{Context, tell};
use crate::error::{Error, Result};
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

/// Shows the change, asks, and writes; tells whether it was written. When another program changed the file meanwhile,
/// `again` makes the text anew.
///
/// # Errors
/// `NeedsPerson` when nobody can agree; configuration when the file has changed meanwhile or cannot be written;
/// unreachable when another process holds the lock.
pub(super) fn write(
    ctx: &Context,
    file: &File,
    text: &str,
    consent: Consent,
    again: impl Fn(&ConfigFiles) -> Result<String>,
) -> Result<bool> {
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
    ConfigFiles::update(ctx, WhichFile::Config, |now| match (now.config.text == file.text, consent) {
        (true, _) => Ok(text.to_string()),
        (false, Consent::Given) => again(now),
        // The person agreed to another change.
        (false, Consent::Asked) => Err(changed(file)),
    })?;
    Ok(true)
}

fn changed(file: &File) -> Error {
    Error::configuration(format!("`{}` has changed meanwhile; nothing was written", file.path.display()))
        .hint("try again")
}
