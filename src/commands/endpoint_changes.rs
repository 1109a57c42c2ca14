//! The environment changes for a program that gets its credentials from the endpoint, which is ssox's local server for
//! credentials.

use super::default_profile;
use super::file_marks;
use super::profile_variables::{KEYS, LEFTOVERS, account_id, ad_hoc, recorded, shared};
use super::regions::REGIONS;
use super::set_variable::set_or_unset;
use crate::cache::Entry;
use crate::config::ConfigFiles;
use crate::context::{Context, NO_MACHINE, REAL_FILES};
use crate::endpoint::Endpoint;
use crate::environment::{BOTO_CONFIG, EnvChanges, FOREIGN_LEFTOVERS, GDAL_CREDENTIALS_FILE, PROXY_BYPASS};
use crate::error::{Error, Result};
use crate::identity::{self, BESIDE_ENDPOINT, Identity, UNTIL};
use crate::profile::Profile;
use crate::terminal;
use crate::tools::{CREDENTIAL_FILE, deciding_boto_file};
use std::path::Path;

/// Variables that make a tool use other credentials than those of the local server.
const OTHER_SOURCES: [&str; 5] =
    [identity::ENDPOINT[1], "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", CREDENTIAL_FILE];
/// The variable with the URL of the local server.
pub(super) const URI: &str = identity::ENDPOINT[0];
/// The variable with the authorization token.
const TOKEN: &str = identity::ENDPOINT[2];
/// The variable with the path of the file that contains the authorization token.
pub(super) const TOKEN_FILE: &str = identity::ENDPOINT[3];

/// ssox's own variable with the URL of the local server. If [`URI`] has the same value, it was set by ssox, and not by
/// a container.
pub(super) const OWN: &str = "SSOX_ENDPOINT";

/// The variable from which the SDK for Java v1 reads the path of the credentials file.
const JAVA_CREDENTIALS_FILE: &str = "AWS_CREDENTIAL_PROFILES_FILE";

/// Which AWS config and credentials files a program reads when it gets its credentials from the local server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigChoice {
    /// The program reads ssox's own config and credentials files, which contain no credentials: in most tools the
    /// profile `default` would take precedence over the local server.
    Empty,
    /// The program that gets credentials from the local server reads the person's own AWS config and credentials files.
    Kept,
}

/// Returns the environment changes that point a program to the local server and describe the credentials. They unset
/// every variable with other credentials. With [`ConfigChoice::Kept`], prints a warning if tools would use other
/// credentials in files.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
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
    // If a program gets no credentials from the server, it must not use those of the EC2 instance, as opendal 0.47
    // would.
    if ctx.var_os(NO_MACHINE).is_none() {
        changes.set(NO_MACHINE, "true")?;
    }
    bypass_proxy(&mut changes, ctx)?;
    let role_name = profile.source.role_name().or(entry.credentials.role_name.as_deref());
    shared(&mut changes, ctx, profile, None, role_name)?;
    account_id(&mut changes, profile, entry)?;
    set_or_unset(&mut changes, "SSOX_ROLE", role_name)?;
    ad_hoc(&mut changes, ctx, profile)?;
    let own = ["SSOX_EXPIRES", "SSOX_NEXT", "SSOX_STATE", UNTIL, file_marks::VARIABLE];
    let removed = KEYS.iter().chain(&own).chain(&OTHER_SOURCES).chain(&LEFTOVERS).chain(&FOREIGN_LEFTOVERS);
    removed.for_each(|name| changes.unset(name));
    if config == ConfigChoice::Empty {
        files(&mut changes, ctx, endpoint)?;
    } else {
        instead_of_server(ctx).iter().for_each(|message| terminal::warn(message));
    }
    recorded(ctx, changes)
}

/// Returns the environment changes for a container: the URL, the authorization token and the region. A container cannot
/// read files of this machine.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
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

/// Tells whether the environment of this process has the URL of a local server of ssox.
pub(super) fn is_served(ctx: &Context) -> bool {
    ctx.var(OWN).is_some() && ctx.var(OWN) == ctx.var(URI)
}

/// Returns messages about the credentials in files that AWS tools use instead of those of the local server: the profile
/// `default`, and the access keys in a configuration file of boto. Empty if there are none.
pub(super) fn instead_of_server(ctx: &Context) -> Vec<String> {
    let of_default = default_profile::has_default(ctx).then(|| {
        "there is a profile `default`, which most AWS tools use instead of the local server for credentials".into()
    });
    let of_boto = deciding_boto_file(ctx).map(|path| {
        let path = path.display();
        format!("the AWS CLI and boto3 look for access keys in `{path}` instead of the local server for credentials")
    });
    of_default.into_iter().chain(of_boto).collect()
}

