//! Builds the command that runs a program with a profile's credentials, for `exec` and `each`.

use super::changes;
use crate::cache::Entry;
use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::profile::Profile;
use std::ffi::{OsStr, OsString};
use std::process::Command;

/// Returns the command that runs a program with the credentials of a profile.
///
/// # Errors
/// `Configuration`: a value contains a control character, or is too large for a variable.
pub(super) fn command(
    ctx: &Context,
    profile: &Profile,
    entry: &Entry,
    program: &OsStr,
    arguments: &[OsString],
) -> Result<Command> {
    Ok(with_changes(&changes::with_credentials(ctx, profile, entry, None)?, program, arguments))
}

/// Returns the command that runs a program in the environment of this process, to which `changes` are applied.
pub(super) fn with_changes(changes: &EnvChanges, program: &OsStr, arguments: &[OsString]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    // These variables describe the calling shell. They are wrong for the program, and for a shell that the program
    // starts.
    for name in ["SSOX_FUNCTION", "SSOX_HOOK", "SSOX_UNIVERSAL"] {
        command.env_remove(name);
    }
    for (name, value) in changes.iter() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
