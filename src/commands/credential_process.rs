//! `ssox credential-process`: the contract by which AWS tools ask a program for credentials.
//!
//! Deliberately not here: asking anybody. The caller captures all channels and waits a minute at most.

use super::export;
use crate::cli::CredentialProcess;
use crate::context::Context;
use crate::error::Result;
use crate::profile::{Profile, implied_name};
use crate::source::Request;

/// Returns the JSON document of the contract.
///
/// # Errors
/// Those of the profile and its source; needing a person is exit 3 at once.
pub(super) fn run(ctx: &Context, args: &CredentialProcess) -> Result<String> {
    let wanted = args.profile.as_deref().unwrap_or_else(|| implied_name(ctx));
    let profile = Profile::load(ctx, wanted)?.with_role(ctx, args.fetch.role_arn.as_deref())?;
    let entry = profile.source.credentials(ctx, &Request::from(&args.fetch))?;
    Ok(export::process(&entry.credentials))
}
