//! The parts of `native` for the Keychain of macOS. If the Keychain is locked, macOS asks the person at each access,
//! unless `without_prompts` prevents it.

use super::Failure;
use security_framework::os::macos::keychain::{KeychainUserInteractionLock, SecKeychain};
use std::collections::HashMap;
use std::error::Error;

pub(super) use apple_native_keyring_store::keychain::Store;

/// The largest secret that is stored in one piece, in bytes. The Keychain itself has no limit.
pub(super) const LARGEST: usize = 1 << 20;

/// The name and the value of the attribute by which the entries of ssox are found in the Keychain.
pub(super) const OF_SSOX: (&str, &str) = ("service", "ssox");

/// `errSecInteractionNotAllowed`: the Keychain is locked, and the person may not be asked.
const INTERACTION_NOT_ALLOWED: i32 = -25308;

pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    None
}

/// Keeps the Keychain from asking the person until the returned value is dropped.
pub(super) fn without_prompts() -> Option<KeychainUserInteractionLock> {
    SecKeychain::disable_user_interaction().ok()
}

pub(super) fn is_locked(cause: &(dyn Error + 'static)) -> bool {
    cause.downcast_ref::<security_framework::base::Error>().is_some_and(|error| error.code() == INTERACTION_NOT_ALLOWED)
}

/// Unlocks the login keychain; macOS asks the person for the password.
pub(super) fn unlock() -> Result<(), Failure> {
    let unlocked = SecKeychain::default().and_then(|mut keychain| keychain.unlock(None));
    unlocked.map_err(|_| Failure::StillLocked)
}
