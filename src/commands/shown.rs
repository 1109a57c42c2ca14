//! Restores the variables by which the prompt segment and `status` show the profile in use. ssox has recorded their
//! values, so an edit by hand is undone at the next prompt.

use super::changes;
use super::file_marks;
use super::foreign::{self, Owner};
use super::label::label;
use super::renewal::{self, SegmentState};
use super::set_variable::set_or_unset;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::{EXPIRATION, FILES, ID, Identity, SHOWN, is_awaited};
use crate::time::Timestamp;

/// The value of `SSOX_STATE` in a shell with an identity that ssox did not set.
const FOREIGN: &str = "foreign";
/// The character that ends the profile and role in the shell prompt if the shell has an identity that ssox did not set.
const FOREIGN_MARK: char = '?';

/// Adds the environment changes that make the prompt segment show the profile in use, for a shell that has the identity
/// that ssox set.
///
/// # Errors
/// `Configuration`: a name in a file contains a control character.
pub(super) fn ours(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<()> {
    describe(ctx, held, "", changes)?;
    expires(ctx, held, changes)?;
    next(ctx, changes)?;
    let state = ctx.var("SSOX_STATE");
    if is_awaited(ctx) {
        return awaited(ctx, changes);
    }
    let outcome = if held.has_set(ctx, EXPIRATION) { renewal::outcome(ctx) } else { None };
    // A renewal that another shell has started is not shown in this shell.
    let outcome = outcome.filter(|outcome| state.is_some() || !matches!(outcome, SegmentState::Renewing));
    let right = outcome.map(SegmentState::name);
    if right == state { Ok(()) } else { set_or_unset(changes, "SSOX_STATE", right) }
}

/// Unsets those variables of the prompt segment that this process does not see: the shell may have them without
/// exporting them.
pub(super) fn unset_hidden(ctx: &Context, changes: &mut EnvChanges) {
    for name in ["SSOX_PROMPT", "SSOX_PROTECTED", "SSOX_STATE", "SSOX_EXPIRES", "SSOX_NEXT"] {
        if ctx.var_os(name).is_none() && changes.get(name).is_none() {
            changes.unset(name);
        }
    }
}

/// Restores two variables in a shell that has no credentials yet: the state that the prompt segment shows, and the time
/// of the hook's next call of ssox. That call sets the credentials.
fn awaited(ctx: &Context, changes: &mut EnvChanges) -> Result<()> {
    let outcome = renewal::outcome(ctx).unwrap_or(SegmentState::Renewing);
    if ctx.var("SSOX_STATE") != Some(outcome.name()) {
        changes.set("SSOX_STATE", outcome.name())?;
    }
    if ctx.var("SSOX_NEXT").is_some() { Ok(()) } else { changes.set("SSOX_NEXT", ctx.now().0.to_string()) }
}

/// Adds the environment changes that make the prompt segment show a foreign identity, for a shell with an identity that
/// ssox did not set.
///
/// # Errors
/// Those of [`ours`].
pub(super) fn foreign(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<()> {
    if ctx.var("SSOX_STATE") != Some(FOREIGN) {
        changes.set("SSOX_STATE", FOREIGN)?;
    }
    describe(ctx, held, "?", changes)
}

/// If the variables with the prompt label, the role and the protection of the profile do not have the values that ssox
/// set, restores these values. Appends `mark` to the prompt label.
fn describe(ctx: &Context, held: &Identity, mark: &str, changes: &mut EnvChanges) -> Result<()> {
    let label = ctx.var("SSOX_PROMPT").unwrap_or_default();
    let plain = label.strip_suffix(FOREIGN_MARK).unwrap_or(label);
    let known = [label, plain].into_iter().find(|label| held.matches("SSOX_PROMPT", label));
    let is_unchanged = SHOWN[1..].iter().all(|name| held.is_unchanged(ctx, name));
    let right = match (known, is_unchanged) {
        (Some(known), true) => known.to_string(),
        _ => restore(ctx, held, changes)?,
    };
    let marked = format!("{right}{mark}");
    if label == marked { Ok(()) } else { changes.set("SSOX_PROMPT", marked) }
}

/// Sets the variables for the role and the protection of the profile as `use` does, and returns the prompt label. If
/// the profile cannot be loaded any more, sets no variable, and only returns the prompt label.
fn restore(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<String> {
    let Ok(profile) = renewal::held_profile(ctx) else {
        let role = ctx.var("SSOX_ROLE").filter(|_| held.has_set(ctx, "SSOX_ROLE"));
        let name = ctx.var("SSOX_PROFILE").map(String::from).or_else(|| owner_of_keys(ctx, held));
        return Ok(label(&name.unwrap_or_default(), role));
    };
    let cached = profile.source.cached(ctx);
    let role = profile.source.role_name().or_else(|| cached.as_ref()?.credentials.role_name.as_deref());
    set_or_unset(changes, "SSOX_ROLE", role.filter(|_| held.has_recorded(ID)))?;
    set_or_unset(changes, "SSOX_PROTECTED", profile.protection.is_highlighted().then_some("1"))?;
    Ok(label(&profile.name, role))
}

/// Returns the profile or assignment to which ssox's access key belongs, for a shell in which another program has unset
/// the name of the profile in use. `None`: ssox did not set the access key, or has renewed it since then.
fn owner_of_keys(ctx: &Context, held: &Identity) -> Option<String> {
    let id = ctx.var(ID).filter(|_| held.has_set(ctx, ID))?;
    match foreign::owner(ctx, id)? {
        Owner::Profile(name) | Owner::Assignment(name) => Some(name),
    }
}

/// After `use --profile-only`: updates the prompt label and the protection if a configuration file was edited since.
/// AWS tools read the profile that AWS_PROFILE names from this file, so they use the edited profile. If AWS_CONFIG_FILE
/// or AWS_SHARED_CREDENTIALS_FILE has changed since `use`, label and protection keep the values that ssox set.
///
/// # Errors
/// `Configuration`: a name in a file contains a control character.
pub(super) fn follow_files(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<()> {
    let marks = file_marks::current(ctx);
    if ctx.var(file_marks::VARIABLE) == marks.as_deref() {
        return Ok(());
    }
    set_or_unset(changes, file_marks::VARIABLE, marks.as_deref())?;
    if !FILES.iter().all(|name| held.is_unchanged(ctx, name)) {
        return Ok(());
    }
    let profile = renewal::held_profile(ctx).ok();
    let role = profile.as_ref().and_then(|profile| profile.source.role_name());
    let shown = label(ctx.var("SSOX_PROFILE").unwrap_or_default(), role);
    let is_highlighted = profile.as_ref().is_some_and(|profile| profile.protection.is_highlighted());
    set_or_unset(changes, "SSOX_PROTECTED", is_highlighted.then_some("1"))?;
    let is_marked = changes
        .get("SSOX_PROMPT")
        .flatten()
        .or(ctx.var("SSOX_PROMPT"))
        .is_some_and(|label| label.ends_with(FOREIGN_MARK));
    let marked = format!("{shown}{FOREIGN_MARK}");
    changes.set("SSOX_PROMPT", shown)?;
    Identity::after(ctx, changes).record(changes)?;
    if is_marked { changes.set("SSOX_PROMPT", marked) } else { Ok(()) }
}

/// Restores `SSOX_EXPIRES`, from which the prompt segment computes the time left. Its value is the time in
/// AWS_CREDENTIAL_EXPIRATION. Unsets the variable if the credentials do not expire and thus are not renewed.
fn expires(ctx: &Context, held: &Identity, changes: &mut EnvChanges) -> Result<()> {
    if !held.has_recorded(EXPIRATION) && ctx.var_os("SSOX_EXPIRES").is_some() {
        changes.unset("SSOX_EXPIRES");
    }
    let end = ctx.var(EXPIRATION).filter(|_| held.has_set(ctx, EXPIRATION)).and_then(Timestamp::parse);
    let Some(end) = end.map(|end| end.0.to_string()) else { return Ok(()) };
    if ctx.var("SSOX_EXPIRES") == Some(end.as_str()) || changes.get("SSOX_EXPIRES").is_some() {
        return Ok(());
    }
    changes.set("SSOX_EXPIRES", end)
}

/// A protected profile (a person must confirm each use) may have a time limit, after which the hook in the shell prompt
/// removes the profile from the shell. If `SSOX_NEXT` (the time of the hook's next call of ssox) is later than that or
/// missing, sets it to that time.
fn next(ctx: &Context, changes: &mut EnvChanges) -> Result<()> {
    let Some(until) = changes::removed_at(ctx) else { return Ok(()) };
    let next = ctx.var("SSOX_NEXT").and_then(|next| next.parse().ok().map(Timestamp));
    if next.is_some_and(|next| next <= until) {
        return Ok(());
    }
    // The shell read its clock before this process started, so the current time could still be in the future for the
    // shell.
    let until = if until <= ctx.now() { Timestamp(1) } else { until };
    changes.set("SSOX_NEXT", until.0.to_string())
}
