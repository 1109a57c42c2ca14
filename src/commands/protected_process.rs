//! Finds out whether AWS tools get credentials through `credential_process = ssox credential-process …`: ssox gives
//! programs no credentials of a protected profile.

use super::status_tools;
use super::{Cli, Verb};
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::source::command::CommandLine;
use std::ffi::OsString;
use std::path::Path;

/// The most profiles in a chain from a role to the profile with `credential_process`.
const LONGEST_CHAIN: usize = 10;

/// Rejects a profile if AWS tools would call ssox for its credentials, and ssox would refuse them.
///
/// # Errors
/// Those of `ssox credential-process`.
pub(super) fn check(ctx: &Context, profile: &str) -> Result<()> {
    let Ok(files) = ConfigFiles::load(ctx) else { return Ok(()) };
    match with_process(&files, profile, LONGEST_CHAIN).and_then(|section| refusal(ctx, &section)) {
        Some(error) if !status_tools::cli_takes(ctx, profile) => Err(Error {
            message: format!("AWS tools would get no credentials with --profile-only: {}", error.message),
            ..error
        }),
        _ => Ok(()),
    }
}

/// Returns the profile with `credential_process` from which a profile gets its credentials: itself, or the source of its
/// role.
fn with_process<'a>(files: &'a ConfigFiles, profile: &str, longest: usize) -> Option<Section<'a>> {
    let section = files.profile(profile)?;
    if section.value("credential_process").is_some() {
        return Some(section);
    }
    let source = section.value("source_profile").filter(|_| longest > 0)?;
    with_process(files, source, longest - 1)
}

/// Returns the error with which ssox refuses credentials to AWS tools that use this profile; `None` if
/// `credential_process` is another program, or ssox gives credentials. An account and a role without a profile are not
/// looked up, because that can need a request to AWS.
pub(super) fn refusal(ctx: &Context, section: &Section) -> Option<Error> {
    let words: Vec<OsString> = words_of_ssox(section)?.into_iter().map(OsString::from).collect();
    match Cli::read(&words).ok()?.verb {
        Verb::CredentialProcess(process) if process.names_one_of(&ConfigFiles::load(ctx).ok()?) => {
            process.profile(ctx).err()
        }
        _ => None,
    }
}

/// Returns the words of `credential_process` if its program is ssox.
pub(super) fn words_of_ssox(section: &Section) -> Option<Vec<String>> {
    let line = section.value("credential_process")?;
    let words = CommandLine::parse("credential_process", &section.name, line).ok()?.words;
    (Path::new(words.first()?).file_stem()? == "ssox").then_some(words)
}
