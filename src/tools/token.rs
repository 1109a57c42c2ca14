//! The token of an SSO profile, in the file that all AWS tools share.

use super::kind::ProfileKind;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::session::token;

/// The most profiles in a chain from a role to the profile with a session.
pub(super) const LONGEST_CHAIN: usize = 10;

/// Says why a person must sign in before a tool can use a profile, as the end of a sentence; `None` if no sign-in is
/// needed. No tool refreshes the token of a legacy profile; `refreshes` tells whether this tool refreshes other tokens.
pub(super) fn missing(
    ctx: &Context,
    files: &ConfigFiles,
    section: &Section,
    refreshes: impl Fn(ProfileKind) -> bool,
) -> Option<&'static str> {
    let (label, kind) = session_behind(files, section, LONGEST_CHAIN)?;
    let Some(token) = token::in_shared_file(ctx, &label) else { return Some("nobody is signed in") };
    let is_refreshed = kind == ProfileKind::Sso && refreshes(kind) && token.is_refreshable(ctx.now());
    (!token.is_valid(ctx.now()) && !is_refreshed).then_some("the token has expired")
}

/// Returns the session through which a profile gets its credentials, directly or through a chain of `source_profile`:
/// its name or start URL, and whether the profile with the session is a legacy one (`LegacySso`) or not (`Sso`). `None`
/// if there is no session.
fn session_behind(files: &ConfigFiles, section: &Section, longest: usize) -> Option<(String, ProfileKind)> {
    if ProfileKind::Role.is_in(section) {
        let source = section.value("source_profile").filter(|_| longest > 0)?;
        return session_behind(files, &files.profile(source)?, longest - 1);
    }
    let kinds = [(ProfileKind::Sso, "sso_session"), (ProfileKind::LegacySso, "sso_start_url")];
    let (kind, key) = kinds.into_iter().find(|(kind, _)| kind.is_in(section))?;
    Some((section.value(key)?.to_string(), kind))
}
