//! Checks whether AWS can be reached, and whether this machine's clock is right: AWS rejects signatures with a wrong
//! time.

use super::Severity::{Error, Warning};
use crate::aws::web;
use crate::commands::finding::Finding;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{self, ErrorKind};
use crate::profile;
use crate::time::human;

/// How many seconds the clocks of this machine and of AWS may differ. If they differ by more, AWS rejects signatures.
const TOLERANCE: i64 = 300;

/// Sends a request to the OIDC service of the first session, and compares this machine's clock with the time in the
/// response. If there is no response, the finding says why. `None`: the clock is right to within [`TOLERANCE`], or no
/// session is configured.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Option<Finding> {
    let session = profile::sessions(ctx, files).into_iter().flatten().next()?;
    match web::clock_ahead(ctx, &session.network, &session.region) {
        Ok(ahead) => (ahead.abs() > TOLERANCE).then(|| off_by(ahead)),
        Err(error) => Some(unreachable(&error, session.network.sso_oidc.is_some())),
    }
}

fn off_by(ahead: i64) -> Finding {
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let message = format!("this machine's clock is {} {direction} AWS's", human(ahead.abs()));
    Finding::new("clock", Error, message, "timedatectl set-ntp true, or set the clock in the system's settings")
}

/// Returns the finding for an AWS service that cannot be reached: an error if a setting is invalid or sends the request
/// to another URL (`is_redirected`), otherwise a warning.
fn unreachable(error: &error::Error, is_redirected: bool) -> Finding {
    let is_setting = is_redirected || error.kind == ErrorKind::Configuration;
    let hint = error.first_hint().unwrap_or("check the network connection");
    Finding::new("network", if is_setting { Error } else { Warning }, &error.message, hint)
}
