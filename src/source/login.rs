//! Profiles of `aws login`: ssox uses the credentials that the AWS CLI has cached, until they expire.
//!
//! Invariant: ssox does not refresh these credentials. A refresh needs a private key that only the AWS CLI should use.

use super::Request;
use super::kind::{Kind, uncached};
use super::profile_keys::ProfileKeys;
use crate::arn::AccountId;
use crate::cache::Entry;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result, as_option, has_control};
use crate::files;
use crate::json::SecretJson;
use crate::secret::Secret;
use crate::time::Timestamp;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A profile whose credentials come from `aws login`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AwsLogin {
    pub(crate) profile: String,
    /// The value of `login_session`.
    pub(crate) session: String,
}

impl Kind for AwsLogin {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        let session = keys.section.value("login_session")?;
        Some(Ok(Self { profile: keys.name.into(), session: session.into() }))
    }

    fn kind(&self) -> &'static str {
        "login"
    }

    fn identity(&self) -> String {
        format!("login session {}", self.session)
    }

    /// Returns the credentials from `aws login` in the AWS CLI's cache.
    ///
    /// # Errors
    /// `NeedsPerson`: there are no cached credentials, or they have expired.
    fn credentials(&self, ctx: &Context, _: &Request) -> Result<Entry> {
        let profile = &self.profile;
        let needs_login = |why: &str| {
            Error::needs_person(format!("profile `{profile}` is managed by `aws login`, and {why}"))
                .hint(format!("aws login {}", as_option("--profile", profile)))
        };
        let entry = self.cached(ctx).ok_or_else(|| needs_login("nobody is signed in"))?;
        if entry.is_expired(ctx.now()) {
            return Err(needs_login("its credentials have expired"));
        }
        Ok(entry)
    }

    /// Returns the credentials from `aws login` in the AWS CLI's cache, even if they have expired.
    fn cached(&self, ctx: &Context) -> Option<Entry> {
        let content = Zeroizing::new(files::read(&self.path(ctx)?).ok()??);
        let document = SecretJson::parse(&content)?;
        let token = document.get("accessToken")?;
        let text = |name: &str| {
            let text = token.get(name)?.as_str()?;
            (!text.is_empty() && !has_control(text)).then(|| text.to_string())
        };
        let keys = RoleCredentials::new(
            text("accessKeyId")?,
            Secret::new(text("secretAccessKey")?),
            Some(Secret::new(text("sessionToken")?)),
            Some(Timestamp::parse(&text("expiresAt")?)?),
        );
        let credentials =
            RoleCredentials { account_id: text("accountId").as_deref().and_then(AccountId::parse), ..keys };
        Some(uncached(ctx, credentials))
    }
}

impl AwsLogin {
    fn path(&self, ctx: &Context) -> Option<PathBuf> {
        let directory = match ctx.var("AWS_LOGIN_CACHE_DIRECTORY") {
            Some(directory) => ctx.expand(directory),
            None => ctx.home().ok()?.join(".aws/login/cache"),
        };
        Some(directory.join(format!("{}.json", hex::encode(Sha256::digest(self.session.trim().as_bytes())))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    const SESSION: &str = "arn:aws:iam::111122223333:user/me";

    fn after_login(expires_at: &str) -> Result<Entry> {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
        let login = AwsLogin { profile: "me too".into(), session: SESSION.into() };
        let content = format!(
            r#"{{"accessToken": {{"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t",
                "accountId": "111122223333", "expiresAt": "{expires_at}"}}, "refreshToken": "r"}}"#
        );
        if !expires_at.is_empty() {
            files::write_secret(&login.path(&ctx).unwrap(), content.as_bytes()).unwrap();
        }
        login.credentials(&ctx, &Request::default())
    }

    #[test]
    fn what_the_aws_cli_has_cached_is_used_until_it_expires() {
        let entry = after_login("2096-11-20T21:48:08Z").unwrap();
        assert_eq!(entry.credentials.access_key_id, "ASIA");
        assert_eq!(entry.credentials.expiration, Timestamp::parse("2096-11-20T21:48:08Z"));
    }

    #[test]
    fn without_credentials_the_hint_is_aws_login() {
        for (expires_at, cause) in [("", "nobody is signed in"), ("2020-01-01T00:00:00Z", "have expired")] {
            let error = after_login(expires_at).unwrap_err();
            assert_eq!(error.kind.exit_status(), 3);
            assert!(error.message.contains(cause), "{}", error.message);
            assert_eq!(error.hints[0], "aws login --profile 'me too'");
        }
    }
}
