//! Faulty responses, and responses that never arrive.

use super::{assert_says, get, network, with_short_timeouts};
use crate::aws::Network;
use crate::error::ErrorKind;
use ssox_standin::{Fault, Standin, Times};

#[test]
fn each_fault_of_the_portal_has_its_message() {
    let table = [
        (Fault::Status(401), ErrorKind::NeedsPerson, "the session has expired or was revoked"),
        (Fault::Status(403), ErrorKind::Refused, "`ReadOnly` in `111122223333`: No access (ForbiddenException)"),
        (Fault::Status(404), ErrorKind::Refused, "ssox list"),
        (Fault::Status(400), ErrorKind::Configuration, "Request is not valid"),
        (Fault::Status(429), ErrorKind::Unreachable, "throttling"),
        (Fault::Status(500), ErrorKind::Unreachable, "the service failed with 500: Internal server error"),
        (Fault::Status(503), ErrorKind::Unreachable, "the service failed"),
        (Fault::Reset, ErrorKind::Unreachable, "closed before the response was complete"),
        (Fault::Truncated, ErrorKind::Unreachable, "closed before the response was complete"),
        (Fault::InvalidJson, ErrorKind::Unreachable, "answered 200 with something that is not an AWS response"),
        (Fault::Html, ErrorKind::Unreachable, "not to AWS"),
        (Fault::Answer(401, "text/html".into(), "<p>hotel".into()), ErrorKind::Unreachable, "answered 401"),
        (Fault::Answer(403, "text/html".into(), "<p>blocked".into()), ErrorKind::Unreachable, "answered 403"),
        (Fault::Answer(200, "application/json".into(), "{}".into()), ErrorKind::Unreachable, "no credentials"),
        (Fault::Answer(302, "text/html".into(), String::new()), ErrorKind::Unreachable, "answered 302"),
        (Fault::Answer(200, "application/json".into(), " ".repeat(5 << 20)), ErrorKind::Unreachable, "is too large"),
    ];
    let standin = Standin::start();
    for (fault, kind, words) in table {
        standin.fault("GetRoleCredentials", fault.clone(), Times::Forever);
        let error = get(&network(&standin.url()), &standin).unwrap_err();
        assert_says(&error, kind, words);
        standin.clear_faults("*");
    }
}

#[test]
fn a_response_that_does_not_come_times_out() {
    let standin = Standin::start();
    standin.fault("GetRoleCredentials", Fault::Hang, Times::Forever);
    let network = with_short_timeouts(network(&standin.url()));
    let error = get(&network, &standin).unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "timed out after 200ms: no response from `127.0.0.1:");
    let error = get(&Network { max_attempts: Some(9), ..network }, &standin).unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "timed out after 500ms");
}

#[test]
fn a_passing_fault_is_retried() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for fault in [Fault::Status(500), Fault::Reset, Fault::Truncated, Fault::Status(429)] {
        standin.reset();
        standin.fault("GetRoleCredentials", fault.clone(), Times::Next(1));
        get(&network, &standin).unwrap();
        assert_eq!(standin.count("GetRoleCredentials"), 2, "{fault:?}");
    }
}

#[test]
fn a_response_that_is_too_large_is_not_retried() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    standin.fault("GetRoleCredentials", Fault::Answer(200, "text/html".into(), "x".repeat(5 << 20)), Times::Forever);
    assert_says(&get(&network, &standin).unwrap_err(), ErrorKind::Unreachable, "is too large");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn a_refused_request_is_not_retried() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for status in [400, 401, 403, 404] {
        standin.reset();
        standin.fault("GetRoleCredentials", Fault::Status(status), Times::Forever);
        get(&network, &standin).unwrap_err();
        assert_eq!(standin.count("GetRoleCredentials"), 1, "{status}");
    }
}

#[test]
fn a_throttled_request_is_repeated_unless_the_wait_is_too_long() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 0), Times::Next(1));
    get(&network, &standin).unwrap();
    assert_eq!(standin.count("GetRoleCredentials"), 2);
    standin.reset();
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 3600), Times::Forever);
    assert_says(&get(&network, &standin).unwrap_err(), ErrorKind::Unreachable, "throttling");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}
