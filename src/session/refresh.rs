//! Refreshes tokens. A lock ensures that one process at a time refreshes a token.
//!
//! Invariant: this module never signs in, and never sends a refresh token again that AWS has rejected.

mod failure_record;

use super::Session;
use super::kept;
use super::token::{self, Token};
use crate::aws::oidc::{self, Grant, TokenResponse};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::store::{Reserved, Store};
use crate::terminal::{self, Progress};
use crate::time::{Timestamp, human};
use failure_record::FailureRecord;

/// A token is refreshed when it expires within this many seconds, as in the SDKs.
///
/// A token that is valid for less than twice this time is refreshed after half of the time for which it is valid.
/// Otherwise every process would refresh it again.
const MINIMUM_LEFT: i64 = 5 * 60;

/// For this many seconds after a failed refresh, ssox uses the old token if it is still valid, and does not try again;
/// the AWS CLI waits for the same time. If the old token has expired, ssox tries again at once.
const PAUSE: i64 = 60;

/// Returns a valid token. Refreshes the cached token if it expires soon. If the refresh fails, returns the cached token
/// as long as it is valid.
pub(super) fn token(ctx: &Context, session: &Session) -> Result<Token> {
    let cached = token::read(ctx, session)?.ok_or_else(|| not_signed_in(session))?;
    let is_fresh = |token: &Token| token.expires_at > ctx.now().plus(margin(ctx, session, token));
    if is_fresh(&cached) {
        return Ok(cached);
    }
    refreshed(ctx, session, is_fresh, |token| token.is_valid(ctx.now()))
}

/// Returns a token in place of `rejected`, which AWS has rejected before it expired: the cached token if it differs
/// from `rejected`, otherwise a refreshed token.
pub(super) fn token_after_rejection(ctx: &Context, session: &Session, rejected: &Secret) -> Result<Token> {
    let is_other = |token: &Token| token.access_token != *rejected && token.is_valid(ctx.now());
    refreshed(ctx, session, is_other, is_other)
}

/// Returns how many seconds before its expiration a token is refreshed.
fn margin(ctx: &Context, session: &Session, token: &Token) -> i64 {
    let Some(written_at) = token::written_at(ctx, session) else { return MINIMUM_LEFT };
    (token.expires_at.seconds_after(written_at) / 2).clamp(0, MINIMUM_LEFT)
}

/// Takes the lock, and refreshes the token unless the cached token is fresh by now. If the lock cannot be taken or the
/// refresh fails, returns the cached token if it is usable.
fn refreshed(
    ctx: &Context,
    session: &Session,
    is_fresh: impl Fn(&Token) -> bool,
    is_usable: impl Fn(&Token) -> bool,
) -> Result<Token> {
    let started = ctx.now();
    let lock = token::lock(ctx, session);
    let cached = token::read(ctx, session)?.ok_or_else(|| not_signed_in(session))?;
    if is_fresh(&cached) {
        return Ok(cached);
    }
    let lock = match lock {
        Ok(lock) => lock,
        Err(error) if is_usable(&cached) => {
            ctx.log(|| format!("session: {}; the token is still valid", error.message));
            return Ok(cached);
        }
        Err(error) => return Err(error),
    };
    // Which recorded failures are returned without a new request: while the token is usable, those of the last minute;
    // otherwise those that were recorded while this process waited for the lock.
    let since = if is_usable(&cached) { Some(started.plus(-PAUSE)) } else { lock.waited_since };
    let refresh = Refresh { ctx, session, cached: &cached, since, is_needed: !is_usable(&cached) };
    let error = match refresh.run() {
        Ok(token) => return Ok(token),
        Err(error) => error,
    };
    match token::read(ctx, session)? {
        // Other tools do not take the lock, so another tool can refresh the token at the same time.
        Some(other) if other.access_token != cached.access_token && is_fresh(&other) => Ok(other),
        _ if is_usable(&cached) => {
            report_usable(ctx, &cached, &error);
            Ok(cached)
        }
        _ => Err(after_rejection(ctx, session, &cached, error)),
    }
}

/// Removes a token that has not expired, but that AWS has rejected, if it cannot be refreshed either. Otherwise every
/// command would send it again. Returns `error`.
fn after_rejection(ctx: &Context, session: &Session, cached: &Token, error: Error) -> Error {
    if error.kind == ErrorKind::NeedsPerson && cached.is_valid(ctx.now()) {
        let _ = token::remove(ctx, session);
    }
    error
}

/// Reports a failed refresh of a token that is still valid. Warns if the cache cannot be written; other errors are only
/// logged.
fn report_usable(ctx: &Context, cached: &Token, error: &Error) {
    let left = human(cached.expires_at.seconds_after(ctx.now()));
    let line = format!("{}; the old token is still valid for {left}", error.message);
    if error.kind == ErrorKind::Configuration && ctx.is_first_unwritable_cache() {
        terminal::warn(&line);
    } else {
        ctx.log(|| format!("session: {line}"));
    }
}

