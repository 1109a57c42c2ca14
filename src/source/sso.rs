//! A role in an account of Identity Center: exchanges a token for role credentials.

use super::kind::Kind;
use super::profile_keys::ProfileKeys;
use super::role_arn::permission_set;
use super::{Request, cached};
use crate::aws::portal;
use crate::cache::{Entry, Key};
use crate::config::misspelt;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::session::{self, Session, Token};

/// An assignment: an account and a role (permission set) that a session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SsoRole {
    pub(crate) session: Session,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
}

impl Kind for SsoRole {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        let has = |key: &str| keys.section.value(key).is_some();
        (has("sso_account_id") || has("sso_role_name")).then(|| read(keys))
    }

    fn kind(&self) -> &'static str {
        "sso"
    }

    fn identity(&self) -> String {
        format!("{} of {} through {}", self.role_name, self.account_id, self.session.label())
    }

    /// Returns the role's credentials. Asks a person to sign in if needed.
    ///
    /// # Errors
    /// Needs a person. Refused: the assignment does not exist. Unreachable.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.cache_key(), request, || {
            session::with_token(ctx, &self.session, request.timeout, |token| self.fetch(ctx, request, token))
        })
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
        Key::sso(&self.account_id, &self.role_name, self.session.name.as_deref(), &self.session.start_url)
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
    let (account_id, role_name) = (required("sso_account_id")?, required("sso_role_name")?);
    if !is_account_id(&account_id) {
        return Err(Error::configuration(format!(
            "`sso_account_id` of profile `{name}` is `{account_id}`, not 12 digits"
        ))
        .hint("write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`"));
    }
    check_role_name(&format!("`sso_role_name` of profile `{name}`"), &role_name)?;
    if section.value("sso_session").is_none() && section.value("sso_start_url").is_none() {
        let hint = misspelt(section, "sso_session").or_else(|| misspelt(section, "sso_start_url"));
        return Err(Error::configuration(format!("profile `{name}` does not say where to sign in"))
            .hint(hint.unwrap_or_else(|| format!("add `sso_session = NAME` to `[profile {name}]`"))));
    }
    let session = (keys.session)()?;
    Ok(SsoRole { session, account_id, role_name })
}

/// Checks the name of a permission set, for a better message than that of AWS. `what` starts the message.
///
/// # Errors
/// Configuration: it has characters that no name has, or it is the name of the IAM role.
pub(crate) fn check_role_name(what: &str, role_name: &str) -> Result<()> {
    let permission_set = permission_set(role_name);
    if permission_set != role_name {
        let message = format!("{what} is `{role_name}`, the IAM role of the permission set `{permission_set}`");
        return Err(Error::configuration(message).hint(format!("write `{permission_set}`")));
    }
    if role_name.is_empty() || !role_name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c)) {
        let message = format!("{what} is `{role_name}`, which is not the name of a role");
        return Err(Error::configuration(message).hint("a name has only letters, digits and `+=,.@-_`"));
    }
    Ok(())
}

/// Tells whether a text is an AWS account id: 12 digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
