//! The names of accounts, in a file of ssox's own, so that people find `Sandbox` and not only `111122223333`.
//!
//! AWS returns the names when accounts are listed, and no file of AWS has a key for them. They are a convenience: an error
//! while reading or writing the file is ignored.
//!
//! Invariant: this module never asks AWS.

use crate::context::Context;
use crate::files;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The known names, by account id.
#[derive(Debug, Default)]
pub(crate) struct AccountNames(Map<String, Value>);

impl AccountNames {
    /// Reads the names from the file.
    pub(crate) fn load(ctx: &Context) -> Self {
        let bytes = path(ctx).and_then(|path| files::read(&path).ok().flatten());
        match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(Value::Object(names)) => Self(names),
            _ => Self::default(),
        }
    }

    /// Returns the name of an account, if it is known.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.as_str()
    }

    /// Saves the names of accounts, given as pairs of id and name; other names in the file stay.
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
