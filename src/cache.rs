//! The role-credential cache: `~/.aws/cli/cache`, AWS CLI v2's own names and format, read and written by both.
//!
//! Deliberately not here: when an entry is fetched anew (`source`), and tokens (`session`). A broken entry is an absent
//! one; an entry is never removed because it is over, for the AWS CLI overwrites it anyway.

use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::files;
use crate::json;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

/// How much of its life role credentials must have left: what the AWS CLI asks for as well.
const MINIMUM_LEFT: i64 = 15 * 60;

/// Which entry: the hash that is its file's name, and what kind the AWS CLI would call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    name: String,
    provider_type: Option<&'static str>,
}

impl Key {
    /// Names the entry of an SSO role; `session` is the sso-session's name, or else the start URL counts.
    pub(crate) fn sso(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> Self {
        let mut arguments = json!({ "accountId": account_id, "roleName": role_name });
        match session {
            Some(name) => arguments["sessionName"] = name.into(),
            None => arguments["startUrl"] = start_url.into(),
        }
        Self { name: files::hashed(&json::python_compact(&arguments)), provider_type: Some("sso") }
    }

    /// Names the entry of an assumed role by the arguments of the request, sorted, as the AWS CLI does.
    pub(crate) fn assumed_role(arguments: &Map<String, Value>) -> Self {
        Self { name: files::hashed(&json::python(&sorted(arguments))), provider_type: None }
    }

    /// Names an entry only ssox knows, by all that tells its credentials from others.
    pub(crate) fn own(kind: &'static str, parts: &[&str]) -> Self {
        Self { name: files::hashed(&json::python(&json!({ "ssox": kind, "of": parts }))), provider_type: Some(kind) }
    }

    /// Returns the name of the lock under which the entry is fetched.
    pub(crate) fn lock_name(&self) -> String {
        format!("role {}", self.name)
    }

    fn path(&self, ctx: &Context) -> Result<PathBuf> {
        Ok(ctx.home()?.join(".aws/cli/cache").join(format!("{}.json", self.name)))
    }
}

/// Role credentials, and when their life began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) credentials: RoleCredentials,
    pub(crate) since: Timestamp,
}

impl Entry {
    /// Returns the moment the credentials stop being good: while 15 minutes are left (or `min_ttl`), and for
    /// short-lived ones while half of their life is; `None` when they do not end.
    pub(crate) fn good_until(&self, min_ttl: Option<Duration>) -> Option<Timestamp> {
        let end = self.credentials.expiration?;
        let half = end.seconds_after(self.since).max(0) / 2;
        let margin = match min_ttl {
            Some(asked) => i64::try_from(asked.as_secs()).unwrap_or(i64::MAX),
            None => MINIMUM_LEFT.min(half),
        };
        Some(end.plus(-margin))
    }

    /// Tells whether the credentials may be handed out without asking AWS.
    pub(crate) fn is_good(&self, now: Timestamp, min_ttl: Option<Duration>) -> bool {
        self.good_until(min_ttl).is_none_or(|until| now < until)
    }

    /// Returns from when on a shell may renew the credentials: a little before they stop being good, so that many shells
    /// do not all call in the same second; `None` when they do not end.
    pub(crate) fn renewable_from(&self) -> Option<Timestamp> {
        let until = self.good_until(None)?;
        Some(until.plus(-(until.seconds_after(self.since) / 20).clamp(0, 60)))
    }

    /// Tells whether the credentials have ended.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.credentials.expiration.is_some_and(|end| end <= now)
    }
}

/// Reads an entry; one that is absent, broken or unreadable is `None`.
pub(crate) fn read(ctx: &Context, key: &Key) -> Option<Entry> {
    let path = key.path(ctx).ok()?;
    let credentials = parse(&files::read(&path).ok()??)?;
    let modified = std::fs::metadata(&path).ok()?.modified().ok()?;
    let since = modified.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok())?;
    Some(Entry { credentials, since: Timestamp(since).min(ctx.now()) })
}

/// Writes an entry.
///
/// # Errors
/// Configuration, when the file cannot be written; the credentials are good all the same.
pub(crate) fn write(ctx: &Context, key: &Key, credentials: &RoleCredentials) -> Result<()> {
    let mut content = Map::new();
    if let Some(provider_type) = key.provider_type {
        content.insert("ProviderType".into(), provider_type.into());
    }
    content.insert("Credentials".into(), Value::Object(credentials_json(credentials)));
    files::write_secret(&key.path(ctx)?, json::python(&Value::Object(content)).as_bytes())
}

/// Removes an entry; tells whether there was one.
///
/// # Errors
/// Configuration, when the file cannot be removed.
pub(crate) fn remove(ctx: &Context, key: &Key) -> Result<bool> {
    let path = key.path(ctx)?;
    let was_there = path.exists();
    files::remove(&path).map(|()| was_there)
}