/// One refresh of a session's token.
struct Refresh<'a> {
    ctx: &'a Context,
    session: &'a Session,
    cached: &'a Token,
    /// If a refresh failed at this time or later because AWS was unreachable or refused the request, its error is
    /// returned without a new request. With `None`, a new request is sent. In both cases, a refresh token that AWS has
    /// rejected is not sent again.
    since: Option<Timestamp>,
    /// Whether the cached token cannot be used any more.
    is_needed: bool,
}

impl Refresh<'_> {
    fn run(&self) -> Result<Token> {
        let Token {
            client_id: Some(client_id),
            client_secret: Some(client_secret),
            refresh_token: Some(refresh_token),
            ..
        } = self.cached
        else {
            return Err(expired(self.session));
        };
        if !self.cached.is_refreshable(self.ctx.now()) {
            return Err(expired(self.session));
        }
        let record = FailureRecord::of(self.ctx, self.session, refresh_token);
        if let Some(error) = record.read(self.since) {
            return Err(error);
        }
        let reserved = self.reserve()?;
        self.ctx.log(|| format!("session: refreshing the token of `{}`", self.session.label()));
        let _progress = Progress::start("refreshing the token");
        let grant = Grant::RefreshToken(refresh_token.clone());
        let network = &self.session.network;
        let result = oidc::create_token(self.ctx, network, &self.session.region, client_id, client_secret, &grant)
            .and_then(|response| self.store_response(response, reserved))
            .map_err(|error| self.with_sign_in_line(error));
        if let Err(error) = &result {
            record.write(self.ctx.now(), error);
        }
        result
    }

    /// Makes sure that the new token can be written, before AWS issues it.
    ///
    /// A refresh token works only once. If the new token could not be written, for example on a full disk, the person
    /// would have to sign in again. Therefore the outer error prevents the refresh. One exception: if the directory of
    /// the token is read-only and the old token can no longer be used, the inner result is the error; then the token is
    /// refreshed, and this command uses it without writing it.
    fn reserve(&self) -> Result<Result<Reserved>> {
        match token::reserve(self.ctx, self.session) {
            Err(error) if !self.is_needed || !token::is_read_only(self.ctx, self.session) => {
                Err(error.doing(format!("the token of `{}` was not refreshed", self.session.label())))
            }
            reserved => Ok(reserved),
        }
    }

    /// Adds the command to sign in to the error if AWS rejected the refresh token or refused the request. The message
    /// says that the session has expired only if AWS rejected the token, because a refused request may succeed later.
    fn with_sign_in_line(&self, error: Error) -> Error {
        match error.kind {
            ErrorKind::NeedsPerson => {
                self.ctx.log(|| format!("session: {}", error.message));
                expired(self.session)
            }
            ErrorKind::Refused => error
                .doing(format!("could not refresh the token of `{}`", self.session.label()))
                .only_hint(format!("{} --fresh", self.session.sign_in_line())),
            _ => error,
        }
    }

    fn store_response(&self, response: TokenResponse, reserved: Result<Reserved>) -> Result<Token> {
        let TokenResponse::Token { access_token, refresh_token, expires_in } = response else {
            return Err(expired(self.session));
        };
        let token = Token {
            start_url: Some(self.session.start_url.clone()),
            region: Some(self.session.region.to_string()),
            access_token,
            expires_at: self.ctx.now().plus(expires_in),
            refresh_token: refresh_token.or_else(|| self.cached.refresh_token.clone()),
            ..self.cached.clone()
        };
        store(self.ctx, self.session, reserved, &token);
        Ok(token)
    }
}

/// Writes a new token. Only warns if that fails, because this command can use the token anyway.
pub(super) fn store(ctx: &Context, session: &Session, reserved: Result<Reserved>, token: &Token) {
    let Err(error) = reserved.and_then(|reserved| token::write(ctx, session, reserved, token)) else {
        return kept::note(ctx, session);
    };
    if ctx.is_first_unwritable_cache() {
        let (label, line) = (session.label(), session.sign_in_line());
        let remedy = match session.store {
            Store::Files if token::is_read_only(ctx, session) => "make ~/.aws/sso/cache writable",
            Store::Files => "free some disk space",
            Store::Keyring => "unlock the keyring",
        };
        terminal::warn(&format!("{}; only this command uses the new token of `{label}`", error.message));
        terminal::say(&format!("hint: {remedy}, then type `{line} --fresh`"));
    }
}

fn not_signed_in(session: &Session) -> Error {
    Error::needs_person(format!("not signed in to `{}`", session.label())).hint(session.sign_in_line())
}

fn expired(session: &Session) -> Error {
    Error::needs_person(format!("the session `{}` has expired", session.label())).hint(session.sign_in_line())
}

#[cfg(test)]
mod tests;
