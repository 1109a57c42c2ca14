//! The profile `default`, which AWS tools use if no profile is named.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile::Profile;

/// Tells whether the profile `default` has a source of credentials. Programs that get no profile name use this profile.
pub(super) fn has_default(ctx: &Context) -> bool {
    let ctx = &ctx.for_programs();
    ConfigFiles::load(ctx).is_ok_and(|files| Profile::resolve(ctx, &files, "default").is_ok())
}
