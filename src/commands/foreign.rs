//! Describes a shell whose identity is not the one that ssox set: which variables changed, what set them, and which
//! identity AWS tools now use in this shell.

use super::default_profile::has_default;
use super::renewal;
use crate::address::Address;
use crate::assignments;
use crate::cache::{self, EntryNames, Key};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{Error, as_argument};
use crate::identity::{ENDPOINT, FILES, ID, Identity, PROFILES, WEB_IDENTITY, is_in_use};
use crate::profile::{self, Profile};
use crate::snapshots::Snapshots;
use crate::source::Source;
use std::ffi::OsStr;

/// What a message says about a variable that should contain the name of a profile, but is empty.
const EMPTY: &str = "empty, so the AWS CLI and boto3 refuse to start";

/// An identity that has replaced the identity that ssox set.
pub(super) struct Foreign {
    /// The profile that ssox set; `None` if SSOX_PROFILE was edited.
    profile: Option<String>,
    /// What happened to the variables: `direnv (/project) has set AWS_ACCESS_KEY_ID`, `missing: AWS_SESSION_TOKEN`.
    changes: Vec<String>,
    /// The identity that AWS tools use now.
    pub(super) identity: String,
    /// The hint, which says what to type; `None` for the usual hint: `ssox use` with the same profile sets everything
    /// again.
    hint: Option<String>,
}

/// Compares the environment with what ssox set. Returns `None` if no profile is in use, or if nothing has changed and
/// AWS tools can still use the profile that AWS_PROFILE names.
pub(super) fn foreign(ctx: &Context) -> Option<Foreign> {
    if !is_in_use(ctx) {
        return None;
    }
    let names = Identity::of_shell(ctx).differing(ctx);
    if names.is_empty() {
        return renewal::lost_profile(ctx).map(|error| lost_profile(&ctx.for_programs(), &error));
    }
    let ctx = &ctx.for_programs();
    Some(Foreign {
        profile: ctx.var("SSOX_PROFILE").filter(|_| !names.contains(&"SSOX_PROFILE")).map(String::from),
        changes: changes(ctx, &names),
        identity: identity(ctx),
        hint: None,
    })
}

/// Describes a shell in which AWS_PROFILE names a profile that AWS tools can no longer use. `error` says why.
fn lost_profile(ctx: &Context, error: &Error) -> Foreign {
    let profile = ctx.var("SSOX_PROFILE").map(String::from);
    let hint = error.hints.first().map_or("ssox clear".into(), |hint| format!("{hint}; or ssox clear"));
    Foreign {
        profile,
        changes: vec![error.message.clone()],
        identity: "no credentials of this profile".into(),
        hint: Some(hint),
    }
}

/// Describes the credentials that AWS tools use in a shell in which no profile is in use: their kind, and the access
/// key or the profile. If the shell only has a variable with an empty profile name, returns this variable, and what to
/// type. `None`: a profile is in use, or the shell has none of these.
pub(super) fn without_ours(ctx: &Context) -> Option<(&'static str, String)> {
    if is_in_use(ctx) {
        return None;
    }
    let keys = ctx.var(ID).map(|id| ("keys", format!("{}{}", key(ctx, id), beside(ctx))));
    let named = || Some(("AWS_PROFILE", ctx.var("AWS_PROFILE")?.into()));
    keys.or_else(named)
        .or_else(|| empty_name(ctx).map(|name| (name, format!("{EMPTY}; {}", ctx.line_to_unset(&[name])))))
}

/// Returns the access key ID that stays in the shell after `clear`, because a person or a program has set it since the
/// last `use`; `None` if there is no such key, or if direnv or mise has set it: these tools also remove it.
pub(super) fn key_of_others(ctx: &Context) -> Option<&str> {
    let is_changed = is_in_use(ctx) && Identity::of_shell(ctx).differing(ctx).contains(&ID);
    ctx.var(ID).filter(|id| is_changed && !id.is_empty() && Snapshots::of(ctx).owner(ID).is_none())
}

