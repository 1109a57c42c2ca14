//! The variables with the region of a shell. A profile with a region replaces their values, and a profile without one
//! leaves them to the person: then the shell gets back the values that an earlier profile has replaced.

use super::replaced;
use super::set_variable::{set_or_remove, set_or_unset};
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::identity::Identity;
use crate::secret::Secret;
use crate::snapshots::Snapshots;

pub(super) const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The variable that contains the values of [`REGIONS`] from before ssox replaced them, separated by `|`. An empty value
/// stands for an unset variable. The variable is not set if both values are empty. While direnv or mise will restore a
/// region that ssox had set, the variable stays, also after `clear`: this region is then replaced by the value from
/// before.
pub(super) const VARIABLE: &str = "SSOX_REGIONS_BEFORE";

/// The variable in which the shell function passes the values of [`REGIONS`] in the shell, separated by `|`, if this call
/// hides them. An empty value stands for an unset variable.
const OF_SHELL: &str = "SSOX_REGIONS";

/// Returns the context with the regions of the shell in place of regions that this call alone has.
pub(super) fn of_shell(ctx: &Context) -> Context {
    let passed = ctx.emit.as_ref().and(ctx.var(OF_SHELL));
    let Some((region, default)) = passed.and_then(|passed| passed.split_once('|')) else { return ctx.clone() };
    let values = REGIONS.into_iter().zip([region, default]).filter(|(_, value)| !value.is_empty());
    values.fold(ctx.without(&REGIONS), |ctx, (name, value)| ctx.with(name, value))
}

/// Sets both variables to a region. Without a region, puts back the values from before, except in a variable that
/// somebody else has changed since.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn set(changes: &mut EnvChanges, ctx: &Context, region: Option<&str>) -> Result<()> {
    let Some(region) = region else { return put_back(changes, ctx) };
    let held = Identity::recorded(ctx);
    let is_replaced = |name| held.as_ref().is_some_and(|held| held.has_recorded(name)) || is_ours(ctx, name);
    let snapshots = Snapshots::of(ctx);
    let before = REGIONS.map(|name| if is_replaced(name) { before(ctx, name) } else { current(ctx, &snapshots, name) });
    let before = before.map(Option::unwrap_or_default).join("|");
    set_or_remove(changes, ctx, VARIABLE, Some(before.as_str()).filter(|before| *before != "|"))?;
    REGIONS.iter().try_for_each(|name| changes.set(name, region))
}

/// Returns the region that a shell or a program has in the variable `name` if the profile that it uses has no region.
pub(super) fn without_ours(ctx: &Context, name: &str) -> Option<String> {
    if !is_ours(ctx, name) && !replaced::has_returned(ctx, name) {
        return ctx.var(name).map(String::from);
    }
    // The values of direnv and mise are not recorded as values from before. In their directory, they count.
    Snapshots::of(ctx).value(name).map(|value| value.expose().into()).or_else(|| before(ctx, name))
}

/// Puts back the values from before. From then on, the variables are as if ssox had never set them. A value of direnv or
/// mise is an exception: when the shell leaves the directory, these tools may bring back an old value of ssox.
fn put_back(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    let held = Identity::recorded(ctx);
    let has_changed = |name: &str| held.as_ref().is_some_and(|held| held.has_changed(name));
    for name in REGIONS {
        if is_ours(ctx, name) || replaced::has_returned(ctx, name) {
            set_or_unset(changes, name, without_ours(ctx, name).filter(|region| is_plain(region)).as_deref())?;
            changes.forget(name);
        } else if has_changed(name) && Snapshots::of(ctx).value(name).is_none() {
            changes.forget(name);
        }
    }
    forget(changes, ctx)
}

/// Puts back the values from before if direnv or mise has restored the region of an earlier profile, and the profile in
/// use has no region.
///
/// # Errors
/// Those of [`EnvChanges::set`].
pub(super) fn replace_returned(changes: &mut EnvChanges, ctx: &Context, held: &Identity) -> Result<()> {
    let is_returned = |name: &&'static str| !held.has_recorded(name) && replaced::has_returned(ctx, name);
    let returned: Vec<&str> = REGIONS.into_iter().filter(is_returned).collect();
    for name in &returned {
        set_or_unset(changes, name, before(ctx, name).as_deref())?;
        changes.forget(name);
    }
    if returned.is_empty() { Ok(()) } else { forget(changes, ctx) }
}

/// Unsets [`VARIABLE`], unless direnv or mise will restore a region that ssox had set.
///
/// # Errors
/// In practice there is no error: the variable is only unset.
pub(super) fn forget(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    if ctx.var_os(VARIABLE).is_some() && REGIONS.iter().any(|name| replaced::will_return(ctx, name)) {
        changes.keep(VARIABLE);
        return Ok(());
    }
    set_or_remove(changes, ctx, VARIABLE, None)
}

/// Tells whether the variable has the value that ssox set.
fn is_ours(ctx: &Context, name: &str) -> bool {
    let matches = |value| Identity::recorded(ctx).is_some_and(|held| held.matches(name, value));
    ctx.var(name).is_some_and(matches)
}

/// Returns the value that the variable `name` had before ssox replaced it, as [`VARIABLE`] has it.
fn before(ctx: &Context, name: &str) -> Option<String> {
    let at = REGIONS.iter().position(|known| *known == name)?;
    ctx.var(VARIABLE)?.split('|').nth(at).filter(|value| !value.is_empty()).map(String::from)
}

/// Returns the value that ssox is about to replace; for a value of direnv or mise, the value from before the shell
/// entered the directory of this tool.
fn current(ctx: &Context, snapshots: &Snapshots, name: &str) -> Option<String> {
    let value = ctx.var(name)?;
    let value = match snapshots.owner(name) {
        Some(_) => snapshots.before(name),
        None => Some(Secret::new(value)),
    };
    let value = value.as_ref().map(Secret::expose)?;
    if replaced::is_replaced(ctx, name, value) {
        return before(ctx, name);
    }
    Some(value).filter(|value| is_plain(value)).map(String::from)
}

fn is_plain(value: &str) -> bool {
    !value.contains(|c: char| c == '|' || c.is_control())
}
