//! `ssox credential-process`: prints credentials as AWS tools expect them from a `credential_process` program.
//!
//! Invariant: it never asks a person. The calling program captures the output, and waits a minute at most.

use super::export;
use super::options::Fetch;
use super::protected;
use super::selected_profile::selected_profile;
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::Result;
use crate::source::Request;
use clap::Args;

#[derive(Args, Debug)]
#[command(
    after_help = "Example, in ~/.aws/config:\n  [profile dev-tools]\n  credential_process = ssox credential-process dev"
)]
pub(crate) struct CredentialProcess {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    profile: Option<String>,
    #[command(flatten)]
    fetch: Fetch,
}

impl VerbArgs for CredentialProcess {
    const IS_INTERACTIVE: bool = false;

    /// Returns the JSON document of the contract.
    ///
    /// # Errors
    /// Those of the profile and its source; if a person is needed, it fails at once with exit status 3.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let profile = selected_profile(ctx, self.profile.as_deref(), &self.fetch)?;
        protected::check_unattended(&profile)?;
        let entry = profile.credentials(ctx, &Request::from(&self.fetch))?;
        Ok(export::process(&entry.credentials).into())
    }
}
