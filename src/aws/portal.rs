//! Calls to the access portal: role credentials, signing out. Requests carry the session's token and are not signed.

use super::Network;
use super::attempts::RetryPolicy;
use super::channel::{Channel, block_on};
use super::sdk_error::call_error;
use crate::arn::AccountId;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_sso::Client;
use aws_sdk_sso::config::Builder;
use aws_sdk_sso::types::AccountInfo;
use aws_smithy_types::retry::RetryConfig;

/// An account that the person may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

impl Account {
    /// Converts an account of the SDK; returns `None` when it has no valid account ID.
    pub(super) fn from_sdk(account: &AccountInfo) -> Option<Self> {
        let text = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(String::from);
        let id = account.account_id().and_then(AccountId::parse)?;
        Some(Self { id, name: text(account.account_name()), email: text(account.email_address()) })
    }
}

/// Returns the credentials of a role in an account.
///
/// # Errors
/// `NeedsPerson`: AWS rejects the token. `Refused`: the role is not assigned to the person. `Unreachable`: AWS sends no
/// valid response. `Configuration`: the endpoint, the proxy or the CA bundle is invalid, or AWS rejects the parameters
/// of the request.
pub(crate) fn get_role_credentials(
    ctx: &Context,
    network: &Network,
    region: &Region,
    token: &Secret,
    account_id: &AccountId,
    role_name: &str,
) -> Result<RoleCredentials> {
    let what = format!("could not get the credentials of `{role_name}` in `{account_id}`");
    let _progress = Progress::start("asking AWS for credentials");
    ctx.log(|| format!("GetRoleCredentials {account_id} {role_name} in {region}"));
    let (channel, client) = client(ctx, network, region)?;
    block_on(async {
        let request = client.get_role_credentials().access_token(token.expose());
        let result = request.account_id(&**account_id).role_name(role_name).send().await;
        let hint =
            "the role may not be assigned to you: `ssox list --assigned` shows every account and role that you may use";
        let response = result.map_err(|error| call_error(&channel, &what, &error, hint))?;
        let field = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(String::from);
        let missing = || Error::unreachable(format!("{what}: AWS's response has no credentials")).hint("try again");
        let keys = response.role_credentials().ok_or_else(missing)?;
        let keys = RoleCredentials::new(
            field(keys.access_key_id()).ok_or_else(missing)?,
            Secret::new(field(keys.secret_access_key()).ok_or_else(missing)?),
            Some(Secret::new(field(keys.session_token()).ok_or_else(missing)?)),
            Some(Timestamp(keys.expiration() / 1000)).filter(|end| end.0 > 0),
        );
        Ok(RoleCredentials { account_id: Some(*account_id), ..keys })
    })
    .map_err(Error::from)
}

/// Signs out: AWS revokes the session's token.
///
/// # Errors
/// `NeedsPerson`: AWS no longer accepts the token. `Refused`: AWS rejects the request. `Unreachable`: AWS sends no
/// valid response. `Configuration`: the endpoint, the proxy or the CA bundle is invalid.
pub(crate) fn logout(ctx: &Context, network: &Network, region: &Region, token: &Secret) -> Result<()> {
    let _progress = Progress::start("signing out");
    let (channel, client) = client(ctx, network, region)?;
    block_on(async {
        let result = client.logout().access_token(token.expose()).send().await;
        result.map(drop).map_err(|error| call_error(&channel, "could not end the session at AWS", &error, "ssox login"))
    })
    .map_err(Error::from)
}

fn client(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let channel = Channel::for_service(ctx, network, "portal.sso", region, network.sso.as_ref())?;
    let config = Builder::from(&channel.sdk).retry_classifier(RetryPolicy).interceptor(channel.attempt_log.clone());
    Ok((channel, Client::from_conf(config.build())))
}

/// Makes a client for the access portal that does not retry, and the [`Channel`] over which it sends its requests.
pub(super) fn client_without_retries(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let (channel, client) = client(ctx, network, region)?;
    let client = Client::from_conf(client.config().to_builder().retry_config(RetryConfig::disabled()).build());
    Ok((channel, client))
}
