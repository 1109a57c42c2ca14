//! Access keys in a config file: an IAM user's long-term keys, or temporary keys that another tool wrote.

use super::Request;
use super::expiry::expiry;
use super::kind::{Kind, uncached};
use super::profile_keys::ProfileKeys;
use crate::arn::AccountId;
use crate::cache::Entry;
use crate::config::{Entry as ConfigEntry, Section, WhichFile};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The access keys of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StaticKeys {
    pub(crate) profile: String,
    pub(crate) keys: RoleCredentials,
}

impl Kind for StaticKeys {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        file_with_keys(keys.section).map(|which| read(keys.name, keys.section, which))
    }

    fn kind(&self) -> &'static str {
        "static"
    }

    fn identity(&self) -> String {
        format!("keys {}", self.keys.access_key_id)
    }

    /// Returns the access keys of the profile. Their expiration is known only if the tool that wrote the access keys
    /// also wrote the expiration.
    ///
    /// # Errors
    /// `NeedsPerson`: the keys have expired.
    fn credentials(&self, ctx: &Context, _: &Request) -> Result<Entry> {
        let entry = uncached(ctx, self.keys.clone());
        let Some(end) = self.keys.expiration.filter(|_| entry.is_expired(ctx.now())) else { return Ok(entry) };
        let profile = &self.profile;
        Err(Error::needs_person(format!("the access keys of profile `{profile}` expired at {end}"))
            .hint(format!("to renew the access keys of `[{profile}]`, run the tool that wrote them")))
    }

    /// Returns the keys if they have an expiration. ssox reads the config file again before they expire, because the
    /// tool that wrote the keys may have written new ones.
    fn cached(&self, ctx: &Context) -> Option<Entry> {
        self.keys.expiration.is_some().then(|| uncached(ctx, self.keys.clone()))
    }

    fn account_id(&self) -> Option<&str> {
        self.keys.account_id.as_deref()
    }
}

/// Returns the file whose access keys the profile uses; `None` if it uses none. AWS tools look first for keys in
/// `credentials`, then for `login_session` and `credential_process`, then for keys in `config`.
fn file_with_keys(section: &Section) -> Option<WhichFile> {
    let has = |key: &str, which| in_file(section, key, which).is_some();
    if has("aws_access_key_id", WhichFile::Credentials) {
        return Some(WhichFile::Credentials);
    }
    if ["login_session", "credential_process"].iter().any(|key| section.value(key).is_some()) {
        return None;
    }
    if has("aws_access_key_id", WhichFile::Config) || has("aws_secret_access_key", WhichFile::Config) {
        return Some(WhichFile::Config);
    }
    has("aws_secret_access_key", WhichFile::Credentials).then_some(WhichFile::Credentials)
}

/// Returns the value of a config key in one of the two files; `None` if it is absent there or empty. The AWS CLI never
/// combines access keys from both files.
fn in_file<'a>(section: &'a Section, key: &str, which: WhichFile) -> Option<&'a str> {
    let is_wanted = |entry: &&ConfigEntry| entry.key == key && entry.which == which;
    section.entries().iter().rev().find(is_wanted).map(|entry| entry.value.as_ref()).filter(|value| !value.is_empty())
}

fn read(name: &str, section: &Section, which: WhichFile) -> Result<StaticKeys> {
    let file = match which {
        WhichFile::Credentials => "~/.aws/credentials",
        WhichFile::Config => "~/.aws/config",
    };
    let text = |key: &str| in_file(section, key, which);
    let required = |key: &str| {
        let error = || {
            Error::configuration(format!("profile `{name}` has incomplete access keys: `{key}` is missing in {file}"))
        };
        match (text(key), section.value(key)) {
            (Some(value), _) => Ok(value.to_string()),
            (None, Some(_)) => {
                Err(error()
                    .hint(format!("move `{key}` to {file}: AWS tools do not combine the access keys of two files")))
            }
            (None, None) => Err(error().hint(format!("add `{key}` to {file}, or remove the other key"))),
        }
    };
    // `aws_security_token` is the old name; the AWS CLI prefers it if both are set.
    let token = text("aws_security_token").or_else(|| text("aws_session_token"));
    // Only temporary keys expire.
    let expiration = token.and_then(|_| expiry(text));
    let keys = RoleCredentials::new(
        required("aws_access_key_id")?,
        Secret::new(required("aws_secret_access_key")?),
        token.map(Secret::new),
        expiration,
    );
    let keys = RoleCredentials { account_id: text("aws_account_id").and_then(AccountId::parse), ..keys };
    Ok(StaticKeys { profile: name.into(), keys })
}
