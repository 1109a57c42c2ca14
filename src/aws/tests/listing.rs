//! Listing all accounts and their roles: the listing is complete, or it says that it is not.

use super::{REGION, assert_says, context, network, token};
use crate::arn::AccountId;
use crate::aws::listing::{Assigned, ListingRun, Roles, list_assignments};
use crate::aws::pace::Pace;
use crate::aws::portal::client_without_retries;
use crate::aws::portal_page::PageClient;
use crate::aws::{Network, channel::block_on};
use crate::error::{Error, ErrorKind, Result};
use crate::terminal::Bar;
use ssox_standin::{Account, Fault, Standin, Times};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Starts a stand-in for AWS with this number of accounts, each with four roles.
fn standin(accounts: usize) -> Standin {
    let standin = Standin::start();
    standin.configure(|options| options.accounts = Account::many(accounts, 4));
    standin
}

/// Lists without the pauses that AWS's rate limit requires. Returns the result, and the roles that the callback
/// received.
fn listed(standin: &Standin, known: &Roles) -> (Result<Assigned>, Roles) {
    listed_since(Instant::now(), standin, known)
}

/// Lists as if the listing had started at `start` and no request had succeeded since.
fn listed_since(start: Instant, standin: &Standin, known: &Roles) -> (Result<Assigned>, Roles) {
    let found = RefCell::new(Roles::new());
    let network = Network { max_attempts: Some(3), ..network(&standin.url()) };
    let (channel, client) = client_without_retries(&context(&[]), &network, &REGION.into()).unwrap();
    let client = PageClient { channel: Arc::new(channel), client, token: token(standin) };
    let note = |id: &AccountId, roles: &[String], _| drop(found.borrow_mut().insert(*id, roles.to_vec()));
    let known = |id: &AccountId| known.get(id).cloned();
    let bar = Bar::start("", "accounts");
    let listing = ListingRun::new(client, Pace::hurried(start), &known, note, bar);
    let assigned = block_on(listing.run()).map_err(Error::from);
    (assigned, found.into_inner())
}

