//! Decides where a session's secrets are kept: where `SSOX_STORE` says; if it is unset, where the session's
//! `ssox_store` says.

use crate::config::{Section, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::store::{Store, VARIABLE};

/// The config key in an `[sso-session]` section that says where the secrets of the session are kept.
pub(super) const KEY: &str = "ssox_store";

/// Returns where the secrets of a session are kept.
///
/// # Errors
/// `Configuration`: the value of `SSOX_STORE` or of the session's `ssox_store` is neither `files` nor `keyring`.
pub(super) fn store(ctx: &Context, section: &Section) -> Result<Store> {
    match section.value(KEY).filter(|_| ctx.var(VARIABLE).is_none()) {
        Some(name) => named(&format!("`{KEY}` of `{}`", section.name), name),
        None => store_of_environment(ctx),
    }
}

/// Returns where the secrets of a session without `ssox_store` are kept: where `SSOX_STORE` says; if it is unset, in
/// files.
///
/// # Errors
/// `Configuration`: the value of `SSOX_STORE` is neither `files` nor `keyring`.
pub(crate) fn store_of_environment(ctx: &Context) -> Result<Store> {
    ctx.var(VARIABLE).map_or(Ok(Store::Files), |name| named(VARIABLE, name))
}

fn named(what: &str, name: &str) -> Result<Store> {
    Store::named(name).ok_or_else(|| {
        let error = Error::configuration(format!("{what} is `{name}`, which is neither `files` nor `keyring`"));
        match nearest(name, Store::NAMES.into_iter().map(|(known, _)| known)).first() {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("write `keyring`, or `files` (the cache files of the AWS CLI)"),
        }
    })
}
