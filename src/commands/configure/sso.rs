//! `ssox configure sso`: creates or changes a profile, and asks for the values that no option gives.

use super::assignment::{AssignmentOptions, assignment};
use super::propose::{self, Consent};
use super::question::{OUTPUT, Question, REGION};
use super::session::{SessionOptions, session};
use super::{check_profile_name, names, unused};
use crate::aws::portal::Account;
use crate::commands::assigned;
use crate::commands::options::region;
use crate::commands::verb::Done;
use crate::config::{ConfigFiles, Edits, SectionKind, check_name};
use crate::context::Context;
use crate::error::{Result, as_argument};
use crate::secret::Secret;
use crate::session::Session;
use crate::source::role_arn::permission_set;
use crate::source::sso::check_role_name;
use crate::terminal::say;
use clap::Args;

/// Create a profile: asks for each value that is not given as an option, and lets you choose account and role after signing in
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Example:\n  ssox configure sso --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1"
)]
pub(super) struct ConfigureSso {
    #[command(flatten)]
    session: SessionOptions,
    #[command(flatten)]
    assignment: AssignmentOptions,
    /// Default region of the profile
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Option<String>,
    /// Default output format of the profile
    #[arg(long, value_name = "FORMAT")]
    output: Option<String>,
    /// Name of the profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Write without asking
    #[arg(long)]
    yes: bool,
}

/// Asks for missing values, signs in if account or role is missing and there is no valid token, shows the change, asks,
/// and writes it. If the file already has all values, says so and writes nothing. If the person declines, the exit
/// status is 3.
///
/// # Errors
/// `Configuration`: an option is invalid, or the file cannot be read or written. `NeedsPerson`: an answer or a sign-in
/// is missing, and there is nobody to ask. `Refused`: AWS rejects the sign-in, or the account or role is not assigned
/// to the person. `Unreachable`: AWS cannot be reached, or another ssox process holds the lock on the file for too
/// long. `Interrupted`: the person pressed Ctrl-C.
pub(super) fn run(ctx: &Context, args: &ConfigureSso) -> Result<Done> {
    let files = ConfigFiles::load(ctx)?;
    check_given(&files, args)?;
    let session = session(ctx, &files, &args.session)?;
    let (account, role_name) = assignment(ctx, &files, &session, &args.assignment)?;
    let region = Question { default: Some(&session.region), ..REGION }.optional(ctx, args.region.as_deref())?;
    let output = OUTPUT.optional(ctx, args.output.as_deref())?;
    let profile = profile_name(ctx, &files, args, &account, &role_name)?;
    let name = session.name.as_deref().expect("`session` returns named sessions only");
    let keys = [
        ("sso_session", Some(name)),
        ("sso_account_id", Some(&*account.id)),
        ("sso_role_name", Some(role_name.as_str())),
        ("region", region.as_deref()),
        ("output", output.as_deref()),
    ];
    let edited = |files: &ConfigFiles| edited(files, &session, &profile, &keys);
    let text = edited(&files)?;
    if text.expose() == &*files.config.text {
        say(&format!("profile `{profile}` is unchanged: it already has these values"));
        return Ok(Done::default());
    }
    let consent = if args.yes { Consent::Given } else { Consent::Asked };
    if !propose::write(ctx, &files.config, text.expose(), consent, edited)? {
        return Ok(propose::declined());
    }
    assigned::list_new_session(ctx, &session);
    say(&format!("next: ssox use {}", as_argument(&profile)));
    Ok(Done::default())
}

/// Returns the new text of the config file, with the profile, and with the session if the session is new.
fn edited(files: &ConfigFiles, session: &Session, profile: &str, keys: &[(&str, Option<&str>)]) -> Result<Secret> {
    let mut edits = Edits::new(&files.config)?;
    if let Some(name) = session.name.as_deref().filter(|name| files.sso_session(name).is_none()) {
        edits.set(SectionKind::SsoSession, name, "sso_start_url", &session.start_url)?;
        edits.set(SectionKind::SsoSession, name, "sso_region", &session.region)?;
        edits.set(SectionKind::SsoSession, name, "sso_registration_scopes", &session.scopes.join(","))?;
    }
    for (key, value) in keys {
        if let Some(value) = value {
            edits.set(SectionKind::Profile, profile, key, value)?;
        }
    }
    // A legacy profile with this name must not keep its legacy settings in addition to the session.
    edits.unset(SectionKind::Profile, profile, "sso_start_url");
    edits.unset(SectionKind::Profile, profile, "sso_region");
    Ok(edits.finish())
}

/// Checks the options before anybody has to sign in.
fn check_given(files: &ConfigFiles, args: &ConfigureSso) -> Result<()> {
    let check = |given: Option<&String>, question: &Question| {
        given.map_or(Ok(()), |given| (question.check)(question.option, given))
    };
    check(args.region.as_ref(), &REGION)?;
    check(args.output.as_ref(), &OUTPUT)?;
    let new_session = args.session.sso_session.as_deref().filter(|name| files.sso_session(name).is_none());
    new_session.map_or(Ok(()), |name| check_name(SectionKind::SsoSession, name))?;
    args.profile.as_deref().map_or(Ok(()), |name| check_profile_name(files, name))?;
    let role_name = args.assignment.role_name.as_deref().map(permission_set);
    role_name.map_or(Ok(()), |role_name| check_role_name("--role-name", role_name))?;
    args.assignment.account_id().map(drop)
}

fn profile_name(
    ctx: &Context,
    files: &ConfigFiles,
    args: &ConfigureSso,
    account: &Account,
    role_name: &str,
) -> Result<String> {
    let suggested =
        names::suggested(account.name.as_deref().unwrap_or_default(), role_name, &account.id).to_lowercase();
    let suggested = unused(&suggested, |name| files.profile(name).is_some());
    let question = Question {
        what: "profile name",
        option: "--profile",
        default: Some(&suggested),
        check: &|_, name| check_profile_name(files, name),
    };
    Ok(question.optional(ctx, args.profile.as_deref())?.unwrap_or_else(|| suggested.clone()))
}
