//! What a command asks of a source.

use crate::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// The options of a command that a source needs to return credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The time for which cached credentials must remain valid; by default that of the AWS CLI.
    pub(crate) min_ttl: Option<Duration>,
    /// The MFA code of the command line.
    pub(crate) mfa_code: Option<Secret>,
    /// A file with a SAML response; `-` is standard input.
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for a person to sign in.
    pub(crate) timeout: Option<Duration>,
    /// What to do when AWS is unreachable.
    pub(crate) when_unreachable: WhenUnreachable,
}

/// What to do when AWS is unreachable and cached credentials are due for renewal, but have not expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WhenUnreachable {
    /// Warn, and use them.
    #[default]
    UseCached,
    Fail,
}
