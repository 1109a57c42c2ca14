//! Checks whether this shell still has the identity that ssox set, and whether fish lets ssox change it.

use super::super::foreign::foreign;
use super::Severity::Error;
use crate::commands::finding::Finding;
use crate::context::Context;

/// Checks the variables that ssox compares.
pub(super) fn check(ctx: &Context) -> Vec<Finding> {
    let foreign = foreign(ctx).map(|foreign| {
        let message = format!("{}; now: {}", foreign.message(), foreign.identity);
        Finding::new("environment", Error, message, foreign.hint())
    });
    foreign.into_iter().chain(universal(ctx)).collect()
}

/// Reports exported universal variables of fish, which the function passes here: fish gives them to every program, even if
/// a global variable hides them.
fn universal(ctx: &Context) -> Option<Finding> {
    let names = ctx.var("SSOX_UNIVERSAL")?;
    let message = format!("universal variables of fish hide what ssox sets or unsets: {names}");
    Some(Finding::new("environment", Error, message, format!("set -eU {names}")))
}
