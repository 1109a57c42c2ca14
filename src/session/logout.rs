//! Signing out: AWS revokes the token, and ssox removes it from its file or the keyring. The client registration is
//! kept, as in the AWS CLI.

use super::Session;
use super::kept;
use super::token::{self, Token};
use crate::aws::portal;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::store::Store;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The result of signing out.
#[derive(Debug, Default)]
pub(crate) struct LoggedOut {
    /// Where the token was removed from: its file, the keyring, or both. Empty if there was no token.
    pub(crate) removed: Vec<String>,
    /// Why AWS did not revoke a token. That token remains valid until it expires. `None` if AWS revoked each token or
    /// accepted it no longer.
    pub(crate) server_error: Option<Error>,
    /// Why a token could not be read or removed. `Configuration`: the file cannot be read or removed. `NeedsPerson`:
    /// the keyring cannot be used.
    pub(crate) failures: Vec<Error>,
}

/// Signs out of a session.
///
/// # Errors
/// `Unreachable`: another process holds the lock on the token for too long. `Configuration`: the lock file is a link.
pub(crate) fn logout(ctx: &Context, session: &Session) -> Result<LoggedOut> {
    // Without the lock, a process that is refreshing the token could write the file again after it was removed.
    let _lock = token::lock(ctx, session)?;
    // After a change of the setting, either store may have a token, or both.
    let stores = [Store::Files, Store::Keyring].into_iter().filter(|store| kept::may_be_in(ctx, session, *store));
    let mut done = LoggedOut::default();
    for store in stores {
        if let Err(error) = done.remove(ctx, session, store) {
            done.failures.push(named(error, session, store));
        }
    }
    Ok(done)
}

impl LoggedOut {
    /// Revokes the token that one store has, and removes the token from this store.
    fn remove(&mut self, ctx: &Context, session: &Session, store: Store) -> Result<()> {
        if let Some(token) = kept::read(ctx, session, store)? {
            let error = revoke(ctx, session, &token);
            self.server_error = self.server_error.take().or(error);
        }
        if kept::remove(ctx, session, store)? {
            self.removed.push(match store {
                Store::Files => token::path(ctx, session)?.display().to_string(),
                Store::Keyring => "the token in the keyring".into(),
            });
        }
        Ok(())
    }
}

/// Adds the name of the session to the message of an error about its token file. An error of the keyring is not
/// changed, because it is the same for all sessions.
fn named(error: Error, session: &Session, store: Store) -> Error {
    match store {
        Store::Files => error.doing(format!("could not sign out of `{}`", session.label())),
        Store::Keyring => error,
    }
}

/// Asks AWS to revoke the token. Returns the error if AWS did not revoke it.
fn revoke(ctx: &Context, session: &Session, token: &Token) -> Option<Error> {
    match portal::logout(ctx, &session.network, &session.region, &token.access_token) {
        // AWS no longer accepts the token, so there is nothing to revoke.
        Err(error) if error.kind == ErrorKind::NeedsPerson => None,
        result => result.err(),
    }
}

/// Returns the token files that belong to no session in `sessions`, each with the start URL that it contains, if any.
pub(crate) fn foreign_tokens(ctx: &Context, sessions: &[Session]) -> Vec<(PathBuf, Option<String>)> {
    let own: Vec<PathBuf> = sessions.iter().filter_map(|session| token::path(ctx, session).ok()).collect();
    let entries = token::directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let mut found: Vec<(PathBuf, Option<String>)> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json") && !own.contains(path))
        .filter_map(|path| {
            let token = Token::parse(&Zeroizing::new(files::read(&path).ok()??))?;
            Some((path, token.start_url))
        })
        .collect();
    found.sort();
    found
}
