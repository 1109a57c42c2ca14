//! The access portal: role credentials, listings, signing out.

use super::{REGION, account_id, assert_says, calls, context, get, get_with, network, token};
use crate::aws::listing;
use crate::error::ErrorKind;
use ssox_standin::{Fault, Standin, Times};

#[test]
fn role_credentials_are_fetched() {
    let standin = Standin::start();
    let keys = get(&network(&standin.url()), &standin).unwrap();
    assert!(keys.access_key_id.starts_with("ASIA") && keys.session_token.is_some());
    let left = keys.expiration.unwrap().seconds_after(context(&[]).now());
    assert!((3500..=3600).contains(&left), "{left}");
    assert_eq!(keys.account_id.as_deref(), Some("111122223333"));
    assert_eq!((standin.total(), standin.violations()), (1, vec![]));
}

#[test]
fn listings_are_read_to_the_last_page() {
    let standin = Standin::start();
    standin.configure(|options| {
        options.page_size = 2;
        options.accounts[1].name = None;
    });
    let token = token(&standin);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let accounts = listing::list_accounts(&ctx, &network, &REGION.into(), &token).unwrap();
    let names: Vec<_> = accounts.iter().map(|account| (&*account.id, account.name.as_deref())).collect();
    assert_eq!(names, [("111122223333", Some("dev")), ("222233334444", None), ("333344445555", Some("prod-main"))]);
    let roles = listing::list_account_roles(&ctx, &network, &REGION.into(), &token, &account_id()).unwrap();
    assert_eq!(roles, ["Admin", "PowerUser", "ReadOnly"]);
    assert_eq!((standin.count("ListAccounts"), standin.count("ListAccountRoles")), (2, 2));
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn a_throttled_listing_is_continued() {
    let standin = Standin::start();
    let token = token(&standin);
    standin.fault("ListAccounts", Fault::Status(429), Times::Next(3));
    let accounts = listing::list_accounts(&context(&[]), &network(&standin.url()), &REGION.into(), &token).unwrap();
    assert_eq!((accounts.len(), standin.count("ListAccounts")), (3, 4));
}

#[test]
fn after_logout_the_token_is_refused() {
    let standin = Standin::start();
    let token = token(&standin);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    calls::logout(&ctx, &network, &REGION.into(), &token).unwrap();
    assert_says(&get_with(&[], &network, &token).unwrap_err(), ErrorKind::NeedsPerson, "ssox login");
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn a_listing_without_a_last_page_ends() {
    let standin = Standin::start();
    let (token, ctx, network) = (token(&standin), context(&[]), network(&standin.url()));
    let page =
        |list: &str| Fault::Answer(200, "application/json".into(), format!(r#"{{"{list}":[],"nextToken":"x"}}"#));
    standin.fault("ListAccounts", page("accountList"), Times::Forever);
    standin.fault("ListAccountRoles", page("roleList"), Times::Forever);
    let accounts = listing::list_accounts(&ctx, &network, &REGION.into(), &token).unwrap_err();
    assert_says(&accounts, ErrorKind::Unreachable, "AWS sends no last page");
    let roles = listing::list_account_roles(&ctx, &network, &REGION.into(), &token, &account_id()).unwrap_err();
    assert_says(&roles, ErrorKind::Unreachable, "AWS sends no last page");
    assert_eq!((standin.count("ListAccounts"), standin.count("ListAccountRoles")), (2, 2));
}
