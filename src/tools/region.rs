//! The region that a tool takes.

use super::prediction::{Taken, View};

/// Where a tool looks for its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionStep {
    Variable(&'static str),
    /// The profile that the tool selects, also if the credentials are others.
    Profile,
    /// The profile, if the credentials are its own.
    ProfileOfCredentials,
    /// The first line of `config` with a key that ends with `region`.
    First,
}

impl View<'_> {
    /// Returns the region.
    pub(super) fn region(&self, taken: &Taken) -> Option<String> {
        self.tool.regions.iter().find_map(|step| match step {
            RegionStep::Variable(name) => self.ctx.var(name).map(String::from),
            RegionStep::ProfileOfCredentials if !matches!(taken, Taken::Profile(..)) => None,
            RegionStep::Profile | RegionStep::ProfileOfCredentials => {
                self.files.profile(self.selected.name())?.value("region").map(String::from)
            }
            RegionStep::First => self.files.config.text.lines().find_map(|line| {
                let (key, region) = line.split_once('=')?;
                key.trim_end().ends_with("region").then(|| region.trim().into())
            }),
        })
    }
}
