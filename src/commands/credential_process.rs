//! `ssox credential-process`: the contract by which AWS tools ask a program for credentials.
//!
//! Deliberately not here: asking anybody. The caller captures all channels and waits a minute at most.

use super::export;
use crate::cli::CredentialProcess;
use crate::context::Context;
use crate::error::Result;
use crate::source::Request;

/// Returns the JSON document of the contract.
///
/// # Errors
/// Those of the profile and its source; needing a person is exit 3 at once.
pub(super) fn run(ctx: &Context, args: &CredentialProcess) -> Result<String> {
    let profile = super::meant_profile(ctx, args.profile.as_deref(), &args.fetch)?;
    let entry = profile.source.credentials(ctx, &Request::from(&args.fetch))?;
    Ok(export::process(&entry.credentials))
}
