//! The profile `default`, which AWS tools use if no profile is named.

use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile::Profile;

/// Tells whether there are credentials for programs that get no profile name: those of the profile `default`.
pub(super) fn has_default(ctx: &Context) -> bool {
    let ctx = &ctx.for_programs();
    ConfigFiles::load(ctx).is_ok_and(|files| Profile::resolve(ctx, &files, "default").is_ok())
}
