//! The options that a command passes to a source.

use crate::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// The options of a command that affect how a source gets credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// How long cached credentials must still be valid; `None`: 15 minutes, or half of their lifetime if that is less.
    pub(crate) min_ttl: Option<Duration>,
    /// The MFA code from the command line.
    pub(crate) mfa_code: Option<Secret>,
    /// A file with a SAML response; `-` for stdin.
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for the person to sign in; `None`: 10 minutes.
    pub(crate) timeout: Option<Duration>,
    /// What to do when AWS is unreachable.
    pub(crate) when_unreachable: WhenUnreachable,
}

/// What to do when AWS is unreachable, and the cached credentials should be renewed but have not expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WhenUnreachable {
    /// Warn, and use the cached credentials if they have not expired; otherwise return the error.
    #[default]
    UseCached,
    /// Return the error.
    Fail,
}
