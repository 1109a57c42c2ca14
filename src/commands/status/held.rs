//! Collects what `ssox status` shows.

use crate::account_names::AccountNames;
use crate::commands::foreign::{self, Foreign, foreign};
use crate::commands::precedence::disagreements;
use crate::commands::regions::REGIONS;
use crate::commands::renewal;
use crate::commands::{ended_endpoint, endpoint_changes};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::{ACCOUNT_ID, EXPIRATION, ID, Identity, is_awaited, is_in_use};
use crate::profile::Profile;
use crate::session::{self, Session, Token};
use crate::source::Source;
use crate::time::Timestamp;
use crate::tools::{BOTO3, CLI, predictions, rejection};

/// The profile, the credentials and the token of this shell, from its environment, the configuration and the cache.
pub(super) struct Held {
    pub(super) profile: Option<String>,
    pub(super) mode: Option<&'static str>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) region: Option<String>,
    /// The values of AWS_REGION and AWS_DEFAULT_REGION. Some tools read only one of these variables.
    pub(super) regions: [Option<String>; 2],
    /// The regions that the AWS CLI and boto3 take. They read the configuration file where variables are not set.
    pub(super) regions_of_tools: [Option<String>; 2],
    pub(super) account_id: Option<String>,
    pub(super) account_names: AccountNames,
    pub(super) role_name: Option<String>,
    pub(super) session: Option<Session>,
    pub(super) token: Option<Token>,
    /// Why the token in the file or in the keyring cannot be read; then `token` is `None`.
    pub(super) token_error: Option<Error>,
    pub(super) foreign: Option<Foreign>,
    /// The credentials that AWS tools use, if no profile is in use: what kind they are, and a description.
    pub(super) others: Option<(&'static str, String)>,
    /// Why the credentials could not be renewed, and when ssox retries.
    pub(super) failure: Option<(Error, Option<Timestamp>)>,
    /// Why AWS tools, or some of them, do not use the credentials of the profile in use: see [`disagreements_of`].
    pub(super) disagreements: Vec<String>,
}

/// Collects the profile, the credentials and the token of this shell. Sends no request.
pub(super) fn held(ctx: &Context) -> Held {
    let is_ours = is_in_use(ctx) && Identity::of_shell(ctx).is_unchanged(ctx, "SSOX_PROFILE");
    let profile = ctx.var("SSOX_PROFILE").filter(|_| is_ours).map(String::from);
    let files = if profile.is_some() { ConfigFiles::load(ctx).ok() } else { None };
    let known = profile.as_deref().and_then(|name| Profile::held(ctx, files.as_ref()?, name).ok());
    let source = known.as_ref().map(|profile| &profile.source);
    // If the profile was edited, the shell still has the credentials of the earlier account and role.
    let as_used = source.filter(|source| renewal::is_as_used(ctx, source));
    let session = source.and_then(|source| source.session());
    let (token, token_error) = match session.map(|session| session::stored_token(ctx, session)) {
        Some(Err(error)) => (None, Some(error)),
        stored => (stored.and_then(Result::ok).flatten(), None),
    };
    let seen = ctx.for_programs();
    let seen_files = profile.as_ref().and_then(|_| ConfigFiles::load(&seen).ok());
    let tools = seen_files.as_ref().map(|files| predictions(&seen, files, &|_| None)).unwrap_or_default();
    let [cli, boto3] = [CLI, BOTO3].map(|name| tools.iter().find(|prediction| prediction.tool == name));
    let mut held = Held {
        mode: None,
        expires_at: None,
        region: None,
        regions: REGIONS.map(|name| ctx.var(name).map(String::from)),
        regions_of_tools: [cli, boto3].map(|tool| tool?.region.clone()),
        account_id: account_id(ctx, as_used),
        account_names: AccountNames::load(ctx),
        role_name: role_name(ctx).or_else(|| as_used?.role_name()).map(String::from),
        session: session.cloned(),
        token,
        token_error,
        foreign: foreign(ctx),
        others: foreign::without_ours(ctx),
        failure: None,
        disagreements: Vec::new(),
        profile,
    };
    if held.profile.is_some() {
        held.mode = mode(ctx);
        held.expires_at = expires_at(ctx).or_else(|| end_of_keys(source?).filter(|_| held.mode == Some("profile")));
        held.failure = renewal::last_failure(ctx);
    }
    held.region = held.regions.iter().flatten().next().or(held.regions_of_tools[0].as_ref()).cloned();
    held.disagreements = disagreements_of(ctx, &held, files.as_ref());
    // Then the AWS CLI and boto3 also refuse the access keys in the environment.
    let rejection = seen_files.and_then(|files| rejection(&files.check()));
    held.disagreements.extend(rejection.map(|why| format!("the AWS CLI {why}")));
    if held.foreign.is_some() { held.without_ours() } else { held }
}

/// Returns why AWS tools, or some of them, do not use the credentials of the profile in use: the profile has settings
/// in conflict (after `use --profile-only`), the local server of ssox has ended or renews nothing any more, tools use
/// other credentials instead of those of the server, or the shell does not have the profile's credentials yet (in the directory of a `.ssox` file).
/// Empty if the shell has access keys, because tools use these keys.
fn disagreements_of(ctx: &Context, held: &Held, files: Option<&ConfigFiles>) -> Vec<String> {
    let section = files.zip(held.profile.as_deref()).and_then(|(files, name)| Some((files, files.profile(name)?)));
    let of_profile = || section.as_ref().map(|(files, section)| disagreements(files, section)).unwrap_or_default();
    match held.mode {
        Some("profile") => of_profile(),
        Some("endpoint") => {
            let ended = ended_endpoint::message(ctx).map(|message| format!("{message}; {}", ended_endpoint::HINT));
            // The server does not renew the credentials of a profile that was edited to another account or role.
            let lost = renewal::held_profile(ctx).err();
            let lost = lost.map(|error| format!("{}; the local server of ssox renews nothing", error.message));
            ended.into_iter().chain(endpoint_changes::instead_of_server(ctx)).chain(lost).collect()
        }
        None if held.profile.is_some() && held.foreign.is_none() => {
            let meanwhile = if section.is_some() { "use the profile itself" } else { "know no profile with this name" };
            let awaited =
                format!("this shell does not have the credentials of this profile yet; AWS tools {meanwhile}");
            [vec![awaited], of_profile()].concat()
        }
        _ => Vec::new(),
    }
}

/// Returns how tools get the credentials of the profile in use; `None` while the shell does not have them yet.
fn mode(ctx: &Context) -> Option<&'static str> {
    if ctx.var(ID).is_some() {
        Some("credentials")
    } else if endpoint_changes::is_served(ctx) {
        Some("endpoint")
    } else if is_awaited(ctx) {
        None
    } else {
        Some("profile")
    }
}

