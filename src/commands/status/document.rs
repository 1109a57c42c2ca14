//! The output of `ssox status --json`.

use super::held::Held;
use crate::commands::verify::Verified;
use crate::json;
use crate::time::Timestamp;
use serde::Serialize;

/// What `ssox status --json` prints.
#[derive(Serialize)]
struct StatusJson<'a> {
    profile: Option<&'a str>,
    foreign: bool,
    mode: Option<&'static str>,
    account_id: Option<&'a str>,
    role_name: Option<&'a str>,
    region: Option<&'a str>,
    expires_at: Option<Timestamp>,
    renewal_error: Option<&'a str>,
    renewal_retry_at: Option<Timestamp>,
    session: Option<&'a str>,
    start_url: Option<&'a str>,
    token_expires_at: Option<Timestamp>,
    refreshable: bool,
    #[serde(flatten)]
    verified: Option<VerifiedJson<'a>>,
}

/// What `ssox status --verify --json` adds.
#[derive(Serialize)]
struct VerifiedJson<'a> {
    account_alias: Option<&'a str>,
    arn: &'a str,
    user_id: &'a str,
}

/// Returns the JSON document.
pub(super) fn as_json(now: Timestamp, held: &Held, verified: Option<&Verified>) -> String {
    let is_in_use = held.profile.is_some();
    let account_id = held.account_id.as_deref().filter(|_| is_in_use);
    let (error, retry_at) = held.failure.as_ref().map(|(error, retry_at)| (error, *retry_at)).unzip();
    json::document(&StatusJson {
        profile: held.profile.as_deref(),
        foreign: held.foreign.is_some(),
        mode: held.mode,
        account_id: verified.map(|verified| verified.identity.account.as_str()).or(account_id),
        role_name: held.role_name.as_deref().filter(|_| is_in_use),
        region: held.region.as_deref(),
        expires_at: held.expires_at,
        renewal_error: error.map(|error| error.message.as_str()),
        renewal_retry_at: retry_at.flatten(),
        session: held.session.as_ref().and_then(|session| session.name.as_deref()),
        start_url: held.session.as_ref().map(|session| session.start_url.as_str()),
        token_expires_at: held.token.as_ref().map(|token| token.expires_at),
        refreshable: held.token.as_ref().is_some_and(|token| token.is_refreshable(now)),
        verified: verified.map(|Verified { identity, alias }| VerifiedJson {
            account_alias: alias.as_deref(),
            arn: &identity.arn,
            user_id: &identity.user_id,
        }),
    })
}
