//! Renewing a token without a person: one attempt at a time, and never twice with a refresh token that was refused.
//!
//! Deliberately not here: signing in. What only a person can mend ends as an error that says what to type.

use super::Session;
use super::token::{self, Token};
use crate::aws::oidc::{self, Grant, TokenResponse};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{self, Reserved};
use crate::secret::Secret;
use crate::terminal::{self, Progress};
use crate::time::{Timestamp, human};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A token this close to its end is refreshed; the SDKs begin just as late. One that was issued for less than twice as
/// long is refreshed when half of its life is left: else every process would refresh it again at once.
const MINIMUM_LEFT: i64 = 5 * 60;

/// After a failure, a token that still lives is left alone for so long; the AWS CLI waits as long.
const PAUSE: i64 = 60;

/// Returns a token that lives, renewed when it is about to end.
pub(super) fn token(ctx: &Context, session: &Session) -> Result<Token> {
    let known = token::read(ctx, session)?.ok_or_else(|| not_signed_in(session))?;
    let half = |token: &Token| Some(token.expires_at.seconds_after(token::written_at(ctx, session)?) / 2);
    let margin = |token: &Token| half(token).map_or(MINIMUM_LEFT, |half| half.clamp(0, MINIMUM_LEFT));
    let is_good = |token: &Token| token.expires_at > ctx.now().plus(margin(token));
    match is_good(&known) {
        true => Ok(known),
        false => renewed(ctx, session, is_good, |token| token.is_valid(ctx.now())),
    }
}

/// Returns another token than the one AWS refused, though it seemed to live.
pub(super) fn token_after_refusal(ctx: &Context, session: &Session, refused: &Secret) -> Result<Token> {
    let is_other = |token: &Token| token.access_token != *refused && token.is_valid(ctx.now());
    renewed(ctx, session, is_other, is_other)
}

/// Renews under the lock what is not good; what cannot be renewed is taken as it is while it will do.
fn renewed(
    ctx: &Context,
    session: &Session,
    is_good: impl Fn(&Token) -> bool,
    will_do: impl Fn(&Token) -> bool,
) -> Result<Token> {
    let started = ctx.now();
    let lock = token::lock(ctx, session);
    let known = token::read(ctx, session)?.ok_or_else(|| not_signed_in(session))?;
    if is_good(&known) {
        return Ok(known);
    }
    let lock = match lock {
        Ok(lock) => lock,
        Err(error) if will_do(&known) => {
            ctx.log(|| format!("session: {}; the token is still valid", error.message));
            return Ok(known);
        }
        Err(error) => return Err(error),
    };
    // Whose failures count as ours: of the last minute while we can do without, else of those we waited for.
    let since = if will_do(&known) { Some(started.plus(-PAUSE)) } else { lock.has_waited.then_some(started) };
    let attempt = Attempt { ctx, session, known: &known, since, is_needed: !will_do(&known) };
    attempt.run().or_else(|error| match token::read(ctx, session)? {
        // Other tools do not know the lock: one may have renewed it under our hands.
        Some(other) if other.access_token != known.access_token && is_good(&other) => Ok(other),
        _ if will_do(&known) => {
            let left = human(known.expires_at.seconds_after(ctx.now()));
            let line = format!("{}; it is still valid for {left}", error.message);
            if error.kind == ErrorKind::Configuration && ctx.is_first_unwritable_cache() {
                terminal::warn(&line);
            } else {
                ctx.log(|| format!("session: {line}"));
            }
            Ok(known.clone())
        }
        _ => {
            // Refused both ways before its time: while it lay there, everybody would think to be signed in.
            if error.kind == ErrorKind::NeedsPerson && known.is_valid(ctx.now()) {
                let _ = token::remove(ctx, session);
            }
            Err(error)
        }
    })
}

/// One renewal.
struct Attempt<'a> {
    ctx: &'a Context,
    session: &'a Session,
    known: &'a Token,
    /// A failure since then counts for this attempt as well.
    since: Option<Timestamp>,
    /// Whether nothing can be done with the known token any more.
    is_needed: bool,
}