/// If this shell has the variables of a local server of ssox, unsets them, and sets the variables with the paths of the
/// AWS config and credentials files back to the person's own files. A URL that another program has set stays.
///
/// # Errors
/// `Configuration`: a path contains a control character.
pub(super) fn leave(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    if ctx.var(OWN).is_none() {
        return Ok(());
    }
    changes.unset(OWN);
    // A URL that another program has set stays.
    if is_served(ctx) {
        [URI, TOKEN, TOKEN_FILE].iter().for_each(|name| changes.unset(name));
    }
    let (held, seen) = (Identity::of_shell(ctx), ctx.for_programs());
    let is_ours = |name: &&str| seen.var(name).is_some_and(|value| held.matches(name, value));
    BESIDE_ENDPOINT.into_iter().filter(is_ours).for_each(|name| changes.unset(name));
    for (own, aws, _) in REAL_FILES.into_iter().filter(|(own, ..)| ctx.var(own).is_some()) {
        changes.unset(own);
        changes.unset("AWS_SDK_LOAD_CONFIG");
        changes.unset(JAVA_CREDENTIALS_FILE);
        // `ctx` has the path of the person's file, and not that of ssox's own file.
        set_or_unset(changes, aws, ctx.var(aws))?;
    }
    Ok(())
}

/// Does the same as [`leave`], for a `use`, and makes the shell function forget the values that these variables had. In
/// a shell that has evaluated the lines of `ssox serve`, `clear` would otherwise restore the variables of the server as
/// if they were the person's own.
///
/// # Errors
/// Those of [`leave`].
pub(super) fn replace(changes: &mut EnvChanges, ctx: &Context) -> Result<()> {
    leave(changes, ctx)?;
    let names: Vec<&'static str> = changes.iter().map(|(name, _)| name).collect();
    names.into_iter().for_each(|name| changes.forget(name));
    Ok(())
}

/// Sets the URL, the authorization token, and the path of the file with the token: some tools read the token only from
/// the variable, and some only from the file.
fn address(changes: &mut EnvChanges, endpoint: &Endpoint) -> Result<()> {
    changes.set(URI, endpoint.uri())?;
    changes.set(TOKEN, endpoint.token.expose())?;
    changes.set(TOKEN_FILE, text(&endpoint.directory.token())?)
}

/// Excludes the local server from the HTTP proxy, if there is one. Some SDKs (obstore 0.9, opendal and the SDK for
/// Rust) send even requests to this machine to the proxy, which would see the token. Some tools read `NO_PROXY`, and
/// some `no_proxy`, so both are set.
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

/// Points programs to ssox's own AWS config and credentials files, which contain no credentials. Two variables of ssox
/// keep the paths of the person's files.
fn files(changes: &mut EnvChanges, ctx: &Context, endpoint: &Endpoint) -> Result<()> {
    let [config, credentials] = ConfigFiles::paths(ctx);
    changes.set("SSOX_CONFIG_FILE", config)?;
    changes.set("SSOX_SHARED_CREDENTIALS_FILE", credentials)?;
    let empty = text(&endpoint.directory.credentials())?;
    changes.set("AWS_CONFIG_FILE", text(&endpoint.directory.config())?)?;
    changes.set("AWS_SHARED_CREDENTIALS_FILE", empty.clone())?;
    changes.set(GDAL_CREDENTIALS_FILE, empty.clone())?;
    if deciding_boto_file(ctx).is_some() {
        changes.set(BOTO_CONFIG, empty.clone())?;
    }
    // The SDK for Java v1 does not read AWS_SHARED_CREDENTIALS_FILE.
    changes.set(JAVA_CREDENTIALS_FILE, empty)?;
    // The SDK for JavaScript v2 reads AWS_SHARED_CREDENTIALS_FILE only if this variable is set.
    changes.set("AWS_SDK_LOAD_CONFIG", "1")
}

fn text(path: &Path) -> Result<String> {
    let not_text = || Error::configuration(format!("the path `{}` is not valid UTF-8", path.display()));
    path.to_str().map(String::from).ok_or_else(not_text)
}
