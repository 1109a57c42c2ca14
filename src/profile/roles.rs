//! Finds the source of a profile that assumes a role: the role, and the chain of profiles whose credentials assume it.

use super::sources::Resolver;
use super::{find, metadata};
use crate::aws::Network;
use crate::config::{Section, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::source::assumed_role::{AssumedRole, CHAINED_LIMIT};
use crate::source::credential_source::CredentialSource;
use crate::source::role_arn::RoleArn;
use crate::source::{Source, role_keys, tags};

/// Returns the source of the profile `name`, whose keys are in `section`. If `section` has `role_arn` and no
/// `web_identity_token_file`, the source is this role, whatever other keys `section` has.
///
/// # Errors
/// Those of [`Resolver::own_source`]. `Configuration`: a key has an invalid value, or the chain is circular.
pub(super) fn source(resolver: &Resolver, name: &str, section: &Section) -> Result<Source> {
    if is_assumed(section) {
        return assumed(resolver, &mut vec![name.into()], name, section);
    }
    resolver.own_source(name, section)
}

/// Returns the source for a role of `--role-arn`, which is assumed with the credentials of `source`.
///
/// # Errors
/// `Configuration`: the text is not the ARN of a role.
pub(super) fn ad_hoc(
    ctx: &Context,
    region: Option<&Region>,
    network: &Network,
    source: Source,
    arn: &str,
) -> Result<Source> {
    let arn = RoleArn::parse("--role-arn", arn)?;
    Ok(Source::AssumedRole(Box::new(AssumedRole {
        region: role_keys::region(ctx, region, &arn, source.session()),
        arn,
        session_name: None,
        external_id: None,
        duration_seconds: None,
        tags: Vec::new(),
        source_identity: None,
        mfa: None,
        source,
        network: network.clone(),
        // The configuration does not show whether other profiles assume the same role with `--role-arn`, so the role
        // always has a cache entry of its own.
        has_own_entry: true,
    })))
}

/// Tells whether a profile's role is assumed with other credentials, not with a web identity token.
fn is_assumed(section: &Section) -> bool {
    section.value("role_arn").is_some() && section.value("web_identity_token_file").is_none()
}

/// Returns the role of a profile with its whole chain. `visited` is the chain so far; this profile is its last element.
fn assumed(resolver: &Resolver, visited: &mut Vec<String>, name: &str, section: &Section) -> Result<Source> {
    let arn = role_keys::arn(name, section.value("role_arn").unwrap_or_default())?;
    let source = match (section.value("source_profile"), section.value("credential_source")) {
        (Some(source), None) => source_profile(resolver, visited, name, source)?,
        (None, Some(source)) => credential_source(resolver.ctx, name, section, source)?.into(),
        (Some(_), Some(_)) => return Err(two_sources(name)),
        (None, None) => return Err(no_source(name, section)),
    };
    let duration_seconds = role_keys::duration(name, section)?;
    if duration_seconds.is_some_and(|seconds| seconds > CHAINED_LIMIT) && source.is_role() {
        return Err(chained_too_long(name));
    }
    Ok(Source::AssumedRole(Box::new(AssumedRole {
        session_name: role_keys::session_name(name, section)?,
        external_id: role_keys::external_id(name, section)?,
        duration_seconds,
        tags: tags::parse(name, section.value("ssox_session_tags").unwrap_or_default())?,
        source_identity: role_keys::source_identity(name, section)?,
        mfa: role_keys::mfa(name, section)?,
        region: role_keys::region(resolver.ctx, resolver.region.as_ref(), &arn, source.session()),
        network: resolver.network.clone(),
        has_own_entry: false,
        source,
        arn,
    })))
}

fn two_sources(name: &str) -> Error {
    Error::configuration(format!("profile `{name}` has both `source_profile` and `credential_source`"))
        .hint(format!("remove one of them from `[profile {name}]`"))
}

fn no_source(name: &str, section: &Section) -> Error {
    if section.value("ssox_saml_url").is_some() {
        let message = format!(
            "profile `{name}` has `role_arn` and `ssox_saml_url`: the role of a SAML profile is `ssox_saml_role_arn`"
        );
        return Error::configuration(message)
            .hint(format!("write `ssox_saml_role_arn` instead of `role_arn` in `[profile {name}]`"));
    }
    let message = format!("profile `{name}` has a `role_arn`, but neither `source_profile` nor `credential_source`");
    Error::configuration(message).hint(format!("add `source_profile = NAME` to `[profile {name}]`"))
}

fn chained_too_long(name: &str) -> Error {
    let message = format!(
        "`duration_seconds` of profile `{name}` is too long: AWS allows 1 hour at most when one role assumes another (role chaining)"
    );
    Error::configuration(message).hint(format!("write `duration_seconds = {CHAINED_LIMIT}` in `[profile {name}]`"))
}

fn source_profile(resolver: &Resolver, visited: &mut Vec<String>, name: &str, source: &str) -> Result<Source> {
    let section = resolver.files.profile(source).ok_or_else(|| {
        let message = format!("`source_profile` of profile `{name}` is `{source}`, which does not exist");
        let unknown = find::unknown(resolver.ctx, resolver.files, source);
        Error::configuration(message).hint(unknown.first_hint().unwrap_or("ssox list"))
    })?;
    let has_keys = ["aws_access_key_id", "aws_secret_access_key"].iter().any(|key| section.get(key).is_some());
    let is_own_keys = source == name && has_keys;
    // A profile may be its own source if it has access keys beside its role. Any other repetition is circular.
    if visited.iter().any(|seen| seen == source) && !is_own_keys {
        return Err(circular(visited, source));
    }
    if has_keys || !is_assumed(&section) {
        let own = resolver.own_source(source, &section);
        return own.map_err(|error| error.doing(format!("the source of profile `{name}`")));
    }
    visited.push(source.into());
    assumed(resolver, visited, source, &section)
}

fn circular(visited: &[String], again: &str) -> Error {
    let start = visited.iter().position(|seen| seen == again).unwrap_or_default();
    let circle = &visited[start..];
    let path = [circle, &[again.to_string()]].concat().join(" → ");
    let error = Error::configuration(format!("`source_profile` is circular: {path}"));
    if circle.len() == 1 {
        return error
            .hint(format!("name another profile in `source_profile`, or add access keys to `[profile {again}]`"));
    }
    error.hint("replace `source_profile` in one of these profiles by access keys, an SSO role or `credential_process`")
}

fn credential_source(ctx: &Context, name: &str, section: &Section, source: &str) -> Result<CredentialSource> {
    match source {
        "Environment" => Ok(CredentialSource::environment(ctx)),
        "EcsContainer" => Ok(CredentialSource::container(ctx)),
        "Ec2InstanceMetadata" => {
            Ok(CredentialSource::Ec2InstanceMetadata { endpoint: metadata::endpoint(ctx, name, section)? })
        }
        _ => {
            let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];
            let near = nearest(source, known.into_iter());
            let near = near.first().map_or_else(|| known.join("`, `"), Clone::clone);
            Err(Error::configuration(format!("unknown `credential_source` of profile `{name}`: `{source}`"))
                .hint(format!("write `{near}`, with the same upper and lower case")))
        }
    }
}
