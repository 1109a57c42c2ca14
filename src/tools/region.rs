//! Which region an AWS tool takes.

use super::rules::RegionStep;
use super::view::{Taken, View};

impl View<'_> {
    /// Returns the region that the tool takes; `None` if the tool finds no region.
    pub(super) fn region(&self, taken: &Taken) -> Option<String> {
        self.tool.regions.iter().find_map(|step| match step {
            RegionStep::Variable(name) => self.ctx.var(name).map(String::from),
            RegionStep::Default if self.selected.name() != "default" => None,
            RegionStep::OfDefault => self.files.profile("default")?.value("region").map(String::from),
            RegionStep::ProfileOfCredentials if !matches!(taken, Taken::Profile(..)) => None,
            RegionStep::Profile | RegionStep::Default | RegionStep::ProfileOfCredentials => {
                self.files.profile(self.selected.name())?.value("region").map(String::from)
            }
            RegionStep::First => self.own.config.text.lines().find_map(|line| {
                let (key, region) = line.split_once('=')?;
                key.trim_end().ends_with("region").then(|| region.trim().into())
            }),
        })
    }
}
