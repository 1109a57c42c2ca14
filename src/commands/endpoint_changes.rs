//! The environment changes for a program that gets its credentials from an endpoint.

use super::profile_variables::{KEYS, LEFTOVERS, REGIONS, account_id, ad_hoc, recorded, set_or_unset, shared};
use crate::cache::Entry;
use crate::config::ConfigFiles;
use crate::context::{Context, NO_MACHINE, REAL_FILES};
use crate::endpoint::Endpoint;
use crate::environment::{EnvChanges, FOREIGN_LEFTOVERS, GDAL_CREDENTIALS_FILE, PROXY_BYPASS};
use crate::error::{Error, Result};
use crate::identity::{self, UNTIL};
use crate::profile::Profile;
use std::path::Path;

/// Variables with which a tool would take other credentials than those of the endpoint.
const OTHER_SOURCES: [&str; 4] =
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"];
/// The variable with the endpoint's address.
pub(super) const URI: &str = identity::ENDPOINT;
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
/// The variable with the path of the token.
pub(super) const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The variable of ssox with the same address: it tells that ssox set the one of AWS, and not a container.
pub(super) const OWN: &str = "SSOX_ENDPOINT";

/// The variable with which the SDK for Java v1 names the credentials file.
const JAVA_CREDENTIALS_FILE: &str = "AWS_CREDENTIAL_PROFILES_FILE";

/// Which configuration files a program gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigChoice {
    /// Files without profiles: in most tools `[default]` takes precedence over an endpoint.
    Empty,
    Kept,
}

/// Returns the changes: where the credentials are, what describes them, and nothing that a tool would take instead.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn with_endpoint(
    ctx: &Context,
    profile: &Profile,
    entry: &Entry,
    endpoint: &Endpoint,
    config: ConfigChoice,
) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    address(&mut changes, endpoint)?;
    changes.set(OWN, endpoint.uri())?;
    // A program that gets no credentials from the endpoint must not sign as the machine (opendal 0.47).
    if ctx.var_os(NO_MACHINE).is_none() {
        changes.set(NO_MACHINE, "true")?;
    }
    bypass_proxy(&mut changes, ctx)?;
    let role_name = profile.source.role_name().or(entry.credentials.role_name.as_deref());
    shared(&mut changes, ctx, profile, None, role_name)?;
    account_id(&mut changes, profile, entry)?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    ad_hoc(&mut changes, ctx, profile)?;
    let own = ["SSOX_EXPIRES", "SSOX_NEXT", "SSOX_STATE", UNTIL];
    let removed = KEYS.iter().chain(&own).chain(&OTHER_SOURCES).chain(&LEFTOVERS).chain(&FOREIGN_LEFTOVERS);
    removed.for_each(|name| changes.unset(name));
    // The recorded identity is that of the real files, which ssox reads when the program calls it.
    let mut changes = recorded(ctx, changes)?;
    if config == ConfigChoice::Empty {
        files(&mut changes, ctx, endpoint)?;
    }
    Ok(changes)
}

/// Returns the changes for a container: the address, the token and the region. It has none of the files of this machine.
///
/// # Errors
/// Configuration: a value from a file with a control character.
pub(super) fn for_container(profile: &Profile, entry: &Entry, endpoint: &Endpoint) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    address(&mut changes, endpoint)?;
    changes.unset(TOKEN_FILE);
    changes.set(NO_MACHINE, "true")?;
    if let Some(region) = profile.region.as_deref() {
        REGIONS.iter().try_for_each(|name| changes.set(name, region))?;
    }
    account_id(&mut changes, profile, entry)?;
    Ok(changes)
}

/// Tells whether this program gets its credentials from an endpoint of ssox.
pub(super) fn is_served(ctx: &Context) -> bool {
    ctx.var(OWN).is_some() && ctx.var(OWN) == ctx.var(URI)
}

/// Takes the endpoint out of the environment, where something else is put in its place.
///
/// # Errors
/// Configuration: a path with a control character.
pub(super) fn leave(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    if ctx.var(OWN).is_none() {
        return Ok(());
    }
    changes.unset(OWN);
    // An endpoint that others have set stays.
    if is_served(ctx) {
        [URI, TOKEN, TOKEN_FILE].iter().for_each(|name| changes.unset(name));
    }
    for (own, aws, _) in REAL_FILES.into_iter().filter(|(own, ..)| ctx.var(own).is_some()) {
        changes.unset(own);
        changes.unset("AWS_SDK_LOAD_CONFIG");
        changes.unset(JAVA_CREDENTIALS_FILE);
        // The context has the real one.
        set_or_unset(changes, aws, ctx.var(aws))?;
    }
    Ok(())
}

/// Both variables for the token: some tools read only one, and some only the other.
fn address(changes: &mut EnvChanges, endpoint: &Endpoint) -> Result<()> {
    changes.set(URI, endpoint.uri())?;
    changes.set(TOKEN, endpoint.token.expose())?;
    changes.set(TOKEN_FILE, text(&endpoint.directory.token())?)
}

/// Some SDKs ask the proxy also for an address of this machine, and the proxy would get the token (obstore 0.9, opendal and
/// the SDK for Rust). Tools read one spelling or the other.
fn bypass_proxy(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    const LOCAL: &str = "127.0.0.1";
    if ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].iter().all(|name| ctx.var(name).is_none()) {
        return Ok(());
    }
    let [upper, lower] = PROXY_BYPASS;
    for (name, other) in [(upper, lower), (lower, upper)] {
        let mut hosts = String::from(ctx.var(name).or_else(|| ctx.var(other)).unwrap_or_default());
        if !hosts.split(',').any(|host| matches!(host.trim(), LOCAL | "*")) {
            hosts.push_str(if hosts.is_empty() { "" } else { "," });
            hosts.push_str(LOCAL);
        }
        changes.set(name, hosts)?;
    }
    Ok(())
}

/// The real files stay known to ssox itself.
fn files(changes: &mut EnvChanges, ctx: &Context, endpoint: &Endpoint) -> Result<()> {
    let [config, credentials] = ConfigFiles::paths(ctx);
    changes.set("SSOX_CONFIG_FILE", config)?;
    changes.set("SSOX_SHARED_CREDENTIALS_FILE", credentials)?;
    let empty = text(&endpoint.directory.credentials())?;
    changes.set("AWS_CONFIG_FILE", text(&endpoint.directory.config())?)?;
    changes.set("AWS_SHARED_CREDENTIALS_FILE", empty.clone())?;
    changes.set(GDAL_CREDENTIALS_FILE, empty.clone())?;
    // The SDK for Java v1 does not read AWS_SHARED_CREDENTIALS_FILE.
    changes.set(JAVA_CREDENTIALS_FILE, empty)?;
    // The SDK for JavaScript v2 reads AWS_SHARED_CREDENTIALS_FILE only with it.
    changes.set("AWS_SDK_LOAD_CONFIG", "1")
}

fn text(path: &Path) -> Result<String> {
    let not_text = || Error::configuration(format!("the path `{}` is not plain text", path.display()));
    path.to_str().map(String::from).ok_or_else(not_text)
}
