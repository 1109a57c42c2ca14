//! The names of all profiles, and the assignments that no profile has.

use super::assigned::role_hash;
use super::without_profile::{AllProfiles, Typed, WithoutProfile, without_profile};
use crate::assignments;
use crate::config::{ConfigFiles, IndexedProfiles};
use crate::context::Context;
use std::borrow::Cow;

/// The names of all profiles: from the index of large files, or from the files.
pub(crate) enum ProfileNames {
    Indexed(IndexedProfiles),
    Read(Option<Box<ConfigFiles>>),
}

impl ProfileNames {
    /// Reads the names, and writes the index of a large file that has none.
    pub(crate) fn read(ctx: &Context) -> Self {
        if let Some(index) = ConfigFiles::indexed_profiles(ctx) {
            return Self::Indexed(index);
        }
        let files = ConfigFiles::load(ctx).ok();
        Self::Read(files.inspect(|files| files.save_index(ctx, role_hash)).map(Box::new))
    }

    /// Reads the names, and calls `show` with the assignments that no profile has. `typed` gets the names, and says
    /// which assignments are looked for. The whole files are read only if the index does not say which assignments have
    /// a profile.
    pub(crate) fn with_assignments<'t, T>(
        ctx: &Context,
        typed: impl Fn(&Self) -> Typed<'t>,
        show: impl Fn(&[WithoutProfile]) -> T,
    ) -> (Self, T) {
        let all = Self::read(ctx);
        if !assignments::any(ctx) {
            return (all, show(&[]));
        }
        if let Some(shown) = all.assignments(ctx, typed(&all), &show) {
            return (all, shown);
        }
        let all = Self::Read(ConfigFiles::load(ctx).ok().map(Box::new));
        let shown = all.assignments(ctx, typed(&all), &show).unwrap_or_else(|| show(&[]));
        (all, shown)
    }

    /// Shows the assignments that no profile has. `None` if the index does not say which these are.
    fn assignments<T>(&self, ctx: &Context, typed: Typed, show: impl Fn(&[WithoutProfile]) -> T) -> Option<T> {
        let all = match self {
            Self::Indexed(index) => AllProfiles::indexed(ctx, index, typed)?,
            Self::Read(files) => AllProfiles::read(ctx, files.as_deref()?, typed),
        };
        Some(show(&without_profile(&all)))
    }

    /// Returns the names, with repetitions.
    pub(crate) fn iter(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Indexed(index) => index.names().map(Cow::Borrowed).collect(),
            Self::Read(files) => files.iter().flat_map(|files| files.unmerged_profile_names()).collect(),
        }
    }

    /// Returns the files, with those profiles at least, for many look-ups by name.
    pub(crate) fn files(self, ctx: &Context, names: &[String]) -> Option<Box<ConfigFiles>> {
        let files = match self {
            Self::Indexed(_) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                ConfigFiles::excerpt(ctx, &names).or_else(|| ConfigFiles::load(ctx).ok()).map(Box::new)
            }
            Self::Read(files) => files,
        };
        files.inspect(|files| files.index_names())
    }
}
