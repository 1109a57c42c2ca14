//! The names of cache entries: hashes that the AWS CLI computes from a request's arguments, and hashes that only ssox
//! uses.

use crate::context::Context;
use crate::files;
use crate::json;
use crate::store::{self, Item, Store};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Identifies a cache entry: the hash in its file's name, and the provider type that the AWS CLI writes into the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(super) hash: [u8; 20],
    pub(super) provider_type: Option<&'static str>,
    /// The name of the session or, if it has none, its start URL; it is written into the entry. A sign-out of this
    /// session removes the entry, even if no configured profile has the entry's role any more.
    pub(super) session: Option<String>,
    /// A hash of everything on which the credentials depend, apart from the access keys in the environment. `None`:
    /// [`super::of_access_key`] never finds the entry of this key.
    pub(super) call: Option<String>,
    /// Where the entry is kept.
    store: Store,
}

/// The capacity that suffices for the arguments of most SSO roles, in bytes.
const USUAL_ARGUMENTS: usize = 160;

impl Key {
    /// Returns the cache key of an SSO role. `session` is the name of the sso-session. Without an sso-session, the
    /// start URL is a part of the cache key.
    pub(crate) fn sso(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> Self {
        let of_session = session.map_or((r#","startUrl":"#, start_url), |session| (r#","sessionName":"#, session));
        let mut arguments = String::with_capacity(USUAL_ARGUMENTS);
        // The arguments are in the order of the AWS CLI. This code writes the JSON itself, because a serializer takes
        // much longer, and a list of profiles needs the key of every profile.
        for (key, value) in [(r#"{"accountId":"#, account_id), (r#","roleName":"#, role_name), of_session] {
            arguments.push_str(key);
            json::add_python_text(&mut arguments, value);
        }
        arguments.push('}');
        Self::new(&arguments, Some("sso"))
    }

    /// Returns the cache key of an assumed role: as in the AWS CLI, the hash of the request's arguments in sorted
    /// order.
    pub(crate) fn assumed_role(arguments: &Map<String, Value>) -> Self {
        Self::new(&json::python(&sorted(arguments)), None)
    }

    /// Returns the cache key of an entry that no other tool reads: the hash of everything on which the entry's
    /// credentials depend.
    pub(crate) fn own(kind: &'static str, parts: &[&str]) -> Self {
        Self::new(&json::python(&json!({ "ssox": kind, "of": parts })), Some(kind))
    }

    fn new(arguments: &str, provider_type: Option<&'static str>) -> Self {
        Self { hash: files::hash(&[arguments]), provider_type, session: None, call: None, store: Store::Files }
    }

    /// Sets the session that is written into the entry: its name or, if it has none, its start URL.
    pub(crate) fn of_session(self, label: Option<&str>) -> Self {
        Self { session: label.map(String::from), ..self }
    }

    /// Sets the text by which [`super::of_access_key`] finds the entry. The entry contains only the hash of this text.
    /// The text contains everything on which the credentials depend, apart from the access keys in the environment.
    pub(crate) fn of_call(self, call: &str) -> Self {
        Self { call: Some(files::hashed(call)), ..self }
    }

    /// Sets where the entry is kept. In the keyring, the entry also contains the label of its session, by which a
    /// sign-out finds it. For an entry in a file, the label is not used.
    pub(crate) fn in_store(self, store: Store, label: &str) -> Self {
        match store {
            Store::Files => self,
            Store::Keyring => Self { store, ..self.of_session(Some(label)) },
        }
    }

    /// Returns the name of the lock that a process holds while it renews the entry.
    pub(crate) fn lock_name(&self) -> String {
        format!("role {}", hex::encode(self.hash))
    }

    pub(super) fn file_name(&self) -> String {
        let mut name = *b"0000000000000000000000000000000000000000.json";
        // `hex::encode` takes several times as long.
        hex::encode_to_slice(self.hash, &mut name[..2 * self.hash.len()]).expect("a byte has two digits");
        String::from_utf8(name.into()).expect("digits are ASCII")
    }

    /// Returns the old file of an entry that is now kept in the keyring; `None` if there is no such file.
    pub(crate) fn left_in_file(&self, ctx: &Context) -> Option<PathBuf> {
        let item = self.item(ctx);
        item.path(ctx).ok().filter(|path| item.store == Store::Keyring && path.exists())
    }

    pub(super) fn item(&self, ctx: &Context) -> Item {
        let hash = hex::encode(self.hash);
        Item { store: self.store_unless(Store::of_variable(ctx)), kind: store::SecretKind::Role, hash }
    }

    /// Returns where the entry is kept. If `variable`, the value of `SSOX_STORE`, is the keyring, all entries are kept
    /// in the keyring. Otherwise only credentials of a session can be kept in the keyring.
    pub(super) fn store_unless(&self, variable: Option<Store>) -> Store {
        if variable == Some(Store::Keyring) { Store::Keyring } else { self.store }
    }
}

fn sorted(arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    arguments.sort_keys();
    Value::Object(arguments)
}
