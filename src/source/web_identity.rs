//! A role that is assumed with AssumeRoleWithWebIdentity and an identity provider's token in a file. Kubernetes or a CI
//! system writes the file.

use super::kind::Kind;
use super::profile_keys::ProfileKeys;
use super::role_arn::RoleArn;
use super::role_keys;
use super::{Request, cached, session_name};
use crate::aws::{Network, sts};
use crate::cache::{Entry, Key};
use crate::config::misspelt;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files;
use crate::json;
use crate::region::Region;
use crate::secret::Secret;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// A role to assume, and the file with the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebIdentity {
    pub(crate) arn: RoleArn,
    pub(crate) token_file: PathBuf,
    /// The name of the role session; `None` for the default name.
    pub(crate) session_name: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) region: Region,
    pub(crate) network: Network,
    /// Whether the cache entry has a name that only ssox uses, not that of the AWS CLI; see
    /// [`super::assumed_role::AssumedRole::cache_key`].
    pub(crate) has_own_entry: bool,
}

impl Kind for WebIdentity {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        keys.section.value("web_identity_token_file").map(|token_file| read(keys, token_file))
    }

    fn kind(&self) -> &'static str {
        "web_identity"
    }

    /// Returns a text that is the same for two sources only if they give the same credentials.
    fn identity(&self) -> String {
        format!(
            "{} with the token in {}",
            json::python(&Value::Object(self.call_arguments())),
            self.token_file.display()
        )
    }

    /// Returns the role's credentials.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be read or has no token. `Refused`: AWS rejects the token, or the role does not
    /// allow this token. `Unreachable`: STS sends no valid response. Those of [`cached::fetch`].
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.cache_key(), request, || {
            let token = self.token()?;
            let name = self.session_name.clone().unwrap_or_else(|| session_name::default_name(ctx));
            cached::fetch(ctx, &self.cache_key(), request, || {
                let (network, seconds) = (&self.network, self.duration_seconds);
                let arn = self.arn.as_str();
                sts::assume_role_with_web_identity(ctx, network, &self.region, arn, &name, &token, seconds)
            })
        })
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn assumed(&self) -> Option<&RoleArn> {
        Some(&self.arn)
    }

    fn arguments(&self) -> Option<Map<String, Value>> {
        Some(self.call_arguments())
    }

    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }
}

impl WebIdentity {
    /// Returns the configured arguments of the call. The AWS CLI computes the name of the cache entry from them.
    fn call_arguments(&self) -> Map<String, Value> {
        let all = [
            ("RoleArn", Some(json!(self.arn.as_str()))),
            ("RoleSessionName", self.session_name.as_ref().map(|name| json!(name))),
            ("DurationSeconds", self.duration_seconds.map(|seconds| json!(seconds))),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
    }

    /// Returns the name of the cache entry.
    pub(crate) fn cache_key(&self) -> Key {
        if self.has_own_entry {
            return Key::own("web_identity", &[&self.identity()]);
        }
        Key::assumed_role(&self.call_arguments())
    }

    fn token(&self) -> Result<Secret> {
        let path = self.token_file.display();
        let unusable = |what: &str| {
            Error::configuration(format!("the web identity token file `{path}` {what}"))
                .hint("check `web_identity_token_file` of the profile")
        };
        let content = files::read(&self.token_file)?.ok_or_else(|| unusable("does not exist"))?;
        let text = String::from_utf8(content).map_err(|_| unusable("is not text"))?;
        // Editors and shells add a newline at the end of the file; it is not part of the token.
        match text.trim() {
            "" => Err(unusable("is empty")),
            token => Ok(Secret::new(token)),
        }
    }
}

fn read(keys: &ProfileKeys, token_file: &str) -> Result<WebIdentity> {
    let ProfileKeys { ctx, name, section, .. } = keys;
    let arn = section.value("role_arn").ok_or_else(|| {
        Error::configuration(format!("profile `{name}` has `web_identity_token_file` without a `role_arn`"))
            .hint(misspelt(section, "role_arn").unwrap_or_else(|| format!("add `role_arn = …` to `[profile {name}]`")))
    })?;
    let arn = role_keys::arn(name, arn)?;
    Ok(WebIdentity {
        token_file: ctx.expand(token_file),
        session_name: role_keys::session_name(name, section)?,
        duration_seconds: role_keys::duration(name, section)?,
        region: role_keys::region(ctx, keys.region, &arn, None),
        network: keys.network.clone(),
        has_own_entry: false,
        arn,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(content: Option<&[u8]>) -> Result<String> {
        let directory = tempfile::tempdir().unwrap();
        let token_file = directory.path().join("token");
        if let Some(content) = content {
            std::fs::write(&token_file, content).unwrap();
        }
        let source = WebIdentity {
            arn: RoleArn::parse("x", "arn:aws:iam::444455556666:role/Target").unwrap(),
            token_file,
            session_name: None,
            duration_seconds: None,
            region: "eu-west-1".into(),
            network: Network::default(),
            has_own_entry: false,
        };
        source.token().map(|token| token.expose().to_string())
    }

    #[test]
    fn the_token_is_trimmed() {
        assert_eq!(token(Some(b"header.claims.signature\r\n")).unwrap(), "header.claims.signature");
    }

    #[test]
    fn a_file_without_a_token_is_an_error() {
        for (content, cause) in [(None, "does not exist"), (Some(&b" \n"[..]), "is empty"), (Some(b"\xff"), "not text")]
        {
            assert!(token(content).unwrap_err().message.contains(cause), "{cause}");
        }
    }
}
