//! The profile that a verb works with.

use super::options::Fetch;
use crate::context::Context;
use crate::error::Result;
use crate::profile::{Profile, implied_name};

/// Returns the profile with the role to assume. Those that no option names are the ones in use in this shell.
///
/// # Errors
/// Those of the profile.
pub(super) fn selected_profile(ctx: &Context, profile: Option<&str>, fetch: &Fetch) -> Result<Profile> {
    let mut role_arn = fetch.role_arn.as_deref();
    if profile.is_none() && ctx.var("SSOX_PROFILE").is_some() {
        role_arn = role_arn.or_else(|| ctx.var("SSOX_ROLE_ARN"));
    }
    Profile::load(ctx, profile.unwrap_or_else(|| implied_name(ctx)))?.with_role(ctx, role_arn)
}
