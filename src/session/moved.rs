//! Moves a token between its file and the keyring, if it is not in the store that is configured, e.g. because the
//! person changed the configuration. The token is moved at the next sign-in, which needs no browser if the token is
//! still valid.

use super::token::{self, Token};
use super::{Session, kept, refresh};
use crate::context::Context;
use crate::error::Result;
use crate::store::{Store, remove_of_session};
use crate::terminal;

/// Moves the token of a session from the other store to the configured store, and refreshes it if it expires soon. If
/// it can no longer be used, or the configured store has a token already, only removes it from the other store. If the
/// other store is the keyring, also removes the session's role credentials from it.
///
/// # Errors
/// `Configuration`: a file cannot be written or removed. `NeedsPerson`: the keyring cannot be used. `Unreachable`:
/// another process holds the lock on the token for too long. A token that cannot be read stays in the other store,
/// without an error.
pub(super) fn move_token(ctx: &Context, session: &Session) -> Result<()> {
    let before = session.store.other();
    if !kept::may_be_in(ctx, session, before) {
        return Ok(());
    }
    let lock = token::lock(ctx, session)?;
    let found = match kept::read(ctx, session, before) {
        Ok(found) => found,
        Err(error) => {
            ctx.log(|| error.message);
            return Ok(());
        }
    };
    let is_wanted = |token: &Token| token.is_valid(ctx.now()) || token.is_refreshable(ctx.now());
    if let Some(token) = found.filter(is_wanted).filter(|_| token::read(ctx, session).is_ok_and(|own| own.is_none())) {
        token::write(ctx, session, token::reserve(ctx, session)?, &token)?;
        kept::note(ctx, session);
        let (label, from, to) = (session.label(), kept::name(before), kept::name(session.store));
        let why = "the configured store (SSOX_STORE, `ssox_store`)";
        terminal::say(&format!("moved the token of `{label}` from {from} to {to}, {why}"));
    }
    kept::remove(ctx, session, before)?;
    if before == Store::Keyring {
        remove_of_session(ctx, before, session.label())?;
    }
    drop(lock);
    if let Err(error) = refresh::token(ctx, session) {
        ctx.log(|| error.message);
    }
    Ok(())
}
