//! Whether AWS can be reached, and whether it and this machine agree on the time: signatures and expiries depend on it.

use super::Finding;
use super::Severity::{Error, Warning};
use crate::aws::web;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{self, ErrorKind};
use crate::profile;
use crate::time::human;

/// Seconds AWS tolerates in a signature.
const TOLERANCE: i64 = 300;

/// Asks the OIDC service of the first session for the time.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Option<Finding> {
    let session = profile::sessions(ctx, files).into_iter().flatten().next()?;
    match web::clock_ahead(ctx, &session.network, &session.region) {
        Ok(ahead) => (ahead.abs() > TOLERANCE).then(|| off_by(ahead)),
        Err(error) => Some(unreachable(error, session.network.sso_oidc.is_some())),
    }
}

fn off_by(ahead: i64) -> Finding {
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let message = format!("this machine's clock is {} {direction} AWS's", human(ahead.abs()));
    Finding::new("clock", Error, message, "timedatectl set-ntp true, or set the clock in the system's settings")
}

/// A network that is down is a warning; a setting that leads nowhere is an error.
fn unreachable(error: error::Error, is_redirected: bool) -> Finding {
    let is_setting = is_redirected || error.kind == ErrorKind::Configuration;
    let hint = error.hint.unwrap_or_else(|| "is the network up?".into());
    Finding::new("network", if is_setting { Error } else { Warning }, error.message, hint)
}
