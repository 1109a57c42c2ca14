//! The verbs, one file each: the steps of the verb, in order. The layers below do the work.

mod changes;
mod clear;
mod complete;
mod completions;
mod configure;
mod console;
mod credential_process;
mod credentials_file;
mod directory_values;
mod doctor;
mod exec;
mod export;
mod foreign;
mod identity;
mod init;
mod list;
mod login;
mod logout;
mod name_list;
mod pick;
mod renewal;
mod saml;
mod sessions;
mod status;
mod table;
mod tick;
mod use_profile;
mod verify;

use crate::cli::{Cli, Fetch, Saml, ShellName, Verb};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{self, Profile};
use crate::session::Session;
use crate::shell::{Emit, Shell, hint};
use crate::source::Request;
use crate::terminal;

/// What a verb prints on stdout, and its exit status.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) stdout: String,
    pub(crate) status: u8,
}

impl From<String> for Done {
    fn from(stdout: String) -> Self {
        Self { stdout, status: 0 }
    }
}

impl From<()> for Done {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub(crate) fn run(ctx: &Context, cli: &Cli) -> Result<Done> {
    let emit = cli.emit.as_deref();
    if cli.verb.keeps_state() {
        ctx.check_state()?;
    }
    match &cli.verb {
        Verb::Init(args) => Ok(init::script(args.shell.into(), !args.no_prompt).into()),
        Verb::Use(args) => use_profile::run(ctx, emit, args).map(Done::from),
        Verb::Clear(_) => clear::run(ctx, emit).map(Done::from),
        Verb::Login(args) => login::run(ctx, args).map(Done::from),
        Verb::Logout(args) => logout::run(ctx, args).map(Done::from),
        Verb::List(args) => list::run(ctx, args).map(Done::from),
        Verb::Sessions(args) => sessions::run(ctx, args).map(Done::from),
        Verb::Status(args) => status::run(ctx, args).map(Done::from),
        Verb::Export(args) => export::run(ctx, args).map(Done::from),
        Verb::Exec(args) => exec::run(ctx, args),
        Verb::CredentialProcess(args) => credential_process::run(ctx, args).map(Done::from),
        Verb::Doctor(args) => doctor::run(ctx, args),
        Verb::Configure(verb) => configure::run(ctx, verb),
        Verb::Saml(Saml::Roles(args)) => saml::roles(ctx, args).map(Done::from),
        Verb::Console(args) => console::run(ctx, args).map(Done::from),
        Verb::Tick(args) => tick::run(ctx, emit, args).map(Done::from),
        Verb::Identity => identity::run(ctx, emit).map(Done::from),
        Verb::Complete(args) => complete::run(ctx, args).map(Done::from),
        Verb::Completions(args) => Ok(Done::from(completions::script(args.shell.into()))),
    }
}

/// Returns the shell and protocol of the shell function; without that function nothing could apply the changes.
fn emit(ctx: &Context, emit: Option<&str>, verb: &str) -> Result<Emit> {
    match emit {
        Some(emit) => Emit::parse(emit),
        None => Err(Error::usage(format!(
            "`ssox {verb}` changes the current shell, which needs ssox's shell function for that"
        ))
        .hint(install(ctx))),
    }
}

/// Returns how to load ssox's function into the running shell.
fn install(ctx: &Context) -> String {
    match hint::integration(ctx) {
        Some(line) => format!("{line}; put that line into its rc file, too"),
        None => "there is a function for zsh, bash, fish and PowerShell; in other shells use ssox exec NAME -- COMMAND"
            .into(),
    }
}

impl From<ShellName> for Shell {
    fn from(name: ShellName) -> Self {
        match name {
            ShellName::Zsh => Self::Zsh,
            ShellName::Bash => Self::Bash,
            ShellName::Fish => Self::Fish,
            ShellName::Powershell => Self::PowerShell,
        }
    }
}

/// Returns the session with the given name, of the given profile, or of the implied profile; else the only session.
///
/// # Errors
/// Configuration: there is no such session or profile, or none is named and there are several.
fn chosen_session(
    ctx: &Context,
    files: &ConfigFiles,
    profile: Option<&str>,
    sso_session: Option<&str>,
) -> Result<Session> {
    if let Some(name) = sso_session {
        return profile::named_session(ctx, files, name);
    }
    let implied = profile::implied_name(ctx);
    let is_implied = implied != "default" || files.profile(implied).is_some();
    if let Some(wanted) = profile.or(is_implied.then_some(implied)) {
        return profile::session_behind(ctx, files, wanted);
    }
    let mut sessions = profile::sessions(ctx, files);
    match (sessions.pop(), sessions.is_empty()) {
        (None, _) => Err(no_session(ctx, files)),
        (Some(only), true) => only,
        _ => Err(Error::configuration("there are several sessions")
            .hint("give a profile, or --sso-session NAME; ssox sessions lists them")),
    }
}

fn no_session(ctx: &Context, files: &ConfigFiles) -> Error {
    let message = "there is no session to sign in to";
    match files.why_absent(ctx, |usual| usual.sso_session_names().next().is_some()) {
        Some((cause, hint)) => Error::configuration(format!("{message}: {cause}")).hint(hint),
        None => Error::configuration(message).hint("ssox configure sso"),
    }
}

/// Tells a person that the files have no profiles, or no sessions, and why.
fn say_none(ctx: &Context, files: &ConfigFiles, what: &str) {
    let absent = files.why_absent(ctx, |usual| usual.profile_names().next().is_some());
    let (cause, hint) = match absent {
        Some((cause, hint)) => (format!(": {cause}"), hint),
        None => (String::new(), "ssox configure sso".into()),
    };
    terminal::say(&format!("there are no {what} yet{cause}"));
    terminal::say(&format!("hint: {hint}"));
}

/// Returns the profile with the role to assume. Those that no option names are the ones in use in this shell.
///
/// # Errors
/// Those of the profile.
fn selected_profile(ctx: &Context, profile: Option<&str>, fetch: &Fetch) -> Result<Profile> {
    let mut role_arn = fetch.role_arn.as_deref();
    if profile.is_none() && ctx.var("SSOX_PROFILE").is_some() {
        role_arn = role_arn.or_else(|| ctx.var("SSOX_ROLE_ARN"));
    }
    Profile::load(ctx, profile.unwrap_or_else(|| profile::implied_name(ctx)))?.with_role(ctx, role_arn)
}

impl From<&Fetch> for Request {
    fn from(fetch: &Fetch) -> Self {
        Self {
            min_ttl: fetch.min_ttl,
            mfa_code: fetch.mfa_code.clone(),
            saml_response: fetch.saml_response.clone(),
            timeout: fetch.timeout,
        }
    }
}
