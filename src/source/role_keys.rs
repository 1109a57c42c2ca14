//! The config keys of a profile that become parameters of an AssumeRole call: parses the keys, and checks that STS
//! accepts their values.

use super::command::CommandLine;
use super::duration::ACCEPTED;
use super::mfa::Mfa;
use super::role_arn::RoleArn;
use super::session_name::is_session_name;
use crate::aws::partition;
use crate::config::Section;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::session::Session;
use std::ops::RangeInclusive;

/// Parses the `role_arn` of the profile `name`.
///
/// # Errors
/// `Configuration`: the text is not the ARN of a role.
pub(crate) fn arn(name: &str, text: &str) -> Result<RoleArn> {
    RoleArn::parse(&format!("`role_arn` of profile `{name}`"), text)
}

/// Returns the `role_session_name` of a profile, if it has one.
///
/// # Errors
/// `Configuration`: STS would reject the value.
pub(crate) fn session_name(name: &str, section: &Section) -> Result<Option<String>> {
    match section.value("role_session_name") {
        Some(text) if !is_session_name(text) => Err(Error::configuration(format!(
            "`role_session_name` of profile `{name}` is `{text}`, which is not valid"
        ))
        .hint("write 2 to 64 letters, digits and `_+=,.@-`")),
        text => Ok(text.map(String::from)),
    }
}

/// Returns the `external_id` of a profile; the role's trust policy may require one.
///
/// # Errors
/// `Configuration`: STS would reject the value.
pub(crate) fn external_id(name: &str, section: &Section) -> Result<Option<String>> {
    checked(name, section, "external_id", 2..=1224, "_+=,.@:/-")
}

/// Returns the `ssox_source_identity` of a profile. CloudTrail records it with each action of the role.
///
/// # Errors
/// `Configuration`: STS would reject the value.
pub(crate) fn source_identity(name: &str, section: &Section) -> Result<Option<String>> {
    checked(name, section, "ssox_source_identity", 2..=64, "_+=,.@-")
}

/// Returns the `duration_seconds` of a profile.
///
/// # Errors
/// `Configuration`: STS would reject the value.
pub(crate) fn duration(name: &str, section: &Section) -> Result<Option<i32>> {
    let Some(text) = section.value("duration_seconds") else { return Ok(None) };
    match text.parse() {
        Ok(seconds) if ACCEPTED.contains(&seconds) => Ok(Some(seconds)),
        _ => {
            Err(Error::configuration(format!("`duration_seconds` of profile `{name}` is `{text}`, which is not valid"))
                .hint("write a number of seconds from 900 to 43200"))
        }
    }
}

/// Returns the MFA device (`mfa_serial`) of a profile, and the program that prints its codes (`mfa_process`).
///
/// # Errors
/// `Configuration`: STS would reject the serial number, or `mfa_process` has an unclosed quote.
pub(crate) fn mfa(name: &str, section: &Section) -> Result<Option<Mfa>> {
    let Some(serial) = checked(name, section, "mfa_serial", 9..=256, "_+=/:,.@-")? else { return Ok(None) };
    let process = section.value("mfa_process").map(|line| CommandLine::parse("mfa_process", name, line));
    Ok(Some(Mfa { serial, process: process.transpose()? }))
}

/// Returns the region in which STS is called: the region of the profile, of the environment or of the session,
/// whichever is the first in the role's partition. If none is in this partition, returns the partition's global region.
pub(crate) fn region(ctx: &Context, of_profile: Option<&Region>, arn: &RoleArn, session: Option<&Session>) -> Region {
    let of_session = session.map(|session| &*session.region);
    let of_profile = of_profile.map(|region| &**region);
    let candidates = [of_profile, ctx.var("AWS_REGION"), ctx.var("AWS_DEFAULT_REGION"), of_session];
    partition::first_region(partition::named(&arn.partition), candidates)
}

fn checked(
    name: &str,
    section: &Section,
    key: &str,
    length: RangeInclusive<usize>,
    signs: &str,
) -> Result<Option<String>> {
    let Some(text) = section.value(key) else { return Ok(None) };
    if length.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c)) {
        return Ok(Some(text.into()));
    }
    let (min, max) = (length.start(), length.end());
    Err(Error::configuration(format!("`{key}` of profile `{name}` is `{text}`, which is not valid"))
        .hint(format!("write {min} to {max} letters, digits and `{signs}`")))
}
