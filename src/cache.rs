//! The cache of role credentials: `~/.aws/cli/cache`, shared with AWS CLI v2, whose file names and format it uses; or the
//! keyring, with the same names and format.
//!
//! A file that cannot be read counts as absent. Expired entries are not removed: the AWS CLI overwrites them.

mod expirations;
mod index;

pub(crate) use expirations::{EntryNames, Expirations};

use crate::arn::AccountId;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Result, has_control};
use crate::files;
use crate::json::{self, SecretJson};
use crate::secret::Secret;
use crate::store::{self, Item, Reserved, Store};
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// How long cached role credentials must still be valid, in seconds: the AWS CLI asks for the same.
const MINIMUM_LEFT: i64 = 15 * 60;

/// The key of an entry: the hash in its file's name, and the provider type that the AWS CLI writes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    hash: [u8; 20],
    provider_type: Option<&'static str>,
    /// The session that the entry is removed with, where no configured role leads to the entry.
    session: Option<String>,
    /// Where the entry is kept.
    store: Store,
}

/// More bytes than the arguments of most SSO roles have.
const USUAL_ARGUMENTS: usize = 160;

/// The JSON key for the role of an entry. No AWS tool reads it.
const ROLE: &str = "SsoxRole";

impl Key {
    /// Returns the key of an SSO role. `session` is the sso-session's name; without one the start URL is part of the key.
    pub(crate) fn sso(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> Self {
        let (name, value) = session.map_or(("startUrl", start_url), |session| ("sessionName", session));
        let mut arguments = String::with_capacity(USUAL_ARGUMENTS);
        // In the order of the AWS CLI. Every listed profile has such a key, and the serializer takes much longer.
        for (name, value) in [("accountId", account_id), ("roleName", role_name), (name, value)] {
            arguments.push_str(if arguments.is_empty() { "{" } else { "," });
            json::add_python_text(&mut arguments, name);
            arguments.push(':');
            json::add_python_text(&mut arguments, value);
        }
        arguments.push('}');
        Self::new(&arguments, Some("sso"))
    }

    /// Returns the key of an assumed role, made of the request's arguments in sorted order, as the AWS CLI makes it.
    pub(crate) fn assumed_role(arguments: &Map<String, Value>) -> Self {
        Self::new(&json::python(&sorted(arguments)), None)
    }

    /// Returns the key of an entry that only ssox reads, made of everything that its credentials depend on.
    pub(crate) fn own(kind: &'static str, parts: &[&str]) -> Self {
        Self::new(&json::python(&json!({ "ssox": kind, "of": parts })), Some(kind))
    }

    fn new(arguments: &str, provider_type: Option<&'static str>) -> Self {
        Self { hash: files::hash(arguments), provider_type, session: None, store: Store::Files }
    }

    /// Adds the session that is written into the entry.
    pub(crate) fn of_session(self, label: Option<&str>) -> Self {
        Self { session: label.map(String::from), ..self }
    }

    /// Says where the entry is kept. In the keyring it always names its session, by which signing out finds it.
    pub(crate) fn in_store(self, store: Store, label: &str) -> Self {
        match store {
            Store::Files => self,
            Store::Keyring => Self { store, ..self.of_session(Some(label)) },
        }
    }

    /// Returns the name of the lock that is held while the entry is renewed.
    pub(crate) fn lock_name(&self) -> String {
        format!("role {}", hex::encode(self.hash))
    }

    fn file_name(&self) -> String {
        hex::encode(self.hash) + ".json"
    }

    /// Returns the file of an entry that the keyring has now, if there still is one.
    pub(crate) fn left_in_file(&self, ctx: &Context) -> Option<PathBuf> {
        let item = self.item(ctx);
        item.path(ctx).ok().filter(|path| item.store == Store::Keyring && path.exists())
    }

    fn item(&self, ctx: &Context) -> Item {
        let hash = hex::encode(self.hash);
        Item { store: self.store_unless(Store::of_variable(ctx)), kind: store::Kind::Role, hash }
    }

    /// Returns where the entry is kept, unless the variable says otherwise: credentials that come from no session have only
    /// the variable.
    fn store_unless(&self, variable: Option<Store>) -> Store {
        if variable == Some(Store::Keyring) { Store::Keyring } else { self.store }
    }
}

/// Cached role credentials, and when they were issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) credentials: RoleCredentials,
    pub(crate) issued_at: Timestamp,
}

impl Entry {
    /// Returns the moment until which the credentials may be used without renewing them: 15 minutes before they expire,
    /// or when half of their lifetime has passed if that is less than 15 minutes. `min_ttl` replaces both. `None` when they
    /// never expire.
    pub(crate) fn usable_until(&self, min_ttl: Option<Duration>) -> Option<Timestamp> {
        let end = self.credentials.expiration?;
        let half_lifetime = end.seconds_after(self.issued_at).max(0) / 2;
        let margin = match min_ttl {
            Some(asked) => i64::try_from(asked.as_secs()).unwrap_or(i64::MAX),
            None => MINIMUM_LEFT.min(half_lifetime),
        };
        Some(end.plus(-margin))
    }

    /// Tells whether the credentials may be used without renewing them.
    pub(crate) fn is_usable(&self, now: Timestamp, min_ttl: Option<Duration>) -> bool {
        self.usable_until(min_ttl).is_none_or(|until| now < until)
    }

