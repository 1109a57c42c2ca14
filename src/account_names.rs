//! The file in which ssox keeps the names of accounts, so that people can use `Sandbox` instead of `111122223333`.
//!
//! AWS returns the names when ssox lists the accounts; `~/.aws/config` has no key for them. ssox works
//! without the names, so an error while this file is read or written is ignored.
//!
//! Invariant: this module never asks AWS.

use crate::context::Context;
use crate::files;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The known account names, by account ID.
#[derive(Debug, Default)]
pub(crate) struct AccountNames(Map<String, Value>);

impl AccountNames {
    /// Reads the account names that ssox has stored. If the file of account names is absent or malformed, there are no
    /// names.
    pub(crate) fn load(ctx: &Context) -> Self {
        let bytes = path(ctx).and_then(|path| files::read(&path).ok().flatten());
        match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(Value::Object(names)) => Self(names),
            _ => Self::default(),
        }
    }

    /// Returns the name of an account; `None` if it is not known.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.as_str()
    }

    /// Adds account names to the file in which ssox stores them, and replaces names that have changed. `accounts` has
    /// pairs of an account ID and a name. Errors of writing the file are ignored.
    pub(crate) fn save<'a>(ctx: &Context, accounts: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let mut names = Self::load(ctx);
        let before = names.0.clone();
        names.0.extend(accounts.into_iter().map(|(id, name)| (id.to_string(), name.into())));
        if let Some(path) = path(ctx).filter(|_| names.0 != before) {
            let _ = files::write_secret(&path, Value::Object(names.0).to_string().as_bytes());
        }
    }
}

fn path(ctx: &Context) -> Option<PathBuf> {
    ctx.state_dir().ok().map(|dir| dir.join("accounts.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    #[test]
    fn names_are_saved_and_replaced() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
        assert_eq!(AccountNames::load(&ctx).get("1"), None);
        AccountNames::save(&ctx, [("1", "Sandbox"), ("2", "Shop")]);
        AccountNames::save(&ctx, [("1", "Playground")]);
        let names = AccountNames::load(&ctx);
        assert_eq!((names.get("1"), names.get("2")), (Some("Playground"), Some("Shop")));
        std::fs::write(path(&ctx).unwrap(), "{").unwrap();
        assert_eq!(AccountNames::load(&ctx).get("1"), None);
    }
}
