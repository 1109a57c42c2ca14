//! The names of all profiles, and the assignments that no profile has.

use super::assigned::role_hash;
use super::without_profile::{AllProfiles, WithoutProfile, without_profile};
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

    /// Reads the names, and the assignments that no profile has and whose name is wanted. The whole files are read only if
    /// there are assignments that the index cannot tell from profiles.
    pub(crate) fn with_assignments(
        ctx: &Context,
        is_wanted: impl Fn(&Self, &str) -> bool,
    ) -> (Self, Vec<WithoutProfile>) {
        let all = Self::read(ctx);
        if !assignments::any(ctx) {
            return (all, Vec::new());
        }
        if let Some(assignments) = all.assignments(ctx, &is_wanted) {
            return (all, assignments);
        }
        let all = Self::Read(ConfigFiles::load(ctx).ok().map(Box::new));
        let assignments = all.assignments(ctx, &is_wanted).unwrap_or_default();
        (all, assignments)
    }

    /// Returns the assignments that no profile has. `None` if only the whole files tell them.
    fn assignments(&self, ctx: &Context, is_wanted: impl Fn(&Self, &str) -> bool) -> Option<Vec<WithoutProfile>> {
        let all = match self {
            Self::Indexed(index) => AllProfiles::indexed(ctx, index)?,
            Self::Read(files) => AllProfiles::read(ctx, files.as_deref()?),
        };
        Some(without_profile(&all, |name: &str| is_wanted(self, name)))
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
