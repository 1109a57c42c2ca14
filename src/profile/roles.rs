//! Roles that other credentials assume: what each is asked for with, and the chain of profiles behind it.
//!
//! Deliberately not here: assuming them (`source`).

use super::sources::{Place, is_assumed};
use super::{check_region, find, metadata};
use crate::aws::{Network, partition};
use crate::config::{Section, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::source::assumed_role::{AssumedRole, CHAINED_LIMIT};
use crate::source::command::CommandLine;
use crate::source::credential_source::CredentialSource;
use crate::source::mfa::Mfa;
use crate::source::role_arn::RoleArn;
use crate::source::session_name::is_session_name;
use crate::source::{Source, tags};

/// Returns the role of a profile, with all that is behind it; `visited` are the profiles on the way here, this one last.
///
/// # Errors
/// Configuration: a key that cannot work, no source or two, a source that is not there or leads back.
pub(super) fn assumed(place: &Place, visited: &mut Vec<String>, name: &str, section: &Section) -> Result<Source> {
    let arn = arn(name, section.value("role_arn").unwrap_or_default())?;
    let source = match (section.value("source_profile"), section.value("credential_source")) {
        (Some(source), None) => source_profile(place, visited, name, source)?,
        (None, Some(source)) => Source::Machine(credential_source(place.ctx, name, section, source)?),
        (Some(_), Some(_)) => {
            return Err(Error::configuration(format!(
                "profile `{name}` has both `source_profile` and `credential_source`"
            ))
            .hint(format!("take one of them out of `[profile {name}]`")));
        }
        (None, None) if section.value("ssox_saml_url").is_some() => {
            return Err(Error::configuration(format!(
                "profile `{name}` has `role_arn` beside `ssox_saml_url`: the role of a SAML profile is `ssox_saml_role_arn`"
            ))
            .hint(format!("write `ssox_saml_role_arn` for `role_arn` in `[profile {name}]`")));
        }
        (None, None) => {
            return Err(Error::configuration(format!(
                "profile `{name}` has a `role_arn`, but neither `source_profile` nor `credential_source`"
            ))
            .hint(format!("add `source_profile = NAME` to `[profile {name}]`")));
        }
    };
    let role = AssumedRole {
        session_name: session_name(name, section)?,
        external_id: checked(name, section, "external_id", 2..=1224, "_+=,.@:\\/-")?,
        duration_seconds: duration(name, section)?,
        tags: tags::parse(name, section.value("ssox_session_tags").unwrap_or_default())?,
        mfa: mfa(name, section)?,
        region: region(place.ctx, place.region.as_deref(), &arn, Some(&source)),
        network: place.network.clone(),
        is_kept_apart: false,
        source,
        arn,
    };
    if role.duration_seconds.is_some_and(|seconds| seconds > CHAINED_LIMIT) && role.source.is_role() {
        return Err(Error::configuration(format!(
            "`duration_seconds` of profile `{name}` is more than an hour, which is all a role gets that another role assumes"
        ))
        .hint(format!("write `duration_seconds = {CHAINED_LIMIT}` in `[profile {name}]`")));
    }
    Ok(Source::AssumedRole(Box::new(role)))
}

/// Makes a role on top of any source.
///
/// # Errors
/// Configuration: this is no role's ARN.
pub(super) fn ad_hoc(ctx: &Context, of: Option<&str>, network: &Network, source: Source, text: &str) -> Result<Source> {
    let arn = RoleArn::parse("--role-arn", text)?;
    Ok(Source::AssumedRole(Box::new(AssumedRole {
        region: region(ctx, of, &arn, Some(&source)),
        arn,
        session_name: None,
        external_id: None,
        duration_seconds: None,
        tags: Vec::new(),
        mfa: None,
        source,
        network: network.clone(),
        // The same role can be asked for on top of any other profile, which no configuration tells.
        is_kept_apart: true,
    })))
}

/// Sees to it that a role shares its cache entry only where the AWS CLI's name of the entry means one thing: every role in
/// the source that another profile reaches from elsewhere is kept apart. The others are looked for by the role's ARN in
/// the text of the files: with 50,000 profiles, only those that can matter are understood.
pub(super) fn kept_apart(place: &Place, name: &str, section: &Section, mut source: Source) -> Source {
    let is_kept_apart = is_ambiguous(place, name, section, &source);
    match &mut source {
        Source::WebIdentity(role) => role.is_kept_apart = is_kept_apart,
        Source::AssumedRole(role) => {
            role.is_kept_apart = is_kept_apart;
            let behind = section.value("source_profile").and_then(|behind| place.files.profile(behind));
            if let Some(behind) = behind {
                role.source = kept_apart(place, &behind.name, &behind, role.source.clone());
            }
        }
        _ => {}
    }
    source
}

fn is_ambiguous(place: &Place, name: &str, section: &Section, source: &Source) -> bool {
    let (Some(arn), Some(arguments)) = (source.role_arn(), source.arguments()) else { return false };
    let origin = ["source_profile", "credential_source", "web_identity_token_file"];
    let is_like = |other: &Section| origin.iter().all(|key| other.value(key) == section.value(key));
    let is_other = |other: &Section| other.name != name && other.value("role_arn") == Some(arn) && !is_like(other);
    place.files.is_repeated(arn)
        && place.files.profiles_with(arn).filter(is_other).any(|other| {
            let whole = place.files.profile(&other.name);
            let source_of_other = whole.and_then(|whole| place.first(&other.name, &whole).ok());
            source_of_other.is_some_and(|other| {
                other.arguments().as_ref() == Some(&arguments) && other.identity() != source.identity()
            })
        })
}

fn source_profile(place: &Place, visited: &mut Vec<String>, name: &str, source: &str) -> Result<Source> {
    let section = place.files.profile(source).ok_or_else(|| {
        let error =
            Error::configuration(format!("`source_profile` of profile `{name}` is `{source}`, which does not exist"));
        let hint = find::unknown(place.ctx, place.files, source).hint;
        error.hint(hint.unwrap_or_else(|| "ssox list".into()))
    })?;
    let has_keys = ["aws_access_key_id", "aws_secret_access_key"].iter().any(|key| section.get(key).is_some());
    // A profile may name itself for the keys beside its role; everything else that comes round again is a loop.
    if visited.iter().any(|seen| seen == source) && !(source == name && has_keys) {
        return Err(in_circles(visited, source));
    }
    if has_keys || !is_assumed(&section) {
        return place.own(source, &section).map_err(|error| error.doing(format!("the source of profile `{name}`")));
    }
    visited.push(source.into());
    assumed(place, visited, source, &section)
}

fn in_circles(visited: &[String], again: &str) -> Error {
    let start = visited.iter().position(|seen| seen == again).unwrap_or_default();
    let circle = [&visited[start..], &[again.to_string()]].concat().join(" → ");
    let error = Error::configuration(format!("`source_profile` goes in circles: {circle}"));
    match &visited[start..] {
        [_] => {
            error.hint(format!("put the keys `{again}` is to start from into a profile of their own, and name that"))
        }
        _ => error.hint("one of these profiles has to start from keys, SSO or a process"),
    }
}

fn credential_source(ctx: &Context, name: &str, section: &Section, source: &str) -> Result<CredentialSource> {
    let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];
    match source {
        "Environment" => Ok(CredentialSource::Environment),
        "EcsContainer" => Ok(CredentialSource::EcsContainer),
        "Ec2InstanceMetadata" => {
            Ok(CredentialSource::Ec2InstanceMetadata { endpoint: metadata::endpoint(ctx, name, section)? })
        }
        _ => {
            let near = nearest(source, known.into_iter());
            let near = near.first().map_or_else(|| known.join("`, `"), Clone::clone);
            Err(Error::configuration(format!("`credential_source` of profile `{name}` is `{source}`, which is none"))
                .hint(format!("write `{near}`, in this very spelling")))
        }
    }
}

