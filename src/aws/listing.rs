//! Lists all accounts that a session may use, and the roles in each account or in one account. Many requests are in
//! flight at a time; the module `pace` limits the rate of all requests together.
//!
//! A request that fails or is throttled is sent again. When AWS refuses to list the roles of an account, the account is
//! listed without roles, and the listing continues.

use super::Network;
use super::call_result::CallResult;
use super::channel::block_on;
use super::pace::Pace;
use super::portal::{self, Account};
use super::portal_page::{Entries, Failure, Page, PageClient, PageRequest, PageTokens, Retry};
use crate::arn::AccountId;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Bar;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout_at};

/// The highest number of requests that wait for a response at the same time.
const MOST_IN_FLIGHT: usize = 24;
/// The number of attempts for one page, after the first accounts are listed. Before that, the number of attempts is the
/// same as for other calls (`AWS_MAX_ATTEMPTS`). Attempts that AWS throttles do not count.
const ATTEMPTS: u32 = 10;
/// The longest `Retry-After` that the listing waits for; when AWS asks for more, the listing ends.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// If a request fails, and the last successful request of the listing is longer ago than this, the listing ends.
const LONGEST_FAILURE: Duration = Duration::from_secs(60);

/// The role names of each account.
pub(crate) type Roles = HashMap<AccountId, Vec<String>>;

/// All accounts that the person may use, sorted by account ID, each with its role names. An account whose roles were
/// not listed has `None` instead.
#[derive(Debug, Default)]
pub(crate) struct Assigned {
    pub(crate) accounts: Vec<(Account, Option<Vec<String>>)>,
    /// The error that kept the roles of some accounts from being listed; `None` if all are listed.
    pub(crate) failure: Option<Error>,
    /// Whether the listing ended early: further requests would fail, none has succeeded for a minute, or AWS asks for
    /// too long a pause. The roles of some accounts may not have been requested.
    pub(crate) has_ended_early: bool,
}

/// Lists all accounts and their roles. Does not ask AWS for the roles of the accounts in `known`, but takes these roles
/// from `known`. Calls `listed` for each other account as soon as its roles are complete; the arguments of `listed` are
/// the account ID, the roles, and how many accounts were found so far.
///
/// # Errors
/// `NeedsPerson`: AWS rejects the token. `Refused`, `Unreachable`: the accounts could not be listed. `Configuration`:
/// the endpoint, the proxy or the CA bundle is invalid, or AWS rejects the parameters of the request.
pub(crate) fn list_assignments(
    ctx: &Context,
    network: &Network,
    region: &Region,
    token: &Secret,
    known: &Roles,
    listed: impl FnMut(&AccountId, &[String], usize),
) -> Result<Assigned> {
    let (client, pace) = client(ctx, network, region, token)?;
    let known = |id: &AccountId| known.get(id).cloned();
    let bar = Bar::start("asking AWS for accounts and roles", "accounts");
    block_on(ListingRun::new(client, pace, &known, listed, bar).run()).map_err(Error::from)
}

/// Returns all accounts that the person may use, sorted by account ID.
///
/// # Errors
/// Those of [`list_assignments`].
pub(crate) fn list_accounts(ctx: &Context, network: &Network, region: &Region, token: &Secret) -> Result<Vec<Account>> {
    let (client, pace) = client(ctx, network, region, token)?;
    // Every account counts as known, so AWS is not asked for roles.
    let known = |_: &AccountId| Some(Vec::new());
    let bar = Bar::start("asking AWS for accounts", "accounts");
    let assigned = block_on(ListingRun::new(client, pace, &known, |_, _, _| {}, bar).run())?;
    Ok(assigned.accounts.into_iter().map(|(account, _)| account).collect())
}

