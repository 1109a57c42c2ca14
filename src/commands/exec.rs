//! `ssox exec`: runs a program with a profile's credentials, as the shell would run it.
//! The program takes ssox's place; nothing stays in between.

use super::{Done, changes};
use crate::cli::Exec;
use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use crate::profile::Profile;
use crate::source::Request;
use crate::terminal;
use std::ffi::OsString;
use std::io;
use std::process::Command;

/// Runs the program; returns only where it could not be started, or where programs cannot be replaced.
///
/// # Errors
/// Those of the profile and its source; a program that cannot be run is exit status 126 or 127.
pub(super) fn run(ctx: &Context, args: &Exec) -> Result<Done> {
    let profile = Profile::load(ctx, &args.profile)?.with_role(ctx, args.fetch.role_arn.as_deref())?;
    let entry = profile.source.credentials(ctx, &Request::from(&args.fetch))?;
    let [program, arguments @ ..] = words(&args.command) else {
        return Err(Error::usage("there is no program to run").hint("ssox exec NAME -- COMMAND"));
    };
    let mut command = Command::new(program);
    // What the shell function says of itself and of its shell is not true of the program.
    command.args(arguments).env_remove("SSOX_FUNCTION").env_remove("SSOX_HOOK");
    for (name, value) in changes::with_credentials(ctx, &profile, &entry, None)?.iter() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let cause = match take_place(&mut command) {
        Ok(status) => return Ok(Done { status, ..Done::default() }),
        Err(cause) => cause,
    };
    terminal::say(&format!("could not run `{}`: {}", program.to_string_lossy(), cause_text(&cause)));
    Ok(Done { status: if cause.kind() == io::ErrorKind::NotFound { 127 } else { 126 }, ..Done::default() })
}

/// In `exec -- -x -- COMMAND` clap takes the second `--` for the program.
fn words(command: &[OsString]) -> &[OsString] {
    match command {
        [first, rest @ ..] if first == "--" => rest,
        all => all,
    }
}

#[cfg(unix)]
fn take_place(command: &mut Command) -> io::Result<u8> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// Windows has no `exec`: the program runs as a child, and its exit status is passed on.
#[cfg(not(unix))]
fn take_place(command: &mut Command) -> io::Result<u8> {
    let code = command.status()?.code().unwrap_or(1);
    std::process::exit(code)
}
