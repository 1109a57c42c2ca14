//! Finds a profile or an assignment by what the person typed, and resolves it.

use super::assigned::role_hash;
use super::find::{self, Found, Wanted};
use super::resolved::Profile;
use super::sessions::sessions;
use crate::account_names::AccountNames;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Result;
use crate::identity::{Identity, SESSION};

impl Profile {
    /// Reads the configuration files, and returns the profile for a name, `ACCOUNT/ROLE` or role ARN.
    ///
    /// # Errors
    /// `Configuration`: the profile does not exist or cannot be used; the hint says what to type. `NeedsPerson`,
    /// `Refused`, `Unreachable`: AWS does not list the accounts.
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

    /// Returns the profile or assignment that is in use in this shell, without a role that was added with `--role-arn`.
    /// `name` is the name under which this shell uses it. AWS is not asked.
    ///
    /// # Errors
    /// `Configuration`: the profile or assignment is no longer configured, or cannot be used.
    pub(crate) fn held(ctx: &Context, files: &ConfigFiles, name: &str) -> Result<Self> {
        if files.profile(name).is_some() {
            return Self::resolve(ctx, files, name);
        }
        let session = held_session(ctx, files);
        let wanted = Wanted { session: session.as_deref(), ..Wanted::stored(name) };
        match find::assignment(ctx, files, &wanted)? {
            Some(role) => Self::of_assignment(ctx, files, role, &AccountNames::load(ctx)),
            None => Err(find::unknown(ctx, files, name)),
        }
    }

    /// Returns the profile from a part of a large config file, without reading the whole file; `None` if the whole file
    /// is needed.
    pub(crate) fn in_excerpt(ctx: &Context, wanted: &Wanted) -> Option<Self> {
        let files = ConfigFiles::excerpt(ctx, &[wanted.name])?;
        files.profile(wanted.name)?;
        match find::find(ctx, &files, wanted).ok()? {
            Found::Profile(name) => Self::resolve(ctx, &files, &name).ok(),
            Found::Assignment(_) => None,
        }
    }
}

/// Returns the session of the assignment that is in use in this shell. ssox has recorded a hash of this session, so the
/// result is right even if a person has changed `SSOX_SSO_SESSION`.
fn held_session(ctx: &Context, files: &ConfigFiles) -> Option<String> {
    let shown = ctx.var(SESSION).map(String::from);
    let Some(held) = Identity::recorded(ctx).filter(|held| held.has_recorded(SESSION)) else { return shown };
    let is_right = |label: &String| held.matches(SESSION, label);
    let labels = || sessions(ctx, files).into_iter().flatten().map(|session| session.label().to_string());
    shown.filter(is_right).or_else(|| labels().find(is_right))
}
