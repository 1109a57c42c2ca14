//! What one AWS tool reads of the environment and the files, and the credentials that it can take.

use super::environment::{self, Keys};
use super::files::{Files, Reads};
use super::kind::{self, ProfileKind};
use super::profile::Selected;
use super::rules::{RoleWithoutKeys, Step, Tool};
use super::token;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;

/// Why a role with `credential_source = Environment` cannot be assumed.
const NO_KEYS: &str = "there are no access keys in the environment";

/// The credentials that a tool takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The access keys in the environment.
    Keys,
    /// The role in the variables of a web identity.
    WebIdentity(String),
    Profile(String, ProfileKind),
    /// The access keys in a file of an older program, with this access key ID.
    FileKeys(String),
    /// The API key for Amazon Bedrock in the environment.
    BedrockKey,
    /// The credentials of the container, from the variables `AWS_CONTAINER_CREDENTIALS_…`.
    Container,
    Nothing,
}

/// What one tool reads.
pub(super) struct View<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tool: &'static Tool,
    pub(super) files: &'a ConfigFiles,
    /// The files in the home directory, even if variables contain other paths.
    pub(super) own: &'a ConfigFiles,
    pub(super) selected: Selected,
}

/// What a step decides: the credentials, and why. A step that decides nothing returns `None`, and the next one is
/// tried.
pub(super) type Outcome = (Taken, String);

impl<'a> View<'a> {
    pub(super) fn new(ctx: &'a Context, files: &'a Files, tool: &'static Tool) -> Self {
        let [files, own] = [tool.reads, Reads::OwnBoth].map(|reads| files.of(reads));
        Self { ctx, tool, files, own, selected: Selected::new(ctx, tool) }
    }

    /// Says why the tool does not take the selected profile, as the end of a sentence about the tool; `None` if no
    /// variable selects a profile and `[default]` has no credentials.
    pub(super) fn skipped(&self) -> Option<String> {
        if !self.tool.reads_aws_profile() {
            return self.ctx.var("AWS_PROFILE").map(|_| "does not read AWS_PROFILE".into());
        }
        let section = self.files.profile(self.selected.name());
        match (section.as_ref().map(kind::kind_of), self.selected.is_named()) {
            (Some(Some(kind)), _) => Some(self.unread(section.as_ref()?, kind)),
            (Some(None), true) => Some("finds no credentials in the profile".into()),
            (None, true) => Some("finds no such profile".into()),
            (Some(None) | None, false) => None,
        }
    }

    fn unread(&self, section: &Section, kind: ProfileKind) -> String {
        let reads_role = self.tool.role_without_keys == RoleWithoutKeys::Skipped;
        if let Some(missing) = self.missing_keys(section, kind).filter(|_| reads_role) {
            return format!("cannot use {}, because {missing}", kind.name());
        }
        let reads_it = |step: &Step| matches!(step, Step::ProfileWithToken(kinds) if kinds.contains(&kind));
        let missing = self.missing_token(self.selected.name(), kind);
        match missing.filter(|_| self.tool.steps.iter().any(reads_it)) {
            Some(missing) => format!("cannot use {}, because {missing}", kind.name()),
            None => format!("does not read {}", kind.name()),
        }
    }

    /// Says that there are no access keys to assume a role with; `None` if there are, or if the role does not need them.
    pub(super) fn missing_keys(&self, section: &Section, kind: ProfileKind) -> Option<&'static str> {
        let is_role = matches!(kind, ProfileKind::Role | ProfileKind::StoredRole);
        let needs_keys = is_role && section.value("credential_source") == Some("Environment");
        (needs_keys && environment::keys(self.ctx) != Keys::Complete).then_some(NO_KEYS)
    }

    /// Says why a person must sign in before the tool can use a profile; `None` if nobody must.
    pub(super) fn missing_token(&self, profile: &str, kind: ProfileKind) -> Option<&'static str> {
        if !matches!(kind, ProfileKind::Sso | ProfileKind::LegacySso | ProfileKind::Role) {
            return None;
        }
        token::missing(self.ctx, self.files, &self.files.profile(profile)?, |kind| self.renews(kind))
    }

    /// Tells whether the tool renews credentials of this kind when they expire.
    pub(super) fn renews(&self, kind: ProfileKind) -> bool {
        self.tool.renews && kind.is_renewed() && !self.tool.not_renewed.contains(&kind)
    }
}
