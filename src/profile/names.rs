//! The names of all profiles, and the assignments without a profile.

use super::assigned::role_hash;
use super::without_profile::{AllProfiles, Typed, WithoutProfile, without_profile};
use crate::assignments;
use crate::config::{ConfigFiles, IndexedProfiles};
use crate::context::Context;
use std::borrow::Cow;

/// The names of all profiles, from the index (for large files) or from the configuration files.
pub(crate) enum ProfileNames {
    Indexed(IndexedProfiles),
    Read(Option<Box<ConfigFiles>>),
}

impl ProfileNames {
    /// Reads the names of all profiles. Writes an index if the configuration files are large and have no index.
    pub(crate) fn read(ctx: &Context) -> Self {
        if let Some(index) = ConfigFiles::indexed_profiles(ctx) {
            return Self::Indexed(index);
        }
        let files = ConfigFiles::load(ctx).ok();
        Self::Read(files.inspect(|files| files.save_index(ctx, role_hash)).map(Box::new))
    }

    /// Reads the names of all profiles, and calls `show` with those assignments without a profile that match `typed`.
    /// Returns the names, and what `show` returned. The whole configuration files are read only if their index does not
    /// tell which assignments have a profile.
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

    /// Calls `show` with those assignments without a profile that match `typed`. Returns `None` if the index of the
    /// configuration files does not tell which assignments have a profile.
    fn assignments<T>(&self, ctx: &Context, typed: Typed, show: impl Fn(&[WithoutProfile]) -> T) -> Option<T> {
        let all = match self {
            Self::Indexed(index) => AllProfiles::indexed(ctx, index, typed)?,
            Self::Read(files) => AllProfiles::read(ctx, files.as_deref()?, typed),
        };
        Some(show(&without_profile(&all)))
    }

    /// Returns the names of all profiles; some may occur more than once.
    pub(crate) fn iter(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Indexed(index) => index.names().map(Cow::Borrowed).collect(),
            Self::Read(files) => files.iter().flat_map(|files| files.unmerged_profile_names()).collect(),
        }
    }

    /// Returns configuration files for many look-ups by name; `None` if they cannot be read. The files contain at least
    /// the profiles in `names`.
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
