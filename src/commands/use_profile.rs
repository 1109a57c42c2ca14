//! `ssox use`: sets a profile's credentials in this shell. The scripts in `shell/` apply the reply.

use super::changes;
use super::options::{Consent, Fetch};
use super::pick::pick;
use super::protected;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use crate::config::{as_argument, check_region};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::shell::reply::reply;
use crate::source::Request;
use crate::usage;
use clap::Args;

#[derive(Args, Debug, Default)]
#[command(
    after_help = "Examples:\n  ssox use dev\n  ssox use -                       back to the previous profile\n  \
    ssox use 111122223333/ReadOnly   the one profile with that account and role"
)]
pub(crate) struct Use {
    /// Profile, `-` for the previous one, ACCOUNT/ROLE, or a role ARN; without it, a picker opens
    #[arg(allow_hyphen_values = false)]
    profile: Option<String>,
    /// Use this region in place of the profile's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Set AWS_PROFILE only, and let each program fetch the credentials itself
    #[arg(long)]
    profile_only: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    fetch: Fetch,
}

impl VerbArgs for Use {
    /// Returns the reply to the shell function: the changes for a profile.
    ///
    /// # Errors
    /// Usage without the shell function; else those of the profile and its source.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "use")?;
        if let Some(region) = &self.region {
            check_region("--region", region)?;
        }
        let profile = profile(ctx, self)?;
        if self.profile_only {
            check_profile_only(&profile)?;
        }
        protected::confirm(ctx, "use", &profile, &self.consent)?;
        let region = self.region.as_deref();
        let changes = if self.profile_only {
            changes::profile_only(ctx, &profile, region)?
        } else {
            let entry = profile.source.credentials(ctx, &Request::from(&self.fetch))?;
            changes::with_credentials(ctx, &profile, &entry, region)?
        };
        usage::record(ctx, &profile.name);
        Ok(reply(emit, &changes).into())
    }
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
