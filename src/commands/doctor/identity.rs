//! Whether this shell still has the identity that ssox gave it, and whether fish lets ssox change it.

use super::super::foreign::foreign;
use super::Finding;
use super::Severity::Error;
use crate::context::Context;

/// Looks at the variables that ssox compares.
pub(super) fn check(ctx: &Context) -> Vec<Finding> {
    let foreign = foreign(ctx).map(|foreign| {
        let message = format!("{}; now: {}", foreign.message(), foreign.identity);
        Finding::new("environment", Error, message, foreign.hint())
    });
    foreign.into_iter().chain(universal(ctx)).collect()
}

/// fish hands an exported universal variable to every program, whatever hides it in the shell. Only its function knows
/// which there are.
fn universal(ctx: &Context) -> Option<Finding> {
    let names = ctx.var("SSOX_UNIVERSAL")?;
    let message = format!("universal in fish, which hides what ssox sets or unsets: {names}");
    Some(Finding::new("environment", Error, message, format!("set -eU {names}")))
}
