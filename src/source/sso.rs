//! Role credentials from IAM Identity Center: exchanges the session's token for the credentials of a role in an
//! account.

use super::kind::Kind;
use super::profile_keys::ProfileKeys;
use super::role_arn::permission_set;
use super::{Request, cached};
use crate::arn::{AccountId, is_role_name};
use crate::aws::portal;
use crate::cache::{Entry, Key};
use crate::config::{Section, misspelt};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::{self, Session, Token};

/// The config key with the name of the session. `configure populate` writes it into every profile that it creates.
const MANAGED: &str = "ssox_managed";
/// The config key with the account ID. `configure populate --credential-process` writes it in place of
/// `sso_account_id`.
const MANAGED_ACCOUNT: &str = "ssox_account_id";
/// The config key with the role name. `configure populate --credential-process` writes it in place of `sso_role_name`.
const MANAGED_ROLE: &str = "ssox_role_name";

/// An assignment: an account and a role (permission set) that a session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SsoRole {
    pub(crate) session: Session,
    pub(crate) account_id: AccountId,
    pub(crate) role_name: String,
    /// Whether a profile in the config file has this role. If no profile has it, the cache entry contains the label of
    /// the session, by which a sign-out finds and removes the entry.
    pub(crate) is_configured: bool,
}

impl Kind for SsoRole {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        let has = |key: &str| keys.section.value(key).is_some();
        let is_sso = has("sso_account_id") || has("sso_role_name") || is_managed_process(keys.section);
        is_sso.then(|| read(keys))
    }

    fn kind(&self) -> &'static str {
        "sso"
    }

    fn identity(&self) -> String {
        format!("{} of {} through {}", self.role_name, self.account_id, self.session.label())
    }

    /// Returns the role's credentials. Asks the person to sign in if needed.
    ///
    /// # Errors
    /// `NeedsPerson`: the person must sign in, or the keyring cannot be used. `Refused`: AWS rejects the request, for
    /// example because the role is not assigned to the person. `Unreachable`: AWS sends no valid response, or another
    /// process holds the lock for too long.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        let entry = cached::get_or_renew(ctx, &self.cache_key(), request, || {
            session::with_token(ctx, &self.session, request.timeout, |token| self.fetch(ctx, request, token))
        });
        entry.map_err(|error| self.session.named_in_hints(error))
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn is_role(&self) -> bool {
        true
    }

    fn session(&self) -> Option<&Session> {
        Some(&self.session)
    }

    fn account_id(&self) -> Option<&str> {
        Some(&self.account_id)
    }

    fn role_name(&self) -> Option<&str> {
        Some(&self.role_name)
    }

    fn region(&self) -> Option<&str> {
        Some(&self.session.region)
    }
}

impl SsoRole {
    /// Returns the name of the cache entry.
    pub(crate) fn cache_key(&self) -> Key {
        let session = &self.session;
        let key = Key::sso(&self.account_id, &self.role_name, session.name.as_deref(), &session.start_url);
        let key = if self.is_configured { key } else { key.of_session(Some(session.label())) };
        key.in_store(session.store, session.label())
    }

    fn fetch(&self, ctx: &Context, request: &Request, token: &Token) -> Result<Entry> {
        let Session { network, region, .. } = &self.session;
        cached::fetch(ctx, &self.cache_key(), request, || {
            portal::get_role_credentials(ctx, network, region, &token.access_token, &self.account_id, &self.role_name)
        })
    }
}

fn read(keys: &ProfileKeys) -> Result<SsoRole> {
    let ProfileKeys { name, section, .. } = keys;
    let required = |key: &str| {
        section.value(key).map(String::from).ok_or_else(|| {
            Error::configuration(format!("profile `{name}` has no `{key}`"))
                .hint(misspelt(section, key).unwrap_or_else(|| format!("add `{key} = …` to `[profile {name}]`")))
        })
    };
    let [account_key, role_key] = keys_of_role(section);
    let (account_id, role_name) = (required(account_key)?, required(role_key)?);
    let Some(account_id) = AccountId::parse(&account_id) else {
        let message = format!("`{account_key}` of profile `{name}` is `{account_id}`, not 12 digits");
        return Err(Error::configuration(message).hint(format!(
            "write all 12 digits, with leading zeros and without dashes: `{account_key} = 012345678901`"
        )));
    };
    check_role_name(&format!("`{role_key}` of profile `{name}`"), &role_name)?;
    if session_label(section).is_none() {
        let hint = misspelt(section, "sso_session").or_else(|| misspelt(section, "sso_start_url"));
        return Err(Error::configuration(format!("profile `{name}` does not say where to sign in"))
            .hint(hint.unwrap_or_else(|| format!("add `sso_session = NAME` to `[profile {name}]`"))));
    }
    let session = (keys.session)()?;
    Ok(SsoRole { session, account_id, role_name, is_configured: true })
}

/// Tells whether `configure populate --credential-process` wrote the profile, for tools that do not support SSO. Such a
/// profile has its account and role in ssox's own config keys.
fn is_managed_process(section: &Section) -> bool {
    [MANAGED, MANAGED_ACCOUNT, MANAGED_ROLE].iter().all(|key| section.value(key).is_some())
}

fn keys_of_role(section: &Section) -> [&'static str; 2] {
    if is_managed_process(section) { [MANAGED_ACCOUNT, MANAGED_ROLE] } else { ["sso_account_id", "sso_role_name"] }
}

/// Returns the account ID and the role name of an Identity Center profile; `None` if the profile lacks one of them.
pub(crate) fn account_and_role<'a>(section: &'a Section) -> Option<(&'a str, &'a str)> {
    let [account_id, role_name] = keys_of_role(section);
    Some((section.value(account_id)?, section.value(role_name)?))
}

/// Returns the name of the sso-session that a profile names. `None`: the profile uses no session, or is a legacy
/// profile, whose session has no name.
pub(crate) fn session_name<'a>(section: &'a Section) -> Option<&'a str> {
    section.value(session_key(section))
}

/// Returns the config key with which a profile names its sso-session.
pub(crate) fn session_key(section: &Section) -> &'static str {
    if is_managed_process(section) { MANAGED } else { "sso_session" }
}

/// Returns the name of the session that a profile uses; the start URL if the session has no name; `None` if the profile
/// uses no session.
pub(crate) fn session_label<'a>(section: &'a Section) -> Option<&'a str> {
    session_name(section).or_else(|| section.value("sso_start_url"))
}

/// Checks the name of a permission set, for a better message than AWS's. The message starts with `what`.
///
/// # Errors
/// `Configuration`: the name is empty, has characters that AWS does not allow, or is the name of the permission set's
/// IAM role.
pub(crate) fn check_role_name(what: &str, role_name: &str) -> Result<()> {
    let permission_set = permission_set(role_name);
    if permission_set != role_name {
        let message = format!("{what} is `{role_name}`, the IAM role of the permission set `{permission_set}`");
        return Err(Error::configuration(message).hint(format!("write `{permission_set}`")));
    }
    if role_name.is_empty() {
        return Err(Error::configuration(format!("{what} is empty")).hint("write the name of a role"));
    }
    if !is_role_name(role_name) {
        let message = format!("{what} is `{role_name}`, which is not the name of a role");
        return Err(Error::configuration(message).hint("a name has only letters, digits and `+=,.@-_`"));
    }
    Ok(())
}
