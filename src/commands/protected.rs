//! Asks a person before ssox gives out the credentials of a protected profile, and removes them from the shell when
//! their time limit has passed.

use super::changes;
use super::options::Consent;
use crate::account_names::AccountNames;
use crate::context::Context;
use crate::environment::EnvChanges;
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
        return Err(refused("ssox cannot ask for confirmation: there is no terminal, or `CI` or `--no-input` is set"));
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

/// Tells whether the time limit of the protected profile in use has passed.
pub(super) fn time_limit_has_passed(ctx: &Context) -> bool {
    changes::removed_at(ctx).is_some_and(|at| at <= ctx.now())
}

/// Removes a protected profile from the shell when its time limit has passed, and tells the person.
pub(super) fn removed(ctx: &Context) -> Result<EnvChanges> {
    let name = ctx.var("SSOX_PROFILE").unwrap_or_default();
    terminal::say_in_hook(&format!(
        "removed the protected profile {name} from this shell: its time limit has passed; to use it again: ssox use {}",
        as_argument(name)
    ));
    changes::cleared(ctx)
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
    let message = format!("profile `{}` is protected, so programs get no credentials from this profile", profile.name);
    Err(Error::needs_person(message).hint(format!(
        "`ssox use {}` in a shell; or write `ssox_protected = unattended` into the profile, so that programs get its credentials without a question",
        as_argument(&profile.name)
    )))
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