impl Foreign {
    /// Returns what is wrong, in one line.
    pub(super) fn message(&self) -> String {
        let profile = self.profile.as_ref().map(|name| format!(" for `{name}`")).unwrap_or_default();
        format!("this shell is no longer as ssox set it{profile}: {}", self.changes.join("; "))
    }

    /// Returns what to type.
    pub(super) fn hint(&self) -> String {
        if let Some(hint) = &self.hint {
            return hint.clone();
        }
        let name = self.profile.as_deref().map_or("PROFILE".into(), as_argument);
        format!("`ssox use {name}` sets everything again; `ssox clear` keeps what others set")
    }
}

/// Returns what happened to the variables: one phrase for all variables with the same cause.
fn changes(ctx: &Context, names: &[&'static str]) -> Vec<String> {
    let snapshots = Snapshots::of(ctx);
    let mut phrases: Vec<((String, &str), Vec<&str>)> = Vec::new();
    for name in names {
        let around = around(ctx, &snapshots, name);
        match phrases.iter_mut().find(|(known, _)| *known == around) {
            Some((_, names)) => names.push(name),
            None => phrases.push((around, vec![name])),
        }
    }
    phrases.into_iter().map(|((before, after), names)| format!("{before}{}{after}", names.join(", "))).collect()
}

/// Returns what happened to a variable: the words before its name, and the words after it.
fn around(ctx: &Context, snapshots: &Snapshots, name: &str) -> (String, &'static str) {
    let value = ctx.var_os(name).filter(|value| !value.is_empty());
    let is_file = FILES.contains(&name);
    let Some(value) = value else {
        if empty_name(ctx) == Some(name) {
            return (format!("{EMPTY}: "), "");
        }
        return ("missing: ".into(), if is_file { ", or HOME has changed" } else { "" });
    };
    if let Some(owner) = snapshots.owner(name) {
        return (format!("{owner} has set "), "");
    }
    if is_file && is_relative(ctx, value) {
        return ("the relative path in ".into(), " means a different file in this directory");
    }
    ("something else has set ".into(), "")
}

fn is_relative(ctx: &Context, path: &OsStr) -> bool {
    path.to_str().is_some_and(|path| ctx.expand_variables(path).is_relative())
}

/// Describes the identity that AWS tools use in this shell: that of the access keys, or else of the web identity, the
/// profile, or a server for credentials.
pub(super) fn identity(ctx: &Context) -> String {
    let endpoint = ctx.var("AWS_ENDPOINT_URL").filter(|url| is_local(url));
    let emulator = endpoint.map(|url| format!(", with AWS_ENDPOINT_URL={url}")).unwrap_or_default();
    match (ctx.var(ID), ctx.var("AWS_PROFILE")) {
        (Some(id), _) => format!("{}{emulator}{}", key(ctx, id), beside(ctx)),
        (None, name) => without_keys(ctx, name),
    }
}

/// Returns the words that follow the access keys in a message: `, beside AWS_PROFILE=dev` if a profile name is also
/// set, even if this name is empty. Otherwise returns an empty text.
fn beside(ctx: &Context) -> String {
    let named = ctx.var("AWS_PROFILE").map(|name| format!(", beside AWS_PROFILE={name}"));
    named.or_else(|| Some(format!(", beside {}, which is {EMPTY}", empty_name(ctx)?))).unwrap_or_default()
}

/// Returns the variable that is set to an empty profile name; `None` if there is no such variable.
fn empty_name(ctx: &Context) -> Option<&'static str> {
    PROFILES.into_iter().find(|name| ctx.var_os(name).is_some_and(|value| value.is_empty()))
}

