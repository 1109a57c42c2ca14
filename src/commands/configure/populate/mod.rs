//! `ssox configure populate`: writes a profile for every account and role that a session may use, and keeps these
//! profiles up to date.

mod assigned;
mod keys;
mod managed;
mod naming;
mod placement;
mod plan;
mod program;
mod report;
#[cfg(test)]
mod tests;

use super::propose::{self, Consent};
use super::question::{OUTPUT, Question, REGION};
use crate::account_names::AccountNames;
use crate::assignments::{self, Listed, Listing};
use crate::commands::assigned::incomplete;
use crate::commands::options::region;
use crate::commands::sign_in_target::no_session;
use crate::commands::verb::Done;
use crate::config::{ConfigFiles, Edits};
use crate::context::{Context, tell};
use crate::error::{Error, ErrorKind, Result, as_option};
use crate::json;
use crate::profile;
use crate::secret::Secret;
use crate::session::Session;
use crate::terminal::warn;
use assigned::Scope;
use clap::Args;
use keys::{Form, Keys};
use naming::NameFormat;
use plan::{Plan, Renaming, Request, Stale, plan};
use report::{PopulateJson, say_counts};
use std::cell::RefCell;

/// Write a profile for every account and role that you may use, and keep these profiles up to date
#[derive(Args, Debug)]
#[command(
    after_help = "Example: ssox configure populate --account 'Data*' --role ReadOnly --region eu-west-1 --dry-run"
)]
pub(super) struct ConfigurePopulate {
    /// Session to write profiles for; needed if there are several
    #[arg(long, value_name = "NAME")]
    sso_session: Option<String>,
    /// Names of new profiles, made of {account_name} {account_id} {email} {role_name} {session}
    #[arg(long, value_name = "FORMAT", default_value = NameFormat::DEFAULT, value_parser = NameFormat::parse)]
    name_format: NameFormat,
    /// Use only accounts whose ID or name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    account: Vec<String>,
    /// Use only roles whose name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    role: Vec<String>,
    /// Region of the profiles
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Option<String>,
    /// Output format of the profiles
    #[arg(long, value_name = "FORMAT")]
    output: Option<String>,
    /// Write `credential_process` profiles, for tools that do not support SSO
    #[arg(long)]
    credential_process: bool,
    /// Rename profiles that populate wrote, to the names that --name-format gives
    #[arg(long)]
    rename: bool,
    /// Remove profiles that populate wrote and whose role is not assigned to you any more
    #[arg(long)]
    prune: bool,
    /// Show what would change, without changing it
    #[arg(long)]
    dry_run: bool,
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// Print the names of the profiles as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Lists the assignments, shows the changes of the config file, asks, and writes the changes. If the person declines,
/// the exit status is 3. If AWS lists only a part of the roles, writes the profiles of this part, and the result also
/// contains the error.
///
/// # Errors
/// `Configuration`: an option is invalid, no role is assigned to the person, or the file cannot be edited.
/// `NeedsPerson`: nobody can sign in, or nobody can be asked and `--yes` is not given. `Refused`, `Unreachable`: AWS
/// lists no assignments.
pub(super) fn run(ctx: &Context, args: &ConfigurePopulate) -> Result<Done> {
    let files = ConfigFiles::load(ctx)?;
    Edits::new(&files.config)?;
    let check = |given: &Option<String>, question: &Question| {
        given.as_ref().map_or(Ok(()), |given| (question.check)(question.option, given))
    };
    check(&args.region, &REGION)?;
    check(&args.output, &OUTPUT)?;
    let session = session(ctx, &files, args.sso_session.as_deref())?;
    let request = request(ctx, args, &session)?;
    let Listed { listing, failure } = assignments::list(ctx, &session)?;
    let missing = (!listing.is_complete()).then(|| {
        let kind = failure.as_ref().map_or(ErrorKind::Refused, |error| error.kind);
        let error = incomplete(&listing, &session, kind).only_hint("`ssox configure populate` tries again");
        failure.as_ref().map_or(error.clone(), |failure| error.doing(&failure.message))
    });
    if listing.accounts.iter().all(|account| account.known_roles().is_empty()) {
        return Err(missing.unwrap_or_else(|| no_role(&session)));
    }
    if args.prune && missing.is_some() {
        warn("no profile is removed, because AWS did not list all accounts and roles");
    }
    let account_names = AccountNames::load(ctx);
    let plan = plan(&files, &listing, &account_names, &request)?;
    let written = write(ctx, args, &files, plan, |files| self::plan(files, &listing, &account_names, &request))?;
    Ok(written.map_or_else(propose::declined, |plan| Done { error: missing, ..done(args, &plan, &listing) }))
}

/// Shows the changes, asks, and writes the changes. Returns the changes that were written; `None` if the person
/// declines. With `--dry-run`, or if there are no changes, writes nothing and returns `plan`.
fn write(
    ctx: &Context,
    args: &ConfigurePopulate,
    files: &ConfigFiles,
    plan: Plan,
    again: impl Fn(&ConfigFiles) -> Result<Plan>,
) -> Result<Option<Plan>> {
    let is_unchanged = plan.text.expose() == &*files.config.text;
    if !is_unchanged {
        tell(propose::shown(&files.config, plan.text.expose()).trim_end_matches('\n'));
    }
    say_counts(&plan);
    if args.dry_run || is_unchanged {
        return Ok(Some(plan));
    }
    let consent = if args.yes { Consent::Given } else { Consent::Asked };
    let text = plan.text.clone();
    // The plan that is written. It differs from the plan that was shown if another program has changed the file since
    // then.
    let last = RefCell::new(plan);
    let again = |files: &ConfigFiles| {
        let plan = again(files)?;
        let text: Secret = plan.text.clone();
        last.replace(plan);
        Ok(text)
    };
    let is_written = propose::write_shown(ctx, &files.config, text.expose(), consent, again)?;
    Ok(is_written.then(|| last.into_inner()))
}

fn done(args: &ConfigurePopulate, plan: &Plan, listing: &Listing) -> Done {
    if args.json { Done::from(json::document(&PopulateJson::new(plan, listing))) } else { Done::default() }
}

fn request<'a>(ctx: &Context, args: &'a ConfigurePopulate, session: &'a Session) -> Result<Request<'a>> {
    let form = if args.credential_process { Form::CredentialProcess(program::program(ctx)?) } else { Form::Sso };
    Ok(Request {
        keys: Keys { session: session.label(), form, region: args.region.as_deref(), output: args.output.as_deref() },
        format: &args.name_format,
        scope: Scope::new(&args.account, &args.role),
        renaming: if args.rename { Renaming::Rename } else { Renaming::Keep },
        stale: if args.prune { Stale::Remove } else { Stale::Keep },
    })
}

/// Returns the session that `--sso-session` names; without this option, the only `[sso-session]`.
fn session(ctx: &Context, files: &ConfigFiles, name: Option<&str>) -> Result<Session> {
    if let Some(name) = name {
        let session = profile::labelled_session(ctx, files, name)?;
        return if session.name.is_some() { Ok(session) } else { Err(legacy(&session)) };
    }
    let names: Vec<String> = files.sso_session_names().collect();
    match names.as_slice() {
        [only] => profile::named_session(ctx, files, only),
        [] => Err(profile::sessions(ctx, files).iter().flatten().next().map_or_else(|| no_session(ctx, files), legacy)),
        several => {
            let options: Vec<String> = several.iter().map(|name| as_option("--sso-session", name)).collect();
            Err(Error::configuration("there are several sessions")
                .hint(format!("add one of these options: {}", options.join(" or "))))
        }
    }
}

fn legacy(session: &Session) -> Error {
    let message = format!("`{}` is the start URL of legacy profiles, not of an sso-session", session.start_url);
    Error::configuration(message).hint("`ssox configure migrate` gives these profiles an sso-session")
}

fn no_role(session: &Session) -> Error {
    Error::configuration(format!(
        "no role in any account is assigned to you in `{}`; nothing was changed",
        session.label()
    ))
    .hint("ask the administrator of your organization")
    .hint(format!("or sign in as somebody else: {} --fresh", session.sign_in_line()))
}
