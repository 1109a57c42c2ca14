//! Removes the role credentials that contain the label of a session, when a person signs out of that session.

use super::{Item, SecretKind, Store};
use crate::context::Context;
use crate::error::Result;
use crate::json::SecretJson;

/// The JSON key in a cache entry for the session to which the credentials belong. The value is the session's name, or
/// its start URL if it has no name. No AWS tool reads this key.
const SESSION: &str = "SsoxSession";

/// Removes from a store the role credentials that contain this label; returns how many it removed. In the keyring,
/// every entry with credentials of a session contains the session's label. Of the files, only two kinds contain the
/// label: those of Identity Center roles without a profile, and those of assumed roles whose file name only ssox
/// computes. If an entry cannot be removed, the other entries are removed anyway.
///
/// # Errors
/// `Configuration`: a file cannot be removed. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn remove_of_session(ctx: &Context, store: Store, label: &str) -> Result<usize> {
    let (mut removed, mut failure) = (0, None);
    for hash in store.hashes(ctx, SecretKind::Role)? {
        let item = Item { store, kind: SecretKind::Role, hash };
        if names_session(ctx, &item, label) {
            match item.remove(ctx) {
                Ok(was_there) => removed += usize::from(was_there),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
    }
    failure.map_or(Ok(removed), Err)
}

fn names_session(ctx: &Context, item: &Item, label: &str) -> bool {
    let stored = item.read(ctx).ok().flatten();
    let content = stored.and_then(|stored| SecretJson::parse(&stored.content));
    content.is_some_and(|content| content[SESSION] == label)
}
