//! `ssox use`: sets a profile's credentials in this shell. The scripts in `shell/` apply ssox's reply.

use super::changes;
use super::options::{Consent, Fetch, region};
use super::pick::{CHOOSE, pick};
use super::precedence::disagreements;
use super::protected;
use super::protected_process;
use super::regions;
use super::shell_function::calling_function;
use super::status_tools;
use super::verb::{Done, VerbArgs};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result, as_argument};
use crate::profile::{Profile, Wanted};
use crate::region::Region;
use crate::shell::reply::reply;
use crate::source::kind::Kind as _;
use crate::source::{Request, Source};
use crate::store::Store;
use crate::terminal;
use crate::usage;
use clap::Args;

#[derive(Args, Debug, Default)]
#[command(
    after_help = "Examples:\n  ssox use dev\n  ssox use -                       back to the previous profile\n  \
    ssox use 111122223333/ReadOnly   that account and role, with or without a profile\n  \
    ssox use 'Data Platform/ReadOnly'"
)]
pub(crate) struct Use {
    /// Profile, `-` for the previous profile, ACCOUNT/ROLE, or a role ARN; without this argument, a picker opens
    #[arg(allow_hyphen_values = false)]
    profile: Option<String>,
    /// Use this region in place of the profile's
    #[arg(long, value_name = "REGION", value_parser = region)]
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
    /// Returns the reply to the shell function: the environment changes for a profile.
    ///
    /// # Errors
    /// `Usage`: not called by the shell function, or `--profile-only` is used with a role. `NeedsPerson`: nobody chose
    /// a profile, or agreed to the use of a protected one. `Interrupted`: Ctrl-C in the picker. `Configuration`,
    /// `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials cannot be fetched.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "use")?;
        if let Some(region) = &self.region {
            Region::parse("--region", region)?;
        }
        let profile = profile(ctx, self)?;
        if self.profile_only {
            check_profile_only(ctx, &profile, ProfileOnly::Option)?;
        }
        protected::confirm(ctx, "use", &profile, &self.consent)?;
        let region = self.region.as_deref();
        let changes = if self.profile_only {
            warn_of_differences(ctx, &profile);
            status_tools::say_who_does_not_follow(ctx, &profile.name);
            warn_of_keyring(&profile);
            changes::profile_only(&regions::of_shell(ctx), &profile, region)?
        } else {
            let entry = profile.credentials(ctx, &Request::from(&self.fetch))?;
            changes::with_credentials(&regions::of_shell(ctx), &profile, &entry, region)?
        };
        usage::record(ctx, &profile.name);
        Ok(reply(emit, &changes).into())
    }
}

fn profile(ctx: &Context, args: &Use) -> Result<Profile> {
    let (role_arn, session) = (args.fetch.role_arn.as_deref(), args.fetch.sso_session.as_deref());
    let before = |name: &str| ctx.var(name).filter(|_| args.profile.as_deref() == Some("-"));
    let name = match args.profile.as_deref() {
        Some("-") => previous(ctx)?.to_string(),
        Some(name) => name.to_string(),
        None => pick(ctx, session)?,
    };
    let wanted = Wanted::new(&name, session.or_else(|| before("SSOX_PREVIOUS_SSO_SESSION")));
    let profile = Profile::load(ctx, &wanted)?.with_role(ctx, role_arn.or_else(|| before("SSOX_PREVIOUS_ROLE_ARN")))?;
    profile.with_duration(args.fetch.duration)
}

/// What requires that only `AWS_PROFILE` is set. Messages name it, and hints say how to do without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProfileOnly {
    /// The option `--profile-only`.
    Option,
    /// `profile_only = true` in a `.ssox` file.
    Key,
}

impl ProfileOnly {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Option => "--profile-only",
            Self::Key => "`profile_only = true`",
        }
    }
}

/// Rejects what `AWS_PROFILE` cannot name: an account and role without a profile, and a role that `--role-arn` adds to a
/// profile. Also rejects a profile that needs access keys in the environment, one whose access keys have expired, and
/// one for which AWS tools would call `ssox credential-process` and get an error, as for a protected profile.
pub(super) fn check_profile_only(ctx: &Context, profile: &Profile, by: ProfileOnly) -> Result<()> {
    if profile.is_assignment {
        let message =
            format!("{} needs a profile, and no profile has the account and role `{}`", by.name(), profile.name);
        return Err(Error::configuration(message)
            .hint("`ssox configure populate` writes a profile for each account and role that you may use"));
    }
    if profile.source.needs_keys_of_environment() {
        let message = format!(
            "{} cannot be used with profile `{}`: the profile needs access keys in the environment (`credential_source = Environment`), and `ssox use` removes these keys",
            by.name(),
            profile.name
        );
        return Err(Error::configuration(message).hint(match by {
            ProfileOnly::Option => format!("ssox use {}", as_argument(&profile.name)),
            ProfileOnly::Key => "remove `profile_only` from the file".into(),
        }));
    }
    if let Source::Static(keys) = &profile.source {
        keys.credentials(ctx, &Request::default())?;
    }
    match &profile.ad_hoc_role_arn {
        Some(arn) => Err(without_role(&profile.name, arn)),
        None => protected_process::check(ctx, &profile.name, by.name()),
    }
}

/// Makes the error for `--profile-only` together with a role that the profile itself does not have.
fn without_role(name: &str, arn: &str) -> Error {
    let message = format!(
        "--profile-only cannot be used with the role `{arn}`: it only sets AWS_PROFILE, and profile `{name}` does not have this role"
    );
    let hint = format!(
        "`ssox use --profile-only {}` uses the profile without the role; to use the role, leave out --profile-only",
        as_argument(name)
    );
    Error::usage(message).hint(hint)
}

/// Warns if different AWS tools take different credentials from this profile, or read a line of it or of its session
/// differently. If the profile has several kinds of credentials, ssox uses the same as the AWS CLI.
fn warn_of_differences(ctx: &Context, profile: &Profile) {
    let Ok(files) = ConfigFiles::load(ctx) else { return };
    let Some(section) = files.profile(&profile.name) else { return };
    disagreements(&files, &section).iter().for_each(|message| terminal::warn(message));
    let findings = files.check();
    let of_profile = findings.iter().filter(|finding| finding.readers_in(&section).is_some());
    of_profile.for_each(|finding| {
        terminal::warn_with_hint(&Error::configuration(finding.located()).hint(&finding.hint));
    });
}

/// Warns if the keyring has the token of a profile: the AWS CLI and the SDKs do not look for the token there.
fn warn_of_keyring(profile: &Profile) {
    if profile.source.session().is_some_and(|session| session.store == Store::Keyring) {
        let name = &profile.name;
        terminal::warn(&format!(
            "the token of `{name}` is in the keyring, which AWS tools do not read: leave out --profile-only"
        ));
    }
}

fn previous(ctx: &Context) -> Result<&str> {
    ctx.var("SSOX_PREVIOUS")
        .ok_or_else(|| Error::configuration("there is no previous profile in this shell").hint(CHOOSE))
}
