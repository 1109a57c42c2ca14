//! STS: roles assumed, identities asked.
//!
//! Deliberately not here: which role follows which, and what of it is cached (`source`).

use super::attempts::Patience;
use super::channel::{Channel, run};
use super::failure::failure;
use super::outcome::{Failure, Outcome};
use super::{Network, partition};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_sts::config::{Builder, Credentials};
use aws_sdk_sts::types::Tag;
use aws_sdk_sts::{Client, types};

/// What AssumeRole is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) external_id: Option<String>,
    /// Seconds, 900 to 43200.
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) serial_number: Option<String>,
    pub(crate) token_code: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// Who AWS says somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// Assumes a role with the source's credentials.
///
/// # Errors
/// `Refused` with STS's own words, `Unreachable`.
pub(crate) fn assume_role(
    ctx: &Context,
    network: &Network,
    region: &str,
    source: &RoleCredentials,
    role: &AssumeRole,
) -> Result<RoleCredentials> {
    let _progress = Progress::start(format!("assuming {}", role.role_arn));
    ctx.log(|| format!("AssumeRole {} in {region}", role.role_arn));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let tags = role.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
        let tags: std::result::Result<Vec<Tag>, _> = tags.collect();
        let tags = tags.map_err(|cause| Error::configuration(format!("a session tag is not complete: {cause}")))?;
        let call = client.assume_role().role_arn(&role.role_arn).role_session_name(&role.role_session_name);
        let call = call.set_external_id(role.external_id.clone()).set_duration_seconds(role.duration_seconds);
        let call = call.set_serial_number(role.serial_number.clone()).set_token_code(role.token_code.clone());
        let answer = call.set_tags((!tags.is_empty()).then_some(tags)).send().await;
        let what = format!("could not assume `{}`", role.role_arn);
        let answer = answer.map_err(|error| {
            failure(&channel, &what, &error, "may the source assume this role? ssox status --verify")
        })?;
        Ok(credentials(answer.credentials(), account_of(&role.role_arn))?)
    })
}

/// Exchanges a SAML assertion for a role's credentials. Nothing is signed: the assertion is the proof.
///
/// # Errors
/// As [`assume_role`].
pub(crate) fn assume_role_with_saml(
    ctx: &Context,
    network: &Network,
    region: &str,
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
        let answer = call.send().await;
        let hint = "an assertion is good for five minutes: try again";
        let answer =
            answer.map_err(|error| failure(&channel, &format!("could not assume `{role_arn}`"), &error, hint))?;
        Ok(credentials(answer.credentials(), account_of(role_arn))?)
    })
}

/// Exchanges a web identity token for a role's credentials. Nothing is signed: the token is the proof.
///
/// # Errors
/// As [`assume_role`].
pub(crate) fn assume_role_with_web_identity(
    ctx: &Context,
    network: &Network,
    region: &str,
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
        let answer = call.send().await;
        let hint = "is the token in `web_identity_token_file` fresh?";
        let answer =
            answer.map_err(|error| failure(&channel, &format!("could not assume `{role_arn}`"), &error, hint))?;
        Ok(credentials(answer.credentials(), account_of(role_arn))?)
    })
}

/// Exchanges a user's long-term keys and an MFA code for keys of a session.
///
/// # Errors
/// As [`assume_role`].
pub(crate) fn get_session_token(
    ctx: &Context,
    network: &Network,
    region: &str,
    source: &RoleCredentials,
    serial_number: &str,
    token_code: &str,
) -> Result<RoleCredentials> {
    let _progress = Progress::start("asking AWS for an MFA session");
    ctx.log(|| format!("GetSessionToken {serial_number} in {region}"));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let call = client.get_session_token().serial_number(serial_number).token_code(token_code);
        let answer = call.send().await;
        let hint = "is the code the current one of this device?";
        let answer = answer.map_err(|error| failure(&channel, "could not start an MFA session", &error, hint))?;
        Ok(credentials(answer.credentials(), source.account_id.clone())?)
    })
}