impl Attempt<'_> {
    fn run(&self) -> Result<Token> {
        let Token {
            client_id: Some(client_id),
            client_secret: Some(client_secret),
            refresh_token: Some(refresh_token),
            ..
        } = self.known
        else {
            return Err(ended(self.session));
        };
        if !self.known.is_refreshable(self.ctx.now()) {
            return Err(ended(self.session));
        }
        let note = Note { path: note_path(self.ctx, self.session), of: fingerprint(refresh_token) };
        if let Some(error) = note.read(self.since) {
            return Err(error);
        }
        // AWS answers a refresh token once: on a full disk the answer would be lost and the session with it. A read-only
        // home keeps nothing anyway, and costs the cache, not the command.
        let reserved = match token::reserve(self.ctx, self.session) {
            Err(error) if !self.is_needed || !token::is_read_only(self.ctx, self.session) => {
                return Err(error.doing(format!("the token of `{}` was not refreshed", self.session.label())));
            }
            reserved => reserved,
        };
        self.ctx.log(|| format!("session: refreshing the token of `{}`", self.session.label()));
        let _progress = Progress::start("renewing the token");
        let grant = Grant::RefreshToken(refresh_token.clone());
        let network = &self.session.network;
        let answer = oidc::create_token(self.ctx, network, &self.session.region, client_id, client_secret, &grant);
        let result = answer.and_then(|answer| self.take(answer, reserved)).map_err(|error| self.read(error));
        if let Err(error) = &result {
            note.write(self.ctx.now(), error);
        }
        result
    }

    /// Whatever AWS refuses to renew, a person can have anew.
    fn read(&self, error: Error) -> Error {
        match error.kind {
            ErrorKind::Refused | ErrorKind::NeedsPerson => {
                self.ctx.log(|| format!("session: {}", error.message));
                ended(self.session)
            }
            _ => error,
        }
    }

    fn take(&self, answer: TokenResponse, reserved: Result<Reserved>) -> Result<Token> {
        let TokenResponse::Token { access_token, refresh_token, expires_in } = answer else {
            return Err(ended(self.session));
        };
        let token = Token {
            start_url: Some(self.session.start_url.clone()),
            region: Some(self.session.region.clone()),
            access_token,
            expires_at: self.ctx.now().plus(expires_in),
            refresh_token: refresh_token.or_else(|| self.known.refresh_token.clone()),
            ..self.known.clone()
        };
        store(self.ctx, self.session, reserved, &token);
        Ok(token)
    }
}

/// Writes a token that was just issued; where that fails all the same, it is good for this command.
pub(super) fn store(ctx: &Context, session: &Session, reserved: Result<Reserved>, token: &Token) {
    if let Err(error) = reserved.and_then(|reserved| token::write(reserved, token))
        && ctx.is_first_unwritable_cache()
    {
        let (label, line) = (session.label(), session.sign_in_line());
        terminal::warn(&format!("{}; the new token of `{label}` is used by this command only", error.message));
        terminal::say(&format!("hint: before the next command, make room and type {line} --fresh"));
    }
}

fn not_signed_in(session: &Session) -> Error {
    Error::needs_person(format!("not signed in to `{}`", session.label())).hint(session.sign_in_line())
}

fn ended(session: &Session) -> Error {
    Error::needs_person(format!("the session `{}` has ended", session.label())).hint(session.sign_in_line())
}

/// What the last attempt failed with: those who waited for the lock need not fail one after the other, and a refresh
/// token that AWS has refused is never sent again.
struct Note {
    path: Option<PathBuf>,
    of: String,
}

impl Note {
    fn read(&self, since: Option<Timestamp>) -> Option<Error> {
        let value: Value = serde_json::from_slice(&files::read(self.path.as_ref()?).ok()??).ok()?;
        let at = Timestamp::parse(value["at"].as_str()?)?;
        let message = value["message"].as_str()?;
        let kind = [ErrorKind::NeedsPerson, ErrorKind::Unreachable]
            .into_iter()
            .find(|kind| value["exit_status"] == kind.exit_status())?;
        let counts = value["of"] == self.of.as_str()
            && (kind == ErrorKind::NeedsPerson || since.is_some_and(|since| at >= since));
        counts.then(|| Error { hint: value["hint"].as_str().map(String::from), ..Error::new(kind, message) })
    }

    fn write(&self, at: Timestamp, error: &Error) {
        let note = json!({
            "of": self.of,
            "at": at.to_string(),
            "exit_status": error.kind.exit_status(),
            "message": error.message,
            "hint": error.hint,
        });
        if let Some(path) = &self.path {
            let _ = files::write_secret(path, note.to_string().as_bytes());
        }
    }
}

fn note_path(ctx: &Context, session: &Session) -> Option<PathBuf> {
    Some(token::cache_file(&ctx.state_dir().ok()?.join("refreshes"), session.label()))
}

fn fingerprint(refresh_token: &Secret) -> String {
    files::hashed(refresh_token.expose())
}

#[cfg(test)]
mod tests;
