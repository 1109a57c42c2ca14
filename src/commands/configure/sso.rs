//! `ssox configure sso`: makes a profile. What is given is not asked; what is asked has a default where there is one.
//!
//! Deliberately not here: roles in several accounts at once.

use super::propose::{self, Consent};
use super::question::{OUTPUT, Question, REGION, SSO_REGION, START_URL};
use super::{is_free, session_name, unused};
use crate::account_names::AccountNames;
use crate::aws::portal::{self, Account};
use crate::cli::ConfigureSso;
use crate::config::{ConfigFiles, Edits, Kind, check_name, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::find::is_account_id;
use crate::profile::{self, scopes};
use crate::session::start_url::{self, plain};
use crate::session::{self, ACCOUNT_ACCESS, Session, Token};
use crate::terminal::picker::{self, Row};
use crate::terminal::say;

/// Asks what is not given, signs in, shows the change and writes it.
///
/// # Errors
/// Configuration; `NeedsPerson` when an answer is missing and nobody is there; those of signing in.
pub(super) fn run(ctx: &Context, args: &ConfigureSso) -> Result<String> {
    let files = ConfigFiles::load(ctx)?;
    check_given(&files, args)?;
    let session = session(ctx, &files, args)?;
    let account = account(ctx, &session, args.account_id.as_deref())?;
    let role_name = role_name(ctx, &session, &account, args.role_name.as_deref())?;
    let region = Question { default: Some(&session.region), ..REGION }.optional(ctx, args.region.as_deref())?;
    let output = OUTPUT.optional(ctx, args.output.as_deref())?;
    let profile = profile_name(ctx, &files, args, &account, &role_name)?;
    let mut edits = Edits::new(&files.config)?;
    let name = session.name.as_deref().expect("the wizard's sessions have names");
    if files.sso_session(name).is_none() {
        edits.set(Kind::SsoSession, name, "sso_start_url", &session.start_url)?;
        edits.set(Kind::SsoSession, name, "sso_region", &session.region)?;
        edits.set(Kind::SsoSession, name, "sso_registration_scopes", &session.scopes.join(","))?;
    }
    let keys = [
        ("sso_session", Some(name)),
        ("sso_account_id", Some(account.id.as_str())),
        ("sso_role_name", Some(role_name.as_str())),
        ("region", region.as_deref()),
        ("output", output.as_deref()),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            edits.set(Kind::Profile, &profile, key, value)?;
        }
    }
    // A profile of that name that was legacy before must not keep both forms.
    edits.unset(Kind::Profile, &profile, "sso_start_url");
    edits.unset(Kind::Profile, &profile, "sso_region");
    let text = edits.finish();
    if text == files.config.text {
        say(&format!("profile `{profile}` is already like that"));
        return Ok(String::new());
    }
    let consent = if args.yes { Consent::Given } else { Consent::Asked };
    if propose::write(ctx, &files.config, &text, consent)? {
        say(&format!("now: ssox use {}", shell_words::quote(&profile)));
    }
    Ok(String::new())
}

/// What is given can be refused before anybody has to sign in.
fn check_given(files: &ConfigFiles, args: &ConfigureSso) -> Result<()> {
    let check = |given: Option<&String>, question: &Question| {
        given.map_or(Ok(()), |given| (question.check)(question.option, given))
    };
    check(args.region.as_ref(), &REGION)?;
    check(args.output.as_ref(), &OUTPUT)?;
    let new_session = args.sso_session.as_deref().filter(|name| files.sso_session(name).is_none());
    new_session.map_or(Ok(()), |name| check_name(Kind::SsoSession, name))?;
    args.profile.as_deref().map_or(Ok(()), |name| is_free(files, name))?;
    match args.account_id.as_deref().filter(|id| !is_account_id(id)) {
        None => Ok(()),
        Some(id) => {
            Err(Error::configuration(format!("`{id}` is not an account id")).hint("it has 12 digits and no dashes"))
        }
    }
}

/// An existing session is used as it is; a new one is put together, and written with the profile.
fn session(ctx: &Context, files: &ConfigFiles, args: &ConfigureSso) -> Result<Session> {
    let name = match (&args.sso_session, &args.start_url) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(url)) => known_session(files, url),
        (None, None) => choose_session(ctx, files)?,
    };
    if let Some(name) = name.as_deref().filter(|name| files.sso_session(name).is_some()) {
        let session = profile::named_session(ctx, files, name)?;
        return agrees(session, args);
    }
    let start_url = START_URL.required(ctx, args.start_url.as_deref())?;
    let start_url = plain(&start_url).to_string();
    let network = profile::network_of_environment(ctx, files)?;
    let found = || start_url::find_region(ctx, &network, &start_url);
    let given = args.sso_region.clone().or_else(found);
    let region = SSO_REGION.required(ctx, given.as_deref())?;
    let suggested = unused(&session_name(&start_url), |name| files.sso_session(name).is_some());
    let question = Question {
        what: "session name",
        option: "--sso-session",
        default: Some(&suggested),
        check: &|_, name| check_name(Kind::SsoSession, name),
    };
    let name = question.optional(ctx, name.as_deref())?.unwrap_or_else(|| suggested.clone());
    let scopes = scopes(args.scopes.as_deref().unwrap_or_default());
    let session = Session { name: Some(name), profile: None, start_url, region, scopes, network };
    Ok(Session { scopes: session::registration_scopes(&session), ..session })
}