fn credentials_json(credentials: &RoleCredentials) -> Map<String, Value> {
    let fields = [
        ("AccessKeyId", Some(credentials.access_key_id.clone())),
        ("SecretAccessKey", Some(credentials.secret_access_key.expose().to_string())),
        ("SessionToken", credentials.session_token.as_ref().map(|token| token.expose().to_string())),
        ("Expiration", credentials.expiration.map(|end| end.to_string())),
        ("AccountId", credentials.account_id.clone()),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), Value::String(value?)))).collect()
}

fn parse(bytes: &[u8]) -> Option<RoleCredentials> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let fields = value.get("Credentials")?;
    // A control character cannot come from AWS, and would end a line of the reply: such an entry is broken.
    let text = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if !text.is_empty() && !text.chars().any(char::is_control) => {
            Some(Some(text.clone()))
        }
        Some(_) => None,
    };
    // Without an end it would be good for ever; nobody stores such credentials.
    let expiration = Some(Timestamp::parse(&text("Expiration")??)?);
    Some(RoleCredentials {
        access_key_id: text("AccessKeyId")??,
        secret_access_key: Secret::new(text("SecretAccessKey")??),
        session_token: text("SessionToken")?.map(Secret::new),
        expiration,
        account_id: text("AccountId")?,
    })
}

fn sorted(arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    arguments.sort_keys();
    Value::Object(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    const URL: &str = "https://d-1234567890.awsapps.com/start";

    fn credentials(expiration: &str) -> RoleCredentials {
        RoleCredentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s"),
            session_token: Some(Secret::new("t")),
            expiration: Timestamp::parse(expiration),
            account_id: Some("111122223333".into()),
        }
    }

    #[test]
    fn sso_entries_have_the_names_of_the_aws_cli() {
        let name = |session| Key::sso("111122223333", "Admin", session, URL).name;
        assert_eq!(name(Some("corp")), "0cdbf32b99792a73981dd3f142bc63ab50240b44");
        assert_eq!(name(None), "6abb896b6ccaa651ce726de776d08638a3e78017");
        assert_eq!(name(Some("naïve")), "d5a84e80cca712b22a8c70874c102d1bcb3dbb32");
    }

    #[test]
    fn assumed_role_entries_have_the_names_of_the_aws_cli() {
        let arn = "arn:aws:iam::444455556666:role/Target";
        let name = |arguments: Value| Key::assumed_role(arguments.as_object().unwrap()).name;
        assert_eq!(name(json!({ "RoleArn": arn })), "7c105d6edb7755b984570de4c56364323ac778ff");
        let all = json!({ "RoleArn": arn, "RoleSessionName": "me", "ExternalId": "ext", "DurationSeconds": 1800 });
        assert_eq!(name(all), "0f60bdde135bf6bdf8982b6cc5c69f94e7dbd9db");
    }

    #[test]
    fn the_file_is_what_the_aws_cli_writes() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
        let key = Key::sso("111122223333", "Admin", Some("corp"), URL);
        write(&ctx, &key, &credentials("2036-11-20T21:48:08Z")).unwrap();
        let written = std::fs::read_to_string(key.path(&ctx).unwrap()).unwrap();
        assert_eq!(
            written,
            r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2036-11-20T21:48:08Z", "AccountId": "111122223333"}}"#
        );
        assert_eq!(read(&ctx, &key).unwrap().credentials, credentials("2036-11-20T21:48:08Z"));
    }

    #[test]
    fn a_broken_entry_is_an_absent_one() {
        let broken = [
            "",
            "{",
            "[]",
            r#"{"Credentials": 1}"#,
            r#"{"Credentials": {"AccessKeyId": "A"}}"#,
            r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}}"#,
            r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t"}}"#,
            r#"{"Credentials": {"AccessKeyId": "A\nPATH=x", "SecretAccessKey": "s", "Expiration": "2036-11-20T21:48:08Z"}}"#,
        ];
        for text in broken {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn short_lived_credentials_are_good_for_half_their_life() {
        let end = Timestamp::parse("2036-11-20T12:00:00Z").unwrap();
        let entry = |life: i64| Entry { credentials: credentials("2036-11-20T12:00:00Z"), since: end.plus(-life) };
        for (life, left) in [(3600, 900), (1200, 600), (8, 4), (12 * 3600, 900)] {
            assert_eq!(entry(life).good_until(None), Some(end.plus(-left)), "{life}");
        }
        assert_eq!(entry(3600).good_until(Some(Duration::from_secs(2700))), Some(end.plus(-2700)));
        for (life, left) in [(3600, 960), (8, 4)] {
            assert_eq!(entry(life).renewable_from(), Some(end.plus(-left)), "{life}");
        }
    }
}
