//! The content of a cache entry: JSON as the AWS CLI writes it, with additional fields that only ssox reads.

use crate::arn::AccountId;
use crate::credentials::RoleCredentials;
use crate::error::has_control;
use crate::json::SecretJson;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The JSON key for the name of the role to which the credentials of a cache entry belong. No AWS tool reads this key.
const ROLE: &str = "SsoxRole";
/// The JSON key for the hash of everything on which the credentials of the entry depend, apart from the access keys in
/// the environment. When ssox looks for an entry by its access key ID, it checks with this hash that the entry is from
/// the same call of AWS. No AWS tool reads this key.
const CALL: &str = "SsoxCall";

/// The JSON document of a cache entry: the fields that the AWS CLI writes, and those that only ssox reads (`Ssox…`).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EntryJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider_type: Option<&'a str>,
    #[serde(rename = "SsoxSession", skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<&'a str>,
    #[serde(rename = "SsoxRole", skip_serializing_if = "Option::is_none")]
    pub(super) role_name: Option<&'a str>,
    #[serde(rename = "SsoxCall", skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<&'a str>,
    pub(super) credentials: CredentialsJson<'a>,
}

/// Credentials as JSON, with the fields that AWS tools write and read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CredentialsJson<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl<'a> CredentialsJson<'a> {
    pub(crate) fn of(credentials: &'a RoleCredentials) -> Self {
        Self {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: credentials.session_token.as_ref().map(Secret::expose),
            expiration: credentials.expiration,
            account_id: credentials.account_id.as_deref(),
        }
    }
}

/// Tells whether the JSON text of a cache entry has this value under [`CALL`]. The value is a hash of everything on
/// which the credentials depend, apart from the access keys in the environment.
pub(super) fn is_of_call(bytes: &[u8], call: &str) -> bool {
    SecretJson::parse(bytes).is_some_and(|document| document.get(CALL).and_then(Value::as_str) == Some(call))
}

/// Reads the credentials in a cache entry; `None` if the entry is malformed.
pub(super) fn parse(bytes: &[u8]) -> Option<RoleCredentials> {
    let mut document = SecretJson::parse(bytes)?;
    let role_name = document.get(ROLE).and_then(Value::as_str).filter(|name| !has_control(name));
    let role_name = role_name.map(String::from);
    let fields = document.get_mut("Credentials")?;
    // An entry with a control character is malformed: AWS sends no control characters, and a line break would end a
    // line of ssox's reply to a shell.
    let mut text = |name: &str| match fields.get_mut(name).map(Value::take) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if !text.is_empty() && !has_control(&text) => Some(Some(text)),
        Some(_) => None,
    };
    // Required: credentials without an expiration would never be renewed, and no tool caches such credentials.
    let expiration = Timestamp::parse(&text("Expiration")??)?;
    let (id, secret) = (text("AccessKeyId")??, Secret::new(text("SecretAccessKey")??));
    let token = text("SessionToken")?.map(Secret::new);
    let account_id = text("AccountId")?.as_deref().and_then(AccountId::parse);
    Some(RoleCredentials { account_id, role_name, ..RoleCredentials::new(id, secret, token, Some(expiration)) })
}
