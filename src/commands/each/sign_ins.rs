//! Signs in, and asks for MFA codes, before the first command runs.

use super::selection::Chosen;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::profile::Profile;
use crate::session::{self, Session};
use crate::source::Request;

/// Fetches, one after the other, the credentials for which a person may be needed: those of the first profile of each
/// session, and all that need an MFA code or a browser. Does not try the `refused` sessions again. If fetching fails
/// for a profile, the error becomes the result of this profile, and the next profile follows.
///
/// # Errors
/// `Interrupted`: the person pressed Ctrl-C.
pub(super) fn fetch_what_needs_a_person(
    ctx: &Context,
    chosen: Vec<Chosen>,
    request: &Request,
    mut refused: Vec<(Session, Error)>,
) -> Result<Vec<Chosen>> {
    let mut signed_in: Vec<Session> = Vec::new();
    let mut ready = Vec::with_capacity(chosen.len());
    for Chosen { name, profile } in chosen {
        let profile = match profile {
            Ok(profile) if needs_person(ctx, &profile, request, &signed_in) => {
                let session = profile.source.session().cloned();
                let known = session.as_ref().and_then(|session| {
                    refused.iter().find(|(other, _)| other.shares_token_with(session)).map(|(_, error)| error.clone())
                });
                let fetched = match known {
                    Some(error) => Err(error),
                    None => profile.credentials(ctx, request).map(drop),
                };
                match (fetched, session) {
                    (Err(error), _) if error.kind == ErrorKind::Interrupted => return Err(error),
                    (Err(error), Some(session)) if session::valid_token(ctx, &session).is_err() => {
                        refused.push((session, error.clone()));
                        Err(error)
                    }
                    (fetched, session) => {
                        signed_in.extend(session);
                        fetched.map(|()| profile)
                    }
                }
            }
            profile => profile,
        };
        ready.push(Chosen { name, profile });
    }
    Ok(ready)
}

/// Tells whether the credentials of a profile must be fetched and a person may be needed for that, for example to sign
/// in.
fn needs_person(ctx: &Context, profile: &Profile, request: &Request, signed_in: &[Session]) -> bool {
    let source = &profile.source;
    let is_signed_in = source.session().is_none_or(|session| signed_in.iter().any(|of| of.shares_token_with(session)));
    if is_signed_in && !source.asks_person() {
        return false;
    }
    !source.cached(ctx).is_some_and(|entry| entry.is_usable(ctx.now(), request.min_ttl))
}
