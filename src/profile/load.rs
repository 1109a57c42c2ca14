//! Finds a profile or an assignment by what the person typed, and resolves it.

use super::assigned::role_hash;
use super::find::{self, Found, Wanted};
use super::resolved::Profile;
use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;

impl Profile {
    /// Reads the configuration files, and returns the profile for a name, `ACCOUNT/ROLE` or role ARN.
    ///
    /// # Errors
    /// Configuration, with a hint that says what to type. Those of listing accounts.
    pub(crate) fn load(ctx: &Context, wanted: &Wanted) -> Result<Self> {
        if let Some(profile) = Self::in_excerpt(ctx, wanted) {
            return Ok(profile);
        }
        let files = ConfigFiles::load(ctx)?;
        match find::find(ctx, &files, wanted)? {
            Found::Profile(name) => Self::resolve(ctx, &files, &name).inspect(|_| files.save_index(ctx, role_hash)),
            Found::Assignment(role) => Self::of_assignment(ctx, &files, *role, &AccountNames::load(ctx)),
        }
    }

    /// Returns the profile or assignment that is in use in this shell, without a role that was chosen in addition.
    ///
    /// # Errors
    /// Configuration: it is no longer configured.
    pub(crate) fn held(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Self> {
        if files.profile(name).is_some() {
            return Self::resolve(ctx, files, name);
        }
        let wanted = Wanted { session: ctx.var("SSOX_SSO_SESSION"), ..Wanted::stored(name) };
        match find::assignment(ctx, files, &wanted)? {
            Some(role) => Self::of_assignment(ctx, files, role, &AccountNames::load(ctx)),
            None => Err(find::unknown(ctx, files, name)),
        }
    }

    /// Returns the profile if the part of a large file that contains it suffices; `None` if the whole file is needed.
    pub(crate) fn in_excerpt(ctx: &Context, wanted: &Wanted) -> Option<Self> {
        let files = ConfigFiles::excerpt(ctx, &[wanted.name])?;
        files.profile(wanted.name)?;
        match find::find(ctx, &files, wanted).ok()? {
            Found::Profile(name) => Self::resolve(ctx, &files, &name).ok(),
            Found::Assignment(_) => None,
        }
    }
}
