//! Which AWS tools read a line differently from ssox.

use super::Finding;
use crate::config::name::SectionKind;
use crate::config::section::Section;

/// The AWS tools that read a line differently from ssox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// botocore: the AWS CLI, boto3 and other Python programs.
    Botocore,
    /// Some of the SDKs for other languages.
    Sdks,
}

impl Finding {
    /// Returns which AWS tools read the line differently from ssox, if it is a line of this profile or of its session.
    pub(crate) fn readers_in(&self, profile: &Section) -> Option<Readers> {
        let (kind, name) = self.section.as_ref()?;
        let is_in = match kind {
            SectionKind::Profile => profile.name == name.as_str(),
            SectionKind::SsoSession => profile.value("sso_session") == Some(name),
            SectionKind::Services | SectionKind::Defaults => false,
        };
        self.readers.filter(|_| is_in)
    }

    /// Returns the message with the file and the line before it.
    pub(crate) fn located(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}", self.path.display(), self.message)
    }
}
