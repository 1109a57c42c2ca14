//! Options that several verbs share, and how their values are parsed.

use crate::secret::Secret;
use crate::source::duration::ACCEPTED;
use crate::source::{Request, WhenUnreachable};
use crate::time::parse_duration;
use clap::Args;
use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

/// Options of every verb.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Common {
    /// Never ask and never open a browser (implied without a terminal, or with CI set)
    #[arg(long, global = true, display_order = 990)]
    pub(crate) no_input: bool,

    /// Log each step to stderr, without secrets
    #[arg(short, long, global = true, display_order = 991)]
    pub(crate) verbose: bool,
}

// Options of the verbs that fetch credentials. A doc comment here would replace the descriptions of those verbs in the
// help.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Fetch {
    /// Use only the profiles and assignments of this session
    #[arg(long, value_name = "NAME")]
    pub(crate) sso_session: Option<String>,
    /// Fetch new credentials when the cached ones expire within this time (`90s`, `30m`, `1h30m`) [default: 15m]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) min_ttl: Option<Duration>,
    /// Code of the MFA device, for profiles with `mfa_serial`
    #[arg(long, value_name = "CODE")]
    pub(crate) mfa_code: Option<Secret>,
    /// Assume this role with the profile's credentials
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// How long to assume the role for, from 15m to 12h; 1h at most for a role that another role assumes
    #[arg(long, value_name = "DURATION", value_parser = role_duration)]
    pub(crate) duration: Option<i32>,
    /// Read the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    pub(crate) timeout: Option<Duration>,
}

// The option to agree in advance to the use of a protected profile. No doc comment: see `Fetch`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Consent {
    /// Use a protected profile without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

impl From<&Fetch> for Request {
    fn from(fetch: &Fetch) -> Self {
        Self {
            min_ttl: fetch.min_ttl,
            mfa_code: fetch.mfa_code.clone(),
            saml_response: fetch.saml_response.clone(),
            timeout: fetch.timeout,
            when_unreachable: WhenUnreachable::default(),
        }
    }
}

/// Parses a duration such as `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
}

/// Parses how long to wait for a person. Zero is invalid.
pub(super) fn time_limit(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("must be at least 1s; --no-input does not wait at all".into()),
        limit => Ok(limit),
    }
}

/// Parses how long to assume a role for, from 15m to 12h, and returns the seconds.
fn role_duration(text: &str) -> Result<i32, String> {
    let seconds = i32::try_from(duration(text)?.as_secs()).ok();
    seconds.filter(|seconds| ACCEPTED.contains(seconds)).ok_or_else(|| "must be from 15m to 12h".into())
}

/// Returns the full name for the short form of a region (`eu-west-1` for `euw1`), and other texts unchanged. Later code
/// checks the region.
pub(super) fn region(text: &str) -> Result<String, Infallible> {
    Ok(crate::region::in_full(text).unwrap_or(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn debug_does_not_show_the_mfa_code() {
        assert_redacted(&Fetch { mfa_code: Some(Secret::new(HUNTER2)), ..Fetch::default() });
    }
}
