//! The profile that a verb works with.

use super::options::Fetch;
use super::renewal;
use crate::context::Context;
use crate::error::Result;
use crate::profile::{Profile, Wanted};

/// Returns the profile that the command line names, with the role of `--role-arn`. If the command line names none,
/// returns the profile in use in this shell with its role; if none is in use, the profile that AWS_PROFILE or
/// AWS_DEFAULT_PROFILE names, or else `default`.
///
/// # Errors
/// `Configuration`, `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded.
pub(super) fn selected_profile(ctx: &Context, profile: Option<&str>, fetch: &Fetch) -> Result<Profile> {
    let (mut role_arn, mut duration) = (fetch.role_arn.as_deref(), fetch.duration);
    if profile.is_none() && ctx.var("SSOX_PROFILE").is_some() {
        role_arn = role_arn.or_else(|| ctx.var("SSOX_ROLE_ARN"));
        duration = duration.or_else(|| renewal::held_duration(ctx));
    }
    let mut wanted = profile.map_or_else(|| Wanted::implied(ctx), |name| Wanted::new(name, None));
    wanted.session = fetch.sso_session.as_deref().or(wanted.session);
    Profile::load(ctx, &wanted)?.with_role(ctx, role_arn)?.with_duration(duration)
}
