//! Profiles: resolves a name to a region, a source of credentials, and the endpoints of AWS.

mod assigned;
mod assignment;
pub(crate) mod find;
mod metadata;
mod name_glob;
mod network;
mod plain;
mod protected;
mod resolve;
mod roles;
mod sessions;
mod sources;
mod without_profile;

pub(crate) use assigned::{RoleProfiles, role_hash};
pub(crate) use name_glob::NameGlob;
pub(crate) use plain::{Plain, PlainProfiles};
pub(crate) use protected::Protection;
pub(crate) use sessions::{labelled_session, named_session, scopes, session_behind, sessions};
pub(crate) use without_profile::{AllProfiles, WithoutProfile, without_profile};

use crate::account_names::AccountNames;
use crate::aws::Network;
use crate::cache::Entry;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::{ErrorKind, Result};
use crate::region::Region;
use crate::source::sso::SsoRole;
use crate::source::{Request, Source};
use find::Found;
pub(crate) use find::Wanted;
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
    pub(crate) protection: Protection,
    /// How long a shell may have it: a limit of protected profiles.
    pub(crate) time_limit: Option<Duration>,
    /// Whether it is a role of Identity Center without a profile.
    pub(crate) is_assignment: bool,
}

impl Profile {
    /// Reads the files and returns the profile for `wanted`: a name, `ACCOUNT/ROLE`, or a role ARN.
    ///
    /// # Errors
    /// Configuration, with a hint what to type. Those of listing accounts.
    pub(crate) fn load(ctx: &Context, wanted: &Wanted) -> Result<Self> {
        if let Some(profile) = Self::in_excerpt(ctx, wanted) {
            return Ok(profile);
        }
        let files = ConfigFiles::load(ctx)?;
        match find::find(ctx, &files, wanted)? {
            Found::Profile(name) => Self::resolve(ctx, &files, &name).inspect(|_| files.save_index(ctx, role_hash)),
            Found::Assignment(role) => Self::of_assignment(ctx, &files, *role, &AccountNames::load(ctx)),
        }
    }

    /// Returns the profile or the assignment that is in use in this shell, without the role to assume.
    ///
    /// # Errors
    /// Configuration: it is no longer there.
    pub(crate) fn held(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Self> {
        if files.profile(name).is_some() {
            return Self::resolve(ctx, files, name);
        }
        let wanted = Wanted { session: ctx.var("SSOX_SSO_SESSION"), ..Wanted::stored(name) };
        match find::assignment(ctx, files, &wanted)? {
            Some(role) => Self::of_assignment(ctx, files, role, &AccountNames::load(ctx)),
            None => Err(find::unknown(ctx, files, name)),
        }
    }

    /// Returns a profile that an excerpt of a large file has all of.
    pub(crate) fn in_excerpt(ctx: &Context, wanted: &Wanted) -> Option<Self> {
        let files = ConfigFiles::excerpt(ctx, &[wanted.name])?;
        files.profile(wanted.name)?;
        match find::find(ctx, &files, wanted).ok()? {
            Found::Profile(name) => Self::resolve(ctx, &files, &name).ok(),
            Found::Assignment(_) => None,
        }
    }

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
        let source = resolve::source(ctx, files, name, &section)?;
        let protection = protected::protection(ctx, name, &section, &source)?;
        Ok(Self {
            name: name.into(),
            region: region(name, &section)?,
            network: network::network(ctx, files, &section)?,
            ad_hoc_role_arn: None,
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
}

/// Returns the network settings without a profile.
///
/// # Errors
/// Configuration: a variable that cannot be used.
pub(crate) fn network_of_environment(ctx: &Context, files: &ConfigFiles) -> Result<Network> {
    network::network(ctx, files, &files.empty_profile())
}

/// Returns the profile to use when none is named: `SSOX_PROFILE`, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, `default`.
pub(crate) fn implied_name(ctx: &Context) -> &str {
    ["SSOX_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().find_map(|name| ctx.var(name)).unwrap_or("default")
}

fn region(name: &str, section: &Section) -> Result<Option<Region>> {
    let region = section.value("region");
    region.map(|region| Region::parse(&format!("`region` of profile `{name}`"), region)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_not_empty_names_the_profile() {
        let ctx = |vars: &[(&str, &str)]| Context::new(vars.iter().map(|(n, v)| ((*n).to_string(), (*v).into())));
        assert_eq!(implied_name(&ctx(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "b")])), "b");
        assert_eq!(implied_name(&ctx(&[("AWS_PROFILE", "a"), ("SSOX_PROFILE", "s")])), "s");
        assert_eq!(implied_name(&ctx(&[])), "default");
    }
}
