//! `ssox configure`: creates and changes profiles in `~/.aws/config`, and shows the change before it writes.

mod assignment;
mod migrate;
mod names;
mod populate;
mod propose;
mod question;
mod session;
mod sso;

use super::verb::{Done, VerbArgs};
use crate::address::Address;
use crate::config::{ConfigFiles, SectionKind, check_name};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::source::profile_keys::OTHER_SOURCES;
use clap::{Args, Subcommand};
use migrate::ConfigureMigrate;
use populate::ConfigurePopulate;
use sso::ConfigureSso;

#[derive(Args, Debug)]
pub(crate) struct Configure {
    #[command(subcommand)]
    verb: ConfigureVerb,
}

#[derive(Debug, Subcommand)]
enum ConfigureVerb {
    Sso(Box<ConfigureSso>),
    Populate(Box<ConfigurePopulate>),
    Migrate(ConfigureMigrate),
}

impl VerbArgs for Configure {
    fn run(&self, ctx: &Context) -> Result<Done> {
        match &self.verb {
            ConfigureVerb::Sso(args) => sso::run(ctx, args),
            ConfigureVerb::Populate(args) => populate::run(ctx, args),
            ConfigureVerb::Migrate(args) => migrate::run(ctx, args),
        }
    }

    fn wants_json(&self) -> bool {
        matches!(&self.verb, ConfigureVerb::Populate(args) if args.json)
    }
}

/// Suggests a session name for a start URL, in lower case: the first label of the host, as in `corp` for
/// `https://corp.awsapps.com/start`. If all organizations share the host, the name is the instance ID in the path.
/// Returns `sso` if the URL contains no name.
fn session_name(start_url: &str) -> String {
    let address = Address::parse(start_url);
    let (host, path) = address.as_ref().map_or(("", ""), |address| (address.host(), address.path()));
    let is_shared = host.starts_with("identitycenter.") && path.len() > 1;
    let label = if is_shared { path.split('/').nth(1) } else { host.split('.').next() }.unwrap_or_default();
    let plain: String = label.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if plain.is_empty() { "sso".into() } else { plain.to_lowercase() }
}

/// Returns `name`. If this name is already used, appends the first number that makes it a new name, as in `dev-2`.
fn unused(name: &str, is_used: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_string())
        .chain(numbered)
        .find(|name| !is_used(name))
        .expect("there is always an unused number")
}

/// Checks whether `ssox configure sso` can write a profile with this name. A new name must be one that every AWS tool
/// reads. An existing profile must not get its credentials in another way, such as `role_arn` or access keys.
fn check_profile_name(files: &ConfigFiles, name: &str) -> Result<()> {
    let Some(known) = files.profile(name) else { return check_name(SectionKind::Profile, name) };
    let mut others = OTHER_SOURCES.iter().map(|(key, _)| *key).chain(["aws_access_key_id"]);
    if let Some(key) = others.find(|key| known.entry(key).is_some()) {
        return Err(Error::configuration(format!("profile `{name}` already exists, and has `{key}`"))
            .hint("choose another name with --profile NAME"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_after_its_portal() {
        for (url, name) in [
            ("https://d-1234567890.awsapps.com/start", "d-1234567890"),
            ("https://Corp.awsapps.com/start#/", "corp"),
            ("https://ssoins-1.portal.us-east-1.app.aws", "ssoins-1"),
            ("https://identitycenter.amazonaws.com/ssoins-1", "ssoins-1"),
            ("", "sso"),
        ] {
            assert_eq!(session_name(url), name);
        }
        assert_eq!(unused("a", |name| name == "a" || name == "a-2"), "a-3");
    }
}
