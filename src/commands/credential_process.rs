//! `ssox credential-process`: prints credentials as AWS tools expect them from a `credential_process` program.
//!
//! Invariant: this verb never asks a person. The calling program captures the output, and waits a minute at most.

use super::export;
use super::failed_process::FailedProcess;
use super::options::Fetch;
use super::protected;
use super::selected_profile::selected_profile;
use super::verb::{Done, VerbArgs};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::profile::Profile;
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

    /// Returns the JSON document that AWS tools expect.
    ///
    /// # Errors
    /// `Configuration`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials cannot be fetched.
    /// `NeedsPerson`: a person must sign in or answer (the verb does not wait for that), or the profile is protected.
    ///
    /// For some seconds after a failure to get the credentials, further calls return the same error, because many tools
    /// call ssox several times in a row. They try again if the environment or the token has changed, or if the command
    /// line has an MFA code or a SAML response.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let profile = self.profile(ctx)?;
        let failed = FailedProcess::of(ctx, &profile);
        let has_answer = self.fetch.mfa_code.is_some() || self.fetch.saml_response.is_some();
        let remembered = if has_answer { None } else { failed.recent(ctx) };
        let fetched = match remembered {
            Some(error) => Err(error),
            None => {
                profile.credentials(ctx, &Request::from(&self.fetch)).inspect_err(|error| failed.remember(ctx, error))
            }
        };
        let entry = fetched.inspect_err(|error| failed.say(ctx, error))?;
        Ok(export::process(&entry.credentials).into())
    }
}

impl CredentialProcess {
    /// Tells whether the command line names a profile that is in these configuration files.
    pub(super) fn names_one_of(&self, files: &ConfigFiles) -> bool {
        self.profile.as_deref().is_some_and(|name| files.profile(name).is_some())
    }

    /// Returns the profile whose credentials the verb prints.
    ///
    /// # Errors
    /// `Configuration`, `Refused`, `Unreachable`: the profile cannot be loaded. `NeedsPerson`: the profile is
    /// protected, or a person is needed to load it.
    pub(super) fn profile(&self, ctx: &Context) -> Result<Profile> {
        let profile = selected_profile(ctx, self.profile.as_deref(), &self.fetch)?;
        protected::check_unattended(&profile)?;
        Ok(profile)
    }
}
