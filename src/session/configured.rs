//! An Identity Center session, as the config file describes it.

use crate::aws::Network;
use crate::error::{Error, as_argument, as_option};
use crate::keyring::LOGIN;
use crate::region::Region;
use crate::store::Store;

/// An Identity Center session, as an `[sso-session]` section or a legacy profile configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// The session's name; `None` for a legacy profile, whose session has no name and is identified by its start URL.
    pub(crate) name: Option<String>,
    /// The legacy profile that configures the session; `None` for an `[sso-session]` section.
    pub(crate) profile: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: Region,
    /// The scopes in `sso_registration_scopes`, in the configured order; empty when the key is absent.
    pub(crate) scopes: Vec<String>,
    pub(crate) network: Network,
    /// Where ssox keeps the session's token and role credentials: in files or in the keyring.
    pub(crate) store: Store,
}

impl Session {
    /// Returns the session's name; for a session without a name, its start URL.
    pub(crate) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url)
    }

    /// Returns the command with which the person signs in to the session.
    pub(crate) fn sign_in_line(&self) -> String {
        match (&self.name, &self.profile) {
            (Some(name), _) => format!("ssox login {}", as_option("--sso-session", name)),
            (None, Some(profile)) => format!("ssox login {}", as_argument(profile)),
            (None, None) => "ssox login".into(),
        }
    }

    /// Puts the session's sign-in command in place of `ssox login` into the hint that says how to unlock the keyring.
    pub(crate) fn named_in_hints(&self, error: Error) -> Error {
        let line = self.sign_in_line();
        let named = |hint: &String| if hint == LOGIN { hint.replacen("ssox login", &line, 1) } else { hint.clone() };
        Error { hints: error.hints.iter().map(named).collect(), ..error }
    }

    /// Tells whether two sessions have the same token file, so that signing in to one of them signs in to both.
    pub(crate) fn shares_token_with(&self, other: &Self) -> bool {
        self.label() == other.label()
    }
}
