//! Finds the source of a profile's own credentials. If the profile also has a role, the role is assumed with these
//! credentials.

use super::{network, sessions};
use crate::aws::Network;
use crate::config::{ConfigFiles, Section, misspelt};
use crate::context::Context;
use crate::error::{Error, Result, as_option};
use crate::region::Region;
use crate::source::Source;
use crate::source::profile_keys::ProfileKeys;

/// Resolves a chain of profiles: each profile assumes its role with the credentials of the next one (`source_profile`).
/// As in the AWS CLI, the region and the network settings of the first profile apply to the whole chain.
pub(super) struct Resolver<'a> {
    pub(super) ctx: &'a Context,
    pub(super) files: &'a ConfigFiles,
    pub(super) region: Option<Region>,
    pub(super) network: Network,
}

impl<'a> Resolver<'a> {
    /// Makes a resolver for the chain that starts with this profile.
    ///
    /// # Errors
    /// `Configuration`: the region or a network setting cannot be used.
    pub(super) fn new(ctx: &'a Context, files: &'a ConfigFiles, name: &str, section: &Section) -> Result<Self> {
        let (region, network) = (region(name, section)?, network::network(ctx, files, section)?);
        Ok(Self { ctx, files, region, network })
    }

    /// Returns the source of a profile's own credentials; ignores a role of the profile that is assumed with these
    /// credentials.
    ///
    /// # Errors
    /// `Configuration`: the profile has no source, an incomplete source, or a value that cannot be used.
    pub(super) fn own_source(&self, name: &str, section: &Section) -> Result<Source> {
        let keys = ProfileKeys {
            ctx: self.ctx,
            name,
            section,
            region: self.region.as_ref(),
            network: &self.network,
            session: &|| sessions::of_profile(self.ctx, self.files, name, section),
        };
        Source::of_profile(&keys).unwrap_or_else(|| Err(no_credentials(name, section)))
    }
}

fn no_credentials(name: &str, section: &Section) -> Error {
    let error = Error::configuration(format!("profile `{name}` has no credentials"));
    if section.value("source_profile").is_some() || section.value("credential_source").is_some() {
        return error.hint(
            misspelt(section, "role_arn").unwrap_or_else(|| format!("add `role_arn = …` to `[profile {name}]`")),
        );
    }
    if section.value("ssox_saml_role_arn").is_some() {
        return error.hint(format!("add `ssox_saml_url = …` to `[profile {name}]`: the URL that starts the sign-in"));
    }
    if let Some(token) = ["aws_session_token", "aws_security_token"].iter().find(|key| section.value(key).is_some()) {
        return Error::configuration(format!("profile `{name}` has `{token}`, but no access keys"))
            .hint("add `aws_access_key_id` and `aws_secret_access_key` to the same section");
    }
    let wanted = ["sso_account_id", "sso_role_name", "role_arn", "credential_process", "aws_access_key_id"];
    let hint = wanted.iter().find_map(|key| misspelt(section, key));
    error.hint(hint.unwrap_or_else(|| format!("ssox configure sso {}", as_option("--profile", name))))
}

/// Returns the region of a profile; `None` if it has none.
///
/// # Errors
/// `Configuration`: the value is not the name of a region.
pub(super) fn region(name: &str, section: &Section) -> Result<Option<Region>> {
    let region = section.value("region");
    region.map(|region| Region::parse(&format!("`region` of profile `{name}`"), region)).transpose()
}
