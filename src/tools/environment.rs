//! How an AWS tool searches the environment for credentials: access keys, a web identity, the credentials of a
//! container.

use super::rules::HalfKeys;
use super::view::{Outcome, Taken, View};
use crate::context::Context;
use crate::time::Timestamp;

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const OLD_TOKEN: &str = "AWS_SECURITY_TOKEN";
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/// The access keys that are set in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Complete,
    /// Only one of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` is set. `has_id` tells whether it is the ID.
    Half {
        has_id: bool,
    },
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are set, but empty.
    Empty,
    Absent,
}

/// Returns which access keys are set in the environment.
pub(super) fn keys(ctx: &Context) -> Keys {
    let is_set = |name| ctx.var_os(name).is_some();
    match (ctx.var(ID).is_some(), ctx.var(SECRET).is_some()) {
        (true, true) => Keys::Complete,
        (false, false) if is_set(ID) && is_set(SECRET) => Keys::Empty,
        (false, false) => Keys::Absent,
        (has_id, _) => Keys::Half { has_id },
    }
}

/// The variable with an API key for Amazon Bedrock.
pub(crate) const BEDROCK_KEY: &str = "AWS_BEARER_TOKEN_BEDROCK";

/// What botocore reads in `AWS_CREDENTIAL_EXPIRATION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeysEnd {
    Unset,
    /// A time to come, or a time in a format that only botocore knows.
    Ahead,
    Past,
    /// Not a time, or a time without a time zone.
    Unreadable,
}

/// Reads `AWS_CREDENTIAL_EXPIRATION` as botocore does.
pub(crate) fn keys_end(ctx: &Context) -> KeysEnd {
    let Some(text) = ctx.var(EXPIRATION) else { return KeysEnd::Unset };
    match Timestamp::parse(text) {
        Some(end) if end <= ctx.now() => KeysEnd::Past,
        Some(_) => KeysEnd::Ahead,
        None if has_zone(text) => KeysEnd::Ahead,
        None => KeysEnd::Unreadable,
    }
}

/// Tells whether a text ends with a time zone, as `20990101T000000Z` and `Sun, 29 Nov 2099 12:00:00 GMT` do.
fn has_zone(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let offset = text.rsplit_once(['+', '-']).is_some_and(|(_, offset)| offset.len() >= 4 && is_number(offset));
    let named = ["Z", "UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone));
    offset || named.is_some_and(|before| before.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

impl View<'_> {
    /// Decides by the access keys in the environment: the tool takes them or refuses them. Returns `None` if the tool
    /// goes on with its next step.
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
    /// the same.
    fn token_of_keys(&self) -> &'static str {
        let (Some(old), new) = (self.ctx.var(OLD_TOKEN), self.ctx.var(TOKEN)) else { return "" };
        match (self.tool.token_variables.contains(&OLD_TOKEN), new) {
            (_, Some(new)) if new == old => "",
            (true, _) => ", with the token in AWS_SECURITY_TOKEN",
            (false, Some(_)) => "",
            (false, None) => ", without the token in AWS_SECURITY_TOKEN",
        }
    }

    /// Returns the outcome if the access keys are set but empty: the tool takes no credentials and sends unsigned
    /// requests.
    pub(super) fn empty_keys(&self) -> Option<Outcome> {
        let is_empty = keys(self.ctx) == Keys::Empty;
        is_empty.then(|| (Taken::Unsigned, "unsigned: AWS_ACCESS_KEY_ID is set but empty".into()))
    }

    /// Returns the role in the variables of a web identity; `None` if these variables are not set, or if only one is set
    /// and the tool ignores it.
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

    /// Returns the outcome if the variables for a container's credentials are set: the tool takes these credentials.
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
