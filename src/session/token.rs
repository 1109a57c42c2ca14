//! The token cache: `~/.aws/sso/cache`, which the AWS CLI and the SDKs also use, or the keyring. In the keyring, a
//! token has the same bytes as in the file, after a line with the time when it was written.
//!
//! A broken token counts as absent; the next sign-in replaces it.

use super::Session;
use crate::context::Context;
use crate::error::{Result, has_control};
use crate::files;
use crate::json::{self, SecretJson};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::store::{Item, Reserved, SecretKind, Store};
use crate::time::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait before reading a broken token file again: another tool may be writing the file, and the AWS CLI
/// makes it empty before it writes.
const WRITING_TIME: Duration = Duration::from_millis(20);

/// The JSON fields of a token file, in the AWS CLI's order.
const KEYS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// The token of a session, and the client registration that it was issued to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start_url: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) access_token: Secret,
    pub(crate) expires_at: Timestamp,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) registration_expires_at: Option<Timestamp>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) unknown: Unknown,
}

/// JSON fields that other tools added. These fields are kept when the token is refreshed. Their values may be secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Unknown(SecretJson);

impl fmt::Debug for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Unknown({} keys)", self.0.as_object().map_or(0, Map::len))
    }
}

impl Token {
    /// Tells whether the token has not expired. Does not check whether AWS has revoked it.
    pub(crate) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }

    /// Tells whether the token has everything that a refresh needs, and its client registration has not expired, as far
    /// as the token says when that expires.
    pub(crate) fn is_refreshable(&self, now: Timestamp) -> bool {
        let is_complete = self.refresh_token.is_some() && self.client_id.is_some() && self.client_secret.is_some();
        is_complete && self.registration_expires_at.is_none_or(|end| end > now)
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut document = SecretJson::parse(bytes)?;
        let map = document.as_object_mut()?;
        let [start_url, region, access_token, expires_at, client_id, client_secret, registration_end, refresh_token] =
            KEYS.map(|key| take(map, key).and_then(text));
        let [access_token, client_secret, refresh_token] =
            [access_token, client_secret, refresh_token].map(|text| text.map(Secret::new));
        Some(Self {
            start_url,
            region,
            access_token: access_token?,
            expires_at: Timestamp::parse(&expires_at?)?,
            client_id,
            client_secret,
            registration_expires_at: registration_end.as_deref().and_then(Timestamp::parse),
            refresh_token,
            unknown: if map.is_empty() { Unknown::default() } else { Unknown(document) },
        })
    }
}

