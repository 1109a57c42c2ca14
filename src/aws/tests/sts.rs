//! STS and IAM: assumed roles, identities, refused requests, and wrong clocks.

use super::{REGION, assert_says, context, network};
use crate::aws::sts::{self, AssumeRole, CallerIdentity};
use crate::aws::{Network, iam};
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::{HUNTER2, Secret, assert_redacted};
use ssox_standin::{Fault, Standin, Times};

const TARGET: &str = "arn:aws:iam::444455556666:role/Target";

/// Returns the access keys of the stand-in's IAM user, who has an MFA device.
fn user() -> RoleCredentials {
    RoleCredentials::new("AKIASTANDINEXAMPLE00", Secret::new("standin/static+secret/EXAMPLEKEY00000000"), None, None)
}

fn role(arn: &str) -> AssumeRole {
    AssumeRole { role_arn: arn.into(), role_session_name: "me".into(), ..AssumeRole::default() }
}

fn assume(standin: &Standin, source: &RoleCredentials, role: &AssumeRole) -> Result<RoleCredentials> {
    sts::assume_role(&context(&[]), &network(&standin.url()), &REGION.into(), source, role)
}

fn identity(standin: &Standin, keys: &RoleCredentials) -> Result<CallerIdentity> {
    sts::get_caller_identity(&context(&[]), &network(&standin.url()), &REGION.into(), keys)
}

