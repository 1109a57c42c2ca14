//! The access portal: accounts, roles, role credentials, logout. The token is the only proof of who asks.
//!
//! Deliberately not here: caches, and what to do when a token is refused.

use super::Network;
use super::attempts::Patience;
use super::channel::{Channel, run};
use super::failure::failure;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_sso::Client;
use aws_sdk_sso::config::Builder;
use aws_smithy_types::retry::RetryConfig;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::sleep;

/// Listings of large organizations are throttled; they may take their time.
const LISTING_ATTEMPTS: u32 = 10;
const LISTING_PAUSE: Duration = Duration::from_secs(4);

/// The portal allows 20 calls in a second, of everybody together.
const PACE: Duration = Duration::from_millis(60);

/// The most the portal puts on a page.
const PAGE: i32 = 100;

/// An organization has 10,000 accounts unless AWS raises that, and an account some hundred permission sets: a hundred pages.
const MOST_PAGES: usize = 1000;

/// An account the person may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

/// Returns the credentials of a role.
///
/// # Errors
/// `NeedsPerson` when the token is not accepted, `Refused` without an assignment, `Unreachable`.
pub(crate) fn get_role_credentials(
    ctx: &Context,
    network: &Network,
    region: &str,
    token: &Secret,
    account_id: &str,
    role_name: &str,
) -> Result<RoleCredentials> {
    let what = format!("could not get the credentials of `{role_name}` in `{account_id}`");
    let _progress = Progress::start("asking AWS for credentials");
    ctx.log(|| format!("GetRoleCredentials {account_id} {role_name} in {region}"));
    let (channel, client) = open(ctx, network, region)?;
    run(async {
        let request = client.get_role_credentials().access_token(token.expose());
        let answer = request.account_id(account_id).role_name(role_name).send().await;
        let hint = "is the role assigned to you? ssox list shows the profiles, and your access portal the roles";
        let answer = answer.map_err(|error| failure(&channel, &what, &error, hint))?;
        let keys = answer.role_credentials();
        let field = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(String::from);
        let none = || Error::unreachable(format!("{what}: the answer has no credentials")).hint("try again");
        let keys = keys.ok_or_else(none)?;
        Ok(RoleCredentials {
            access_key_id: field(keys.access_key_id()).ok_or_else(none)?,
            secret_access_key: Secret::new(field(keys.secret_access_key()).ok_or_else(none)?),
            session_token: Some(Secret::new(field(keys.session_token()).ok_or_else(none)?)),
            expiration: Some(Timestamp(keys.expiration() / 1000)).filter(|end| end.0 > 0),
            account_id: Some(account_id.into()),
            role_name: None,
        })
    })
    .map_err(Error::from)
}

/// Returns all accounts the person may use.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn list_accounts(ctx: &Context, network: &Network, region: &str, token: &Secret) -> Result<Vec<Account>> {
    let _progress = Progress::start("asking AWS for accounts");
    let (channel, client) = open_listing(ctx, network, region)?;
    run(async {
        let request = client.list_accounts().access_token(token.expose()).max_results(PAGE);
        let mut pages = request.into_paginator().stop_on_duplicate_token(false).send();
        let (mut accounts, mut seen) = (Vec::new(), PageTokens::default());
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| failure(&channel, "could not list accounts", &error, "ssox login --fresh"))?;
            seen.check("could not list accounts", page.next_token())?;
            accounts.extend(page.account_list().iter().filter_map(|account| {
                let text = |value: Option<&str>| value.map(String::from);
                let (name, email) = (text(account.account_name()), text(account.email_address()));
                Some(Account { id: account.account_id()?.into(), name, email })
            }));
            sleep(if page.next_token().is_some() { PACE } else { Duration::ZERO }).await;
        }
        Ok(accounts)
    })
    .map_err(Error::from)
}

/// Returns the names of the roles the person may use in an account.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn list_account_roles(
    ctx: &Context,
    network: &Network,
    region: &str,
    token: &Secret,
    account_id: &str,
) -> Result<Vec<String>> {
    let _progress = Progress::start("asking AWS for roles");
    let (channel, client) = open_listing(ctx, network, region)?;
    run(async {
        let request = client.list_account_roles().access_token(token.expose()).account_id(account_id).max_results(PAGE);
        let mut pages = request.into_paginator().stop_on_duplicate_token(false).send();
        let (mut roles, mut seen) = (Vec::new(), PageTokens::default());
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&channel, "could not list roles", &error, "ssox login --fresh"))?;
            seen.check("could not list roles", page.next_token())?;
            roles.extend(page.role_list().iter().filter_map(|role| role.role_name().map(String::from)));
            sleep(if page.next_token().is_some() { PACE } else { Duration::ZERO }).await;
        }
        Ok(roles)
    })
    .map_err(Error::from)
}

/// The tokens of the pages of a listing so far: one that comes again, or one too many, means that there is no last page.
#[derive(Default)]
struct PageTokens(HashSet<String>);

impl PageTokens {
    fn check(&mut self, what: &str, next: Option<&str>) -> Result<()> {
        let Some(next) = next else { return Ok(()) };
        if self.0.insert(next.into()) && self.0.len() < MOST_PAGES {
            return Ok(());
        }
        let message = format!("{what}: there is no end to the pages, after {}", self.0.len());
        Err(Error::unreachable(message).hint("try again; and look at what answers in place of AWS, with -v"))
    }
}

/// Ends the session on the server.
///
/// # Errors
/// As [`get_role_credentials`].
pub(crate) fn logout(ctx: &Context, network: &Network, region: &str, token: &Secret) -> Result<()> {
    let _progress = Progress::start("signing out");
    let (channel, client) = open(ctx, network, region)?;
    run(async {
        let answer = client.logout().access_token(token.expose()).send().await;
        answer.map(drop).map_err(|error| failure(&channel, "could not sign out", &error, "ssox login"))
    })
    .map_err(Error::from)
}

fn open(ctx: &Context, network: &Network, region: &str) -> Result<(Channel, Client)> {
    let channel = Channel::open(ctx, network, "portal.sso", region, network.sso.as_ref())?;
    let config = Builder::from(&channel.sdk).retry_classifier(Patience).interceptor(channel.watch.clone());
    Ok((channel, Client::from_conf(config.build())))
}

/// Opens the portal for a listing: many attempts, with pauses short enough for all of them to fit into one call.
fn open_listing(ctx: &Context, network: &Network, region: &str) -> Result<(Channel, Client)> {
    let (channel, client) = open(ctx, network, region)?;
    let attempts = channel.attempts.max(LISTING_ATTEMPTS);
    let retries = RetryConfig::standard().with_max_attempts(attempts).with_max_backoff(LISTING_PAUSE);
    let client = Client::from_conf(client.config().to_builder().retry_config(retries).build());
    Ok((channel, client))
}
