//! `ssox saml roles`: what an identity provider's assertion offers.
//!
//! Deliberately not here: taking one of the roles, which every verb with credentials does.

use super::table::{Table, json_list};
use crate::cli::SamlRoles;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Profile, implied_name};
use crate::source::Source;
use crate::source::saml::{self, Assertion, Origin, SamlRole};
use crate::terminal;
use serde_json::json;

/// Returns the table, or the JSON array.
///
/// # Errors
/// Configuration: not a SAML profile, not a SAML response. Needs a person: nobody signed in. Refused: no role.
pub(super) fn roles(ctx: &Context, args: &SamlRoles) -> Result<String> {
    let assertion = assertion(ctx, args)?;
    let roles = saml::roles(&assertion)?;
    if let Some(end) = assertion.not_on_or_after.filter(|end| *end <= ctx.now()) {
        terminal::warn(&format!("this SAML response was good until {end}: AWS takes it no more"));
    }
    if args.json {
        return Ok(json_list(roles.iter().map(|role| {
            json!({ "account_id": role.account_id(), "role_name": role.role_name(),
                    "role_arn": role.role_arn, "provider_arn": role.provider_arn })
        })));
    }
    let mut table = Table::new(&["account", "role", "arn", "provider"]);
    for role in roles {
        let SamlRole { role_arn, provider_arn } = role.clone();
        table.row(&[role.account_id().into(), role.role_name().into(), role_arn, provider_arn]);
    }
    Ok(table.render())
}

fn assertion(ctx: &Context, args: &SamlRoles) -> Result<Assertion> {
    if let Some(path) = &args.saml_response {
        return saml::assertion(ctx, Origin::File(path));
    }
    let name = args.profile.as_deref().unwrap_or_else(|| implied_name(ctx));
    let profile = Profile::load(ctx, name)?;
    match &profile.source {
        Source::Saml(saml) => {
            let timeout = args.timeout.unwrap_or(saml::TIMEOUT);
            saml::assertion(ctx, Origin::Browser { url: &saml.url, timeout })
        }
        _ => Err(Error::configuration(format!("profile `{}` has no `ssox_saml_url`", profile.name))
            .hint("ssox saml roles NAME, or ssox saml roles --saml-response FILE")),
    }
}
