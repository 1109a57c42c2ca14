//! The names of entries: those that the AWS CLI computes from a request's arguments, and names of ssox's own.

use crate::context::Context;
use crate::files;
use crate::json;
use crate::store::{self, Item, Store};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The key of an entry: the hash in its file's name, and the provider type that the AWS CLI writes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(super) hash: [u8; 20],
    pub(super) provider_type: Option<&'static str>,
    /// The session whose sign-out removes the entry, if no configured role leads to it.
    pub(super) session: Option<String>,
    /// Where the entry is kept.
    store: Store,
}

/// More bytes than the arguments of most SSO roles have.
const USUAL_ARGUMENTS: usize = 160;

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

    pub(super) fn file_name(&self) -> String {
        hex::encode(self.hash) + ".json"
    }

    /// Returns the file of an entry that the keyring has now, if there still is one.
    pub(crate) fn left_in_file(&self, ctx: &Context) -> Option<PathBuf> {
        let item = self.item(ctx);
        item.path(ctx).ok().filter(|path| item.store == Store::Keyring && path.exists())
    }

    pub(super) fn item(&self, ctx: &Context) -> Item {
        let hash = hex::encode(self.hash);
        Item { store: self.store_unless(Store::of_variable(ctx)), kind: store::SecretKind::Role, hash }
    }

    /// Returns where the entry is kept, unless the variable says otherwise. For credentials without a session, only the
    /// variable decides.
    pub(super) fn store_unless(&self, variable: Option<Store>) -> Store {
        if variable == Some(Store::Keyring) { Store::Keyring } else { self.store }
    }
}

fn sorted(arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    arguments.sort_keys();
    Value::Object(arguments)
}
