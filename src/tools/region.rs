//! Which region an AWS tool takes.

use super::rules::RegionStep;
use super::view::{Taken, View};
use crate::config::WhichFile;

impl View<'_> {
    /// Returns the region that the tool takes; `None` if the tool finds no region.
    pub(super) fn region(&self, taken: &Taken) -> Option<String> {
        self.tool.regions.iter().find_map(|step| match step {
            RegionStep::Variable(name) => self.ctx.var(name).map(String::from),
            RegionStep::Default if self.selected.name() != "default" => None,
            RegionStep::OfDefault => self.region_of("default"),
            RegionStep::ProfileOfCredentials if !matches!(taken, Taken::Profile(..)) => None,
            RegionStep::Profile | RegionStep::Default | RegionStep::ProfileOfCredentials => {
                self.region_of(self.selected.name())
            }
            RegionStep::First => self.own.config.text.lines().find_map(|line| {
                let (key, region) = line.split_once('=')?;
                key.trim_end().ends_with("region").then(|| region.trim().into())
            }),
        })
    }

    /// Returns the region of a profile as the tool reads it: for botocore, an inline comment is a part of the value.
    fn region_of(&self, profile: &str) -> Option<String> {
        let section = self.files.profile(profile)?;
        let region = section.value("region")?;
        let Some(entry) = section.entry("region").filter(|_| self.tool.is_botocore) else { return Some(region.into()) };
        let file = match entry.which {
            WhichFile::Config => &self.files.config,
            WhichFile::Credentials => &self.files.credentials,
        };
        file.text.get(entry.value_span.start..entry.span.end).map(|line| line.trim_end().into())
    }
}