#[test]
fn every_account_has_its_roles_with_one_request_for_each_page() {
    let standin = standin(250);
    standin.configure(|options| options.accounts[7].roles = (0..230).map(|n| format!("R{n:03}")).collect());
    let (assigned, found) = listed(&standin, &Roles::new());
    let assigned = assigned.unwrap();
    assert_eq!(assigned.accounts.len(), 250);
    assert!(assigned.accounts.windows(2).all(|pair| pair[0].0.id < pair[1].0.id));
    assert!(assigned.failure.is_none() && found.len() == 250);
    for (at, (_, roles)) in assigned.accounts.iter().enumerate() {
        assert_eq!(roles.as_ref().unwrap().len(), if at == 7 { 230 } else { 4 });
    }
    assert_eq!((standin.count("ListAccounts"), standin.count("ListAccountRoles")), (3, 252));
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn random_faults_do_not_make_a_listing_that_looks_complete() {
    let standin = standin(500);
    for fault in [Fault::Status(429), Fault::Status(500), Fault::Reset] {
        standin.fault("ListAccounts", fault.clone(), Times::Percent(10));
        standin.fault("ListAccountRoles", fault, Times::Percent(10));
    }
    let (assigned, _) = listed(&standin, &Roles::new());
    let assigned = assigned.unwrap();
    assert_eq!(assigned.accounts.len(), 500);
    let missing = assigned.accounts.iter().filter(|(_, roles)| roles.is_none()).count();
    assert_eq!(missing > 0, assigned.failure.is_some());
    assert!(assigned.accounts.iter().flat_map(|(_, roles)| roles).all(|roles| roles.len() == 4));
    assert!(missing < 5, "{missing}");
}

#[test]
fn an_account_that_aws_refuses_is_left_out_and_the_others_are_listed() {
    let standin = standin(20);
    standin.configure(|options| options.forbidden_accounts = vec!["100000000003".into()]);
    let (assigned, _) = listed(&standin, &Roles::new());
    let assigned = assigned.unwrap();
    let missing: Vec<_> = assigned.accounts.iter().filter(|(_, roles)| roles.is_none()).collect();
    assert_eq!((missing.len(), &*missing[0].0.id), (1, "100000000003"));
    let failure = assigned.failure.unwrap();
    assert_says(&failure, ErrorKind::Refused, "could not list the roles of account `100000000003`: No access");
    assert!(!assigned.has_ended_early);
    assert_eq!(standin.count("ListAccountRoles"), 20);
}

#[test]
fn roles_that_are_known_are_not_listed_again() {
    let standin = standin(20);
    let known = Roles::from([(AccountId::parse("100000000000").unwrap(), vec!["Known".to_string()])]);
    let (assigned, found) = listed(&standin, &known);
    assert_eq!(assigned.unwrap().accounts[0].1, Some(vec!["Known".to_string()]));
    assert_eq!((found.len(), standin.count("ListAccountRoles")), (19, 19));
}

#[test]
fn a_token_that_is_rejected_ends_the_listing() {
    let standin = standin(20);
    let token = token(&standin);
    standin.fault("ListAccountRoles", Fault::Status(401), Times::Forever);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let error = list_assignments(&ctx, &network, &REGION.into(), &token, &Roles::new(), |_, _, _| {}).unwrap_err();
    assert_says(&error, ErrorKind::NeedsPerson, "the session has expired or was revoked");
}

#[test]
fn a_listing_of_accounts_that_fails_has_no_accounts() {
    for (fault, kind) in [
        (Fault::Status(403), ErrorKind::Refused),
        (Fault::Status(500), ErrorKind::Unreachable),
        (Fault::Reset, ErrorKind::Unreachable),
        (Fault::InvalidJson, ErrorKind::Unreachable),
        (Fault::RetryAfter(429, 3600), ErrorKind::Unreachable),
    ] {
        let standin = standin(2);
        standin.fault("ListAccounts", fault, Times::Forever);
        assert_eq!(listed(&standin, &Roles::new()).0.unwrap_err().kind, kind);
        assert!(standin.count("ListAccounts") <= 3);
    }
}

#[test]
fn a_listing_that_does_not_end_is_ended() {
    let standin = standin(3);
    let page =
        |list: &str| Fault::Answer(200, "application/json".into(), format!(r#"{{"{list}":[],"nextToken":"x"}}"#));
    standin.fault("ListAccountRoles", page("roleList"), Times::Forever);
    let assigned = listed(&standin, &Roles::new()).0.unwrap();
    assert!(assigned.accounts.iter().all(|(_, roles)| roles.is_none()));
    assert_says(&assigned.failure.unwrap(), ErrorKind::Unreachable, "AWS sends no last page");
    assert_eq!(standin.count("ListAccountRoles"), 6);
    standin.fault("ListAccounts", page("accountList"), Times::Forever);
    let error = listed(&standin, &Roles::new()).0.unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "AWS sends no last page");
}

#[test]
fn throttling_with_a_long_wait_ends_the_listing_early() {
    let standin = standin(20);
    standin.fault("ListAccountRoles", Fault::Status(500), Times::Next(1));
    standin.fault("ListAccountRoles", Fault::RetryAfter(429, 3600), Times::Forever);
    let assigned = listed(&standin, &Roles::new()).0.unwrap();
    assert!(assigned.has_ended_early);
    assert_says(&assigned.failure.unwrap(), ErrorKind::Unreachable, "is throttling");
}

#[test]
fn a_limit_of_the_service_is_kept_with_few_requests_too_many() {
    let standin = standin(60);
    standin.configure(|options| options.portal_rate = Some(20));
    let token = token(&standin);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let assigned = list_assignments(&ctx, &network, &REGION.into(), &token, &Roles::new(), |_, _, _| {}).unwrap();
    assert!(assigned.failure.is_none() && assigned.accounts.len() == 60);
    assert!(standin.count("throttled") <= 5, "{}", standin.count("throttled"));
}

#[test]
fn a_listing_ends_when_no_request_has_succeeded_for_a_minute() {
    let standin = standin(20);
    standin.fault("ListAccounts", Fault::Status(429), Times::Next(3));
    let since =
        |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).expect("this machine was started earlier");
    assert_eq!(listed_since(since(50), &standin, &Roles::new()).0.unwrap().accounts.len(), 20);
    standin.fault("ListAccounts", Fault::Status(429), Times::Forever);
    let before = standin.count("ListAccounts");
    assert!(listed_since(since(61), &standin, &Roles::new()).0.is_err());
    assert_eq!(standin.count("ListAccounts"), before + 1);
}
