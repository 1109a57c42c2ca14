//! Requests without the SDK: AWS's time, and console sign-in.

use super::{REGION, assert_says, context, get, network, with_short_timeouts};
use crate::aws::{Network, signin, web};
use crate::credentials::RoleCredentials;
use crate::error::{ErrorKind, Result};
use crate::secret::Secret;
use ssox_standin::{Fault, Standin, Times};

#[test]
fn the_local_clock_is_compared_with_that_of_aws() {
    let standin = Standin::start();
    standin.configure(|options| options.clock_offset = 600);
    let ahead = web::clock_ahead(&context(&[]), &network(&standin.url()), &REGION.into()).unwrap();
    assert!((-602..=-598).contains(&ahead), "{ahead}");
}

fn signin_token(network: &Network, keys: &RoleCredentials) -> Result<Secret> {
    signin::get_signin_token(&context(&[]), network, &REGION.into(), keys)
}

#[test]
fn credentials_become_a_signin_token_by_post() {
    let standin = Standin::start();
    let network = network(&standin.url());
    let keys = get(&network, &standin).unwrap();
    let token = signin_token(&network, &keys).unwrap();
    assert!(standin.secrets().contains(&token.expose().to_string()));
    assert_eq!((standin.count("GetSigninToken"), standin.violations()), (1, vec![]));
    let unknown = RoleCredentials { access_key_id: "ASIANONE".into(), ..keys.clone() };
    assert_says(
        &signin_token(&network, &unknown).unwrap_err(),
        ErrorKind::Refused,
        "did not accept the credentials (400)",
    );
    let long_term = RoleCredentials { session_token: None, ..keys };
    assert_says(&signin_token(&network, &long_term).unwrap_err(), ErrorKind::Refused, "long-term access keys");
}

#[test]
fn each_fault_of_console_sign_in_has_its_message() {
    let standin = Standin::start();
    let network = network(&standin.url());
    let keys = get(&network, &standin).unwrap();
    let table = [
        (Fault::Html, "answered 200 with something that is not an AWS response"),
        (Fault::InvalidJson, "answered 200"),
        (Fault::Status(404), "answered 404 with something that is not an AWS response"),
        (Fault::Status(429), "is throttling: too many requests"),
        (Fault::Status(500), "answered 500"),
        (Fault::Reset, "closed before the response was complete"),
        (Fault::Truncated, "closed before the response was complete"),
    ];
    for (fault, words) in table {
        standin.fault("GetSigninToken", fault, Times::Next(1));
        assert_says(&signin_token(&network, &keys).unwrap_err(), ErrorKind::Unreachable, words);
    }
    standin.fault("GetSigninToken", Fault::Hang, Times::Next(1));
    let error = signin_token(&with_short_timeouts(network.clone()), &keys).unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "timed out after 200ms");
    standin.fault("GetSigninToken", Fault::Status(500), Times::Next(1));
    signin_token(&Network { max_attempts: None, ..network }, &keys).unwrap();
}

#[test]
fn the_signin_host_is_that_of_partition_and_region() {
    let table = [
        ("eu-west-1", "https://eu-west-1.signin.aws.amazon.com"),
        ("us-east-1", "https://signin.aws.amazon.com"),
        ("cn-northwest-1", "https://cn-northwest-1.signin.amazonaws.cn"),
        ("us-gov-west-1", "https://signin.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "https://signin.amazonaws-eusc.eu"),
    ];
    for (region, base) in table {
        assert_eq!(signin::base(&Network::default(), &region.into()), base);
    }
    assert_eq!(signin::base(&network("http://127.0.0.1:8/"), &REGION.into()), "http://127.0.0.1:8");
}
