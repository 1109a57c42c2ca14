//! Requests one page of the access portal's listings, once. A failure says whether another attempt may succeed.

use super::cause;
use super::channel::Channel;
use super::portal::Account;
use super::sdk_error::{call_error, is_throttling};
use crate::arn::{AccountId, is_role_name};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use aws_sdk_sso::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// The largest page size that the access portal accepts.
const PAGE_SIZE: i32 = 100;

/// The most pages of one listing: ten times as many as an organization with 10,000 accounts needs. AWS's default quota
/// for an organization is 10,000 accounts.
const MAX_PAGES: usize = 1000;

/// The hint when AWS refuses to list accounts or roles.
const NO_ACCESS: &str = "ask an administrator of IAM Identity Center whether you have access";

/// Requests pages of the lists of accounts and roles from the access portal.
#[derive(Clone)]
pub(super) struct PageClient {
    pub(super) channel: Arc<Channel>,
    /// The SDK's client. It does not retry.
    pub(super) client: Client,
    pub(super) token: Secret,
}

/// A page to request.
#[derive(Clone, Debug)]
pub(super) struct PageRequest {
    /// The account whose roles are listed; `None` for the list of accounts.
    pub(super) account_id: Option<AccountId>,
    /// The page token from AWS; `None` for the first page.
    pub(super) page_token: Option<String>,
    /// How many attempts failed because of the network or an error inside AWS.
    pub(super) failures: u32,
}

/// A page of a listing, and the token of the next page. The token is `None` on the last page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) entries: Entries,
    pub(super) next: Option<String>,
}

/// The accounts or roles on a page.
#[derive(Debug)]
pub(super) enum Entries {
    Accounts(Vec<Account>),
    Roles(AccountId, Vec<String>),
}

/// A failed attempt to get a page.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) retry: Retry,
}

/// Whether to send a failed request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// Send the request again: the network failed in a way that may pass, AWS had an internal error, or the response is
    /// not a valid response of AWS.
    Yes,
    /// Send the request again later: AWS throttles. The value is the time to wait, if AWS gave one.
    Throttled(Option<Duration>),
    /// Do not send the request again: AWS refuses this page. Requests for other pages may succeed.
    No,
    /// Send no more requests: none would succeed, e.g. because the token was revoked.
    NoRequest,
}

/// The page tokens of a listing so far. If a token comes twice, or there are too many tokens, the listing would never
/// end, so it fails.
#[derive(Debug, Default)]
pub(super) struct PageTokens(HashSet<String>);

impl PageTokens {
    pub(super) fn check(&mut self, what: &str, next: Option<&str>) -> Result<(), Error> {
        let Some(next) = next else { return Ok(()) };
        if self.0.insert(next.into()) && self.0.len() < MAX_PAGES {
            return Ok(());
        }
        let message = format!("{what}: AWS sends no last page; stopped after {} pages", self.0.len());
        Err(Error::unreachable(message).hint("try again with -v, which shows the requests"))
    }
}

impl PageRequest {
    /// Returns the request for the first page of an account's roles; without `account_id`, the request for the first
    /// page of the list of accounts.
    pub(super) fn first(account_id: Option<AccountId>) -> Self {
        Self { account_id, page_token: None, failures: 0 }
    }
}

impl PageClient {
    /// Requests a page once. Also returns `request`, because the caller may send it again.
    pub(super) async fn fetch(self, request: PageRequest) -> (PageRequest, Result<Page, Failure>) {
        let page = match &request.account_id {
            None => self.accounts(request.page_token.as_ref()).await,
            Some(account_id) => self.roles(account_id, request.page_token.as_ref()).await,
        };
        (request, page)
    }

    async fn accounts(&self, page_token: Option<&String>) -> Result<Page, Failure> {
        self.channel.ctx.log(|| "ListAccounts".into());
        let request = self.client.list_accounts().access_token(self.token.expose()).max_results(PAGE_SIZE);
        let page = request.set_next_token(page_token.cloned()).send().await;
        let page = page.map_err(|error| self.failure("could not list accounts", &error))?;
        let accounts = page.account_list().iter().filter_map(Account::from_sdk);
        Ok(Page { entries: Entries::Accounts(accounts.collect()), next: page.next_token })
    }

    async fn roles(&self, account_id: &AccountId, page_token: Option<&String>) -> Result<Page, Failure> {
        self.channel.ctx.log(|| format!("ListAccountRoles {account_id}"));
        let request = self.client.list_account_roles().access_token(self.token.expose()).account_id(&**account_id);
        let page = request.max_results(PAGE_SIZE).set_next_token(page_token.cloned()).send().await;
        let what = format!("could not list the roles of account `{account_id}`");
        let page = page.map_err(|error| self.failure(&what, &error))?;
        let names = page.role_list().iter().filter_map(|role| role.role_name());
        // A name with other characters could not be typed in `ACCOUNT/ROLE`.
        let names = names.filter(|name| is_role_name(name));
        Ok(Page { entries: Entries::Roles(*account_id, names.map(String::from).collect()), next: page.next_token })
    }

    fn failure<E>(&self, what: &str, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let is_permanent = cause::is_permanent(error);
        let retry_after = error.raw_response().and_then(retry_after);
        let is_throttled = is_throttled(error);
        let error = call_error(&self.channel, what, error, NO_ACCESS).error;
        let retry = match error.kind {
            _ if is_throttled => Retry::Throttled(retry_after),
            _ if is_permanent => Retry::NoRequest,
            ErrorKind::Unreachable => Retry::Yes,
            ErrorKind::Refused | ErrorKind::Configuration => Retry::No,
            _ => Retry::NoRequest,
        };
        Failure { error, retry }
    }
}

fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let status = error.raw_response().map(|response| response.status().as_u16());
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    let is_busy = status == Some(503) && error.raw_response().is_some_and(|response| retry_after(response).is_some());
    status == Some(429) || is_busy || code.is_some_and(is_throttling)
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.headers().get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}
