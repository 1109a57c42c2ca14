//! Asks AWS whose credentials this shell has, no matter what set them.

use super::renewal;
use crate::aws::{Network, Timeouts, iam, partition, sts};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::identity::is_in_use;
use crate::profile::{self, Profile};
use crate::region::Region;
use crate::secret::Secret;
use crate::source::{Request, Source};
use std::time::Duration;

/// Time limit for the request for the account alias.
const ALIAS_LIMIT: Duration = Duration::from_secs(4);

/// The identity that AWS returns for the credentials.
pub(super) struct Verified {
    pub(super) identity: sts::CallerIdentity,
    /// The account alias; `None` if the account has no alias, or the credentials have no permission to read it.
    pub(super) alias: Option<String>,
}

/// Asks AWS for the identity of the access keys in the environment, or else of the credentials of the profile in use.
///
/// # Errors
/// Configuration: there are no keys. AWS refuses them or is unreachable.
pub(super) fn verify(ctx: &Context) -> Result<Verified> {
    let profile = if is_in_use(ctx) { renewal::held_profile(ctx).ok() } else { None };
    let keys = keys(ctx, profile.as_ref())?;
    let network = match &profile {
        Some(profile) => profile.network.clone(),
        None => profile::network_of_environment(ctx, &ConfigFiles::load(ctx)?)?,
    };
    let region = region(ctx, profile.as_ref());
    let identity = sts::get_caller_identity(ctx, &network, &region, &keys)?;
    Ok(Verified { alias: alias(ctx, &network, &region, &keys), identity })
}

fn keys(ctx: &Context, profile: Option<&Profile>) -> Result<RoleCredentials> {
    let key = |name: &str| ctx.var(name).map(String::from);
    match (key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY"), profile) {
        (Some(access_key_id), Some(secret), _) => Ok(RoleCredentials::new(
            access_key_id,
            Secret::new(secret),
            key("AWS_SESSION_TOKEN").map(Secret::new),
            None,
        )),
        (None, None, Some(profile)) => Ok(profile.credentials(ctx, &Request::default())?.credentials),
        _ => Err(Error::configuration("this shell has no credentials to verify").hint("ssox use NAME")),
    }
}

/// Returns a region for the requests. It is in the partition of the access keys if that is known, because other
/// partitions do not know the keys.
fn region(ctx: &Context, profile: Option<&Profile>) -> Region {
    let source = profile.map(|profile| &profile.source);
    let (arn, of_source) = (source.and_then(Source::role_arn), source.and_then(|source| source.region()));
    let home = (arn.is_some() || of_source.is_some()).then(|| partition::of_role_or_region(arn, of_source));
    let of_profile = profile.and_then(|profile| profile.region.as_deref());
    let candidates = [ctx.var("AWS_REGION"), ctx.var("AWS_DEFAULT_REGION"), of_profile, of_source];
    partition::first_region(home, candidates)
}

/// Returns the account alias; `None` if there is none, the permission is missing, or IAM is slow.
fn alias(ctx: &Context, network: &Network, region: &Region, keys: &RoleCredentials) -> Option<String> {
    let timeouts = Timeouts { call: ALIAS_LIMIT, ..network.timeouts };
    let network = Network { max_attempts: Some(1), timeouts, ..network.clone() };
    iam::account_alias(ctx, &network, region, keys).unwrap_or_else(|error| {
        ctx.log(|| error.message);
        None
    })
}
