//! `ssox saml`: the verbs for accounts outside the organization, to which people sign in with SAML.

use super::options::time_limit;
use super::table::{Table, json_list};
use super::verb::{Done, VerbArgs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Profile, Wanted, implied_name};
use crate::saml::{self, Assertion, AssertionOrigin, SamlRole};
use crate::source::Source;
use crate::terminal::warn;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug)]
pub(crate) struct Saml {
    #[command(subcommand)]
    verb: SamlVerb,
}

#[derive(Debug, Subcommand)]
enum SamlVerb {
    Roles(SamlRoles),
}

/// List the roles in a SAML response
#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox saml roles external")]
struct SamlRoles {
    /// Profile with `ssox_saml_url`
    profile: Option<String>,
    /// Read the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    saml_response: Option<PathBuf>,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    timeout: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl VerbArgs for Saml {
    fn run(&self, ctx: &Context) -> Result<Done> {
        let SamlVerb::Roles(args) = &self.verb;
        roles(ctx, args).map(Done::from)
    }

    fn wants_json(&self) -> bool {
        let SamlVerb::Roles(args) = &self.verb;
        args.json
    }
}

/// A role as `ssox saml roles --json` prints it.
#[derive(Serialize)]
struct RoleJson<'a> {
    account_id: &'a str,
    role_name: &'a str,
    role_arn: &'a str,
    provider_arn: &'a str,
}

/// Returns the table, or the JSON array.
///
/// # Errors
/// `Configuration`: the profile is not a SAML profile, the input is not a SAML response for AWS, or its roles are
/// encrypted. `NeedsPerson`: nobody signed in. `Refused`: the response has no role. `Unreachable`: the browser cannot
/// open the sign-in page.
fn roles(ctx: &Context, args: &SamlRoles) -> Result<String> {
    let assertion = assertion(ctx, args)?;
    let roles = saml::roles(&assertion)?;
    // A response from the browser is new: if it seems to have expired, this machine's clock is ahead.
    let end_of_file = assertion.not_on_or_after.filter(|_| args.saml_response.is_some());
    if let Some(end) = end_of_file.filter(|end| *end <= ctx.now()) {
        warn(&format!("this SAML response was valid until {end}: AWS no longer accepts it"));
    }
    if args.json {
        return Ok(json_list(roles.iter().map(|role| RoleJson {
            account_id: role.account_id(),
            role_name: role.role_name(),
            role_arn: &role.role_arn,
            provider_arn: &role.provider_arn,
        })));
    }
    let mut table = Table::new(&["account", "role", "arn", "provider"]);
    for role in roles {
        let SamlRole { role_arn, provider_arn } = role.clone();
        table.row([role.account_id().into(), role.role_name().into(), role_arn, provider_arn]);
    }
    Ok(table.render())
}

fn assertion(ctx: &Context, args: &SamlRoles) -> Result<Assertion> {
    if let Some(path) = &args.saml_response {
        return saml::assertion(ctx, AssertionOrigin::File(path));
    }
    let name = args.profile.as_deref().unwrap_or_else(|| implied_name(ctx));
    let profile = Profile::load(ctx, &Wanted::stored(name))?;
    match &profile.source {
        Source::Saml(saml) => {
            let timeout = args.timeout.unwrap_or(saml::TIMEOUT);
            saml::assertion(ctx, AssertionOrigin::Browser { url: &saml.url, timeout })
        }
        _ => Err(Error::configuration(format!("profile `{}` has no `ssox_saml_url`", profile.name))
            .hint("`ssox saml roles NAME`, or `ssox saml roles --saml-response FILE`")),
    }
}
