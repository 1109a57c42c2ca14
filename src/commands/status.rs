//! `ssox status`: shows which credentials this shell has, and when the credentials, the token and the session expire. With
//! `--verify` it shows whose credentials they are according to AWS. If the shell has another identity than ssox set, it
//! shows that one.

use super::endpoint_changes;
use super::foreign::{self, Foreign, foreign};
use super::precedence::disagreements;
use super::renewal;
use super::status_tools;
use super::verb::{Done, VerbArgs};
use super::verify::{Verified, verify};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result, printable};
use crate::identity::{ACCOUNT_ID, ID, Identity, is_in_use};
use crate::json;
use crate::profile::Profile;
use crate::session::{self, Session, Token};
use crate::source::Source;
use crate::time::{Timestamp, human};
use clap::Args;
use serde::Serialize;

/// What this shell has, from its environment, the configuration and the cache.
struct Held {
    profile: Option<String>,
    mode: Option<&'static str>,
    expires_at: Option<Timestamp>,
    region: Option<String>,
    account_id: Option<String>,
    role_name: Option<String>,
    session: Option<Session>,
    token: Option<Token>,
    /// Why the token cannot be read.
    token_error: Option<Error>,
    foreign: Option<Foreign>,
    /// The access key in the environment that ssox did not set.
    keys: Option<String>,
    /// Why the credentials could not be renewed, and when ssox retries.
    failure: Option<(Error, Option<Timestamp>)>,
    /// Why AWS tools take different credentials from the profile, which they only do without keys in the environment.
    disagreements: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox status --verify")]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Ask AWS whose credentials they are
    #[arg(long)]
    verify: bool,
    /// Show which identity each kind of AWS tool would take here, and why
    #[arg(long, conflicts_with = "verify")]
    tools: bool,
}

