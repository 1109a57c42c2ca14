//! Asks AWS whose credentials this shell has, no matter what set them.

use super::endpoint_changes::is_served;
use super::{ended_endpoint, foreign, renewal};
use crate::aws::{Network, Timeouts, iam, partition, sts};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::identity::{ID, Identity, is_awaited, is_in_use};
use crate::profile::{self, Profile};
use crate::region::Region;
use crate::secret::Secret;
use crate::source::credential_source::container;
use crate::source::{Request, Source};
use crate::terminal;
use crate::tools::{BOTO3, CLI, Taken, predictions};
use std::time::Duration;

/// Time limit for the request for the account alias.
const ALIAS_LIMIT: Duration = Duration::from_secs(4);

/// The identity that AWS returns for the credentials.
pub(super) struct Verified {
    pub(super) identity: sts::CallerIdentity,
    /// The account alias; `None` if the account has no alias, or the alias could not be read: for example, the
    /// credentials have no permission to read it.
    pub(super) alias: Option<String>,
}

/// Asks AWS for the identity of the access keys in the environment, or else of the credentials of the profile that AWS
/// tools use here.
///
/// # Errors
/// `Configuration`: there are no access keys and no profile; the profile cannot be used; the local credential server of
/// ssox no longer runs; or only AWS tools can read the credentials. `NeedsPerson`: a person must sign in to get the
/// profile's credentials. `Refused`: AWS rejects the credentials. `Unreachable`: AWS is unreachable.
pub(super) fn verify(ctx: &Context) -> Result<Verified> {
    let profile = profile(ctx)?;
    let keys = keys(ctx, profile.as_ref())?;
    let network = match &profile {
        Some(profile) => profile.network.clone(),
        None => profile::network_of_environment(ctx, &ConfigFiles::load(ctx)?)?,
    };
    let region = region(ctx, profile.as_ref());
    let identity = sts::get_caller_identity(ctx, &network, &region, &keys)?;
    Ok(Verified { alias: alias(ctx, &network, &region, &keys), identity })
}

/// Returns the profile in use. If the environment has no access keys, there are two exceptions. (1) If no profile is in
/// use, or the shell does not have its credentials yet, or another program has changed the variables that ssox set for
/// the profile: returns the profile that the AWS CLI uses. (2) If the shell has the variables of a local credential server of ssox: returns `None`, unless the AWS
/// CLI uses a profile instead of the server.
fn profile(ctx: &Context) -> Result<Option<Profile>> {
    let is_ours = is_ours(ctx) && !is_awaited(ctx);
    if is_ours && !is_served(ctx) || ctx.var(ID).is_some() {
        return Ok(if is_in_use(ctx) { renewal::held_profile(ctx).ok() } else { None });
    }
    let seen = ctx.for_programs();
    let files = ConfigFiles::load(&seen)?;
    let predictions = predictions(&seen, &files, &|_| None);
    let of = |tool| predictions.iter().find(|prediction| prediction.tool == tool);
    let cli = of(CLI);
    if let Some(boto3) = of(BOTO3).filter(|boto3| cli.is_some_and(|cli| cli.taken != boto3.taken)) {
        terminal::warn(&format!("this is the identity of the AWS CLI; boto3 takes other credentials: {}", boto3.why));
    }
    match cli.map(|cli| cli.taken.clone()) {
        Some(Taken::Profile(name, _)) => Profile::resolve(&seen, &files, &name).map(Some),
        Some(Taken::Container) if is_ours => Ok(None),
        Some(Taken::WebIdentity(_) | Taken::Container) => only_tools_verify(&foreign::identity(&seen)),
        Some(Taken::FileKeys(_)) => only_tools_verify(cli.map_or("", |cli| &cli.why)),
        _ => Ok(None),
    }
}

/// Returns the error for credentials that ssox does not read.
fn only_tools_verify(credentials: &str) -> Result<Option<Profile>> {
    let message = format!("only AWS tools can verify {credentials}");
    Err(Error::configuration(message).hint("aws sts get-caller-identity"))
}

/// Tells whether a profile is in use, and no other program has changed the variables that ssox set.
fn is_ours(ctx: &Context) -> bool {
    is_in_use(ctx) && Identity::of_shell(ctx).changed_by_others(ctx).is_empty()
}

fn keys(ctx: &Context, profile: Option<&Profile>) -> Result<RoleCredentials> {
    let key = |name: &str| ctx.var(name).map(String::from);
    match (key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY"), profile) {
        (Some(access_key_id), Some(secret), _) => Ok(RoleCredentials::new(
            access_key_id,
            Secret::new(secret),
            // The AWS CLI prefers the old name.
            key("AWS_SECURITY_TOKEN").or_else(|| key("AWS_SESSION_TOKEN")).map(Secret::new),
            None,
        )),
        // To show an identity, no person is asked to sign in.
        (None, None, Some(profile)) => Ok(profile.credentials(&ctx.unattended(), &Request::default())?.credentials),
        (None, None, None) if is_ours(ctx) && is_served(ctx) => match ended_endpoint::message(ctx) {
            Some(message) => Err(Error::configuration(message).hint(ended_endpoint::HINT)),
            None => container(ctx),
        },
        _ => Err(Error::configuration("this shell has no credentials to verify").hint("ssox use NAME")),
    }
}

/// Returns a region for the requests. If the partition of the access keys is known, the region is in that partition,
/// because other partitions do not know the keys.
fn region(ctx: &Context, profile: Option<&Profile>) -> Region {
    let source = profile.map(|profile| &profile.source);
    let (arn, of_source) = (source.and_then(Source::role_arn), source.and_then(|source| source.region()));
    let home = (arn.is_some() || of_source.is_some()).then(|| partition::of_role_or_region(arn, of_source));
    let of_profile = profile.and_then(|profile| profile.region.as_deref());
    let candidates = [ctx.var("AWS_REGION"), ctx.var("AWS_DEFAULT_REGION"), of_profile, of_source];
    partition::first_region(home, candidates)
}

/// Returns the account alias; `None` if there is none, or if it could not be read: for example, the permission is
/// missing, or IAM is slow.
fn alias(ctx: &Context, network: &Network, region: &Region, keys: &RoleCredentials) -> Option<String> {
    let timeouts = Timeouts { call: ALIAS_LIMIT, ..network.timeouts };
    let network = Network { max_attempts: Some(1), timeouts, ..network.clone() };
    iam::account_alias(ctx, &network, region, keys).unwrap_or_else(|error| {
        ctx.log(|| error.message);
        None
    })
}
