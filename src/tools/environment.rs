//! How an AWS tool searches the environment for credentials: access keys, a web identity, the credentials of a
//! container.

use super::access_keys::{Keys, KeysEnd, keys, keys_end};
use super::rules::HalfKeys;
use super::view::{Outcome, Taken, View};
use crate::identity::{ID, SECRET, TOKEN};

/// The old name of the variable with the session token.
pub(super) const OLD_TOKEN: &str = "AWS_SECURITY_TOKEN";
/// The variable with the URL of a container's credential service.
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

impl View<'_> {
    /// If the environment contains access keys, returns whether the tool takes or refuses them. Returns `None` if the
    /// tool goes on with its next step.
    pub(super) fn keys(&self) -> Option<Outcome> {
        let refuses = |why: &str| Some((Taken::Nothing, format!("refuses: {why}")));
        let end = if self.tool.reads_expiration { keys_end(self.ctx) } else { KeysEnd::Unset };
        let is_set = |name| self.ctx.var_os(name).is_some();
        match (keys(self.ctx), self.tool.half_keys) {
            (Keys::Complete, _) if end == KeysEnd::Past => refuses("AWS_CREDENTIAL_EXPIRATION is in the past"),
            (Keys::Complete, _) if end == KeysEnd::Unreadable => {
                refuses("AWS_CREDENTIAL_EXPIRATION is not a time with a time zone")
            }
            (Keys::Complete, _) => {
                Some((Taken::Keys, format!("access keys in the environment{}", self.token_of_keys())))
            }
            (Keys::Half { has_id: true }, HalfKeys::Refused) => refuses("AWS_SECRET_ACCESS_KEY is missing"),
            (Keys::Half { .. }, HalfKeys::SignedWith) if is_set(ID) && is_set(SECRET) => {
                Some((Taken::Keys, "access keys in the environment, one of them empty".into()))
            }
            (Keys::Empty, HalfKeys::SignedWith) => self.empty_keys(),
            (Keys::Half { .. } | Keys::Empty | Keys::Absent, _) => None,
        }
    }

    /// Says which session token the tool takes with the access keys, as the end of a sentence; empty if all tools take
    /// the same session token.
    fn token_of_keys(&self) -> &'static str {
        let (Some(old), new) = (self.ctx.var(OLD_TOKEN), self.ctx.var(TOKEN)) else { return "" };
        match (self.tool.token_variables.contains(&OLD_TOKEN), new) {
            (_, Some(new)) if new == old => "",
            (true, _) => ", with the token in AWS_SECURITY_TOKEN",
            (false, Some(_)) => "",
            (false, None) => ", without the token in AWS_SECURITY_TOKEN",
        }
    }

    /// If the access keys in the environment are set but empty, returns the outcome that the tool takes no credentials
    /// and sends unsigned requests; otherwise `None`.
    pub(super) fn empty_keys(&self) -> Option<Outcome> {
        let is_empty = keys(self.ctx) == Keys::Empty;
        is_empty.then(|| (Taken::Unsigned, "unsigned: AWS_ACCESS_KEY_ID is set but empty".into()))
    }

    /// If the variables of a web identity are set, returns the outcome that the tool takes the role in these variables.
    /// If `AWS_ROLE_ARN` is missing, the outcome is that the tool fails; `None` if the tool ignores the token file, or
    /// if the selected profile names a role.
    pub(super) fn web_identity(&self) -> Option<Outcome> {
        self.ctx.var("AWS_WEB_IDENTITY_TOKEN_FILE")?;
        if let Some(role) = self.ctx.var("AWS_ROLE_ARN") {
            return Some((Taken::WebIdentity(role.into()), "AWS_WEB_IDENTITY_TOKEN_FILE".into()));
        }
        let profile = self.files.profile(self.selected.name());
        let has_role = profile.is_some_and(|profile| profile.get("role_arn").is_some());
        let is_refused = self.tool.refuses_token_without_role && !has_role;
        let why = "refuses: AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN";
        is_refused.then(|| (Taken::Nothing, why.into()))
    }

    /// If the variables for a container's credentials are set, returns the outcome that the tool takes these
    /// credentials; otherwise `None`.
    pub(super) fn container(&self) -> Option<Outcome> {
        let is_set = |name| self.ctx.var(name).is_some();
        let has_token = !self.tool.needs_token_file || is_set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        let is_named = is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || is_set(FULL_URI) && has_token;
        if !is_named {
            return None;
        }
        let skipped = self.skipped().map(|skipped| format!("; it {skipped}")).unwrap_or_default();
        Some((Taken::Container, format!("container credentials{skipped}")))
    }
}
