//! Asks a person before ssox gives out the credentials of a protected profile.

use super::options::Consent;
use crate::account_names::AccountNames;
use crate::context::Context;
use crate::error::{Error, Result, as_argument};
use crate::profile::{Profile, Protection};
use crate::terminal::{self, Answer};

/// Asks before a protected profile is used, unless `--yes` is given. The hint names `verb`.
///
/// # Errors
/// `NeedsPerson`: the answer is no, or ssox cannot ask.
pub(super) fn confirm(ctx: &Context, verb: &str, profile: &Profile, consent: &Consent) -> Result<()> {
    if consent.yes || !profile.protection.needs_confirmation() {
        return Ok(());
    }
    let name = &profile.name;
    let refused = |why: &str| {
        Error::needs_person(format!("profile `{name}` is protected, and {why}"))
            .hint(format!("ssox {verb} --yes {}", as_argument(name)))
    };
    if ctx.no_input {
        return Err(refused("ssox cannot ask for confirmation (no terminal, CI or --no-input)"));
    }
    match terminal::confirm(&format!("use the protected profile {name}{}?", account(ctx, profile)))? {
        Answer::Yes => Ok(()),
        Answer::No => Err(refused("the answer was not yes")),
    }
}

/// Returns the name of the account in brackets for an assignment without a profile, because few people know account
/// IDs.
fn account(ctx: &Context, profile: &Profile) -> String {
    let id = profile.source.account_id().filter(|_| profile.is_assignment);
    id.and_then(|id| Some(format!(" ({})", AccountNames::load(ctx).get(id)?))).unwrap_or_default()
}

/// Rejects a protected profile when a program calls ssox without a person. A profile with `ssox_protected = unattended`
/// is allowed.
///
/// # Errors
/// `NeedsPerson`: the profile is protected.
pub(super) fn check_unattended(profile: &Profile) -> Result<()> {
    if profile.protection != Protection::Confirmed {
        return Ok(());
    }
    let message = format!("profile `{}` is protected, and programs get no credentials of it", profile.name);
    Err(Error::needs_person(message).hint(format!(
        "ssox use {} in a shell, or write `ssox_protected = unattended` into the profile",
        as_argument(&profile.name)
    )))
}
