//! `credential_process`: a program that prints credentials, by the contract AWS tools share.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
//!
//! Deliberately not here: how programs are run (`command`), and ssox's own side of the contract (`commands`).

use super::command::CommandLine;
use super::{Request, cached};
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::time::Timestamp;
use serde_json::Value;
use std::path::Path;

/// Tells an ssox that such a program calls for which profiles it was called, one on a line.
const GUARD: &str = "SSOX_PROCESS_CHAIN";

/// A program and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) profile: String,
    pub(crate) command: CommandLine,
    /// `aws_account_id` of the profile, for a program that does not say.
    pub(crate) account_id: Option<String>,
}

impl Process {
    /// Returns all that tells these credentials from others. A file that is named by a relative path is another one in
    /// another directory.
    pub(crate) fn identity(&self) -> String {
        let words: Vec<String> = self.command.words.iter().map(|word| whole(word)).collect();
        format!("process of {}: {}", self.profile, words.join("\0"))
    }

    /// Returns the name of the cache entry; AWS tools do not cache what a process prints.
    pub(crate) fn key(&self) -> Key {
        Key::own("process", &[&self.identity()])
    }

    /// Returns what the program prints, or printed before, when that has an end and is still good.
    ///
    /// # Errors
    /// Configuration: the program cannot be run, prints something else, or leads back to itself. Other: it failed.
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.key(), request, || {
            // Before the lock: in a loop, the one that holds it waits for us.
            let chain = self.chain(ctx)?;
            cached::fetch(ctx, &self.key(), request, || {
                let printed = self.command.run(ctx, &[(GUARD, chain)])?;
                self.parse(ctx, &printed)
            })
        })
    }

    /// Returns the profiles on the way, this one at the end.
    fn chain(&self, ctx: &Context) -> Result<String> {
        let before: Vec<&str> = ctx.var(GUARD).unwrap_or_default().lines().collect();
        let chain = [before.as_slice(), &[self.profile.as_str()]].concat();
        match before.iter().position(|profile| *profile == self.profile) {
            None => Ok(chain.join("\n")),
            Some(start) => {
                let profile = &self.profile;
                Err(Error::configuration(format!(
                    "{} leads back to itself: {}",
                    self.command,
                    chain[start..].join(" → ")
                ))
                .hint(format!("let `credential_process` of `[profile {profile}]` ask for another profile")))
            }
        }
    }

    fn parse(&self, ctx: &Context, printed: &Secret) -> Result<RoleCredentials> {
        let bad = |what: &str| {
            Error::configuration(format!("{} {what}", self.command))
                .hint(r#"it has to print {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, …}, and nothing else"#)
        };
        let document: Value = serde_json::from_str(printed.expose()).map_err(|_| bad("printed no JSON"))?;
        if document.get("Version").and_then(Value::as_u64) != Some(1) {
            return Err(bad("printed no `Version` 1, which is a number"));
        }
        let text = |name: &str| match document.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().any(char::is_control) => {
                Err(bad(&format!("printed a control character in `{name}`")))
            }
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(bad(&format!("printed a `{name}` that is no text"))),
        };
        let required = |name: &str| text(name)?.ok_or_else(|| bad(&format!("printed no `{name}`")));
        let expiration = match text("Expiration")? {
            Some(end) => Some(Timestamp::parse(&end).ok_or_else(|| bad("printed an `Expiration` that is no time"))?),
            None => None,
        };
        if let Some(end) = expiration.filter(|end| *end <= ctx.now()) {
            return Err(Error::configuration(format!("{} printed credentials that ended at {end}", self.command))
                .hint("is the clock right? run its line by hand"));
        }
        Ok(RoleCredentials {
            access_key_id: required("AccessKeyId")?,
            secret_access_key: Secret::new(required("SecretAccessKey")?),
            session_token: text("SessionToken")?.map(Secret::new),
            expiration,
            account_id: text("AccountId")?.or_else(|| self.account_id.clone()),
            role_name: None,
        })
    }
}

/// Completes a word that is the relative path of a file.
fn whole(word: &str) -> String {
    let path = Path::new(word);
    if path.is_absolute() || !path.is_file() {
        return word.into();
    }
    path.canonicalize().map_or_else(|_| word.into(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process() -> Process {
        let command = CommandLine::parse("credential_process", "p", "x").unwrap();
        Process { profile: "p".into(), command, account_id: Some("111122223333".into()) }
    }

    fn parsed(text: &str) -> Result<RoleCredentials> {
        process().parse(&Context::default(), &Secret::new(text))
    }

    #[test]
    fn the_document_of_the_contract_is_read() {
        let keys = parsed(
            r#" {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t",
            "Expiration": "2096-11-20T21:48:08+01:00", "Extra": []} "#,
        )
        .unwrap();
        assert_eq!((&*keys.access_key_id, keys.account_id.as_deref()), ("A", Some("111122223333")));
        assert_eq!(keys.expiration, Timestamp::parse("2096-11-20T20:48:08Z"));
        let bare = parsed(r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "AccountId": "222233334444"}"#);
        let bare = bare.unwrap();
        assert_eq!((bare.expiration, bare.session_token), (None, None));
        assert_eq!(bare.account_id.as_deref(), Some("222233334444"));
    }

    #[test]
    fn anything_else_is_refused() {
        let refused = [
            "",
            "AccessKeyId=A",
            "[]",
            r#"{"AccessKeyId": "A", "SecretAccessKey": "s"}"#,
            r#"{"Version": "1", "AccessKeyId": "A", "SecretAccessKey": "s"}"#,
            r#"{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "s"}"#,
            r#"{"Version": 1, "SecretAccessKey": "s"}"#,
            r#"{"Version": 1, "AccessKeyId": "A"}"#,
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": ""}"#,
            r#"{"Version": 1, "AccessKeyId": "A\nPATH=x", "SecretAccessKey": "s"}"#,
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}"#,
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": 5}"#,
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2020-01-01T00:00:00Z"}"#,
        ];
        for text in refused {
            let error = parsed(text).unwrap_err();
            assert_eq!(error.kind.exit_status(), 4, "{text}");
            assert!(!error.message.contains("\"s\""), "{text}");
        }
    }

    #[test]
    fn a_loop_is_named() {
        let ctx = |chain: &str| Context::new([(GUARD.to_string(), chain.into())]);
        assert_eq!(process().chain(&ctx("")).unwrap(), "p");
        assert_eq!(process().chain(&ctx("a\nb")).unwrap(), "a\nb\np");
        assert!(process().chain(&ctx("a\np\nb")).unwrap_err().message.ends_with("leads back to itself: p → b → p"));
    }
}
