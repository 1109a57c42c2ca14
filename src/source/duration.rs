//! The option `--duration`: replaces the duration of the role session that the profile configures.

use super::Source;
use super::assumed_role::CHAINED_LIMIT;
use crate::error::{Error, Result};
use std::ops::RangeInclusive;

/// The durations that STS accepts, in seconds.
pub(crate) const ACCEPTED: RangeInclusive<i32> = 900..=43_200;

/// Returns the source with another duration of the role session.
///
/// # Errors
/// `Configuration`: the source assumes no role, the permission set determines the duration, or AWS does not allow the
/// duration.
pub(crate) fn with_duration(source: Source, seconds: i32) -> Result<Source> {
    match source {
        Source::AssumedRole(role) if seconds > CHAINED_LIMIT && role.source.is_role() => Err(chained()),
        Source::AssumedRole(mut role) => {
            role.duration_seconds = Some(seconds);
            // Another profile may assume this role with another duration. The two durations need separate cache
            // entries.
            role.has_own_entry = true;
            Ok(Source::AssumedRole(role))
        }
        Source::WebIdentity(mut role) => {
            role.duration_seconds = Some(seconds);
            role.has_own_entry = true;
            Ok(Source::WebIdentity(role))
        }
        Source::Saml(mut role) => {
            role.duration_seconds = Some(seconds);
            Ok(Source::Saml(role))
        }
        Source::Sso(_) => {
            let message = "--duration cannot be used: the permission set determines how long role credentials from Identity Center are valid";
            Err(Error::configuration(message)
                .hint("leave out --duration, or ask an administrator for a longer session duration"))
        }
        _ => {
            Err(Error::configuration("--duration cannot be used: the profile assumes no role")
                .hint("leave out --duration"))
        }
    }
}

fn chained() -> Error {
    let message = "--duration is too long: AWS allows 1 hour at most when one role assumes another (role chaining)";
    Error::configuration(message).hint(
        "use --duration 1h: ssox renews the credentials at the shell prompt, and for programs that `ssox exec --serve` runs",
    )
}
