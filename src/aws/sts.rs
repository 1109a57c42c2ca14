//! Calls to STS: assumes roles, starts MFA sessions, and returns the identity (account and ARN) of credentials.

use super::attempts::RetryPolicy;
use super::call_result::{CallError, CallResult};
use super::channel::{Channel, block_on};
use super::sdk_error::call_error;
use super::{Network, partition};
use crate::arn::{AccountId, Arn};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_sts::config::{Builder, Credentials};
use aws_sdk_sts::types::Tag;
use aws_sdk_sts::{Client, types};

/// The parameters of `AssumeRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) external_id: Option<String>,
    /// How long the credentials are valid, in seconds: 900 to 43200.
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) serial_number: Option<String>,
    pub(crate) token_code: Option<Secret>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) source_identity: Option<String>,
}

/// The identity that credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallerIdentity {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// Assumes a role with the credentials in `source`.
///
/// # Errors
/// `Refused`: STS rejects the request; the error contains its message. `Configuration`: STS rejects the parameters of
/// the request, the endpoint, the proxy or the CA bundle is invalid, or the clock is wrong. `Unreachable`: AWS sends no
/// valid response.
pub(crate) fn assume_role(
    ctx: &Context,
    network: &Network,
    region: &Region,
    source: &RoleCredentials,
    role: &AssumeRole,
) -> Result<RoleCredentials> {
    let _progress = Progress::start(format!("assuming {}", role.role_arn));
    ctx.log(|| format!("AssumeRole {} in {region}", role.role_arn));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let tags = session_tags(role)?;
        let call = client.assume_role().role_arn(&role.role_arn).role_session_name(&role.role_session_name);
        let call = call.set_external_id(role.external_id.clone()).set_duration_seconds(role.duration_seconds);
        let token_code = role.token_code.as_ref().map(|code| code.expose().to_string());
        let call = call.set_serial_number(role.serial_number.clone()).set_token_code(token_code);
        let call = call.set_source_identity(role.source_identity.clone());
        let result = call.set_tags((!tags.is_empty()).then_some(tags)).send().await;
        let what = format!("could not assume `{}`", role.role_arn);
        let hint = "check that the source credentials are allowed to assume this role";
        let response = result.map_err(|error| call_error(&channel, &what, &error, hint))?;
        Ok(credentials(response.credentials(), account_of(&role.role_arn))?)
    })
}

/// Exchanges a SAML assertion for a role's credentials. The request is not signed.
///
/// # Errors
/// Those of [`assume_role`].
pub(crate) fn assume_role_with_saml(
    ctx: &Context,
    network: &Network,
    region: &Region,
    role_arn: &str,
    provider_arn: &str,
    assertion: &Secret,
    duration_seconds: Option<i32>,
) -> Result<RoleCredentials> {
    let _progress = Progress::start(format!("assuming {role_arn}"));
    ctx.log(|| format!("AssumeRoleWithSAML {role_arn} in {region}"));
    in_region(ctx, network, region, None, async |channel, client: Client| {
        let call = client.assume_role_with_saml().role_arn(role_arn).principal_arn(provider_arn);
        let call = call.saml_assertion(assertion.expose()).set_duration_seconds(duration_seconds);
        let what = format!("could not assume `{role_arn}`");
        let hint = "a SAML response is valid for about five minutes: if this one is older, sign in again";
        let response = call.send().await.map_err(|error| call_error(&channel, &what, &error, hint))?;
        Ok(credentials(response.credentials(), account_of(role_arn))?)
    })
}

/// Exchanges a web identity token for a role's credentials. The request is not signed.
///
/// # Errors
/// Those of [`assume_role`].
pub(crate) fn assume_role_with_web_identity(
    ctx: &Context,
    network: &Network,
    region: &Region,
    role_arn: &str,
    role_session_name: &str,
    token: &Secret,
    duration_seconds: Option<i32>,
) -> Result<RoleCredentials> {
    let _progress = Progress::start(format!("assuming {role_arn}"));
    ctx.log(|| format!("AssumeRoleWithWebIdentity {role_arn} in {region}"));
    in_region(ctx, network, region, None, async |channel, client: Client| {
        let call = client.assume_role_with_web_identity().role_arn(role_arn).role_session_name(role_session_name);
        let call = call.web_identity_token(token.expose()).set_duration_seconds(duration_seconds);
        let what = format!("could not assume `{role_arn}`");
        let hint = "the token in `web_identity_token_file` may have expired: write a new one to this file";
        let response = call.send().await.map_err(|error| call_error(&channel, &what, &error, hint))?;
        Ok(credentials(response.credentials(), account_of(role_arn))?)
    })
}

/// Exchanges an IAM user's long-term access keys and an MFA code for temporary credentials.
///
/// # Errors
/// Those of [`assume_role`].
pub(crate) fn get_session_token(
    ctx: &Context,
    network: &Network,
    region: &Region,
    source: &RoleCredentials,
    serial_number: &str,
    token_code: &str,
) -> Result<RoleCredentials> {
    let _progress = Progress::start("asking AWS for an MFA session");
    ctx.log(|| format!("GetSessionToken {serial_number} in {region}"));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let call = client.get_session_token().serial_number(serial_number).token_code(token_code);
        let what = "could not start an MFA session";
        let hint = "check that the MFA code is the current one, and that `mfa_serial` names its device";
        let response = call.send().await.map_err(|error| call_error(&channel, what, &error, hint))?;
        Ok(credentials(response.credentials(), source.account_id)?)
    })
}

