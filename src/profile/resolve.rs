//! Finds the source of a profile's credentials, and decides which cache entries are shared with the AWS CLI.

use super::roles;
use super::sources::Resolver;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::Result;
use crate::source::Source;

/// Returns the source of a profile's credentials.
///
/// # Errors
/// `Configuration`: the profile, or another profile of its chain of roles, does not exist, has no source, an incomplete
/// source or an invalid value; or the chain is circular.
pub(super) fn source(ctx: &Context, files: &ConfigFiles, name: &str, section: &Section) -> Result<Source> {
    let resolver = Resolver::new(ctx, files, name, section)?;
    let source = roles::source(&resolver, name, section)?;
    Ok(with_own_entries(&resolver, name, section, source))
}

/// Gives a role in the source a cache entry of its own if another profile, or another shell, assumes the same role with
/// other credentials, because the AWS CLI would use one entry for both. To find the other profiles, the config files
/// are searched for the role's ARN. Only profiles that contain the ARN are resolved, even if there are 50,000 profiles.
fn with_own_entries(resolver: &Resolver, name: &str, section: &Section, mut source: Source) -> Source {
    let has_own_entry = source.differs_in_shells() || is_ambiguous(resolver, name, section, &source);
    match &mut source {
        Source::WebIdentity(role) => role.has_own_entry = has_own_entry,
        Source::AssumedRole(role) => {
            role.has_own_entry = has_own_entry;
            let behind = section.value("source_profile").and_then(|behind| resolver.files.profile(behind));
            if let Some(behind) = behind {
                role.source = with_own_entries(resolver, &behind.name, &behind, role.source.clone());
            }
        }
        _ => {}
    }
    source
}

/// Tells whether another profile has the same entry in the AWS CLI's cache, but gets other credentials.
fn is_ambiguous(resolver: &Resolver, name: &str, section: &Section, source: &Source) -> bool {
    let (Some(arn), Some(arguments)) = (source.role_arn(), source.arguments()) else { return false };
    if !resolver.files.is_repeated(arn) {
        return false;
    }
    for other in resolver.files.profiles_with(arn) {
        if other.name == name || other.value("role_arn") != Some(arn) {
            continue;
        }
        // The source of a profile that is also in `credentials` may be set there.
        if has_same_origin(&other, section) && !resolver.files.may_be_in_credentials(&other.name) {
            continue;
        }
        let Some(section) = resolver.files.profile(&other.name) else { continue };
        let Ok(other) = roles::source(resolver, &other.name, &section) else { continue };
        if other.arguments().as_ref() == Some(&arguments) && other.identity() != source.identity() {
            return true;
        }
    }
    false
}

fn has_same_origin(one: &Section, other: &Section) -> bool {
    let keys = ["source_profile", "credential_source", "web_identity_token_file"];
    keys.iter().all(|key| one.value(key) == other.value(key))
}

#[cfg(test)]
mod tests;
