//! For `use --profile-only`: finds out whether AWS tools would call ssox for the credentials of a profile
//! (`credential_process = ssox credential-process …`), and ssox would refuse them, as it does for a protected profile.

use super::process_of_ssox::refusal;
use super::status_tools;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::{Error, Result};

/// How many times ssox follows `source_profile` to find the profile with `credential_process`.
const LONGEST_CHAIN: usize = 10;

/// Rejects a profile if AWS tools would call ssox for its credentials, ssox would refuse them, and the AWS CLI would
/// find no other credentials. `what` says what requires that only `AWS_PROFILE` is set: the option, or the key of a
/// `.ssox` file.
///
/// # Errors
/// `Configuration`, `NeedsPerson`: the error with which ssox would refuse the credentials of the profile to AWS tools.
pub(super) fn check(ctx: &Context, profile: &str, what: &str) -> Result<()> {
    let Ok(files) = ConfigFiles::load(ctx) else { return Ok(()) };
    match with_process(&files, profile, LONGEST_CHAIN).and_then(|section| refusal(ctx, &section)) {
        Some(error) if !status_tools::cli_takes(ctx, profile) => Err(Error {
            message: format!("AWS tools would get no credentials with {what}: {}", error.message),
            ..error
        }),
        _ => Ok(()),
    }
}

/// Returns the profile with `credential_process` from which `profile` gets its credentials: `profile` itself, or a
/// profile that it names as `source_profile`, directly or through others. `None`: there is no such profile.
fn with_process<'a>(files: &'a ConfigFiles, profile: &str, longest: usize) -> Option<Section<'a>> {
    let section = files.profile(profile)?;
    if section.value("credential_process").is_some() {
        return Some(section);
    }
    let source = section.value("source_profile").filter(|_| longest > 0)?;
    with_process(files, source, longest - 1)
}