/// Returns the identity that credentials belong to.
///
/// # Errors
/// Those of [`assume_role`].
pub(crate) fn get_caller_identity(
    ctx: &Context,
    network: &Network,
    region: &Region,
    source: &RoleCredentials,
) -> Result<CallerIdentity> {
    let _progress = Progress::start("asking AWS whose credentials these are");
    ctx.log(|| format!("GetCallerIdentity in {region}"));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let what = "could not verify the credentials";
        let result = client.get_caller_identity().send().await;
        let response = result.map_err(|error| call_error(&channel, what, &error, "ssox use NAME"))?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_string();
        Ok(CallerIdentity {
            account: text(response.account()),
            arn: text(response.arn()),
            user_id: text(response.user_id()),
        })
    })
}

/// Calls STS in a region. When STS is unavailable in that region, calls STS in the partition's global region, unless a
/// custom endpoint is configured.
fn in_region<T>(
    ctx: &Context,
    network: &Network,
    region: &Region,
    source: Option<&RoleCredentials>,
    call: impl AsyncFn(Channel, Client) -> CallResult<T>,
) -> Result<T> {
    let call_in = |region: &Region| {
        let (channel, client) = client(ctx, network, region, source)?;
        block_on(call(channel, client))
    };
    let global = partition::of(region).global_region();
    if network.sts.is_some() || *region == global {
        return Ok(call_in(region)?);
    }
    with_fallback(region, &global, call_in)
}

/// Calls STS in `region`. If STS is unavailable in that region, calls STS in `global`. If STS is unavailable in both
/// regions, returns the error of the first call.
fn with_fallback<T>(region: &Region, global: &Region, call_in: impl Fn(&Region) -> CallResult<T>) -> Result<T> {
    let first = call_in(region);
    let Err(CallError { error, is_region_unavailable: true }) = first else { return Ok(first?) };
    match call_in(global) {
        Err(CallError { is_region_unavailable: true, .. }) => Err(error),
        second => Ok(second?),
    }
}

fn session_tags(role: &AssumeRole) -> Result<Vec<Tag>> {
    let tags = role.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<std::result::Result<_, _>>()
        .map_err(|cause| Error::configuration(format!("a session tag is not complete: {cause}")))
}

fn credentials(keys: Option<&types::Credentials>, account_id: Option<AccountId>) -> Result<RoleCredentials> {
    let Some(keys) = keys else {
        return Err(Error::unreachable("the response of STS has no credentials").hint("try again"));
    };
    let keys = RoleCredentials::new(
        keys.access_key_id(),
        Secret::new(keys.secret_access_key()),
        Some(Secret::new(keys.session_token())),
        Some(Timestamp(keys.expiration().secs())),
    );
    Ok(RoleCredentials { account_id, ..keys })
}

/// Returns the account ID in an ARN.
fn account_of(arn: &str) -> Option<AccountId> {
    AccountId::parse(Arn::parse(arn)?.account_id)
}

fn client(
    ctx: &Context,
    network: &Network,
    region: &Region,
    source: Option<&RoleCredentials>,
) -> Result<(Channel, Client)> {
    let channel = Channel::for_service(ctx, network, "sts", region, network.sts.as_ref())?;
    let mut config = Builder::from(&channel.sdk).retry_classifier(RetryPolicy).interceptor(channel.attempt_log.clone());
    if let Some(keys) = source {
        let token = keys.session_token.as_ref().map(|token| token.expose().to_string());
        let secret = keys.secret_access_key.expose();
        config = config.credentials_provider(Credentials::new(&keys.access_key_id, secret, token, None, "ssox"));
    }
    Ok((channel, Client::from_conf(config.build())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the error message of [`with_fallback`] when af-south-1 returns `first` and us-east-1 returns `second`.
    fn message(first: fn() -> CallResult<()>, second: fn() -> CallResult<()>) -> Option<String> {
        let call_in = |region: &Region| if **region == *"af-south-1" { first() } else { second() };
        with_fallback(&"af-south-1".into(), &"us-east-1".into(), call_in).err().map(|error| error.message)
    }

    fn missing() -> CallResult<()> {
        Err(CallError { error: Error::unreachable("missing"), is_region_unavailable: true })
    }

    fn refused() -> CallResult<()> {
        Err(Error::refused("refused").into())
    }

    #[test]
    fn an_unavailable_region_is_replaced_by_the_global_one() {
        assert_eq!(message(missing, || Ok(())), None);
        assert_eq!(message(missing, refused).as_deref(), Some("refused"));
        assert_eq!(message(missing, missing).as_deref(), Some("missing"));
        assert_eq!(message(refused, || Ok(())).as_deref(), Some("refused"));
    }
}