/// Asks who the credentials belong to.
///
/// # Errors
/// As [`assume_role`].
pub(crate) fn get_caller_identity(
    ctx: &Context,
    network: &Network,
    region: &str,
    source: &RoleCredentials,
) -> Result<Identity> {
    let _progress = Progress::start("asking AWS who this is");
    ctx.log(|| format!("GetCallerIdentity in {region}"));
    in_region(ctx, network, region, Some(source), async |channel, client: Client| {
        let answer = client.get_caller_identity().send().await;
        let answer =
            answer.map_err(|error| failure(&channel, "could not verify the credentials", &error, "ssox use NAME"))?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_string();
        Ok(Identity { account: text(answer.account()), arn: text(answer.arn()), user_id: text(answer.user_id()) })
    })
}

/// Runs a conversation with the STS of a region.
fn in_region<T>(
    ctx: &Context,
    network: &Network,
    region: &str,
    source: Option<&RoleCredentials>,
    conversation: impl AsyncFn(Channel, Client) -> Outcome<T>,
) -> Result<T> {
    let converse = |region: &str| {
        let (channel, client) = open(ctx, network, region, source)?;
        run(conversation(channel, client))
    };
    let global = partition::of(region).global_region;
    match network.sts.is_none() && region != global {
        true => or_elsewhere(region, global, converse),
        false => Ok(converse(region)?),
    }
}

/// Where a region's STS is not there, the one that stands for the partition is asked.
fn or_elsewhere<T>(region: &str, global: &str, converse: impl Fn(&str) -> Outcome<T>) -> Result<T> {
    let first = converse(region);
    let Err(Failure { error, region_is_missing: true }) = first else { return Ok(first?) };
    match converse(global) {
        Err(Failure { region_is_missing: true, .. }) => Err(error),
        second => Ok(second?),
    }
}

fn credentials(answer: Option<&types::Credentials>, account_id: Option<String>) -> Result<RoleCredentials> {
    let none = || Error::unreachable("STS answered without credentials").hint("try again");
    let keys = answer.ok_or_else(none)?;
    Ok(RoleCredentials {
        access_key_id: keys.access_key_id().into(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: Some(Secret::new(keys.session_token())),
        expiration: Some(Timestamp(keys.expiration().secs())),
        account_id,
        role_name: None,
    })
}

/// Returns the account in an ARN.
fn account_of(arn: &str) -> Option<String> {
    arn.split(':').nth(4).filter(|account| !account.is_empty()).map(String::from)
}

fn open(ctx: &Context, network: &Network, region: &str, source: Option<&RoleCredentials>) -> Result<(Channel, Client)> {
    let channel = Channel::open(ctx, network, "sts", region, network.sts.as_ref())?;
    let mut config = Builder::from(&channel.sdk).retry_classifier(Patience).interceptor(channel.watch.clone());
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

    /// Asks `first` in af-south-1, `elsewhere` in us-east-1.
    fn said(first: fn() -> Outcome<()>, elsewhere: fn() -> Outcome<()>) -> Option<String> {
        let converse = |region: &str| if region == "af-south-1" { first() } else { elsewhere() };
        or_elsewhere("af-south-1", "us-east-1", converse).err().map(|error| error.message)
    }

    fn missing() -> Outcome<()> {
        Err(Failure { error: Error::unreachable("missing"), region_is_missing: true })
    }

    fn refused() -> Outcome<()> {
        Err(Error::refused("refused").into())
    }

    #[test]
    fn an_sts_that_is_not_there_is_looked_for_elsewhere() {
        assert_eq!(said(missing, || Ok(())), None);
        assert_eq!(said(missing, refused).as_deref(), Some("refused"));
        assert_eq!(said(missing, missing).as_deref(), Some("missing"));
        assert_eq!(said(refused, || Ok(())).as_deref(), Some("refused"));
    }
}
