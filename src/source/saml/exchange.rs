//! From an assertion to role credentials: how long they are asked for, and what a refusal means.
//!
//! Deliberately not here: the call (`aws::sts`), and the cache.

use super::{Assertion, Saml, SamlRole, endpoint, role};
use crate::aws::sts::assume_role_with_saml;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::terminal;

/// What AWS takes, in seconds; and what every role allows.
const SHORTEST: i32 = 900;
const LONGEST: i32 = 43_200;
const ALWAYS_ALLOWED: i32 = 3600;

/// Takes the role with the assertion.
///
/// # Errors
/// Refused with AWS's own words, Needs a person when the assertion is no longer good, Unreachable.
pub(super) fn exchange(ctx: &Context, saml: &Saml, assertion: &Assertion, role: &SamlRole) -> Result<RoleCredentials> {
    let SamlRole { role_arn, provider_arn } = role;
    let region = endpoint::sts_region(saml.region.as_deref(), role::partition(role_arn));
    let ask = |duration| {
        assume_role_with_saml(ctx, &saml.network, &region, role_arn, provider_arn, &assertion.response, duration)
    };
    let duration = duration(saml.duration_seconds, assertion.session_duration);
    let answer = ask(duration).or_else(|error| match duration {
        Some(seconds) if seconds > ALWAYS_ALLOWED && is_too_long(&error) => {
            // The longest time of a role is its owner's to know; an hour is never too long.
            terminal::warn(&format!("`{role_arn}` does not allow {seconds} s; asking for {ALWAYS_ALLOWED} s"));
            ask(Some(ALWAYS_ALLOWED))
        }
        _ => Err(error),
    });
    let named = |credentials| RoleCredentials { role_name: Some(role.role_name().into()), ..credentials };
    answer.map(named).map_err(|error| explain(error, role))
}

/// The configured duration counts; what the identity provider wants is bent to what AWS takes.
fn duration(configured: Option<i32>, wanted: Option<i32>) -> Option<i32> {
    configured.or(wanted.map(|seconds| seconds.clamp(SHORTEST, LONGEST)))
}

fn is_too_long(error: &Error) -> bool {
    error.message.contains("MaxSessionDuration")
}

/// Says what can be done about a refusal, which AWS words for those who wrote the role's trust policy.
fn explain(error: Error, role: &SamlRole) -> Error {
    let says = |text: &str| error.kind == ErrorKind::Refused && error.message.contains(text);
    match () {
        () if says("ExpiredToken") => {
            Error::needs_person(format!("{}; a SAML response must be used within 5 minutes", error.message))
                .hint("sign in again and choose the role at once; is the clock of the identity provider right?")
        }
        () if role.role_name().starts_with("AWSReservedSSO_") => {
            error.hint("roles of Identity Center's permission sets cannot be taken this way: use an SSO profile")
        }
        () if says("AccessDenied") => {
            let provider = &role.provider_arn;
            error.hint(format!("does the role's trust policy name `{provider}`, and its conditions this sign-in?"))
        }
        () if says("IDPRejectedClaim") || says("InvalidIdentityToken") => {
            error.hint("do the provider's metadata in IAM, and its audience, fit the identity provider as it is now?")
        }
        () => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_is_one_that_aws_takes() {
        let table = [
            ((None, None), None),
            ((None, Some(7200)), Some(7200)),
            ((None, Some(60)), Some(900)),
            ((None, Some(99_999)), Some(43_200)),
            ((Some(1800), Some(7200)), Some(1800)),
        ];
        for ((configured, wanted), expected) in table {
            assert_eq!(duration(configured, wanted), expected);
        }
    }

    #[test]
    fn refusals_are_explained() {
        let role = |name: &str| SamlRole {
            role_arn: format!("arn:aws:iam::444455556666:role/{name}"),
            provider_arn: "arn:aws:iam::444455556666:saml-provider/corp".into(),
        };
        let explain = |message: &str, name: &str| explain(Error::refused(message), &role(name));
        let expired = explain("ExpiredTokenException: Token must be redeemed within 5 minutes of issuance", "A");
        assert_eq!(expired.kind, ErrorKind::NeedsPerson);
        assert!(explain("AccessDenied: no", "A").hint.unwrap().contains("saml-provider/corp"));
        assert!(explain("AccessDenied: no", "AWSReservedSSO_Admin_1").hint.unwrap().contains("SSO profile"));
        assert!(explain("InvalidIdentityToken: no", "A").hint.unwrap().contains("metadata"));
    }
}