/// Reads the ARN of a profile's role.
///
/// # Errors
/// Configuration: this is none.
pub(super) fn arn(name: &str, text: &str) -> Result<RoleArn> {
    RoleArn::parse(&format!("`role_arn` of profile `{name}`"), text)
}

/// Reads the name of the session.
///
/// # Errors
/// Configuration: STS would not take it.
pub(super) fn session_name(name: &str, section: &Section) -> Result<Option<String>> {
    match section.value("role_session_name") {
        Some(text) if !is_session_name(text) => {
            Err(Error::configuration(format!("`role_session_name` of profile `{name}` is `{text}`"))
                .hint("it has 2 to 64 letters, digits and `_+=,.@-`"))
        }
        text => Ok(text.map(String::from)),
    }
}

/// Reads how long the role is asked for.
///
/// # Errors
/// Configuration: not a number STS takes.
pub(super) fn duration(name: &str, section: &Section) -> Result<Option<i32>> {
    let Some(text) = section.value("duration_seconds") else { return Ok(None) };
    match text.parse() {
        Ok(seconds @ 900..=43_200) => Ok(Some(seconds)),
        _ => Err(Error::configuration(format!("`duration_seconds` of profile `{name}` is `{text}`"))
            .hint("write a number of seconds from 900 to 43200")),
    }
}

/// Returns where STS is asked: in the profile's region, the environment's, or that of the source's session, as far as
/// these are in the role's partition; else in the partition's own.
pub(super) fn region(ctx: &Context, of_profile: Option<&str>, arn: &RoleArn, source: Option<&Source>) -> String {
    let of_session = source.and_then(Source::session).map(|session| session.region.as_str());
    let candidates = [of_profile, ctx.var("AWS_REGION"), ctx.var("AWS_DEFAULT_REGION"), of_session];
    let fits = |region: &&str| partition::of(region).name == arn.partition && check_region("", region).is_ok();
    let global = || partition::named(&arn.partition).map_or("us-east-1", |partition| partition.global_region);
    candidates.into_iter().flatten().find(fits).unwrap_or_else(global).to_string()
}

fn mfa(name: &str, section: &Section) -> Result<Option<Mfa>> {
    let Some(serial) = checked(name, section, "mfa_serial", 9..=256, "_=/:,.@-")? else { return Ok(None) };
    let process = section.value("mfa_process").map(|line| CommandLine::parse("mfa_process", name, line));
    Ok(Some(Mfa { serial, process: process.transpose()? }))
}

fn checked(
    name: &str,
    section: &Section,
    key: &str,
    length: std::ops::RangeInclusive<usize>,
    signs: &str,
) -> Result<Option<String>> {
    let is_fine = |text: &str| {
        length.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
    };
    match section.value(key) {
        Some(text) if !is_fine(text) => Err(Error::configuration(format!("`{key}` of profile `{name}` is `{text}`"))
            .hint(format!("it has {} to {} letters, digits and `{signs}`", length.start(), length.end()))),
        text => Ok(text.map(String::from)),
    }
}
