//! The parts of `native` for the Credential Manager of Windows. Its entries are small, and it is never locked.

use super::Failure;
use std::collections::HashMap;
use std::error::Error;

pub(super) use windows_native_keyring_store::Store;

/// The largest secret of an entry, in bytes (`CRED_MAX_CREDENTIAL_BLOB_SIZE`).
pub(super) const LARGEST: usize = 5 * 512;

/// The search criterion that finds the entries of ssox: a regular expression for the user, a dot, and the service.
pub(super) const OF_SSOX: (&str, &str) = ("pattern", r"^.*\.ssox$");

/// Returns the attributes of a new entry, which keep the entry on this machine. By default, Windows copies entries to
/// other machines of the person.
#[expect(clippy::unnecessary_wraps, reason = "macOS has no such settings")]
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    Some(HashMap::from([("persistence", "Local")]))
}

pub(super) fn without_prompts() {}

pub(super) fn is_locked(_: &(dyn Error + 'static)) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "on macOS, the person can refuse")]
pub(super) fn unlock() -> Result<(), Failure> {
    Ok(())
}
