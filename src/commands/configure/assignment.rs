//! Determines the account and role of a new profile. If options give both, ssox asks AWS whether they are assigned to
//! the person, but only if this needs no sign-in. If an option is missing, a person signs in and chooses from the list
//! that AWS returns; if the list has only one account or role, ssox takes it.

use crate::account_names::AccountNames;
use crate::arn::AccountId;
use crate::aws::listing;
use crate::aws::portal::Account;
use crate::config::{ConfigFiles, nearest};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::session::{self, Session, Token};
use crate::source::role_arn::permission_set;
use crate::terminal::picker::{self, Row};
use crate::terminal::say;
use clap::Args;

// The options that say which account and role the profile uses. A doc comment here would replace the description of the
// verb in the help.
#[derive(Args, Debug, Default)]
pub(super) struct AssignmentOptions {
    /// Account of the profile
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// Role (permission set) of the profile
    #[arg(long, value_name = "NAME")]
    pub(super) role_name: Option<String>,
}

impl AssignmentOptions {
    /// Returns the account ID of `--account-id`; `None` without this option.
    ///
    /// # Errors
    /// `Configuration`: the value is not an account ID.
    pub(super) fn account_id(&self) -> Result<Option<AccountId>> {
        let Some(text) = &self.account_id else { return Ok(None) };
        let error = || {
            Error::configuration(format!("`{text}` is not an account ID"))
                .hint("account IDs have 12 digits and no dashes")
        };
        AccountId::parse(text).ok_or_else(error).map(Some)
    }
}

/// The account and the role that the command line gives; `None` for a missing option.
type Given<'a> = (Option<AccountId>, Option<&'a str>);

/// Returns the account and the name of the role for the profile: those of the options, or those that a person chooses.
/// If the options give both, and AWS cannot check them now, says so and returns them unchecked.
///
/// # Errors
/// `Configuration`: `--account-id` is not an account ID. `Refused`: account or role is not assigned to the person. If
/// an option is missing, also `NeedsPerson`: nobody can sign in and choose; `Unreachable`: AWS cannot be reached;
/// `Interrupted`: the person pressed Ctrl-C.
pub(super) fn assignment(
    ctx: &Context,
    files: &ConfigFiles,
    session: &Session,
    args: &AssignmentOptions,
) -> Result<(Account, String)> {
    let given = (args.account_id()?, args.role_name.as_deref().map(permission_set));
    let (Some(id), Some(role)) = given else {
        let is_written = session.name.as_deref().is_some_and(|name| files.sso_session(name).is_some());
        let hinted = |error| if is_written { error } else { without_session(error, given) };
        return listed(ctx, session, given).map_err(hinted);
    };
    // All values are known, so nobody has to sign in.
    let mut quiet = ctx.clone();
    quiet.no_input = true;
    match listed(&quiet, session, given) {
        Err(error) if matches!(error.kind, ErrorKind::NeedsPerson | ErrorKind::Unreachable) => {
            say(&format!("the account and the role are not checked: {}", error.message));
            Ok((Account { id, name: AccountNames::load(ctx).get(&id).map(String::from), email: None }, role.into()))
        }
        checked => checked,
    }
}

/// Changes the hint of a `NeedsPerson` error about a session that is not in the configuration yet. `ssox login` does
/// not know this session, so the hint names the missing options instead.
fn without_session(error: Error, given: Given) -> Error {
    let missing = match given {
        (Some(_), _) => "--role-name NAME",
        (None, Some(_)) => "--account-id ID",
        (None, None) => "--account-id ID --role-name NAME",
    };
    match error.kind {
        ErrorKind::NeedsPerson => {
            error.only_hint(format!("add {missing}; with both account and role no sign-in is needed"))
        }
        _ => error,
    }
}

fn listed(ctx: &Context, session: &Session, given: Given) -> Result<(Account, String)> {
    let account = account(ctx, session, given.0)?;
    let role_name = role_name(ctx, session, &account, given.1)?;
    Ok((account, role_name))
}

fn account(ctx: &Context, session: &Session, given: Option<AccountId>) -> Result<Account> {
    let Session { network, region, .. } = session;
    let list = |token: &Token| listing::list_accounts(ctx, network, region, &token.access_token);
    let accounts = session::with_token(ctx, session, None, list)?;
    let names = accounts.iter().filter_map(|account| Some((&*account.id, account.name.as_deref()?)));
    AccountNames::save(ctx, names);
    let id = match (given, accounts.as_slice()) {
        (Some(id), _) => id,
        (None, []) => return Err(no_account()),
        (None, [only]) => only.id,
        (None, several) => {
            let rows: Vec<Row> = several.iter().map(account_row).collect();
            let picked = picker::pick(ctx, "account", "--account-id ID", &rows)?;
            AccountId::parse(&picked).expect("the key of each row is an account ID")
        }
    };
    accounts.into_iter().find(|account| account.id == id).ok_or_else(|| {
        Error::refused(format!("account `{id}` is not assigned to you"))
            .hint("leave out --account-id to choose from the accounts that are assigned to you")
    })
}

fn account_row(account: &Account) -> Row {
    let Account { id, name, email } = account.clone();
    Row { key: id.to_string(), columns: vec![name.unwrap_or_default(), id.to_string(), email.unwrap_or_default()] }
}

fn no_account() -> Error {
    Error::refused("no account is assigned to you").hint("ask the administrator of your organization")
}

fn role_name(ctx: &Context, session: &Session, account: &Account, given: Option<&str>) -> Result<String> {
    let Session { network, region, .. } = session;
    let list = |token: &Token| listing::list_account_roles(ctx, network, region, &token.access_token, &account.id);
    let roles = session::with_token(ctx, session, None, list)?;
    match (given, roles.as_slice()) {
        (Some(role), _) if roles.iter().any(|known| known == role) => Ok(role.into()),
        (Some(role), _) => Err(unassigned_role(role, account, &roles)),
        (None, []) => Err(Error::refused(format!("no role is assigned to you in account `{}`", account.id))
            .hint("choose another account")),
        (None, [only]) => Ok(only.clone()),
        (None, several) => {
            let rows: Vec<Row> =
                several.iter().map(|role| Row { key: role.clone(), columns: vec![role.clone()] }).collect();
            picker::pick(ctx, "role", "--role-name NAME", &rows)
        }
    }
}

fn unassigned_role(role: &str, account: &Account, roles: &[String]) -> Error {
    let hint = match nearest(role, roles.iter().map(String::as_str)).as_slice() {
        [] => "leave out --role-name to choose from the roles that are assigned to you".into(),
        near => format!("did you mean `{}`?", near.join("` or `")),
    };
    Error::refused(format!("role `{role}` is not assigned to you in account `{}`", account.id)).hint(hint)
}
