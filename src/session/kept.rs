//! Which stores (files or the keyring) may have the token of a session. ssox does not access the keyring for a session
//! whose token is kept in files and was never in the keyring.

use super::Session;
use super::token::{self, Token};
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::store::Store;
use std::path::PathBuf;

/// Tells whether a store may have the token of a session: whether its file exists; for the keyring, whether the session
/// uses the keyring or used it before. Does not access the keyring.
pub(crate) fn may_be_in(ctx: &Context, session: &Session, store: Store) -> bool {
    match store {
        Store::Files => token::path(ctx, session).is_ok_and(|path| path.exists()),
        Store::Keyring => session.store == store || marker(ctx, session).is_some_and(|marker| marker.exists()),
    }
}

/// Reads the token of a session from a store, even if it has expired. Returns `None` if it is absent or broken.
///
/// # Errors
/// `Configuration`: the file exists but cannot be read. `NeedsPerson`: the keyring cannot be used.
pub(super) fn read(ctx: &Context, session: &Session, store: Store) -> Result<Option<Token>> {
    token::read_item(ctx, &token::item(session).in_store(store)).map_err(|error| session.named_in_hints(error))
}

/// Removes the token of a session from a store. Returns whether the store had a token.
///
/// # Errors
/// `Configuration`: a file cannot be removed. `NeedsPerson`: the keyring cannot be used.
pub(super) fn remove(ctx: &Context, session: &Session, store: Store) -> Result<bool> {
    let was_there = token::item(session).in_store(store).remove(ctx)?;
    if store == Store::Keyring {
        marker(ctx, session).map_or(Ok(()), |marker| files::remove(&marker))?;
    }
    Ok(was_there)
}

/// Records that the keyring has the token of a session. ssox then finds the token even after the person turned off the
/// keyring. Does nothing if the session's token is kept in a file.
pub(super) fn note(ctx: &Context, session: &Session) {
    let marker = marker(ctx, session).filter(|marker| session.store == Store::Keyring && !marker.exists());
    if let Some(Err(error)) = marker.map(|marker| files::write_secret(&marker, b"")) {
        ctx.log(|| error.message);
    }
}

/// Returns the words by which messages name the place of tokens: the directory for files, or the keyring.
pub(crate) fn name(store: Store) -> &'static str {
    match store {
        Store::Files => "~/.aws/sso/cache",
        Store::Keyring => "the keyring",
    }
}

/// Returns the path of the marker: an empty file, which exists when the keyring has the session's token. Returns `None`
/// if the state directory is unknown or cannot be used.
fn marker(ctx: &Context, session: &Session) -> Option<PathBuf> {
    Some(ctx.state_dir().ok()?.join("keyring").join(files::hashed(session.label())))
}
