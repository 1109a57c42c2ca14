//! Shows a change of the config file, asks whether to write it, and writes it. If another program has changed the file
//! since ssox read it, ssox makes the change again in the new file if `--yes` is given, and otherwise writes nothing.

use crate::commands::verb::Done;
use crate::config::{ConfigFiles, File, WhichFile, diff};
use crate::context::{Context, tell};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::terminal;

/// How a person agrees to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// In advance, with `--yes`.
    Given,
    /// By the answer to a question, which is asked after the change was shown.
    Asked,
}

/// Returns the difference between a config file and its new text, as a unified diff.
pub(super) fn shown(file: &File, text: &str) -> String {
    diff::unified(&file.path, &file.text, text)
}

/// Shows the change, asks unless `consent` is `Given`, and writes `text` to the file. Returns `false` if the person
/// declines. If another program has changed the file since ssox read it, and `consent` is `Given`, writes the text that
/// `again` makes from the new file instead.
///
/// # Errors
/// `NeedsPerson`: ssox has to ask, but there is nobody to ask. `Configuration`: another program has changed the file
/// since ssox read it and `consent` is `Asked`, or the file cannot be written. `Unreachable`: another ssox process
/// holds the lock on the file for too long. Those of `again`.
pub(super) fn write(
    ctx: &Context,
    file: &File,
    text: &str,
    consent: Consent,
    again: impl Fn(&ConfigFiles) -> Result<Secret>,
) -> Result<bool> {
    tell(shown(file, text).trim_end_matches('\n'));
    write_shown(ctx, file, text, consent, again)
}

/// Does the same as [`write()`], but does not show the change: the caller has already shown it.
///
/// # Errors
/// Those of [`write()`].
pub(super) fn write_shown(
    ctx: &Context,
    file: &File,
    text: &str,
    consent: Consent,
    again: impl Fn(&ConfigFiles) -> Result<Secret>,
) -> Result<bool> {
    if consent == Consent::Asked {
        if ctx.no_input {
            return Err(Error::needs_person(
                "this change needs a confirmation, and ssox cannot ask for it: there is no terminal, or `CI` or `--no-input` is set",
            )
            .hint("add --yes"));
        }
        let answer = terminal::ask(&format!("write this to {}? [Y/n] ", file.path.display()))?;
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "" | "y" | "yes")) {
            terminal::say("nothing was written");
            return Ok(false);
        }
    }
    ConfigFiles::update(ctx, WhichFile::Config, |now| match (now.config.text == file.text, consent) {
        (true, _) => Ok(Secret::new(text)),
        (false, Consent::Given) => again(now),
        // The person agreed only to the change that was shown.
        (false, Consent::Asked) => Err(changed(file)),
    })?;
    Ok(true)
}

/// Returns the result of a verb whose change the person declines: nothing for stdout, and exit status 3.
pub(super) fn declined() -> Done {
    Done { status: ErrorKind::NeedsPerson.exit_status(), ..Done::default() }
}

fn changed(file: &File) -> Error {
    Error::configuration(format!("another program has changed `{}`; nothing was written", file.path.display()))
        .hint("try again")
}
