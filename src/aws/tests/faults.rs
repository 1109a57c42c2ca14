//! What AWS answers when it does not answer as it should, and what does not come at all.
//!
//! Deliberately not here: the way to AWS (`wire`).

use super::{ask, assert_says, impatient, network};
use crate::aws::Network;
use crate::error::ErrorKind;
use ssox_standin::{Fault, Standin, Times};
use std::time::{Duration, Instant};

#[test]
fn each_fault_of_the_portal_has_its_words() {
    let table = [
        (Fault::Status(401), ErrorKind::NeedsPerson, "the session is over"),
        (Fault::Status(403), ErrorKind::Refused, "`ReadOnly` in `111122223333`: No access (ForbiddenException)"),
        (Fault::Status(404), ErrorKind::Refused, "ssox list"),
        (Fault::Status(400), ErrorKind::Configuration, "Request is not valid"),
        (Fault::Status(429), ErrorKind::Unreachable, "throttling"),
        (Fault::Status(500), ErrorKind::Unreachable, "AWS failed with 500: Internal server error"),
        (Fault::Status(503), ErrorKind::Unreachable, "AWS failed"),
        (Fault::Reset, ErrorKind::Unreachable, "was cut"),
        (Fault::Truncated, ErrorKind::Unreachable, "was cut"),
        (Fault::InvalidJson, ErrorKind::Unreachable, "answered 200 with what is no answer"),
        (Fault::Html, ErrorKind::Unreachable, "not to AWS: "),
        (Fault::Answer(401, "text/html".into(), "<p>hotel".into()), ErrorKind::Unreachable, "answered 401"),
        (Fault::Answer(403, "text/html".into(), "<p>blocked".into()), ErrorKind::Unreachable, "answered 403"),
        (Fault::Answer(200, "application/json".into(), "{}".into()), ErrorKind::Unreachable, "no credentials"),
        (Fault::Answer(302, "text/html".into(), String::new()), ErrorKind::Unreachable, "answered 302"),
        (
            Fault::Answer(200, "application/json".into(), " ".repeat(5 << 20)),
            ErrorKind::Unreachable,
            "answers without end",
        ),
    ];
    let standin = Standin::start();
    for (fault, kind, words) in table {
        standin.fault("GetRoleCredentials", fault.clone(), Times::Forever);
        let error = ask(&network(&standin.url()), &standin).unwrap_err();
        assert_says(&error, kind, words);
        standin.clear_faults("*");
    }
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for() {
    let standin = Standin::start();
    standin.fault("GetRoleCredentials", Fault::Hang, Times::Forever);
    let network = impatient(network(&standin.url()));
    let error = ask(&network, &standin).unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "timed out after 200ms: no answer from `127.0.0.1:");
    let error = ask(&Network { max_attempts: Some(9), ..network }, &standin).unwrap_err();
    assert_says(&error, ErrorKind::Unreachable, "timed out after 500ms");
}

#[test]
fn what_passes_is_asked_again() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for fault in [Fault::Status(500), Fault::Reset, Fault::Truncated, Fault::Status(429)] {
        standin.reset();
        standin.fault("GetRoleCredentials", fault.clone(), Times::Next(1));
        ask(&network, &standin).unwrap();
        assert_eq!(standin.count("GetRoleCredentials"), 2, "{fault:?}");
    }
}

#[test]
fn what_answers_without_end_is_not_asked_again() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    standin.fault("GetRoleCredentials", Fault::Answer(200, "text/html".into(), "x".repeat(5 << 20)), Times::Forever);
    assert_says(&ask(&network, &standin).unwrap_err(), ErrorKind::Unreachable, "answers without end");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn what_is_refused_is_not_asked_again() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for status in [400, 401, 403, 404] {
        standin.reset();
        standin.fault("GetRoleCredentials", Fault::Status(status), Times::Forever);
        ask(&network, &standin).unwrap_err();
        assert_eq!(standin.count("GetRoleCredentials"), 1, "{status}");
    }
}

#[test]
fn retry_after_is_obeyed_or_taken_for_a_no() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 2), Times::Next(1));
    let since = Instant::now();
    ask(&network, &standin).unwrap();
    assert!(since.elapsed() >= Duration::from_secs(2), "{:?}", since.elapsed());
    standin.reset();
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 3600), Times::Forever);
    assert_says(&ask(&network, &standin).unwrap_err(), ErrorKind::Unreachable, "throttling");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}
