//! The access keys and the API key in the environment, as AWS tools read them.

use crate::context::Context;
use crate::identity::{EXPIRATION, ID, SECRET};
use crate::time::Timestamp;

/// Which access keys are set in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` both have a value.
    Complete,
    /// Only one of the two variables has a value; the other is unset or empty. `has_id`: the ID has the value.
    Half { has_id: bool },
    /// Both variables are set, but empty.
    Empty,
    /// At least one of the two variables is unset, and the other has no value.
    Absent,
}

/// Returns which of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are set.
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
    /// A time in the future, or a time in a format that only botocore can read.
    Ahead,
    Past,
    /// A text that is not a time, or a time without a time zone.
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