fn known_session(files: &ConfigFiles, start_url: &str) -> Option<String> {
    let is_same = |name: &String| {
        files.sso_session(name).is_some_and(|session| session.get("sso_start_url").map(plain) == Some(plain(start_url)))
    };
    files.sso_session_names().find(is_same)
}

/// What is said on the command line of an existing session must be what it says itself.
fn agrees(session: Session, args: &ConfigureSso) -> Result<Session> {
    let known_scopes = if session.scopes.is_empty() { ACCOUNT_ACCESS.into() } else { session.scopes.join(",") };
    let given_scopes = args.scopes.as_deref().map(|list| scopes(list).join(","));
    let said = [
        ("--start-url", args.start_url.as_deref(), session.start_url.as_str()),
        ("--sso-region", args.sso_region.as_deref(), session.region.as_str()),
        ("--scopes", given_scopes.as_deref(), known_scopes.as_str()),
    ];
    for (option, given, known) in said {
        if given.is_some_and(|given| plain(given) != plain(known)) {
            return Err(Error::configuration(format!(
                "session `{}` has `{known}`, not what {option} says",
                session.label()
            ))
            .hint(format!("leave {option} out, or choose another name with --sso-session")));
        }
    }
    Ok(session)
}

fn choose_session(ctx: &Context, files: &ConfigFiles) -> Result<Option<String>> {
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

fn account(ctx: &Context, session: &Session, given: Option<&str>) -> Result<Account> {
    let Session { network, region, .. } = session;
    let list = |token: &Token| portal::list_accounts(ctx, network, region, &token.access_token);
    let accounts = session::with_token(ctx, session, None, list)?;
    AccountNames::keep(
        ctx,
        accounts.iter().filter_map(|account| Some((account.id.as_str(), account.name.as_deref()?))),
    );
    let row = |account: &Account| Row {
        key: account.id.clone(),
        columns: vec![
            account.name.clone().unwrap_or_default(),
            account.id.clone(),
            account.email.clone().unwrap_or_default(),
        ],
    };
    let id = match (given, accounts.as_slice()) {
        (Some(id), _) => id.to_string(),
        (None, []) => {
            return Err(Error::refused("no account is assigned to you").hint("ask who runs your organization"));
        }
        (None, [only]) => only.id.clone(),
        (None, several) => {
            picker::pick(ctx, "account", "--account-id ID", &several.iter().map(row).collect::<Vec<_>>())?
        }
    };
    accounts.into_iter().find(|account| account.id == id).ok_or_else(|| {
        Error::refused(format!("account `{id}` is not assigned to you"))
            .hint("leave --account-id out to see those that are")
    })
}

fn role_name(ctx: &Context, session: &Session, account: &Account, given: Option<&str>) -> Result<String> {
    let Session { network, region, .. } = session;
    let list = |token: &Token| portal::list_account_roles(ctx, network, region, &token.access_token, &account.id);
    let roles = session::with_token(ctx, session, None, list)?;
    match (given, roles.as_slice()) {
        (Some(role), _) if roles.iter().any(|known| known == role) => Ok(role.into()),
        (Some(role), _) => Err(Error::refused(format!("role `{role}` is not assigned to you in `{}`", account.id))
            .hint(match nearest(role, roles.iter().map(String::as_str)).as_slice() {
                [] => "leave --role-name out to see those that are".into(),
                near => format!("did you mean `{}`?", near.join("` or `")),
            })),
        (None, []) => {
            Err(Error::refused(format!("no role is assigned to you in `{}`", account.id))
                .hint("choose another account"))
        }
        (None, [only]) => Ok(only.clone()),
        (None, several) => {
            let row = |role: &String| Row { key: role.clone(), columns: vec![role.clone()] };
            picker::pick(ctx, "role", "--role-name NAME", &several.iter().map(row).collect::<Vec<_>>())
        }
    }
}

fn profile_name(
    ctx: &Context,
    files: &ConfigFiles,
    args: &ConfigureSso,
    account: &Account,
    role_name: &str,
) -> Result<String> {
    let place = account.name.as_deref().unwrap_or(&account.id);
    let legal = |c: char| if c.is_ascii_alphanumeric() || "_-.+".contains(c) { c.to_ascii_lowercase() } else { '-' };
    let suggested: String = format!("{place}-{role_name}").chars().map(legal).collect();
    let suggested = unused(&suggested, |name| files.profile(name).is_some());
    let question = Question {
        what: "profile name",
        option: "--profile",
        default: Some(&suggested),
        check: &|_, name| is_free(files, name),
    };
    Ok(question.optional(ctx, args.profile.as_deref())?.unwrap_or_else(|| suggested.clone()))
}
