//! What is particular to the Credential Manager of Windows: small entries, and nothing that is ever locked.

use super::Failure;
use std::collections::HashMap;
use std::error::Error;

pub(super) use windows_native_keyring_store::Store;

/// The largest secret of an entry, in bytes (`CRED_MAX_CREDENTIAL_BLOB_SIZE`).
pub(super) const LARGEST: usize = 5 * 512;

/// What a search for entries of ssox looks for: a regular expression for the user, a dot, and the service.
pub(super) const OF_SSOX: (&str, &str) = ("pattern", r"^.*\.ssox$");

/// Keeps entries on this machine: the usual ones follow the person to others.
#[expect(clippy::unnecessary_wraps, reason = "the Keychain has none")]
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    Some(HashMap::from([("persistence", "Local")]))
}

pub(super) fn without_prompts() {}

pub(super) fn is_locked(_: &(dyn Error + 'static)) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "the Keychain can refuse")]
pub(super) fn unlock() -> Result<(), Failure> {
    Ok(())
}
