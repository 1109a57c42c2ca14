//! Ending a session: on the server, and the token on disk.
//!
//! Deliberately not here: role credentials, which only the profiles of the session can name, and the client
//! registration, which the AWS CLI keeps as well.

use super::Session;
use super::token::{self, Token};
use crate::aws::portal;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use std::path::PathBuf;

/// What logging out has found and removed.
#[derive(Debug)]
pub(crate) struct LoggedOut {
    /// The token's file, when there was one.
    pub(crate) removed: Option<PathBuf>,
    /// Why the server was not told; the token then ends by itself.
    pub(crate) server: Option<Error>,
}

/// Ends a session.
///
/// # Errors
/// Configuration: the file cannot be read or removed. Unreachable: another process holds the lock.
pub(crate) fn logout(ctx: &Context, session: &Session) -> Result<LoggedOut> {
    // Under the lock: a refresh on its way would bring the file back.
    let _lock = token::lock(ctx, session)?;
    let token = token::read(ctx, session)?;
    let server = token.as_ref().and_then(|token| tell_server(ctx, session, token));
    let path = token::path(ctx, session)?;
    let removed = path.exists().then_some(path);
    token::remove(ctx, session)?;
    Ok(LoggedOut { removed, server })
}

fn tell_server(ctx: &Context, session: &Session, token: &Token) -> Option<Error> {
    match portal::logout(ctx, &session.network, &session.region, &token.access_token) {
        // A server that does not know the token any more has nothing to forget.
        Err(error) if error.kind == ErrorKind::NeedsPerson => None,
        result => result.err(),
    }
}

/// Returns the token files that belong to none of these sessions, each with its start URL as far as it says one.
pub(crate) fn foreign_tokens(ctx: &Context, sessions: &[Session]) -> Vec<(PathBuf, Option<String>)> {
    let own: Vec<PathBuf> = sessions.iter().filter_map(|session| token::path(ctx, session).ok()).collect();
    let entries = token::directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let mut found: Vec<(PathBuf, Option<String>)> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json") && !own.contains(path))
        .filter_map(|path| {
            let token = Token::parse(&files::read(&path).ok()??)?;
            Some((path, token.start_url))
        })
        .collect();
    found.sort();
    found
}
