//! Asks a person before ssox gives out the credentials of a protected profile, and removes them from the shell when
//! their time limit has passed.

use super::changes;
use super::options::Consent;
use crate::account_names::AccountNames;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::{Error, Result, as_argument};
use crate::identity::{Identity, UNTIL};
use crate::profile::{Profile, Protection};
use crate::terminal::{self, Answer};

/// Asks before a protected profile is used, unless `--yes` is given. Other profiles are used without a question. `verb`
/// is for the hint of the error, which says where the person adds `--yes`: what follows a profile may be a command.
///
/// # Errors
/// `NeedsPerson`: the answer is not yes, or ssox cannot ask.
pub(super) fn confirm(ctx: &Context, verb: &str, profile: &Profile, consent: &Consent) -> Result<()> {
    if consent.yes || !profile.protection.needs_confirmation() {
        return Ok(());
    }
    let name = &profile.name;
    let refused = |why: &str| {
        Error::needs_person(format!("profile `{name}` is protected, and {why}"))
            .hint(format!("add --yes after `ssox {verb}`"))
    };
    if ctx.no_input {
        return Err(refused("ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set"));
    }
    match terminal::confirm(&format!("use the protected profile {name}{}?", account(ctx, profile)))? {
        Answer::Yes => Ok(()),
        Answer::No => Err(refused("the answer was not yes")),
    }
}

/// Returns the name of the account in brackets for an assignment without a profile, because few people know account
/// IDs. Returns an empty text for a profile, or if ssox does not know the name.
fn account(ctx: &Context, profile: &Profile) -> String {
    let id = profile.source.account_id().filter(|_| profile.is_assignment);
    id.and_then(|id| Some(format!(" ({})", AccountNames::load(ctx).get(id)?))).unwrap_or_default()
}

/// Tells whether the protected profile in use must be removed from the shell: its time limit has passed, or somebody
/// has changed `SSOX_PROTECTED_UNTIL`.
pub(super) fn time_limit_has_passed(ctx: &Context) -> bool {
    changes::removed_at(ctx).is_some_and(|at| at <= ctx.now())
}

/// Returns the environment changes that remove the protected profile in use from the shell, and tells the person why:
/// the caller has found that [`time_limit_has_passed`].
pub(super) fn removed(ctx: &Context) -> Result<EnvChanges> {
    let name = ctx.var("SSOX_PROFILE").unwrap_or_default();
    let is_edited = Identity::recorded(ctx).is_some_and(|held| !held.is_unchanged(ctx, UNTIL));
    let why = if is_edited { "SSOX_PROTECTED_UNTIL was changed" } else { "its time limit has passed" };
    terminal::say_in_hook(&format!(
        "removed the protected profile {name} from this shell: {why}; to use it again: ssox use {}",
        as_argument(name)
    ));
    changes::cleared(ctx)
}

/// Rejects a protected profile if a program, and not a person, requests its credentials. A profile with
/// `ssox_protected = unattended` is allowed.
///
/// # Errors
/// `NeedsPerson`: the profile is protected.
pub(super) fn check_unattended(profile: &Profile) -> Result<()> {
    if profile.protection != Protection::Confirmed {
        return Ok(());
    }
    let message = format!("profile `{}` is protected, so programs get no credentials from this profile", profile.name);
    let hint = format!("`ssox use {}` in a shell", as_argument(&profile.name));
    Err(Error::needs_person(message).hint(if profile.is_assignment {
        hint
    } else {
        format!(
            "{hint}; or write `ssox_protected = unattended` into the profile, so that programs get its credentials without a question"
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Clock;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_protected_profile_is_removed_when_its_time_limit_has_passed_and_not_before() {
        let clock = Clock::ahead(Arc::default());
        let until = (Context::new([]).now().0 + 3600).to_string();
        let mut ctx = Context::new([("SSOX_PROTECTED_UNTIL".into(), until.into())]);
        ctx.clock = clock;
        clock.advance(Duration::from_secs(3500));
        assert!(!time_limit_has_passed(&ctx));
        clock.advance(Duration::from_secs(100));
        assert!(time_limit_has_passed(&ctx));
    }
}