#[test]
fn roles_are_assumed_one_after_the_other() {
    let standin = Standin::start();
    let tags = vec![("team".to_string(), "a b".to_string())];
    let asked = AssumeRole { external_id: Some("ext".into()), duration_seconds: Some(900), tags, ..role(TARGET) };
    let first = assume(&standin, &user(), &asked).unwrap();
    assert_eq!(first.account_id.as_deref(), Some("444455556666"));
    let left = first.expiration.unwrap().seconds_after(context(&[]).now());
    assert!((800..=900).contains(&left), "{left}");
    let second = assume(&standin, &first, &role("arn:aws:iam::555566667777:role/path/Other")).unwrap();
    let who = identity(&standin, &second).unwrap();
    assert_eq!((&*who.account, &*who.arn), ("555566667777", "arn:aws:sts::555566667777:assumed-role/Other/me"));
    assert!(!who.user_id.is_empty());
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn an_mfa_code_starts_a_session_for_roles_that_require_mfa() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let serial = "arn:aws:iam::111122223333:mfa/me";
    let needs_mfa = role("arn:aws:iam::444455556666:role/NeedsMfa");
    assert_says(&assume(&standin, &user(), &needs_mfa).unwrap_err(), ErrorKind::Refused, "AccessDenied");
    let session = sts::get_session_token(&ctx, &network, &REGION.into(), &user(), serial, "123456").unwrap();
    assume(&standin, &session, &needs_mfa).unwrap();
    let again = sts::get_session_token(&ctx, &network, &REGION.into(), &user(), serial, "123456").unwrap_err();
    assert_says(&again, ErrorKind::Refused, "MultiFactorAuthentication failed");
    let with_code =
        AssumeRole { serial_number: Some(serial.into()), token_code: Some(Secret::new("234567")), ..needs_mfa };
    assume(&standin, &user(), &with_code).unwrap();
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn assertions_and_web_identity_tokens_are_exchanged() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let provider = "arn:aws:iam::444455556666:saml-provider/standin";
    let arn = "arn:aws:iam::444455556666:role/External";
    let exchange = |assertion: &str| {
        sts::assume_role_with_saml(&ctx, &network, &REGION.into(), arn, provider, &Secret::new(assertion), Some(3600))
    };
    let keys = exchange(&standin.saml_response("")).unwrap();
    assert!(identity(&standin, &keys).unwrap().arn.contains("assumed-role/External/"));
    assert_says(&exchange("bm9uZQ==").unwrap_err(), ErrorKind::Refused, "InvalidIdentityToken");
    let exchange = |token: &str| {
        sts::assume_role_with_web_identity(&ctx, &network, &REGION.into(), TARGET, "me", &Secret::new(token), None)
    };
    assert_eq!(exchange("header.claims.signature").unwrap().account_id.as_deref(), Some("444455556666"));
    assert_says(&exchange("another").unwrap_err(), ErrorKind::Refused, "could not assume");
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn each_refusal_of_sts_has_its_message() {
    let table = [
        ("AccessDenied", ErrorKind::Refused, "are allowed to assume this role"),
        ("ExpiredToken", ErrorKind::Refused, "have expired"),
        ("InvalidClientTokenId", ErrorKind::Refused, "does not know the access key"),
        ("SignatureDoesNotMatch", ErrorKind::Refused, "does not belong to the access key ID"),
        ("RegionDisabledException", ErrorKind::Refused, "AWS_REGION"),
        ("ValidationError", ErrorKind::Configuration, "as the test asked (ValidationError)"),
        ("Throttling", ErrorKind::Unreachable, "throttling"),
        ("InternalFailure", ErrorKind::Unreachable, "the service failed with 500"),
    ];
    let standin = Standin::start();
    for (code, kind, words) in table {
        standin.fault("AssumeRole", Fault::Exception(code.into()), Times::Next(1));
        let error = assume(&standin, &user(), &role(TARGET)).unwrap_err();
        assert_says(&error, kind, words);
        assert!(error.message.contains(TARGET), "{error}");
    }
    for fault in [Fault::Html, Fault::InvalidJson] {
        standin.fault("AssumeRole", fault, Times::Next(1));
        assert_says(
            &assume(&standin, &user(), &role(TARGET)).unwrap_err(),
            ErrorKind::Unreachable,
            "not an AWS response",
        );
    }
    for fault in [Fault::Truncated, Fault::Reset] {
        standin.fault("AssumeRole", fault, Times::Next(1));
        assert_says(
            &assume(&standin, &user(), &role(TARGET)).unwrap_err(),
            ErrorKind::Unreachable,
            "closed before the response was complete",
        );
    }
}

#[test]
fn a_wrong_clock_is_corrected_or_reported() {
    for (offset, words) in [(3600, "clock is 1h 0m behind"), (-3600, "clock is 1h 0m ahead")] {
        let standin = Standin::start();
        standin.configure(|options| options.clock_offset = offset);
        let error: Error = identity(&standin, &user()).unwrap_err();
        assert_says(&error, ErrorKind::Configuration, words);
        let network = Network { max_attempts: None, ..network(&standin.url()) };
        let who = sts::get_caller_identity(&context(&[]), &network, &REGION.into(), &user()).unwrap();
        assert_eq!(who.arn, "arn:aws:iam::111122223333:user/me");
    }
}

#[test]
fn an_account_has_an_alias_or_none() {
    let standin = Standin::start();
    let alias =
        |keys: &RoleCredentials| iam::account_alias(&context(&[]), &network(&standin.url()), &REGION.into(), keys);
    assert_eq!(alias(&user()).unwrap().as_deref(), Some("example-dev"));
    let other = assume(&standin, &user(), &role(TARGET)).unwrap();
    assert_eq!(alias(&other).unwrap(), None);
    standin.fault("ListAccountAliases", Fault::Status(403), Times::Next(1));
    let error = alias(&user()).unwrap_err();
    assert!(error.kind == ErrorKind::Refused && error.message.ends_with("AccessDenied"), "{error}");
    for (fault, words) in [
        (Fault::Html, "answered 200"),
        (Fault::Answer(403, "text/html".into(), "<p>blocked".into()), "answered 403"),
        (Fault::Exception("Throttling".into()), "is throttling: too many requests"),
        (Fault::Status(429), "is throttling: too many requests"),
        (Fault::Status(500), "the service failed with 500"),
        (Fault::Reset, "closed before the response was complete"),
    ] {
        standin.fault("ListAccountAliases", fault, Times::Next(1));
        assert_says(&alias(&user()).unwrap_err(), ErrorKind::Unreachable, words);
    }
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn debug_does_not_show_the_mfa_code() {
    assert_redacted(&AssumeRole { token_code: Some(Secret::new(HUNTER2)), ..role(TARGET) });
}
