//! The role-credential cache: `~/.aws/cli/cache`, AWS CLI v2's own names and format, read and written by both.
//!
//! Deliberately not here: when an entry is fetched anew (`source`), and tokens (`session`). A broken entry is an absent
//! one; an entry is never removed because it is over, for the AWS CLI overwrites it anyway.

use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::Result;
use crate::files::{self, Reserved};
use crate::json;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// How much of its life role credentials must have left: what the AWS CLI asks for as well.
const MINIMUM_LEFT: i64 = 15 * 60;

/// Which entry: the hash that is its file's name, and what kind the AWS CLI would call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    name: String,
    provider_type: Option<&'static str>,
    /// Whose end is the entry's too, where its name says nothing of it.
    session: Option<String>,
}

/// The keys of an entry that names its session, and its role. No AWS tool reads them.
const SESSION: &str = "SsoxSession";
const ROLE: &str = "SsoxRole";

impl Key {
    /// Names the entry of an SSO role; `session` is the sso-session's name, or else the start URL counts.
    pub(crate) fn sso(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> Self {
        let mut arguments = json!({ "accountId": account_id, "roleName": role_name });
        match session {
            Some(name) => arguments["sessionName"] = name.into(),
            None => arguments["startUrl"] = start_url.into(),
        }
        Self { name: files::hashed(&json::python_compact(&arguments)), provider_type: Some("sso"), session: None }
    }

    /// Names the entry of an assumed role by the arguments of the request, sorted, as the AWS CLI does.
    pub(crate) fn assumed_role(arguments: &Map<String, Value>) -> Self {
        Self { name: files::hashed(&json::python(&sorted(arguments))), provider_type: None, session: None }
    }

    /// Names an entry only ssox knows, by all that tells its credentials from others.
    pub(crate) fn own(kind: &'static str, parts: &[&str]) -> Self {
        let name = files::hashed(&json::python(&json!({ "ssox": kind, "of": parts })));
        Self { name, provider_type: Some(kind), session: None }
    }

    /// Has the entry say whose session it is from.
    pub(crate) fn of_session(self, label: Option<&str>) -> Self {
        Self { session: label.map(String::from), ..self }
    }

    /// Returns the name of the lock under which the entry is fetched.
    pub(crate) fn lock_name(&self) -> String {
        format!("role {}", self.name)
    }

    fn path(&self, ctx: &Context) -> Result<PathBuf> {
        Ok(directory(ctx)?.join(format!("{}.json", self.name)))
    }
}

/// Role credentials, and when their life began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) credentials: RoleCredentials,
    pub(crate) issued_at: Timestamp,
}

impl Entry {
    /// Returns the moment the credentials stop being good: while 15 minutes are left (or `min_ttl`), and for
    /// short-lived ones while half of their life is; `None` when they do not end.
    pub(crate) fn usable_until(&self, min_ttl: Option<Duration>) -> Option<Timestamp> {
        let end = self.credentials.expiration?;
        let half = end.seconds_after(self.issued_at).max(0) / 2;
        let margin = match min_ttl {
            Some(asked) => i64::try_from(asked.as_secs()).unwrap_or(i64::MAX),
            None => MINIMUM_LEFT.min(half),
        };
        Some(end.plus(-margin))
    }

    /// Tells whether the credentials may be handed out without asking AWS.
    pub(crate) fn is_usable(&self, now: Timestamp, min_ttl: Option<Duration>) -> bool {
        self.usable_until(min_ttl).is_none_or(|until| now < until)
    }

    /// Returns from when on a shell may renew the credentials: a little before they stop being good, so that many shells
    /// do not all call in the same second; `None` when they do not end.
    pub(crate) fn renewable_from(&self) -> Option<Timestamp> {
        let until = self.usable_until(None)?;
        Some(until.plus(-(until.seconds_after(self.issued_at) / 20).clamp(0, 60)))
    }

    /// Tells whether the credentials have ended.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.credentials.expiration.is_some_and(|end| end <= now)
    }
}

/// Reads an entry; one that is absent, broken or unreadable is `None`.
pub(crate) fn read(ctx: &Context, key: &Key) -> Option<Entry> {
    let path = key.path(ctx).ok()?;
    let credentials = parse(&files::read(&path).ok()??)?;
    Some(Entry { credentials, issued_at: files::written_at(&path, ctx.now())? })
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
    if let Some(session) = &key.session {
        content.insert(SESSION.into(), session.as_str().into());
    }
    if let Some(role_name) = &credentials.role_name {
        content.insert(ROLE.into(), role_name.as_str().into());
    }
    content.insert("Credentials".into(), Value::Object(credentials_json(credentials)));
    files::write_secret(&key.path(ctx)?, json::python(&Value::Object(content)).as_bytes())
}

/// Takes room for an entry.
///
/// # Errors
/// Configuration: it could not be written.
pub(crate) fn reserve(ctx: &Context, key: &Key) -> Result<Reserved> {
    Reserved::take(&key.path(ctx)?)
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

/// Removes the entries that name a session, and tells how many there were: roles nobody's configuration has.
///
/// # Errors
/// Configuration, when a file cannot be removed.
pub(crate) fn remove_of_session(ctx: &Context, label: &str) -> Result<usize> {
    let entries = std::fs::read_dir(directory(ctx)?).into_iter().flatten().flatten();
    let is_of_session = |path: &PathBuf| {
        let content: Option<Value> =
            files::read(path).ok().flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        content.is_some_and(|content| content[SESSION] == label)
    };
    let found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(is_of_session)
        .collect();
    found.iter().try_for_each(|path| files::remove(path)).map(|()| found.len())
}

fn directory(ctx: &Context) -> Result<PathBuf> {
    Ok(ctx.home()?.join(".aws/cli/cache"))
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
        role_name: value
            .get(ROLE)
            .and_then(Value::as_str)
            .filter(|name| !name.contains(char::is_control))
            .map(String::from),
    })
}

fn sorted(arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    arguments.sort_keys();
    Value::Object(arguments)
}

#[cfg(test)]
mod tests;
