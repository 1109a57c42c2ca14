//! A session as the configuration describes it.

use crate::aws::Network;
use crate::error::{Error, as_argument, as_option};
use crate::keyring::LOGIN;
use crate::region::Region;
use crate::store::Store;

/// A session, as an `[sso-session]` or a legacy profile configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// `None` for the unnamed session of a legacy profile, which is identified by its start URL.
    pub(crate) name: Option<String>,
    /// The legacy profile that configures the session.
    pub(crate) profile: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: Region,
    /// `sso_registration_scopes` as configured, in order; empty when absent.
    pub(crate) scopes: Vec<String>,
    pub(crate) network: Network,
    /// Where its token and its role credentials are kept.
    pub(crate) store: Store,
}

impl Session {
    /// Returns the session's name, or the start URL of an unnamed session.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url)
    }

    /// Returns the command that signs in.
    pub(crate) fn sign_in_line(&self) -> String {
        match (&self.name, &self.profile) {
            (Some(name), _) => format!("ssox login {}", as_option("--sso-session", name)),
            (None, Some(profile)) => format!("ssox login {}", as_argument(profile)),
            (None, None) => "ssox login".into(),
        }
    }

    /// Names the session in the hint that unlocks the keyring.
    pub(crate) fn named_in_hints(&self, error: Error) -> Error {
        let hints =
            error.hints.iter().map(|hint| if hint == LOGIN { self.sign_in_line() } else { hint.clone() }).collect();
        Error { hints, ..error }
    }

    /// Tells whether two sessions have their token in the same file, so that signing in to one signs in to both.
    pub(crate) fn shares_token_with(&self, other: &Self) -> bool {
        self.label() == other.label()
    }
}
