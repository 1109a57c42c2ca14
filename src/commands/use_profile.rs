//! `ssox use`: sets a profile's credentials in this shell. The scripts in `shell/` apply the reply.

use super::changes;
use super::pick::pick;
use crate::cli::Use;
use crate::config::as_argument;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Profile, check_region};
use crate::shell::reply::reply;
use crate::source::Request;
use crate::usage;

/// Returns the reply to the shell function: the changes for a profile.
///
/// # Errors
/// Usage without the shell function; else those of the profile and its source.
pub(super) fn run(ctx: &Context, emit: Option<&str>, args: &Use) -> Result<String> {
    let emit = super::emit(ctx, emit, "use")?;
    if let Some(region) = &args.region {
        check_region("--region", region)?;
    }
    let profile = profile(ctx, args)?;
    let region = args.region.as_deref();
    let changes = if args.profile_only {
        check_profile_only(&profile)?;
        changes::profile_only(ctx, &profile, region)?
    } else {
        let entry = profile.source.credentials(ctx, &Request::from(&args.fetch))?;
        changes::with_credentials(ctx, &profile, &entry, region)?
    };
    usage::record(ctx, &profile.name);
    Ok(reply(emit, &changes))
}

fn profile(ctx: &Context, args: &Use) -> Result<Profile> {
    let role_arn = args.fetch.role_arn.as_deref();
    let (wanted, role_arn) = match args.profile.as_deref() {
        Some("-") => (previous(ctx)?.to_string(), role_arn.or_else(|| ctx.var("SSOX_PREVIOUS_ROLE_ARN"))),
        Some(name) => (name.to_string(), role_arn),
        None => (pick(ctx)?, role_arn),
    };
    Profile::load(ctx, &wanted)?.with_role(ctx, role_arn)
}

/// Rejects a role to assume: a program that reads `AWS_PROFILE` would get the credentials of the profile itself.
fn check_profile_only(profile: &Profile) -> Result<()> {
    if profile.ad_hoc_role_arn.is_none() {
        return Ok(());
    }
    Err(Error::usage("--profile-only cannot be used with a role: AWS_PROFILE names only the profile")
        .hint(format!("ssox use --profile-only {}", as_argument(&profile.name))))
}

fn previous(ctx: &Context) -> Result<&str> {
    ctx.var("SSOX_PREVIOUS").ok_or_else(|| {
        Error::configuration("there is no previous profile in this shell")
            .hint("ssox use NAME; ssox list shows the names")
    })
}
