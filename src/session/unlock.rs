//! Unlocks the keyring for a session. Only `ssox login` does this.

use super::Session;
use crate::context::Context;
use crate::error::Result;
use crate::store::Store;
use crate::terminal;
use std::time::Duration;

/// How long to wait until the person has unlocked the keyring, if no option sets a time limit.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Makes the keyring ask the person for its password, in its own window, and waits until it is unlocked. Does nothing
/// if the keyring is not locked, or if the session's token is kept in a file.
///
/// # Errors
/// `NeedsPerson`: the keyring is absent, does not respond, or remains locked; or it is locked and nobody can be asked
/// (`no_input`).
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