fn without_keys(ctx: &Context, profile: Option<&str>) -> String {
    if let [Some(file), Some(role)] = WEB_IDENTITY.map(|name| ctx.var(name)) {
        return format!("the role {role} with the token in `{file}`, for the AWS CLI and boto3");
    }
    let profile = match profile {
        Some(profile) => profile,
        None if empty_name(ctx).is_some() => return format!("no access keys{}", beside(ctx)),
        None if has_default(ctx) => "default",
        None => return of_server(ctx),
    };
    let files: Vec<String> = FILES.iter().filter_map(|name| Some(format!("`{}`", ctx.var(name)?))).collect();
    if files.is_empty() {
        format!("profile `{profile}`")
    } else {
        format!("profile `{profile}` of {}", files.join(" and "))
    }
}

/// Describes the identity of a shell with neither access keys nor a profile: AWS tools ask the server for credentials
/// that a variable names, if there is one.
fn of_server(ctx: &Context) -> String {
    let [url, path, ..] = ENDPOINT;
    match (ctx.var(path), ctx.var(url)) {
        (Some(path), _) => format!("the credentials of the container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI={path})"),
        (None, Some(url)) => format!("the credentials of the server at {url}"),
        (None, None) => "no access keys".into(),
    }
}

/// Describes an access key: the last four characters of its ID, and the profile, or the account and role without a
/// profile, to which it belongs.
pub(super) fn key(ctx: &Context, id: &str) -> String {
    let start = id.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    let owner = match owner(ctx, id) {
        Some(Owner::Profile(name)) => format!("of profile `{name}`"),
        Some(Owner::Assignment(name)) => format!("of `{name}`"),
        None => "unknown to ssox".into(),
    };
    format!("access key …{}, {owner}", &id[start..])
}

/// The name of the profile to which an access key belongs, or the account and role (`ACCOUNT/ROLE`) if no profile has
/// them.
pub(super) enum Owner {
    Profile(String),
    Assignment(String),
}

/// Returns the profile whose cached or static credentials have this access key ID, or the assignment whose cached
/// credentials have it. `None`: ssox does not know the access key.
pub(super) fn owner(ctx: &Context, id: &str) -> Option<Owner> {
    let files = ConfigFiles::load(ctx).ok()?;
    let may_be_in_keyring = ctx.var("SSOX_STORE").is_some() || files.may_have_key("ssox_store");
    if !may_be_in_keyring && !files.contains(id) && !cache::mentions(ctx, id) {
        return None;
    }
    let profile = profile_of(ctx, &files, id).map(Owner::Profile);
    profile.or_else(|| assignment_of(ctx, &files, id).map(Owner::Assignment))
}

fn assignment_of(ctx: &Context, files: &ConfigFiles, id: &str) -> Option<String> {
    let cached = EntryNames::read(ctx);
    for listing in assignments::configured(ctx, files) {
        let label = listing.session.as_deref().unwrap_or(&listing.start_url);
        let session = profile::labelled_session(ctx, files, label).ok();
        for account in &listing.accounts {
            let has_it = |role: &&String| {
                let key = Key::sso(&account.id, role, listing.session.as_deref(), &listing.start_url);
                let key = session.iter().fold(key, |key, session| key.in_store(session.store, session.label()));
                let entry = cached.has(&key).then(|| cache::known(ctx, &key)).flatten();
                entry.is_some_and(|entry| entry.credentials.access_key_id == id)
            };
            if let Some(role) = account.known_roles().iter().find(has_it) {
                return Some(format!("{}/{role}", account.id));
            }
        }
    }
    None
}

fn profile_of(ctx: &Context, files: &ConfigFiles, id: &str) -> Option<String> {
    let has_it = |name: &String| {
        let Ok(Profile { source, .. }) = Profile::resolve(ctx, files, name) else { return false };
        match &source {
            Source::Static(keys) => keys.keys.access_key_id == id,
            _ => source.cached(ctx).is_some_and(|entry| entry.credentials.access_key_id == id),
        }
    };
    files.profiles().map(|section| section.name.to_string()).find(has_it)
}

/// Tells whether a service URL is that of an AWS emulator, such as LocalStack on this machine.
fn is_local(url: &str) -> bool {
    Address::parse(url).is_some_and(|address| address.is_loopback() || address.host().contains("localstack"))
}
