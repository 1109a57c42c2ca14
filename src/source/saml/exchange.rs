//! Exchanges a SAML assertion for role credentials: chooses the duration to request, and explains errors of STS.

use super::Saml;
use crate::aws::sts::assume_role_with_saml;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::saml::{Assertion, SamlRole, endpoint, role};
use crate::source::duration::ACCEPTED;
use crate::terminal;

/// The longest duration that every role allows, in seconds.
const ALWAYS_ALLOWED: i32 = 3600;

/// Assumes a role with a SAML assertion.
///
/// # Errors
/// `Refused`: STS rejects the request; the error contains its message. `NeedsPerson`: the assertion has expired.
/// `Unreachable`: STS sends no valid response.
pub(super) fn exchange(ctx: &Context, saml: &Saml, assertion: &Assertion, role: &SamlRole) -> Result<RoleCredentials> {
    let SamlRole { role_arn, provider_arn } = role;
    let region = endpoint::sts_region(saml.region.as_ref(), role::partition(role_arn));
    let assume = |duration| {
        assume_role_with_saml(ctx, &saml.network, &region, role_arn, provider_arn, &assertion.response, duration)
    };
    let duration = duration(saml.duration_seconds, assertion.session_duration);
    let mut assumed = assume(duration);
    if let (Some(seconds), Err(error)) = (duration, &assumed)
        && seconds > ALWAYS_ALLOWED
        && is_too_long(error)
    {
        // This is only a warning: the identity provider that wants this duration does not know the role's maximum.
        terminal::warn(&format!(
            "`{role_arn}` does not allow a duration of {seconds} s; ssox requests {ALWAYS_ALLOWED} s"
        ));
        assumed = assume(Some(ALWAYS_ALLOWED));
    }
    let credentials = assumed.map_err(|error| explain(error, role))?;
    Ok(RoleCredentials { role_name: Some(role.role_name().into()), ..credentials })
}

/// Returns the configured duration. Without one, returns the duration that the identity provider wants, within the
/// limits of STS; `None` (STS decides) if it wants none.
fn duration(configured: Option<i32>, wanted: Option<i32>) -> Option<i32> {
    configured.or(wanted.map(|seconds| seconds.clamp(*ACCEPTED.start(), *ACCEPTED.end())))
}

/// Tells whether the role does not allow the duration. STS has no separate error code for that, so the text of the
/// error message decides.
fn is_too_long(error: &Error) -> bool {
    error.has_code("ValidationError") && error.message.contains("MaxSessionDuration")
}

/// Replaces the hint of an STS error for some causes. AWS's message is for the author of the role's trust policy, not
/// for the person.
fn explain(error: Error, role: &SamlRole) -> Error {
    if error.has_code("ExpiredToken") {
        let message = format!("{}; a SAML response must be used within 5 minutes", error.message);
        return Error { kind: ErrorKind::NeedsPerson, message, ..error }.only_hint(
            "sign in again and choose the role at once; if it still fails, check the identity provider's clock",
        );
    }
    if role.role_name().starts_with("AWSReservedSSO_") {
        return error
            .only_hint("a role of an Identity Center permission set cannot be assumed with SAML: use an SSO profile");
    }
    if error.has_code("AccessDenied") {
        let provider = &role.provider_arn;
        return error.only_hint(format!(
            "the role's trust policy must allow `{provider}`, and this sign-in must meet its conditions"
        ));
    }
    if error.has_code("IDPRejectedClaim") || error.has_code("InvalidIdentityToken") {
        return error.only_hint("check that the SAML provider in IAM has the identity provider's current metadata");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_is_one_that_sts_accepts() {
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
        let explain = |code: &str, name: &str| explain(Error::refused("no").hint("any").coded(code), &role(name));
        for code in ["ExpiredTokenException", "ExpiredToken"] {
            assert_eq!(explain(code, "A").kind, ErrorKind::NeedsPerson, "{code}");
        }
        let hint = |code: &str, name: &str| explain(code, name).hints.join("\n");
        assert!(hint("AccessDenied", "A").contains("saml-provider/corp"));
        assert!(hint("AccessDenied", "AWSReservedSSO_Admin_1").contains("SSO profile"));
        assert!(hint("InvalidIdentityToken", "A").contains("metadata"));
        assert_eq!(hint("PackedPolicyTooLarge", "A"), "any");
    }
}
