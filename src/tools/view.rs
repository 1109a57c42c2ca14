//! What one tool sees of the environment and the files, and the credentials that it can take.

use super::files::Files;
use super::kind::{self, ProfileKind};
use super::profile::Selected;
use super::rules::Tool;
use crate::config::ConfigFiles;
use crate::context::Context;

/// The credentials that a tool takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The access keys in the environment.
    Keys,
    /// The role that the variables of a web identity name.
    WebIdentity(String),
    Profile(String, ProfileKind),
    /// Those of `AWS_CONTAINER_CREDENTIALS_…`.
    Container,
    Nothing,
}

/// What one tool sees.
pub(super) struct View<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tool: &'static Tool,
    pub(super) files: &'a ConfigFiles,
    pub(super) selected: Selected,
}

/// What a step leads to, unless the next one is tried.
pub(super) type Outcome = (Taken, String);

impl<'a> View<'a> {
    pub(super) fn new(ctx: &'a Context, files: &'a Files, tool: &'static Tool) -> Self {
        Self { ctx, tool, files: files.of(tool.reads), selected: Selected::new(ctx, tool) }
    }

    /// Says why the selected profile is not taken: as the end of a sentence about the tool.
    pub(super) fn skipped(&self) -> Option<String> {
        if !self.tool.reads_aws_profile() {
            return self.ctx.var("AWS_PROFILE").map(|_| "does not read AWS_PROFILE".into());
        }
        let section = self.files.profile(self.selected.name());
        match (section.as_ref().map(kind::kind_of), self.selected.is_named()) {
            (Some(Some(kind)), _) => Some(unread(kind)),
            (Some(None), true) => Some("finds no credentials in the profile".into()),
            (None, true) => Some("finds no such profile".into()),
            (Some(None) | None, false) => None,
        }
    }
}

fn unread(kind: ProfileKind) -> String {
    format!("does not read {}", kind.name())
}
