//! Finds the session to sign in to for a profile.

use super::assignment::{self, ListingSource};
use super::find::{self, Found, Wanted};
use super::resolved::Profile;
use super::sessions::of_profile;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;

/// Returns the session of a profile or an assignment: its own session, or the session of the source profile at the end
/// of the chain.
///
/// # Errors
/// `Configuration`: the profile does not exist, has no session or cannot be used. `NeedsPerson`: the name begins with
/// the name of an account, several sessions are configured, and no accounts are listed yet.
pub(crate) fn session_behind(ctx: &Context, files: &ConfigFiles, wanted: &Wanted) -> Result<Session> {
    let name = match find::find(ctx, files, &Wanted { listings: ListingSource::Stored, ..*wanted }) {
        Ok(Found::Profile(name)) => name,
        Ok(Found::Assignment(role)) => return Ok(role.session),
        // No accounts are listed yet. If only one session is configured, the person signs in to that session.
        Err(error) if error.kind == ErrorKind::NeedsPerson => {
            let only = <[Session; 1]>::try_from(assignment::candidates(ctx, files, wanted.session)?);
            return only.map(|[only]| only).map_err(|_| error);
        }
        Err(error) => return Err(error),
    };
    let section = files.profile(&name).ok_or_else(|| find::unknown(ctx, files, &name))?;
    if section.value("sso_session").is_some() || section.value("sso_start_url").is_some() {
        return of_profile(ctx, files, &name, &section);
    }
    let profile = Profile::resolve(ctx, files, &name)?;
    profile.source.session().cloned().ok_or_else(|| {
        Error::configuration(format!("profile `{name}` has no session to sign in to"))
            .hint("`ssox sessions` shows the profiles of each session")
    })
}
