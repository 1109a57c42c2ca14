//! The output of `ssox status` for people.

use super::held::Held;
use crate::commands::foreign::Foreign;
use crate::commands::verify::Verified;
use crate::error::{Error, printable};
use crate::session::Token;
use crate::time::{Timestamp, human};

/// Returns a line for each fact that is known. If no profile is in use and AWS has verified nothing, says that no
/// profile is in use, and describes other credentials in the environment.
pub(super) fn as_text(now: Timestamp, held: &Held, verified: Option<&Verified>) -> String {
    if held.profile.is_none() && held.foreign.is_none() && verified.is_none() {
        let others = held.others.as_ref().map(|(name, value)| format!("{name:<12} {}\n", printable(value)));
        return format!("no profile is in use in this shell\n{}", others.unwrap_or_default());
    }
    let known = lines(now, held, verified).into_iter().filter_map(|(name, value)| Some((name, value?)));
    known.map(|(name, value)| format!("{name:<12} {}\n", printable(&value))).collect()
}

fn lines(now: Timestamp, held: &Held, verified: Option<&Verified>) -> [(&'static str, Option<String>); 20] {
    let Held { foreign, session, token, .. } = held;
    let (error, retry_at) = held.failure.as_ref().map(|(error, retry_at)| (error, *retry_at)).unzip();
    let unknown = held.token_error.as_ref();
    let without_token =
        || unknown.map_or_else(|| "none: signed out".into(), |error| format!("unknown: {}", error.message));
    let validity = token.as_ref().map_or_else(without_token, |token| time_left(now, token.expires_at));
    [
        ("profile", held.profile.clone()),
        ("foreign", foreign.as_ref().map(Foreign::message)),
        ("now", foreign.as_ref().map(|foreign| foreign.identity.clone())),
        ("hint", foreign.as_ref().map(Foreign::hint)),
        ("mode", held.mode.map(String::from)),
        ("warning", (!held.disagreements.is_empty()).then(|| held.disagreements.join("; "))),
        ("account", account(held, verified)),
        ("alias", verified.and_then(|verified| verified.alias.clone())),
        ("role", held.role_name.clone()),
        ("region", regions(&held.regions, &held.regions_of_tools)),
        ("credentials", held.expires_at.map(|expires_at| time_left(now, expires_at))),
        ("renewal", error.map(|error| format!("failed: {}", error.message))),
        ("hint", error.map(|error| error.hints.join("; ")).filter(|hint| !hint.is_empty())),
        ("next attempt", retry_at.flatten().map(|retry_at| next_attempt(now, retry_at))),
        ("session", session.as_ref().map(|session| session.label().to_string())),
        ("token", session.as_ref().map(|_| validity)),
        ("hint", unknown.and_then(Error::first_hint).map(String::from)),
        ("refresh", token.as_ref().map(|token| refresh(now, token))),
        ("arn", verified.map(|verified| verified.identity.arn.clone())),
        ("user id", verified.map(|verified| verified.identity.user_id.clone())),
    ]
}

/// Returns the ID of the account, and its name in brackets if ssox has listed the accounts.
fn account(held: &Held, verified: Option<&Verified>) -> Option<String> {
    let id = verified.map(|verified| &verified.identity.account).or(held.account_id.as_ref())?;
    let name = held.account_names.get(id).map(|name| format!(" ({name})"));
    Some(format!("{id}{}", name.unwrap_or_default()))
}

/// Returns the region, or the regions if the two variables differ, as some tools read only one of them. `of_tools` are
/// the regions of the AWS CLI and of boto3, which does not read AWS_REGION.
fn regions(regions: &[Option<String>; 2], of_tools: &[Option<String>; 2]) -> Option<String> {
    match regions {
        [Some(region), Some(other)] if region == other => Some(region.clone()),
        [Some(region), Some(other)] => Some(format!("{region} (AWS_REGION), {other} (AWS_DEFAULT_REGION)")),
        [Some(region), None] => {
            let other = of_tools[1].as_ref().filter(|other| *other != region);
            let boto3 = other.map(|other| format!("; boto3 uses {other}")).unwrap_or_default();
            Some(format!("{region} (only AWS_REGION{boto3})"))
        }
        [None, Some(region)] => Some(format!("{region} (only AWS_DEFAULT_REGION)")),
        [None, None] => Some(format!("{} (of the configuration file)", of_tools.iter().flatten().next()?)),
    }
}

fn time_left(now: Timestamp, expires_at: Timestamp) -> String {
    match expires_at.seconds_after(now) {
        ..=0 => format!("expired at {expires_at}"),
        left => format!("{} left, until {expires_at}", human(left)),
    }
}

fn next_attempt(now: Timestamp, retry_at: Timestamp) -> String {
    match retry_at.seconds_after(now) {
        ..=0 => "at the next prompt".into(),
        left => format!("in {}, at {retry_at}", human(left)),
    }
}

/// Returns, as text, until when ssox can refresh the token without a sign-in. ssox does not know the limit that the
/// organization has set.
fn refresh(now: Timestamp, token: &Token) -> String {
    match (token.is_refreshable(now), token.registration_expires_at) {
        (true, Some(end)) => {
            format!("automatic until {end} at the latest; your organization may end the session earlier")
        }
        (true, None) => "automatic until your organization ends the session".into(),
        (false, _) => "only by signing in again".into(),
    }
}