/// Writes the content of a token file: the fields in [`KEYS`] in their order, then the JSON fields that other tools
/// added.
impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let [expires_at, registration_end] =
            [Some(self.expires_at), self.registration_expires_at].map(|end| end.map(|end| end.to_string()));
        let values = [
            self.start_url.as_deref(),
            self.region.as_deref(),
            Some(self.access_token.expose()),
            expires_at.as_deref(),
            self.client_id.as_deref(),
            self.client_secret.as_ref().map(Secret::expose),
            registration_end.as_deref(),
            self.refresh_token.as_ref().map(Secret::expose),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in KEYS.iter().zip(values).filter_map(|(key, value)| Some((key, value?))) {
            map.serialize_entry(key, value)?;
        }
        for (key, value) in self.unknown.0.as_object().into_iter().flatten() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Reads the token of a session, even if it has expired. Returns `None` when it is absent or broken.
///
/// # Errors
/// `Configuration`: the file exists but cannot be read. `NeedsPerson`: the keyring cannot be used.
pub(crate) fn read(ctx: &Context, session: &Session) -> Result<Option<Token>> {
    read_item(ctx, &item(session)).map_err(|error| session.named_in_hints(error))
}

/// Reads the token file of the session whose name or start URL is `label`; `None` if it is absent, broken or
/// unreadable. Other tools read only this file, not the keyring.
pub(crate) fn in_shared_file(ctx: &Context, label: &str) -> Option<Token> {
    read_item(ctx, &Item { store: Store::Files, kind: SecretKind::Token, hash: files::hashed(label) }).ok()?
}

pub(super) fn read_item(ctx: &Context, item: &Item) -> Result<Option<Token>> {
    let Some(stored) = item.read(ctx)? else { return Ok(None) };
    if let Some(token) = Token::parse(&stored.content) {
        return Ok(Some(token));
    }
    std::thread::sleep(WRITING_TIME);
    Ok(item.read(ctx)?.and_then(|stored| Token::parse(&stored.content)))
}

/// Returns the time when the token of a session was written; `None` if there is no token.
pub(super) fn written_at(ctx: &Context, session: &Session) -> Option<Timestamp> {
    item(session).written_at(ctx)
}

/// Returns a text that changes when the token changes, e.g. after a sign-in, or when the keyring is locked or unlocked.
pub(crate) fn state(ctx: &Context, session: &Session) -> String {
    item(session).state(ctx)
}

/// Makes sure that the next token of a session can be written, before AWS issues it.
///
/// # Errors
/// `Configuration`: the file cannot be written; the message contains its path. `NeedsPerson`: the keyring cannot be
/// used.
pub(super) fn reserve(ctx: &Context, session: &Session) -> Result<Reserved> {
    item(session).reserve(ctx).map_err(|error| session.named_in_hints(error))
}

/// Tells whether the token directory cannot be written: the user lacks the permission, or the file system is read-only.
pub(super) fn is_read_only(ctx: &Context, session: &Session) -> bool {
    item(session).is_read_only(ctx)
}

/// Writes the token of a session into the reserved space.
///
/// # Errors
/// `Configuration`: the file cannot be written; the message contains its path. `NeedsPerson`: the keyring cannot be
/// used.
pub(super) fn write(ctx: &Context, session: &Session, reserved: Reserved, token: &Token) -> Result<()> {
    reserved.write(ctx, &format!("ssox token of {}", session.label()), &json::secret_python(token))
}

/// Removes the token of a session. Returns whether there was a token.
///
/// # Errors
/// `Configuration`: the file cannot be removed; the message contains its path. `NeedsPerson`: the keyring cannot be
/// used.
pub(super) fn remove(ctx: &Context, session: &Session) -> Result<bool> {
    item(session).remove(ctx).map_err(|error| session.named_in_hints(error))
}

/// Returns where the token of a session is stored: the store, and the token's name in that store.
pub(super) fn item(session: &Session) -> Item {
    Item { store: session.store, kind: SecretKind::Token, hash: files::hashed(session.label()) }
}

/// Returns the path of a session's token file, whether it exists or not.
///
/// # Errors
/// `Configuration`: there is no home directory.
pub(crate) fn path(ctx: &Context, session: &Session) -> Result<PathBuf> {
    item(session).path(ctx)
}

/// Waits for the lock that a process must hold to change a session's token.
///
/// # Errors
/// `Unreachable`: another process holds the lock for too long. `Configuration`: the lock file is a link.
pub(super) fn lock(ctx: &Context, session: &Session) -> Result<Lock> {
    let label = session.label();
    Lock::wait(ctx, &format!("token {label}"), &format!("the lock on the token of `{label}`"))
}

/// Returns the directory of the token and client registration files.
///
/// # Errors
/// `Configuration`: there is no home directory.
pub(crate) fn directory(ctx: &Context) -> Result<PathBuf> {
    SecretKind::Token.directory(ctx)
}

/// Returns the path of the cache file whose name is the hash of a text.
pub(super) fn cache_file(directory: &Path, of: &str) -> PathBuf {
    directory.join(format!("{}.json", files::hashed(of)))
}

/// Removes a value from a JSON object and returns it. Upper and lower case in the key are the same, as in the Rust SDK,
/// because other tools may write keys in both.
pub(super) fn take(map: &mut Map<String, Value>, key: &str) -> Option<Value> {
    map.shift_remove(key).or_else(|| {
        let other = map.keys().find(|other| other.eq_ignore_ascii_case(key))?.clone();
        map.shift_remove(&other)
    })
}

/// Returns the value if it is a string that can be sent in an HTTP header: not empty and without control characters.
/// AWS issues only such strings.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && !has_control(&text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
