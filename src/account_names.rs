//! What accounts are called: AWS says it when accounts are listed, and no file of AWS's own has a place for it. Kept in a
//! file of ssox's own, so that people find `Sandbox` and not only `111122223333`.
//!
//! Deliberately not here: asking AWS. A name that cannot be kept or read is not known, and that is all.

use crate::context::Context;
use crate::files;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The names that are known, by account id.
#[derive(Debug, Default)]
pub(crate) struct AccountNames(Map<String, Value>);

impl AccountNames {
    /// Reads what was kept.
    pub(crate) fn load(ctx: &Context) -> Self {
        let bytes = path(ctx).and_then(|path| files::read(&path).ok().flatten());
        match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(Value::Object(names)) => Self(names),
            _ => Self::default(),
        }
    }

    /// Returns the name of an account.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.as_str()
    }

    /// Keeps the names of accounts.
    pub(crate) fn keep<'a>(ctx: &Context, accounts: impl IntoIterator<Item = (&'a str, &'a str)>) {
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
    fn names_are_kept_and_renamed() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), OsString::from(home.path()))]);
        assert_eq!(AccountNames::load(&ctx).get("1"), None);
        AccountNames::keep(&ctx, [("1", "Sandbox"), ("2", "Shop")]);
        AccountNames::keep(&ctx, [("1", "Playground")]);
        let names = AccountNames::load(&ctx);
        assert_eq!((names.get("1"), names.get("2")), (Some("Playground"), Some("Shop")));
        std::fs::write(path(&ctx).unwrap(), "{").unwrap();
        assert_eq!(AccountNames::load(&ctx).get("1"), None);
    }
}
