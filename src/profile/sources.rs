//! Which source a profile has: the AWS CLI's order of precedence among the keys of one profile.
//!
//! Deliberately not here: what a source does.

use super::find::is_account_id;
use super::sessions;
use crate::config::{ConfigFiles, Section, nearest};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::source::Source;
use crate::source::sso::SsoRole;

/// Returns where the profile's credentials come from.
///
/// # Errors
/// Configuration: no source, or an incomplete one.
pub(super) fn source(ctx: &Context, files: &ConfigFiles, name: &str, section: &Section) -> Result<Source> {
    let has = |key: &str| section.get(key).is_some();
    if has("sso_account_id") || has("sso_role_name") {
        return sso(ctx, files, name, section).map(Source::Sso);
    }
    if has("aws_access_key_id") || has("aws_secret_access_key") {
        return static_keys(name, section).map(Source::Static);
    }
    Err(nothing(name, section))
}

fn sso(ctx: &Context, files: &ConfigFiles, name: &str, section: &Section) -> Result<SsoRole> {
    let required = |key: &str| match section.get(key).filter(|value| !value.is_empty()) {
        Some(value) => Ok(value.to_string()),
        None => Err(Error::configuration(format!("profile `{name}` has no `{key}`"))
            .hint(misspelt(section, key).unwrap_or_else(|| format!("add `{key} = …` to `[profile {name}]`")))),
    };
    let (account_id, role_name) = (required("sso_account_id")?, required("sso_role_name")?);
    if !is_account_id(&account_id) {
        return Err(Error::configuration(format!(
            "`sso_account_id` of profile `{name}` is `{account_id}`, not 12 digits"
        ))
        .hint("write all 12 digits, leading zeros and no dashes: `sso_account_id = 012345678901`"));
    }
    if section.get("sso_session").is_none() && section.get("sso_start_url").is_none() {
        let hint = misspelt(section, "sso_session").or_else(|| misspelt(section, "sso_start_url"));
        return Err(Error::configuration(format!("profile `{name}` does not say where to sign in"))
            .hint(hint.unwrap_or_else(|| format!("add `sso_session = NAME` to `[profile {name}]`"))));
    }
    Ok(SsoRole { session: sessions::of_profile(ctx, files, name, section)?, account_id, role_name })
}

fn static_keys(name: &str, section: &Section) -> Result<RoleCredentials> {
    let required = |key: &str| match section.get(key).filter(|value| !value.is_empty()) {
        Some(value) => Ok(value.to_string()),
        None => Err(Error::configuration(format!("profile `{name}` has half a key: `{key}` is missing"))
            .hint(format!("add `{key}`, or take the other half out"))),
    };
    // `aws_security_token` is the old name, and the AWS CLI prefers it where both stand.
    let token = section.get("aws_security_token").or_else(|| section.get("aws_session_token"));
    Ok(RoleCredentials {
        access_key_id: required("aws_access_key_id")?,
        secret_access_key: Secret::new(required("aws_secret_access_key")?),
        session_token: token.filter(|token| !token.is_empty()).map(Secret::new),
        expiration: None,
        account_id: section.get("aws_account_id").map(String::from),
    })
}

fn nothing(name: &str, section: &Section) -> Error {
    let error = Error::configuration(format!("profile `{name}` has no credentials: neither SSO keys nor others"));
    let wanted = ["sso_account_id", "sso_role_name", "role_arn", "credential_process", "aws_access_key_id"];
    let hint = wanted.iter().find_map(|key| misspelt(section, key));
    error.hint(hint.unwrap_or_else(|| format!("ssox configure sso --profile {name}")))
}

fn misspelt(section: &Section, key: &str) -> Option<String> {
    let near = nearest(key, section.keys().filter(|known| *known != key));
    near.first().map(|near| format!("`{near}` looks like it: write `{key}` in ~/.aws/config"))
}
