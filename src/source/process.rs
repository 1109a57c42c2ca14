//! `credential_process`: a program that prints credentials as JSON, in a format that all AWS tools read.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use super::command::{CommandLine, TIMEOUT};
use super::kind::Kind;
use super::profile_keys::ProfileKeys;
use super::{Request, cached};
use crate::arn::AccountId;
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result, has_control};
use crate::json::SecretJson;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// How long to wait for the lock of another process that runs the program: a little longer than the program may run.
const LOCK_LIMIT: Duration = TIMEOUT.saturating_add(Duration::from_secs(5));

/// The environment variable that detects circular calls: the program in `credential_process` may call ssox, and that
/// ssox process may run the same program again. The variable lists the profiles whose programs are running, one per
/// line.
const CHAIN_VARIABLE: &str = "SSOX_PROCESS_CHAIN";

/// Tells whether this process was started by a `credential_process` that another ssox process runs. The other ssox
/// process shows the stderr of this process.
pub(crate) fn has_caller(ctx: &Context) -> bool {
    ctx.var(CHAIN_VARIABLE).is_some()
}

/// A profile with `credential_process`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialProcess {
    pub(crate) profile: String,
    pub(crate) command: CommandLine,
    /// The profile's `aws_account_id`, for a program that prints no account ID.
    pub(crate) account_id: Option<AccountId>,
}

impl Kind for CredentialProcess {
    fn read(keys: &ProfileKeys) -> Option<Result<Self>> {
        let (profile, section) = (keys.name, keys.section);
        let command = CommandLine::parse("credential_process", profile, section.value("credential_process")?);
        let account_id = section.value("aws_account_id").and_then(AccountId::parse);
        Some(command.map(|command| Self { profile: profile.into(), command, account_id }))
    }

    fn kind(&self) -> &'static str {
        "process"
    }

    /// Returns a text that is the same for two sources only if they give the same credentials. Relative paths become
    /// absolute, because in another directory they name other files.
    fn identity(&self) -> String {
        let words: Vec<String> = self.command.words.iter().map(|word| absolute(word)).collect();
        format!("process of {}: {}", self.profile, words.join("\0"))
    }

    /// Returns cached credentials, or those that the program prints. Credentials with an expiration are cached.
    ///
    /// # Errors
    /// `Configuration`: the program cannot be started, prints something other than credentials, prints expired
    /// credentials, or calls itself through ssox. `Other`: the program failed. `Unreachable`: the program ran longer
    /// than the time limit. Those of [`cached::fetch`].
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.cache_key(), request, || {
            // Circular calls are detected before this process waits for the lock. In a circular call, the process that
            // holds the lock waits for this process.
            let chain = self.chain(ctx)?;
            cached::fetch_within(ctx, LOCK_LIMIT, &self.cache_key(), request, || {
                let printed = self.command.run(ctx, &[(CHAIN_VARIABLE, chain)])?;
                self.parse(ctx, &printed)
            })
        })
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }
}

impl CredentialProcess {
    /// Returns the name of the cache entry. This name is ssox's own, because the AWS tools do not cache these
    /// credentials.
    pub(crate) fn cache_key(&self) -> Key {
        Key::own("process", &[&self.identity()])
    }

    /// Returns the new value of [`CHAIN_VARIABLE`]: the profiles whose programs have called each other, with this
    /// profile last.
    fn chain(&self, ctx: &Context) -> Result<String> {
        let before: Vec<&str> = ctx.var(CHAIN_VARIABLE).unwrap_or_default().lines().collect();
        let chain = [before.as_slice(), &[self.profile.as_str()]].concat();
        let Some(start) = before.iter().position(|profile| *profile == self.profile) else {
            return Ok(chain.join("\n"));
        };
        Err(self.circular(&chain[start..]))
    }

    /// Returns the error for profiles whose programs call each other. `circle` begins and ends with the same profile.
    fn circular(&self, circle: &[&str]) -> Error {
        let hint = match circle {
            [profile, _] => format!(
                "the program in `credential_process` of `[profile {profile}]` must call ssox with another profile"
            ),
            _ => String::from(
                "change `credential_process` in one of these profiles: it must call ssox with a profile outside this circle",
            ),
        };
        Error::configuration(format!("{} is circular: {}", self.command, circle.join(" → "))).hint(hint)
    }

