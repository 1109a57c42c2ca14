//! Reads `credential_process = ssox credential-process …`, by which AWS tools get credentials from ssox.

use super::{Cli, Verb};
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::Error;
use crate::source::command::CommandLine;
use std::ffi::OsString;
use std::path::Path;

/// Returns the error with which ssox refuses credentials to AWS tools that use this profile; `None` if
/// `credential_process` is another program, or ssox gives credentials. If `credential_process` names an assignment
/// (ACCOUNT/ROLE) without a profile, the assignment is not checked, because that can need a request to AWS.
pub(super) fn refusal(ctx: &Context, section: &Section) -> Option<Error> {
    let words: Vec<OsString> = words(section)?.into_iter().map(OsString::from).collect();
    match Cli::read(&words).ok()?.verb {
        Verb::CredentialProcess(process) if process.names_one_of(&ConfigFiles::load(ctx).ok()?) => {
            process.profile(ctx).err()
        }
        _ => None,
    }
}

/// Returns the words of `credential_process` if its program is ssox.
pub(super) fn words(section: &Section) -> Option<Vec<String>> {
    let line = section.value("credential_process")?;
    let words = CommandLine::parse("credential_process", &section.name, line).ok()?.words;
    (Path::new(words.first()?).file_stem()? == "ssox").then_some(words)
}
