//! A resolved profile: its region, its source of credentials and its network settings.

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

/// A resolved profile, or an assignment without a profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The region in the profile, not the region in the environment.
    pub(crate) region: Option<Region>,
    pub(crate) source: Source,
    /// Service URLs, CA bundle and limits for requests.
    pub(crate) network: Network,
    /// The value of `--role-arn`: the role that is assumed with the profile's credentials.
    pub(crate) ad_hoc_role_arn: Option<String>,
    /// The value of `--duration`: for how many seconds the role is assumed.
    pub(crate) ad_hoc_duration: Option<i32>,
    pub(crate) protection: Protection,
    /// How long the profile may stay in a shell; `None` if there is no limit. Only a profile whose use a person must
    /// confirm can have a limit.
    pub(crate) time_limit: Option<Duration>,
    /// Whether this is an account and role of Identity Center, and not a configured profile.
    pub(crate) is_assignment: bool,
}

impl Profile {
    /// Makes a profile for an assignment, which is not in the configuration files. Its name is always `ACCOUNT
    /// ID/ROLE`.
    ///
    /// # Errors
    /// `Configuration`: the network settings or the time limit in the environment variables cannot be used.
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

    /// Returns cached credentials if they are still valid for long enough, else new ones.
    ///
    /// # Errors
    /// Those of the source. If AWS rejects the request for an assignment that is not in the session's stored listing, a
    /// hint contains similar assignments.
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

    /// Resolves the profile with exactly this name.
    ///
    /// # Errors
    /// `Configuration`: the profile does not exist or cannot be used; the hint says what to type.
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

    /// Returns the profile with the role of `--role-arn` added: the profile's credentials assume that role. Without
    /// `--role-arn`, returns the profile unchanged.
    ///
    /// # Errors
    /// `Configuration`: the text is not the ARN of a role, or the time limit in `SSOX_PROTECTED_FOR` cannot be used.
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

    /// Returns the profile with another duration for the role that it assumes. Without `--duration` (`None`), returns
    /// the profile unchanged.
    ///
    /// # Errors
    /// `Configuration`: the profile assumes no role, the permission set determines the duration, or AWS does not allow
    /// this duration.
    pub(crate) fn with_duration(self, seconds: Option<i32>) -> Result<Self> {
        let Some(duration) = seconds else { return Ok(self) };
        Ok(Self { source: duration::with_duration(self.source, duration)?, ad_hoc_duration: seconds, ..self })
    }
}
