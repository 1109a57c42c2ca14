//! Calls to the access portal: accounts, roles, role credentials, signing out. Requests carry the session's token and
//! are not signed.

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
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::sleep;

/// The number of attempts for one page of a listing: AWS throttles the listings of large organizations.
const LISTING_ATTEMPTS: u32 = 10;
/// The longest pause between two attempts for one page.
const LISTING_PAUSE: Duration = Duration::from_secs(4);

/// The pause between two pages: AWS allows 20 portal calls per second for all users of the organization together.
const PAGE_PAUSE: Duration = Duration::from_millis(60);

/// The largest page size that the access portal accepts.
pub(super) const PAGE_SIZE: i32 = 100;

/// The most pages of one listing: ten times as many as an organization with 10,000 accounts needs. AWS's default quota
/// for an organization is 10,000 accounts.
const MAX_PAGES: usize = 1000;

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
/// `NeedsPerson` when AWS rejects the token. `Refused` when the role is not assigned to the person. `Unreachable`.
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
            "the role may not be assigned to you: ssox list --assigned shows every account and role that you may use";
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

/// Returns all accounts that the person may use.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn list_accounts(ctx: &Context, network: &Network, region: &Region, token: &Secret) -> Result<Vec<Account>> {
    let _progress = Progress::start("asking AWS for accounts");
    let (channel, client) = listing_client(ctx, network, region)?;
    block_on(async {
        let request = client.list_accounts().access_token(token.expose()).max_results(PAGE_SIZE);
        let mut pages = request.into_paginator().stop_on_duplicate_token(false).send();
        let (mut accounts, mut page_tokens) = (Vec::new(), PageTokens::default());
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| call_error(&channel, "could not list accounts", &error, "ssox login --fresh"))?;
            page_tokens.check("could not list accounts", page.next_token())?;
            accounts.extend(page.account_list().iter().filter_map(Account::from_sdk));
            sleep(if page.next_token().is_some() { PAGE_PAUSE } else { Duration::ZERO }).await;
        }
        Ok(accounts)
    })
    .map_err(Error::from)
}

/// Returns the names of the roles that the person may use in an account.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn list_account_roles(
    ctx: &Context,
    network: &Network,
    region: &Region,
    token: &Secret,
    account_id: &AccountId,
) -> Result<Vec<String>> {
    let _progress = Progress::start("asking AWS for roles");
    let (channel, client) = listing_client(ctx, network, region)?;
    block_on(async {
        let request =
            client.list_account_roles().access_token(token.expose()).account_id(&**account_id).max_results(PAGE_SIZE);
        let mut pages = request.into_paginator().stop_on_duplicate_token(false).send();
        let (mut roles, mut page_tokens) = (Vec::new(), PageTokens::default());
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| call_error(&channel, "could not list roles", &error, "ssox login --fresh"))?;
            page_tokens.check("could not list roles", page.next_token())?;
            roles.extend(page.role_list().iter().filter_map(|role| role.role_name().map(String::from)));
            sleep(if page.next_token().is_some() { PAGE_PAUSE } else { Duration::ZERO }).await;
        }
        Ok(roles)
    })
    .map_err(Error::from)
}

/// The page tokens of a listing so far. If a token comes twice, or there are too many tokens, the listing would never
/// end, so it fails.
#[derive(Debug, Default)]
pub(super) struct PageTokens(HashSet<String>);

impl PageTokens {
    pub(super) fn check(&mut self, what: &str, next: Option<&str>) -> Result<()> {
        let Some(next) = next else { return Ok(()) };
        if self.0.insert(next.into()) && self.0.len() < MAX_PAGES {
            return Ok(());
        }
        let message = format!("{what}: AWS sends no last page; stopped after {} pages", self.0.len());
        Err(Error::unreachable(message).hint("try again with -v, which shows the requests"))
    }
}

/// Signs out: AWS revokes the session's token.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn logout(ctx: &Context, network: &Network, region: &Region, token: &Secret) -> Result<()> {
    let _progress = Progress::start("signing out");
    let (channel, client) = client(ctx, network, region)?;
    block_on(async {
        let result = client.logout().access_token(token.expose()).send().await;
        result.map(drop).map_err(|error| call_error(&channel, "could not sign out", &error, "ssox login"))
    })
    .map_err(Error::from)
}

fn client(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let channel = Channel::for_service(ctx, network, "portal.sso", region, network.sso.as_ref())?;
    let config = Builder::from(&channel.sdk).retry_classifier(RetryPolicy).interceptor(channel.attempt_log.clone());
    Ok((channel, Client::from_conf(config.build())))
}

/// Makes a client that does not retry.
pub(super) fn client_without_retries(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let (channel, client) = client(ctx, network, region)?;
    let client = Client::from_conf(client.config().to_builder().retry_config(RetryConfig::disabled()).build());
    Ok((channel, client))
}

/// Makes a client for listings: it retries often, with pauses so short that all attempts fit into the time limit of a
/// call.
fn listing_client(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let (channel, client) = client(ctx, network, region)?;
    let attempts = channel.attempts.max(LISTING_ATTEMPTS);
    let retries = RetryConfig::standard().with_max_attempts(attempts).with_max_backoff(LISTING_PAUSE);
    let client = Client::from_conf(client.config().to_builder().retry_config(retries).build());
    Ok((channel, client))
}
