//! Whether this machine and AWS agree on the time: signatures and expiries depend on it.
//!
//! Deliberately not here: an AWS that does not answer. That is no matter of clocks.

use super::Finding;
use super::Severity::Error;
use crate::aws::web;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile;
use crate::time::human;

/// Seconds AWS tolerates in a signature.
const TOLERANCE: i64 = 300;

/// Asks the OIDC service of the first session for the time.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Option<Finding> {
    let session = profile::sessions(ctx, files).into_iter().flatten().next()?;
    let ahead = web::clock_ahead(ctx, &session.network, &session.region).ok()?;
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    (ahead.abs() > TOLERANCE).then(|| {
        let message = format!("this machine's clock is {} {direction} AWS's", human(ahead.abs()));
        Finding::new("clock", Error, message, "timedatectl set-ntp true, or set the clock in the system's settings")
    })
}