    /// Returns the moment from which a shell may renew the credentials: up to a minute before [`Entry::usable_until`], so
    /// that many shells do not ask AWS in the same second. `None` when they never expire.
    pub(crate) fn renewable_from(&self) -> Option<Timestamp> {
        let until = self.usable_until(None)?;
        Some(until.plus(-(until.seconds_after(self.issued_at) / 20).clamp(0, 60)))
    }

    /// Tells whether the credentials are expired.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.credentials.expiration.is_some_and(|end| end <= now)
    }
}

/// Tells whether a text is in the file of an entry; those in a keyring are not searched. With many profiles it is much faster
/// than reading the entry of each.
pub(crate) fn mentions(ctx: &Context, text: &str) -> bool {
    let entries = store::Kind::Role.directory(ctx).ok().and_then(|directory| std::fs::read_dir(directory).ok());
    let bytes = |entry: std::fs::DirEntry| files::read(&entry.path()).ok().flatten();
    let found = |bytes: Vec<u8>| memchr::memmem::find(&zeroize::Zeroizing::new(bytes), text.as_bytes()).is_some();
    entries.into_iter().flatten().flatten().filter_map(bytes).any(found)
}

/// Reads an entry; returns `None` when it is absent, or its file is malformed or unreadable.
///
/// # Errors
/// `NeedsPerson`: the keyring cannot be used.
pub(crate) fn read(ctx: &Context, key: &Key) -> Result<Option<Entry>> {
    let item = key.item(ctx);
    let stored = match item.read(ctx) {
        Err(error) if item.store == Store::Keyring => return Err(error),
        stored => stored.ok().flatten(),
    };
    Ok(stored.and_then(|stored| Some(Entry { credentials: parse(&stored.content)?, issued_at: stored.written_at? })))
}

/// Returns an entry that can be read, also from a keyring; `None` otherwise.
pub(crate) fn known(ctx: &Context, key: &Key) -> Option<Entry> {
    read(ctx, key).unwrap_or_else(|error| {
        ctx.log(|| format!("cache: {}", error.message));
        None
    })
}

/// Writes an entry.
///
/// # Errors
/// Configuration, when the file cannot be written; the credentials are valid all the same.
pub(crate) fn write(ctx: &Context, key: &Key, credentials: &RoleCredentials) -> Result<()> {
    let entry = EntryJson {
        provider_type: key.provider_type,
        session: key.session.as_deref(),
        role_name: credentials.role_name.as_deref(),
        credentials: CredentialsJson::of(credentials),
    };
    let label = format!("ssox role credentials of {}", key.session.as_deref().unwrap_or("no session"));
    key.item(ctx).write(ctx, &label, &json::secret_python(&entry))
}

/// Reserves the place of an entry.
///
/// # Errors
/// Configuration, when the file could not be written. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn reserve(ctx: &Context, key: &Key) -> Result<Reserved> {
    key.item(ctx).reserve(ctx)
}

/// Removes an entry, and tells whether there was one.
///
/// # Errors
/// Configuration, when the file cannot be removed. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn remove(ctx: &Context, key: &Key) -> Result<bool> {
    let item = key.item(ctx);
    // A file may be from the time before the entry was kept in the keyring.
    let was_in_file = item.store == Store::Keyring && item.in_store(Store::Files).remove(ctx)?;
    Ok(item.remove(ctx)? || was_in_file)
}

/// An entry as the AWS CLI writes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_type: Option<&'a str>,
    #[serde(rename = "SsoxSession", skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(rename = "SsoxRole", skip_serializing_if = "Option::is_none")]
    role_name: Option<&'a str>,
    credentials: CredentialsJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CredentialsJson<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl<'a> CredentialsJson<'a> {
    fn of(credentials: &'a RoleCredentials) -> Self {
        Self {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: credentials.session_token.as_ref().map(Secret::expose),
            expiration: credentials.expiration.map(|end| end.to_string()),
            account_id: credentials.account_id.as_deref(),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<RoleCredentials> {
    let mut document = SecretJson::parse(bytes)?;
    let role_name = document.get(ROLE).and_then(Value::as_str).filter(|name| !has_control(name));
    let role_name = role_name.map(String::from);
    let fields = document.get_mut("Credentials")?;
    // AWS sends no control characters, and one could end a line of the reply to a shell: such an entry is malformed.
    let mut text = |name: &str| match fields.get_mut(name).map(Value::take) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if !text.is_empty() && !has_control(&text) => Some(Some(text)),
        Some(_) => None,
    };
    // Without an expiration they would never be renewed, and no tool caches credentials without one.
    let expiration = Timestamp::parse(&text("Expiration")??)?;
    let (id, secret) = (text("AccessKeyId")??, Secret::new(text("SecretAccessKey")??));
    let token = text("SessionToken")?.map(Secret::new);
    let account_id = text("AccountId")?.as_deref().and_then(AccountId::parse);
    Some(RoleCredentials { account_id, role_name, ..RoleCredentials::new(id, secret, token, Some(expiration)) })
}

fn sorted(arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    arguments.sort_keys();
    Value::Object(arguments)
}

#[cfg(test)]
mod tests;
