//! `ssox credential-process`: prints credentials as AWS tools expect them from a `credential_process` program.
//!
//! Invariant: it never asks a person. The calling program captures the output, and waits a minute at most.

use super::export;
use crate::cli::CredentialProcess;
use crate::context::Context;
use crate::error::Result;
use crate::source::Request;

/// Returns the JSON document of the contract.
///
/// # Errors
/// Those of the profile and its source; if a person is needed, it fails at once with exit status 3.
pub(super) fn run(ctx: &Context, args: &CredentialProcess) -> Result<String> {
    let profile = super::selected_profile(ctx, args.profile.as_deref(), &args.fetch)?;
    let entry = profile.source.credentials(ctx, &Request::from(&args.fetch))?;
    Ok(export::process(&entry.credentials))
}
