//! What a name resolves to: a profile with its region, its source of credentials and its network settings.

use super::protected::Protection;
use super::sources::region;
use super::{assignment, find, network, protected, resolve, roles, store};
use crate::account_names::AccountNames;
use crate::aws::Network;
use crate::cache::Entry;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{ErrorKind, Result};
use crate::region::Region;
use crate::source::sso::SsoRole;
use crate::source::{Request, Source, duration};
use std::time::Duration;

/// A resolved profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The profile's own `region`, not the environment's.
    pub(crate) region: Option<Region>,
    pub(crate) source: Source,
    /// Endpoints, CA bundle and limits of its requests.
    pub(crate) network: Network,
    /// The role of `--role-arn`, which the profile's credentials assume.
    pub(crate) ad_hoc_role_arn: Option<String>,
    /// The seconds of `--duration`, for which the role is assumed.
    pub(crate) ad_hoc_duration: Option<i32>,
    pub(crate) protection: Protection,
    /// How long it may stay in a shell; only protected profiles have such a limit.
    pub(crate) time_limit: Option<Duration>,
    /// Whether it is a role of Identity Center without a profile.
    pub(crate) is_assignment: bool,
}

impl Profile {
    /// Returns an assignment that no profile has. Its name is always the one with the account's number.
    ///
    /// # Errors
    /// Configuration: network settings or limits that cannot be used.
    pub(crate) fn of_assignment(
        ctx: &Context,
        files: &ConfigFiles,
        role: SsoRole,
        names: &AccountNames,
    ) -> Result<Self> {
        let name = format!("{}/{}", role.account_id, role.role_name);
        let label = format!("{}/{}", names.get(&role.account_id).unwrap_or(&role.account_id), role.role_name);
        let source = Source::from(role);
        let section = files.empty_profile();
        let protection = protected::protection(ctx, &label, &section, &source)?;
        Ok(Self {
            region: None,
            network: network::network(ctx, files, &section)?,
            ad_hoc_role_arn: None,
            ad_hoc_duration: None,
            protection,
            time_limit: protected::time_limit(ctx, &name, None, protection)?,
            is_assignment: true,
            name,
            source,
        })
    }

    /// Returns credentials: from the cache while they are good, else new ones.
    ///
    /// # Errors
    /// Those of the source. The hint for an assignment that AWS refuses has similar ones.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        self.source.credentials(ctx, request).map_err(|error| match &self.source {
            Source::Sso(role) if self.is_assignment && error.kind == ErrorKind::Refused => {
                match assignment::nearest_to(ctx, role) {
                    Some(hint) => error.hint(hint),
                    None => error,
                }
            }
            _ => error,
        })
    }

    /// Returns the profile with exactly this name.
    ///
    /// # Errors
    /// Configuration, with a hint what to type.
    pub(crate) fn resolve(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Self> {
        let section = files.profile(name).ok_or_else(|| find::unknown(ctx, files, name))?;
        store::store_of_environment(ctx)?;
        let source = resolve::source(ctx, files, name, &section)?;
        let protection = protected::protection(ctx, name, &section, &source)?;
        Ok(Self {
            name: name.into(),
            region: region(name, &section)?,
            network: network::network(ctx, files, &section)?,
            ad_hoc_role_arn: None,
            ad_hoc_duration: None,
            protection,
            time_limit: protected::time_limit(ctx, name, Some(&section), protection)?,
            is_assignment: false,
            source,
        })
    }

    /// Returns the profile with a role that its credentials assume; without a role, the profile itself.
    ///
    /// # Errors
    /// Configuration: this is not the ARN of a role.
    pub(crate) fn with_role(self, ctx: &Context, role_arn: Option<&str>) -> Result<Self> {
        let Some(arn) = role_arn else { return Ok(self) };
        let source = roles::ad_hoc(ctx, self.region.as_ref(), &self.network, self.source, arn)?;
        let protection = self.protection.max(protected::by_globs(ctx, &self.name, &source));
        let time_limit = match self.time_limit {
            None => protected::time_limit(ctx, &self.name, None, protection)?,
            known => known,
        };
        Ok(Self { source, ad_hoc_role_arn: Some(arn.into()), protection, time_limit, ..self })
    }

    /// Returns the profile with another duration of the role that it assumes.
    ///
    /// # Errors
    /// Configuration: AWS lets nobody choose the duration, or not this one.
    pub(crate) fn with_duration(self, seconds: Option<i32>) -> Result<Self> {
        let Some(duration) = seconds else { return Ok(self) };
        Ok(Self { source: duration::with_duration(self.source, duration)?, ad_hoc_duration: seconds, ..self })
    }
}