/// Returns when the credentials expire: the time in AWS_CREDENTIAL_EXPIRATION, or the time in SSOX_EXPIRES if the first
/// variable no longer has the value that ssox set.
fn expires_at(ctx: &Context) -> Option<Timestamp> {
    let end = ctx.var(EXPIRATION).filter(|_| Identity::of_shell(ctx).has_set(ctx, EXPIRATION));
    let shown = || ctx.var("SSOX_EXPIRES")?.parse().ok().map(Timestamp);
    end.and_then(Timestamp::parse).or_else(shown)
}

/// Returns when the access keys in a profile expire, if the tool that wrote the keys also wrote their expiration.
fn end_of_keys(source: &Source) -> Option<Timestamp> {
    match source {
        Source::Static(keys) => keys.keys.expiration,
        _ => None,
    }
}

/// Returns the account ID that ssox set. If ssox set none, or another program has changed it, returns the account ID of
/// the profile, or of the role that was assumed with the profile's credentials (`--role-arn`).
fn account_id(ctx: &Context, source: Option<&Source>) -> Option<String> {
    if Identity::of_shell(ctx).has_set(ctx, ACCOUNT_ID) {
        return ctx.var(ACCOUNT_ID).map(String::from);
    }
    if ctx.var("SSOX_ROLE_ARN").is_some() && !renewal::names_profile(ctx) {
        return renewal::held_profile(ctx).ok()?.source.account_id().map(String::from);
    }
    source?.account_id().map(String::from)
}

/// Returns the role that ssox set in `SSOX_ROLE`; `None` if it set none, or another program has changed it.
fn role_name(ctx: &Context) -> Option<&str> {
    ctx.var("SSOX_ROLE").filter(|_| Identity::of_shell(ctx).has_set(ctx, "SSOX_ROLE"))
}

impl Held {
    /// Leaves out the values that describe the credentials of the profile in use, for a shell in which AWS tools use other
    /// credentials.
    pub(super) fn without_ours(self) -> Self {
        Self { mode: None, expires_at: None, account_id: None, role_name: None, ..self }
    }
}
