//! Role credentials and the time when they were issued, as JSON. One ssox process passes it to another through a pipe.

use crate::arn::AccountId;
use crate::cache::Entry;
use crate::credentials::RoleCredentials;
use crate::json::{self, SecretJson};
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The JSON document with the role credentials and the time when AWS issued them. Times are in seconds since 1970.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EntryJson<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: Option<&'a str>,
    expiration: Option<i64>,
    account_id: Option<&'a str>,
    issued_at: i64,
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> Self {
        let Entry { credentials, issued_at } = entry;
        Self {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: credentials.session_token.as_ref().map(Secret::expose),
            expiration: credentials.expiration.map(|end| end.0),
            account_id: credentials.account_id.as_deref(),
            issued_at: issued_at.0,
        }
    }
}

/// Returns a JSON document on one line, with the role credentials and the time when AWS issued them.
pub(crate) fn secret_document(entry: &Entry) -> Secret {
    json::secret_line(&EntryJson::from(entry))
}

/// Parses the JSON document with the role credentials; `None` if the document is malformed.
pub(super) fn parse(bytes: &[u8]) -> Option<Entry> {
    SecretJson::parse(bytes).and_then(|document| read(&document))
}

/// Reads the role credentials from a JSON document that is already parsed, and that may be a part of another document.
/// `None` if the document is malformed.
pub(super) fn read(document: &Value) -> Option<Entry> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let moment = |name: &str| document.get(name).and_then(Value::as_i64).map(Timestamp);
    let credentials = RoleCredentials {
        access_key_id: text("AccessKeyId")?.into(),
        secret_access_key: Secret::new(text("SecretAccessKey")?),
        session_token: text("SessionToken").map(Secret::new),
        expiration: moment("Expiration"),
        account_id: text("AccountId").and_then(AccountId::parse),
        role_name: None,
    };
    Some(Entry { credentials, issued_at: moment("IssuedAt")? })
}

#[cfg(test)]
mod tests {
    use super::super::lifetime::tests::entry;
    use super::*;

    #[test]
    fn a_process_reads_what_another_wrote() {
        for entry in [entry(Some(60)), entry(None)] {
            assert_eq!(parse(secret_document(&entry).expose().as_bytes()), Some(entry));
        }
        for broken in ["", "{}", r#"{"AccessKeyId": "A", "SecretAccessKey": "s"}"#] {
            assert_eq!(parse(broken.as_bytes()), None, "{broken}");
        }
    }
}