/// Returns the sorted names of the roles that the person may use in an account.
///
/// # Errors
/// `NeedsPerson`: AWS rejects the token. `Refused`, `Unreachable`: the roles could not be listed. `Configuration`: the
/// endpoint, the proxy or the CA bundle is invalid, or AWS rejects the parameters of the request.
pub(crate) fn list_account_roles(
    ctx: &Context,
    network: &Network,
    region: &Region,
    token: &Secret,
    account_id: &AccountId,
) -> Result<Vec<String>> {
    let (client, pace) = client(ctx, network, region, token)?;
    let mut names = Vec::new();
    let bar = Bar::start("asking AWS for roles", "accounts");
    let mut run = ListingRun::new(client, pace, &|_| None, |_, roles, _| names = roles.to_vec(), bar);
    run.queue = VecDeque::from([PageRequest::first(Some(*account_id))]);
    let assigned = block_on(run.run())?;
    assigned.failure.map_or(Ok(names), Err)
}

fn client(ctx: &Context, network: &Network, region: &Region, token: &Secret) -> Result<(PageClient, Pace)> {
    let (channel, client) = portal::client_without_retries(ctx, network, region)?;
    let now = Instant::now();
    // AWS's limit is known; the limit of a custom endpoint is not.
    let pace = if channel.endpoint.is_some() { Pace::unlimited(now) } else { Pace::allowed(now) };
    Ok((PageClient { channel: Arc::new(channel), client, token: token.clone() }, pace))
}

/// A function that returns the roles of an account; `None` if they are not known and AWS must be asked.
pub(super) type KnownRoles<'a> = &'a dyn Fn(&AccountId) -> Option<Vec<String>>;

/// A listing in progress. One loop sends the next request when `pace` allows it, and handles the responses.
pub(super) struct ListingRun<'a, F> {
    client: PageClient,
    pace: Pace,
    /// The requests that wait to be sent; requests for accounts come first.
    queue: VecDeque<PageRequest>,
    assigned: Assigned,
    /// The index of each account in `assigned.accounts`.
    positions: HashMap<AccountId, usize>,
    /// The roles listed so far of each account whose last page has not arrived.
    partial: Roles,
    page_tokens: HashMap<Option<AccountId>, PageTokens>,
    are_all_accounts_listed: bool,
    /// The number of accounts whose roles are listed or were known before.
    done: usize,
    known: KnownRoles<'a>,
    listed: F,
    bar: Bar,
}

impl<'a, F: FnMut(&AccountId, &[String], usize)> ListingRun<'a, F> {
    pub(super) fn new(client: PageClient, pace: Pace, known: KnownRoles<'a>, listed: F, bar: Bar) -> Self {
        Self {
            client,
            pace,
            queue: VecDeque::from([PageRequest::first(None)]),
            assigned: Assigned::default(),
            positions: HashMap::new(),
            partial: Roles::new(),
            page_tokens: HashMap::new(),
            are_all_accounts_listed: false,
            done: 0,
            known,
            listed,
            bar,
        }
    }

    pub(super) async fn run(mut self) -> CallResult<Assigned> {
        let mut in_flight = JoinSet::new();
        while !(self.assigned.has_ended_early || self.queue.is_empty() && in_flight.is_empty()) {
            let may_send = !self.queue.is_empty() && in_flight.len() < MOST_IN_FLIGHT;
            let (now, next) = (Instant::now(), self.pace.next());
            if may_send && next <= now {
                self.pace.sent(now);
                if let Some(request) = self.queue.pop_front() {
                    in_flight.spawn(self.client.clone().fetch(request));
                }
                continue;
            }
            let response = match (may_send, in_flight.is_empty()) {
                (true, true) => {
                    sleep_until(next.into()).await;
                    continue;
                }
                (true, false) => match timeout_at(next.into(), in_flight.join_next()).await {
                    Ok(response) => response,
                    Err(_) => continue,
                },
                (false, _) => in_flight.join_next().await,
            };
            if let Some(response) = response {
                let (request, page) = response.expect("a request does not panic");
                self.take(request, page)?;
            }
        }
        self.assigned.accounts.sort_by_key(|(one, _)| one.id);
        Ok(self.assigned)
    }

    fn take(&mut self, request: PageRequest, page: std::result::Result<Page, Failure>) -> Result<()> {
        let now = Instant::now();
        match page {
            Ok(page) => {
                self.pace.succeeded(now);
                self.add(&request, page)
            }
            Err(failure) => self.handle(request, failure, now),
        }
    }

