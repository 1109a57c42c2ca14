//! Determines the session of a new profile: an existing one with the given name or start URL, or a new one.

use super::question::{Question, SSO_REGION, START_URL};
use super::{session_name, unused};
use crate::commands::options::region;
use crate::config::{ConfigFiles, SectionKind, check_name};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{self, scopes};
use crate::region::Region;
use crate::session::start_url::{self, canonical};
use crate::session::{self, ACCOUNT_ACCESS, Session};
use crate::terminal::picker::{self, Row};
use crate::terminal::say;
use clap::Args;

// The options that say where the profile signs in. A doc comment here would replace the description of the verb in the
// help.
#[derive(Args, Debug, Default)]
pub(super) struct SessionOptions {
    /// Start URL of the access portal
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,
    /// Region of IAM Identity Center
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(super) sso_region: Option<String>,
    /// Name of the session, new or existing
    #[arg(long, value_name = "NAME")]
    pub(super) sso_session: Option<String>,
    /// OAuth scopes to register with, separated by commas
    #[arg(long, value_name = "LIST")]
    scopes: Option<String>,
}

/// Returns an existing session unchanged, or a new one, which the caller writes together with the profile.
///
/// # Errors
/// `Configuration`: an option is invalid, or differs from the existing session. `NeedsPerson`: an answer is missing,
/// and there is nobody to ask.
pub(super) fn session(ctx: &Context, files: &ConfigFiles, args: &SessionOptions) -> Result<Session> {
    let is_chosen = args.sso_session.is_some() || args.start_url.is_some();
    let chosen = if is_chosen { args.sso_session.clone() } else { choose(ctx, files)? };
    if let Some(name) = chosen.as_deref().filter(|name| files.sso_session(name).is_some()) {
        return existing(ctx, files, args, name);
    }
    let start_url = START_URL.required(ctx, args.start_url.as_deref())?;
    if let Some(name) = chosen.is_none().then(|| known(files, &start_url)).flatten() {
        say(&format!("session `{name}` already has this start URL"));
        return existing(ctx, files, args, &name);
    }
    new(ctx, files, args, chosen.as_deref(), canonical(&start_url))
}

fn existing(ctx: &Context, files: &ConfigFiles, args: &SessionOptions, name: &str) -> Result<Session> {
    checked(profile::named_session(ctx, files, name)?, args)
}

fn new(
    ctx: &Context,
    files: &ConfigFiles,
    args: &SessionOptions,
    name: Option<&str>,
    start_url: String,
) -> Result<Session> {
    let network = profile::network_of_environment(ctx, files)?;
    let found = || start_url::find_region(ctx, &network, &start_url);
    let given = args.sso_region.clone().or_else(found);
    let region = SSO_REGION.required(ctx, given.as_deref())?;
    let region = Region::parse("--sso-region", &region)?;
    let suggested = unused(&session_name(&start_url), |name| files.sso_session(name).is_some());
    let question = Question {
        what: "session name",
        option: "--sso-session",
        default: Some(&suggested),
        check: &|_, name| check_name(SectionKind::SsoSession, name),
    };
    let name = question.optional(ctx, name)?.unwrap_or_else(|| suggested.clone());
    let store = profile::store_of_environment(ctx)?;
    let scopes = scopes(args.scopes.as_deref().unwrap_or_default());
    let session = Session { name: Some(name), profile: None, start_url, region, scopes, network, store };
    Ok(Session { scopes: session::registration_scopes(&session), ..session })
}

/// Returns the name of the first `[sso-session]` with this start URL, even if it is spelled in another way, as with a
/// `/` at its end; `None` if there is none.
fn known(files: &ConfigFiles, start_url: &str) -> Option<String> {
    let wanted = canonical(start_url);
    let is_same = |name: &String| {
        files
            .sso_session(name)
            .is_some_and(|session| session.get("sso_start_url").map(canonical).as_ref() == Some(&wanted))
    };
    files.sso_session_names().find(is_same)
}

/// Returns the existing session, or an error if `--start-url`, `--sso-region` or `--scopes` gives another value than it
/// has.
fn checked(session: Session, args: &SessionOptions) -> Result<Session> {
    let known_scopes = if session.scopes.is_empty() { ACCOUNT_ACCESS.into() } else { session.scopes.join(",") };
    let given_scopes = args.scopes.as_deref().map(|list| scopes(list).join(","));
    let options = [
        ("--start-url", args.start_url.as_deref(), session.start_url.as_str()),
        ("--sso-region", args.sso_region.as_deref(), &session.region),
        ("--scopes", given_scopes.as_deref(), known_scopes.as_str()),
    ];
    for (option, given, known) in options {
        if let Some(given) = given.filter(|given| canonical(given) != canonical(known)) {
            let label = session.label();
            let message = format!("{option} is `{given}`, but the existing session `{label}` has `{known}`");
            return Err(Error::configuration(message)
                .hint(format!("leave out {option}, or choose another name with --sso-session")));
        }
    }
    Ok(session)
}

fn choose(ctx: &Context, files: &ConfigFiles) -> Result<Option<String>> {
    const NEW: &str = "(a new session)";
    let row = |name: String| {
        let url = files.sso_session(&name).and_then(|session| session.get("sso_start_url").map(String::from));
        Row { columns: vec![name.clone(), url.unwrap_or_default()], key: name }
    };
    let mut rows: Vec<Row> = files.sso_session_names().map(row).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    rows.push(Row { key: String::new(), columns: vec![NEW.into()] });
    let chosen = picker::pick(ctx, "session", "--sso-session NAME, or --start-url URL", &rows)?;
    Ok(Some(chosen).filter(|chosen| !chosen.is_empty()))
}
