//! Lines of a profile that a tool reads differently from ssox.

use super::view::{Taken, View};
use crate::config::{Finding, Readers};

impl View<'_> {
    /// If the tool takes the credentials of a profile, returns the first line of the profile or of its session that
    /// botocore reads differently from ssox: its file, line number and what is wrong. `None` for tools without botocore.
    pub(super) fn misread(&self, taken: &Taken, findings: &[Finding]) -> Option<String> {
        let Taken::Profile(name, _) = taken else { return None };
        let profile = self.files.profile(name).filter(|_| self.tool.is_botocore)?;
        let is_misread = |finding: &&Finding| finding.readers_in(&profile) == Some(Readers::Botocore);
        findings.iter().find(is_misread).map(Finding::located)
    }
}
