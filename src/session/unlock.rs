//! Unlocks the keyring for a session, which `ssox login` does and nothing else.

use super::Session;
use crate::context::Context;
use crate::error::Result;
use crate::store::Store;
use crate::terminal;
use std::time::Duration;

/// How long the keyring waits for the person unless an option says so.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Asks for the password of the keyring if the session needs it and it is locked. The keyring does that, in its own window.
///
/// # Errors
/// `NeedsPerson`: it is absent or silent, or stays locked.
pub(crate) fn unlock(ctx: &Context, session: &Session, timeout: Option<Duration>) -> Result<()> {
    if session.store == Store::Files || !ctx.keyring.is_locked(ctx.keyring_limit())? {
        return Ok(());
    }
    if ctx.no_input {
        return super::token::reserve(ctx, session).map(drop);
    }
    terminal::say("the keyring is locked; it asks for its password in a window of its own");
    ctx.keyring.unlock(timeout.unwrap_or(DEFAULT_TIMEOUT))
}