    fn add(&mut self, request: &PageRequest, page: Page) -> Result<()> {
        let tokens = self.page_tokens.entry(request.account_id).or_default();
        if let Err(error) = tokens.check(&what(request), page.next.as_deref()) {
            return self.leave_out(request, error);
        }
        match page.entries {
            Entries::Accounts(accounts) => accounts.into_iter().for_each(|account| self.add_account(account)),
            Entries::Roles(account_id, roles) => self.partial.entry(account_id).or_default().extend(roles),
        }
        match (page.next, &request.account_id) {
            (Some(next), None) => self.queue.push_front(PageRequest { page_token: Some(next), ..*request }),
            (Some(next), Some(_)) => self.queue.push_back(PageRequest { page_token: Some(next), ..*request }),
            (None, None) => self.are_all_accounts_listed = true,
            (None, Some(account_id)) => self.finish_account(account_id),
        }
        if !self.positions.is_empty() {
            self.bar.show(self.done, self.positions.len());
        }
        Ok(())
    }

    fn add_account(&mut self, account: Account) {
        let id = account.id;
        if self.positions.contains_key(&id) {
            return;
        }
        let roles = (self.known)(&id);
        match roles {
            Some(_) => self.done += 1,
            None => self.queue.push_back(PageRequest::first(Some(id))),
        }
        self.positions.insert(id, self.assigned.accounts.len());
        self.assigned.accounts.push((account, roles));
    }

    fn finish_account(&mut self, account_id: &AccountId) {
        let mut roles = self.partial.remove(account_id).unwrap_or_default();
        roles.sort_unstable();
        roles.dedup();
        (self.listed)(account_id, &roles, self.positions.len());
        self.done += 1;
        if let Some(at) = self.positions.get(account_id) {
            self.assigned.accounts[*at].1 = Some(roles);
        }
        self.page_tokens.remove(&Some(*account_id));
    }

    fn handle(&mut self, mut request: PageRequest, failure: Failure, now: Instant) -> Result<()> {
        let Failure { error, retry } = failure;
        match retry {
            Retry::NoRequest => return self.end(error),
            Retry::No => {
                self.pace.succeeded(now);
                return self.leave_out(&request, error);
            }
            Retry::Throttled(Some(wait)) if wait > LONGEST_WAIT => return self.end(error),
            Retry::Throttled(wait) => self.pace.throttled(now, wait),
            Retry::Yes => {
                self.pace.failed(now);
                request.failures += 1;
            }
        }
        if self.pace.without_success(now) > LONGEST_FAILURE {
            return self.end(error);
        }
        let attempts = if self.positions.is_empty() { self.client.channel.attempts } else { ATTEMPTS };
        if request.failures >= attempts {
            return self.leave_out(&request, error);
        }
        match request.account_id {
            None => self.queue.push_front(request),
            Some(_) => self.queue.push_back(request),
        }
        Ok(())
    }

    /// Continues the listing without a page that could not be fetched. Returns the error if the page belongs to the
    /// list of accounts: without accounts, no roles can be listed.
    fn leave_out(&mut self, request: &PageRequest, error: Error) -> Result<()> {
        if request.account_id.is_none() {
            return Err(error);
        }
        self.client.channel.ctx.log(|| error.message.clone());
        self.assigned.failure.get_or_insert(error);
        Ok(())
    }

    /// Ends the listing before all roles are listed; what is listed so far is kept, and the error is recorded in
    /// `failure`. Returns the error instead if the person must sign in again, or if the account list is not complete.
    fn end(&mut self, error: Error) -> Result<()> {
        if error.kind == ErrorKind::NeedsPerson || !self.are_all_accounts_listed {
            return Err(error);
        }
        self.assigned.failure = Some(error);
        self.assigned.has_ended_early = true;
        Ok(())
    }
}

fn what(request: &PageRequest) -> String {
    match &request.account_id {
        None => "could not list accounts".into(),
        Some(account_id) => format!("could not list the roles of account `{account_id}`"),
    }
}
