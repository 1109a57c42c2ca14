//! Why the keyring cannot be used, and the hints for it. All of these errors have exit status 3.

use super::SYSTEM;
use crate::error::Error;
use std::time::Duration;

/// The hint to unlock the keyring. Signing in to a session whose secrets are kept in the keyring unlocks it.
pub(crate) const LOGIN: &str = "`ssox login`, which asks for the password of the keyring";

/// Why the keyring cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    any(windows, target_os = "macos"),
    expect(dead_code, reason = "only the Secret Service fails in all of these ways")
)]
pub(crate) enum Failure {
    /// The keyring cannot be reached. Contains the cause.
    Absent(String),
    /// No keyring has been created yet.
    Empty,
    Locked,
    /// The person did not type the password, or could not be asked.
    StillLocked,
    /// The keyring did not answer within this time.
    Silent(Duration),
    /// Another error. Contains the message of the keyring.
    Other(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Absent(cause) => {
                let error = Self::needs_person(format!("the keyring ({SYSTEM}) cannot be reached: {cause}"));
                error
                    .hint(START)
                    .hint("or keep the secrets in files: unset SSOX_STORE, and remove `ssox_store` from ~/.aws/config")
            }
            Failure::Empty => Self::needs_person("no keyring has been created yet").hint(LOGIN).hint(UNLOCK),
            Failure::Locked => Self::needs_person("the keyring is locked").hint(LOGIN).hint(UNLOCK),
            Failure::StillLocked => {
                Self::needs_person("the keyring is still locked: its password was not entered").hint(UNLOCK)
            }
            Failure::Silent(limit) => {
                let seconds = limit.as_secs_f32();
                Self::needs_person(format!("the keyring ({SYSTEM}) did not answer within {seconds}s")).hint(START)
            }
            Failure::Other(cause) => {
                Self::needs_person(format!("the keyring ({SYSTEM}) failed: {cause}")).hint("ssox doctor")
            }
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
const START: &str = "run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter";
#[cfg(all(unix, not(target_os = "macos")))]
const UNLOCK: &str = "without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter";

#[cfg(target_os = "macos")]
const START: &str = "security unlock-keychain";
#[cfg(target_os = "macos")]
const UNLOCK: &str = "security unlock-keychain";

#[cfg(windows)]
const START: &str = "start the service: sc.exe start VaultSvc";
#[cfg(windows)]
const UNLOCK: &str = "sign in to Windows with your password";
