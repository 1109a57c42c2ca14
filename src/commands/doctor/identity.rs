//! Checks whether this shell still has the identity that ssox set, and whether universal variables of fish prevent ssox
//! from unsetting variables.

use super::super::foreign::foreign;
use super::Severity::Error;
use crate::commands::finding::Finding;
use crate::context::Context;

/// Reports variables that other programs have changed since ssox set them, and universal variables of fish.
pub(super) fn check(ctx: &Context) -> Vec<Finding> {
    let foreign = foreign(ctx).map(|foreign| {
        let message = format!("{}; now: {}", foreign.message(), foreign.identity);
        Finding::new("environment", Error, message, foreign.hint())
    });
    foreign.into_iter().chain(universal(ctx)).collect()
}

/// Reports exported universal variables of fish, whose names the shell function passes in SSOX_UNIVERSAL. fish passes
/// such a variable to programs unless an exported global variable has the same name.
fn universal(ctx: &Context) -> Option<Finding> {
    let names = ctx.var("SSOX_UNIVERSAL")?;
    let message = format!("programs get these universal variables of fish even after ssox unsets them: {names}");
    Some(Finding::new("environment", Error, message, format!("set -eU {names}")))
}
