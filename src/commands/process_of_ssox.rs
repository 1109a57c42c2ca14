//! Reads `credential_process = ssox credential-process …`, by which AWS tools get credentials from ssox.

use super::{Cli, Verb};
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::Error;
use crate::source::command::CommandLine;
use std::ffi::OsString;
use std::path::Path;

/// If a profile has `credential_process = ssox credential-process NAME`, checks whether ssox can load the profile NAME,
/// and gives its credentials to programs. Returns the error: NAME cannot be loaded, or is protected. `None`: there is
/// no such error; `credential_process` is another program; or no profile has exactly this NAME. ACCOUNT/ROLE and role
/// ARNs are not checked, because that can need a request to AWS. No credentials are fetched, so a later error of
/// `ssox credential-process`, for example that a person must sign in, is not found.
pub(super) fn refusal(ctx: &Context, section: &Section) -> Option<Error> {
    let words: Vec<OsString> = words(section)?.into_iter().map(OsString::from).collect();
    match Cli::read(&words).ok()?.verb {
        Verb::CredentialProcess(process) if process.names_one_of(&ConfigFiles::load(ctx).ok()?) => {
            process.profile(ctx).err()
        }
        _ => None,
    }
}

/// Returns the words of `credential_process` if its program is ssox; otherwise `None`.
pub(super) fn words(section: &Section) -> Option<Vec<String>> {
    let line = section.value("credential_process")?;
    let words = CommandLine::parse("credential_process", &section.name, line).ok()?.words;
    (Path::new(words.first()?).file_stem()? == "ssox").then_some(words)
}