    fn parse(&self, ctx: &Context, printed: &Secret) -> Result<RoleCredentials> {
        let invalid = |what: &str| {
            Error::configuration(format!("{} {what}", self.command))
                .hint(r#"the program must print only {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, …}"#)
        };
        if printed.expose().trim().is_empty() {
            return Err(invalid("printed nothing"));
        }
        let document = SecretJson::parse(printed.expose().as_bytes());
        let document = document.ok_or_else(|| invalid("printed something that is not JSON"))?;
        if document.get("Version").and_then(Value::as_u64) != Some(1) {
            return Err(invalid("printed a document without `\"Version\": 1`"));
        }
        let text = |name: &str| match document.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if has_control(text) => {
                Err(invalid(&format!("printed a control character in `{name}`")))
            }
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(invalid(&format!("printed a `{name}` that is not a string"))),
        };
        let required = |name: &str| text(name)?.ok_or_else(|| invalid(&format!("printed a document without `{name}`")));
        let expiration = match text("Expiration")? {
            Some(end) => {
                Some(Timestamp::parse(&end).ok_or_else(|| invalid("printed an `Expiration` that is not a time"))?)
            }
            None => None,
        };
        if let Some(end) = expiration.filter(|end| *end <= ctx.now()) {
            return Err(Error::configuration(format!("{} printed credentials that expired at {end}", self.command))
                .hint("run the configured command in a terminal, and check the clock of this machine"));
        }
        let keys = RoleCredentials::new(
            required("AccessKeyId")?,
            Secret::new(required("SecretAccessKey")?),
            text("SessionToken")?.map(Secret::new),
            expiration,
        );
        let account_id = text("AccountId")?.as_deref().and_then(AccountId::parse);
        Ok(RoleCredentials { account_id: account_id.or(self.account_id), ..keys })
    }
}

/// Returns the absolute path of a word that is the relative path of an existing file; other words are returned
/// unchanged.
fn absolute(word: &str) -> String {
    let path = Path::new(word);
    if path.is_absolute() || !path.is_file() {
        return word.into();
    }
    path.canonicalize().map_or_else(|_| word.into(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process() -> CredentialProcess {
        let command = CommandLine::parse("credential_process", "p", "x").unwrap();
        CredentialProcess { profile: "p".into(), command, account_id: AccountId::parse("111122223333") }
    }

    fn parsed(text: &str) -> Result<RoleCredentials> {
        process().parse(&Context::default(), &Secret::new(text))
    }

    #[test]
    fn the_documented_format_is_parsed() {
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
    fn an_account_id_without_twelve_digits_counts_as_absent() {
        for id in ["1234", "0123-4567-8901", "01234567890x", ""] {
            let printed =
                format!(r#"{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "AccountId": "{id}"}}"#);
            let keys =
                CredentialProcess { account_id: None, ..process() }.parse(&Context::default(), &Secret::new(printed));
            assert_eq!(keys.unwrap().account_id, None, "{id}");
        }
    }

    #[test]
    fn anything_else_is_rejected() {
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
    fn the_message_shows_the_circle() {
        let ctx = |chain: &str| Context::new([(CHAIN_VARIABLE.to_string(), chain.into())]);
        assert_eq!(process().chain(&ctx("")).unwrap(), "p");
        assert_eq!(process().chain(&ctx("a\nb")).unwrap(), "a\nb\np");
        assert!(process().chain(&ctx("a\np\nb")).unwrap_err().message.ends_with("is circular: p → b → p"));
    }

    #[cfg(unix)]
    #[test]
    fn a_slow_program_is_waited_for_and_runs_once() {
        use crate::context::Clock;
        use std::fs;
        use std::sync::Arc;
        let home = tempfile::tempdir().unwrap();
        let [script, started, done] = ["script", "started", "done"].map(|name| home.path().join(name));
        let printed =
            r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2096-11-20T12:00:00Z"}"#;
        let wait = format!("echo >>{}; while [ ! -e {} ]; do sleep 0.02; done", started.display(), done.display());
        fs::write(&script, format!("{wait}; echo '{printed}'")).unwrap();
        let command = CommandLine::parse("credential_process", "p", &format!("sh {}", script.display())).unwrap();
        let (process, milliseconds) = (CredentialProcess { command, ..process() }, Arc::default());
        let [first, second] = [(), ()].map(|()| {
            let mut ctx = Context::new([("HOME".to_string(), home.path().into())]);
            (ctx.no_input, ctx.clock) = (true, Clock::ahead(Arc::clone(&milliseconds)));
            ctx
        });
        let key = |ctx| process.credentials(ctx, &Request::default()).unwrap().credentials.access_key_id;
        std::thread::scope(|scope| {
            let running = scope.spawn(|| key(&first));
            while !started.exists() {
                std::thread::yield_now();
            }
            let waiting = scope.spawn(|| key(&second));
            second.clock.wait_for_waiter();
            second.clock.advance(Duration::from_secs(40));
            fs::write(&done, "").unwrap();
            assert_eq!([running, waiting].map(|one| one.join().unwrap()), ["A", "A"]);
        });
        assert_eq!(fs::read(&started).unwrap(), b"\n");
    }
}
