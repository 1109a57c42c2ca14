//! What one AWS tool reads of the environment and the files, and the credentials that it can take.

use super::files::{Files, Reads};
use super::kind::{self, HALF_KEYS, ProfileKind};
use super::profile::Selected;
use super::rules::{Step, Tool};
use super::token;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use std::borrow::Cow;

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
    /// The tool uses the API key for Amazon Bedrock that is in the environment.
    BedrockKey,
    /// The credentials of the container, from the variables `AWS_CONTAINER_CREDENTIALS_…`.
    Container,
    /// No credentials: the tool sends its requests without a signature.
    Unsigned,
    /// No credentials: the tool fails, or waits for the instance metadata service.
    Nothing,
}

/// The type of a function that says why the `credential_process` of a profile gives programs no credentials; `None` if
/// it may give them credentials.
pub(crate) type Refusal<'a> = &'a dyn Fn(&Section) -> Option<String>;

/// What one AWS tool reads: variables, configuration files, and the profile that the tool selects.
pub(super) struct View<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tool: &'static Tool,
    pub(super) files: &'a ConfigFiles,
    /// The configuration files in the home directory, even if variables contain other paths.
    pub(super) own: &'a ConfigFiles,
    pub(super) selected: Selected,
    pub(super) refusal: Refusal<'a>,
}

/// What a step in a tool's search for credentials decides: which credentials the tool takes, and why. A step that
/// decides nothing returns `None`, and the tool goes on with the next step.
pub(super) type Outcome = (Taken, String);

impl<'a> View<'a> {
    pub(super) fn new(ctx: &'a Context, files: &'a Files, tool: &'static Tool, refusal: Refusal<'a>) -> Self {
        let [files, own] = [tool.reads, Reads::OwnBoth].map(|reads| files.of(reads));
        Self { ctx, tool, files, own, selected: Selected::new(ctx, tool), refusal }
    }

    /// Says why the tool does not take the credentials of the selected profile, as the end of a sentence about the
    /// tool. Returns `None` if no variable selects a profile and `[default]` has no credentials, or if the tool does
    /// not read `AWS_PROFILE` and this variable is not set.
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
        let failure = self.failure(section, kind).filter(|_| HALF_KEYS.contains(&kind) || self.reads(kind));
        let failure = failure.map(|failure| Cow::from(failure.text));
        let reads_it = |step: &Step| matches!(step, Step::ProfileWithToken(kinds) if kinds.contains(&kind));
        let missing = self.missing_token(self.selected.name(), kind);
        let missing = missing.filter(|_| self.tool.steps.iter().any(reads_it)).map(Cow::from);
        match failure.or(missing) {
            Some(cause) => format!("cannot use {}, because {cause}", kind.name()),
            None => format!("does not read {}", kind.name()),
        }
    }

    fn reads(&self, kind: ProfileKind) -> bool {
        let reads_it = |step: &Step| match step {
            Step::Profile(kinds) | Step::NamedProfile(kinds) => kinds.contains(&kind),
            _ => false,
        };
        self.tool.steps.iter().any(reads_it)
    }

    /// Says why a person must sign in before the tool can use a profile; `None` if no sign-in is needed.
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
