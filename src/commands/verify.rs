//! Who AWS says the credentials of this shell belong to: whatever source they came from, and whoever put them there.
//!
//! Deliberately not here: how that is shown (`status`).

use super::renewal;
use crate::aws::{Network, Timeouts, iam, partition, sts};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::profile::{self, Profile};
use crate::secret::Secret;
use crate::source::{Request, Source};
use std::time::Duration;

/// How long the account's alias may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// What AWS says.
pub(super) struct Verified {
    pub(super) identity: sts::Identity,
    /// `None` when the account has none, or these credentials may not ask.
    pub(super) alias: Option<String>,
}

/// Asks AWS about the keys of the environment, or else about those of the profile in use.
///
/// # Errors
/// Configuration: there are no keys to ask about. AWS refuses them or is unreachable.
pub(super) fn verify(ctx: &Context) -> Result<Verified> {
    let profile = renewal::held_profile(ctx).ok();
    let keys = keys(ctx, profile.as_ref())?;
    let network = match &profile {
        Some(profile) => profile.network.clone(),
        None => profile::network_of_environment(ctx, &ConfigFiles::load(ctx)?)?,
    };
    let region = region(ctx, profile.as_ref());
    let identity = sts::get_caller_identity(ctx, &network, region, &keys)?;
    Ok(Verified { alias: alias(ctx, &network, region, &keys), identity })
}

fn keys(ctx: &Context, profile: Option<&Profile>) -> Result<RoleCredentials> {
    let key = |name: &str| ctx.var(name).map(String::from);
    match (key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY"), profile) {
        (Some(access_key_id), Some(secret), _) => Ok(RoleCredentials {
            access_key_id,
            secret_access_key: Secret::new(secret),
            session_token: key("AWS_SESSION_TOKEN").map(Secret::new),
            expiration: None,
            account_id: None,
            role_name: None,
        }),
        (None, None, Some(profile)) => Ok(profile.source.credentials(ctx, &Request::default())?.credentials),
        _ => Err(Error::configuration("there are no credentials in this shell to verify").hint("ssox use NAME")),
    }
}

/// Returns a region of the partition the keys are of, as far as that is known: no other one knows them.
fn region<'a>(ctx: &'a Context, profile: Option<&'a Profile>) -> &'a str {
    let source = profile.map(|profile| &profile.source);
    let (arn, of_source) = (source.and_then(Source::role_arn), source.and_then(Source::region));
    let home = (arn.is_some() || of_source.is_some()).then(|| partition::of_role_or_region(arn, of_source));
    let of_profile = profile.and_then(|profile| profile.region.as_deref());
    let candidates = [ctx.var("AWS_REGION"), ctx.var("AWS_DEFAULT_REGION"), of_profile, of_source];
    let fits = |region: &&str| home.is_none_or(|home| home.has(region));
    candidates.into_iter().flatten().find(fits).unwrap_or(home.map_or("us-east-1", |home| home.global_region))
}

/// The alias is a kindness: who may not ask for it, or is not near IAM, does not wait for it.
fn alias(ctx: &Context, network: &Network, region: &str, keys: &RoleCredentials) -> Option<String> {
    let timeouts = Timeouts { call: PATIENCE, ..network.timeouts };
    let network = Network { max_attempts: Some(1), timeouts, ..network.clone() };
    iam::account_alias(ctx, &network, region, keys).unwrap_or_else(|error| {
        ctx.log(|| error.message);
        None
    })
}