impl VerbArgs for Status {
    /// Returns the text or the JSON object. It is not an error if nothing is in use. If `--verify` fails, the rest is shown
    /// with the error.
    ///
    /// # Errors
    /// With `--verify`: this shell has no keys. With `--tools`: the configuration files cannot be read.
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.tools {
            return status_tools::show(ctx, self.json);
        }
        let held = held(ctx);
        let (verified, error) = match self.verify.then(|| verify(ctx)).transpose() {
            Ok(verified) => (verified, None),
            Err(error) if held.profile.is_none() && held.keys.is_none() => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let show = if self.json { as_json } else { as_text };
        Ok(Done { error, ..Done::from(show(ctx.now(), &held, verified.as_ref())) })
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn held(ctx: &Context) -> Held {
    let is_ours = is_in_use(ctx) && Identity::of_shell(ctx).is_unchanged(ctx, "SSOX_PROFILE");
    let profile = ctx.var("SSOX_PROFILE").filter(|_| is_ours).map(String::from);
    let files = if profile.is_some() { ConfigFiles::load(ctx).ok() } else { None };
    let known = profile.as_deref().and_then(|name| Profile::held(ctx, files.as_ref()?, name).ok());
    let source = known.as_ref().map(|profile| &profile.source);
    let session = source.and_then(|source| source.session());
    let (token, token_error) = match session.map(|session| session::stored_token(ctx, session)) {
        Some(Err(error)) => (None, Some(error)),
        stored => (stored.and_then(Result::ok).flatten(), None),
    };
    let mut held = Held {
        mode: None,
        expires_at: None,
        region: ctx.var("AWS_REGION").or_else(|| ctx.var("AWS_DEFAULT_REGION")).map(String::from),
        account_id: account_id(ctx, source),
        role_name: role_name(ctx).or_else(|| source?.role_name()).map(String::from),
        session: session.cloned(),
        token,
        token_error,
        foreign: foreign(ctx),
        keys: foreign::keys(ctx),
        failure: None,
        disagreements: Vec::new(),
        profile,
    };
    if held.profile.is_some() {
        held.mode = mode(ctx);
        held.expires_at = ctx.var("SSOX_EXPIRES").and_then(|text| text.parse().ok()).map(Timestamp);
        held.failure = renewal::last_failure(ctx);
    }
    if held.mode == Some("profile") {
        let section = files.as_ref().zip(held.profile.as_deref()).and_then(|(files, name)| files.profile(name));
        held.disagreements =
            files.iter().zip(&section).flat_map(|(files, section)| disagreements(files, section)).collect();
    }
    if held.foreign.is_some() { held.without_ours() } else { held }
}

/// Returns how tools get the credentials of the profile in use; `None` while the shell does not have them yet.
fn mode(ctx: &Context) -> Option<&'static str> {
    if ctx.var(ID).is_some() {
        Some("credentials")
    } else if endpoint_changes::is_served(ctx) {
        Some("endpoint")
    } else if renewal::is_awaited(ctx) {
        None
    } else {
        Some("profile")
    }
}

/// Returns the account that ssox set. Another program may have set another one beside the same keys: then it is the account
/// of the profile, or of the role on top of it.
fn account_id(ctx: &Context, source: Option<&Source>) -> Option<String> {
    if Identity::of_shell(ctx).has_set(ctx, ACCOUNT_ID) {
        return ctx.var(ACCOUNT_ID).map(String::from);
    }
    if ctx.var("SSOX_ROLE_ARN").is_some() {
        return renewal::held_profile(ctx).ok()?.source.account_id().map(String::from);
    }
    source?.account_id().map(String::from)
}

/// Returns the role that ssox set, unless it was edited.
fn role_name(ctx: &Context) -> Option<&str> {
    ctx.var("SSOX_ROLE").filter(|_| Identity::of_shell(ctx).has_set(ctx, "SSOX_ROLE"))
}

impl Held {
    /// Leaves out what describes the credentials that ssox set and others have replaced.
    fn without_ours(self) -> Self {
        Self { mode: None, expires_at: None, account_id: None, role_name: None, ..self }
    }
}

fn as_text(now: Timestamp, held: &Held, verified: Option<&Verified>) -> String {
    if held.profile.is_none() && held.foreign.is_none() && verified.is_none() {
        let keys = held.keys.as_ref().map(|keys| format!("{:<12} {}\n", "keys", printable(keys)));
        return format!("nothing is in use in this shell\n{}", keys.unwrap_or_default());
    }
    let Held { foreign, session, token, .. } = held;
    let (error, retry_at) = held.failure.as_ref().map(|(error, retry_at)| (error, *retry_at)).unzip();
    let unknown = held.token_error.as_ref();
    let without_token =
        || unknown.map_or_else(|| "none: signed out".into(), |error| format!("unknown: {}", error.message));
    let validity = token.as_ref().map_or_else(without_token, |token| time_left(now, token.expires_at));
    let lines = [
        ("profile", held.profile.clone()),
        ("foreign", foreign.as_ref().map(Foreign::message)),
        ("now", foreign.as_ref().map(|foreign| foreign.identity.clone())),
        ("hint", foreign.as_ref().map(Foreign::hint)),
        ("mode", held.mode.map(String::from)),
        ("warning", (!held.disagreements.is_empty()).then(|| held.disagreements.join("; "))),
        ("account", verified.map(|verified| verified.identity.account.clone()).or_else(|| held.account_id.clone())),
        ("alias", verified.and_then(|verified| verified.alias.clone())),
        ("role", held.role_name.clone()),
        ("region", held.region.clone()),
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
    ];
    let mut text = String::new();
    for (name, value) in lines {
        if let Some(value) = value {
            text.push_str(&format!("{name:<12} {}\n", printable(&value)));
        }
    }
    text
}

fn time_left(now: Timestamp, expires_at: Timestamp) -> String {
    match expires_at.seconds_after(now) {
        ..=0 => format!("expired since {expires_at}"),
        left => format!("{} left, until {expires_at}", human(left)),
    }
}

fn next_attempt(now: Timestamp, retry_at: Timestamp) -> String {
    match retry_at.seconds_after(now) {
        ..=0 => "at the next prompt".into(),
        left => format!("in {}, at {retry_at}", human(left)),
    }
}

/// Says until when the token is refreshed without a sign-in. The organization's own limit is not known here.
fn refresh(now: Timestamp, token: &Token) -> String {
    match (token.is_refreshable(now), token.registration_expires_at) {
        (true, Some(end)) => {
            format!("automatic until {end} at the latest; your organization may end the session earlier")
        }
        (true, None) => "automatic until your organization ends the session".into(),
        (false, _) => "only by signing in again".into(),
    }
}

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

/// What `--verify` adds.
#[derive(Serialize)]
struct VerifiedJson<'a> {
    account_alias: Option<&'a str>,
    arn: &'a str,
    user_id: &'a str,
}

fn as_json(now: Timestamp, held: &Held, verified: Option<&Verified>) -> String {
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
