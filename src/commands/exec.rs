//! `ssox exec`: runs a program with a profile's credentials. On Unix, the program replaces the ssox process (`execvp`),
//! so that signals, terminal and exit status are its own. On Windows, ssox waits for the program.

use super::endpoint::{self as steps, Beside, ForProgram};
use super::endpoint_changes::{ConfigChoice, with_endpoint};
use super::options::{Consent, Fetch};
use super::protected;
use super::selected_profile::selected_profile;
use super::verb::{Done, VerbArgs};
use super::{changes, child};
use crate::batch;
use crate::context::Context;
use crate::endpoint::Directory;
use crate::error::{Error, Result, cause_text};
use crate::profile::Profile;
use crate::source::Request;
use crate::terminal;
use clap::Args;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::process::Command;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ssox exec dev -- terraform apply\n  ssox exec dev                    a shell; `exit` leaves it\n  ssox exec --serve dev -- ./train.py\n\nPowerShell decodes output as text; for bytes in a file or a pipe:\n  \
                  & (Get-Command ssox -CommandType Application) exec dev -- COMMAND > FILE"
)]
pub(crate) struct Exec {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    profile: String,
    /// Serve the credentials to the program, and renew them for as long as it runs
    #[arg(long)]
    serve: bool,
    /// With --serve: let the program read your configuration files, where a `[default]` takes precedence over the served credentials
    #[arg(long, requires = "serve")]
    keep_config: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    fetch: Fetch,
    /// The program and its arguments; without it, your shell
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl VerbArgs for Exec {
    /// Runs the program in place of ssox; without a program, runs the person's shell. Returns only if that fails.
    ///
    /// # Errors
    /// `Usage`: no program is given, and stdin is not a terminal. `Configuration`, `NeedsPerson`, `Refused`,
    /// `Unreachable`: the profile cannot be loaded, or its credentials cannot be fetched. `Configuration`, `Other`:
    /// with `--serve`, the local server cannot be started.
    ///
    /// If the program cannot be started, the result is not an error but the exit status 126 or 127.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let words = words(&self.command);
        let (program, arguments) = match words {
            [program, arguments @ ..] => (program.clone(), arguments),
            [] => (persons_shell(ctx)?, words),
        };
        let server = self.serve.then(Beside::start).transpose()?;
        let profile = selected_profile(ctx, Some(&self.profile), &self.fetch)?;
        protected::confirm(ctx, "exec", &profile, &self.consent)?;
        let ForProgram { changes, files } = self.for_program(ctx, &profile, server)?;
        if words.is_empty() {
            terminal::say(&format!("a shell with the credentials of `{}`; `exit` leaves it", profile.name));
        }
        let mut command = child::with_changes(&changes, &program, arguments);
        let cause = match replace_process(&mut command, files.as_ref()) {
            Ok(status) => return Ok(Done { status, ..Done::default() }),
            Err(cause) => cause,
        };
        terminal::say(&format!("could not run `{}`: {}", program.to_string_lossy(), cause_text(&cause)));
        Ok(Done { status: batch::exit_status(&cause), ..Done::default() })
    }
}

impl Exec {
    /// Returns the environment changes for the program: they set the credentials, or the URL of the `server` if there
    /// is one.
    fn for_program(&self, ctx: &Context, profile: &Profile, server: Option<Beside>) -> Result<ForProgram> {
        let request = Request::from(&self.fetch);
        let Some(server) = server else {
            let entry = profile.credentials(ctx, &request)?;
            let changes = changes::with_credentials(ctx, profile, &entry, None)?;
            return Ok(ForProgram { changes, files: None });
        };
        let entry = steps::first_credentials(ctx, profile, &request)?;
        let config = if self.keep_config { ConfigChoice::Kept } else { ConfigChoice::Empty };
        server.serve(ctx, profile, entry, |entry, endpoint| with_endpoint(ctx, profile, entry, endpoint, config))
    }
}

/// Removes a leading `--`. In `exec -- -x -- COMMAND`, for a profile named `-x`, clap passes the second `--` on as the
/// program.
fn words(command: &[OsString]) -> &[OsString] {
    match command {
        [first, rest @ ..] if first == "--" => rest,
        all => all,
    }
}

/// Returns the person's shell: the value of SHELL, or of COMSPEC on Windows. If the variable is not set, returns
/// `/bin/sh` or `cmd.exe`.
///
/// # Errors
/// `Usage`: stdin is not a terminal. A script that passes an empty command by mistake must not succeed.
fn persons_shell(ctx: &Context) -> Result<OsString> {
    if !io::stdin().is_terminal() {
        return Err(Error::usage("there is no program to run").hint("ssox exec NAME -- COMMAND"));
    }
    let (variable, usual) = if cfg!(windows) { ("COMSPEC", "cmd.exe") } else { ("SHELL", "/bin/sh") };
    Ok(ctx.var_os(variable).filter(|shell| !shell.is_empty()).cloned().unwrap_or_else(|| usual.into()))
}

#[cfg(unix)]
fn replace_process(command: &mut Command, _: Option<&Directory>) -> io::Result<u8> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// Runs the program as a child process, removes the local server's directory, and exits with the program's exit status.
/// Returns only if the program cannot be started. Used on Windows, where a process cannot replace itself by another
/// program.
#[cfg(not(unix))]
fn replace_process(command: &mut Command, files: Option<&Directory>) -> io::Result<u8> {
    let ended = command.status();
    files.into_iter().for_each(Directory::remove);
    let code = ended?.code().unwrap_or(1);
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use crate::commands::{Cli, Verb};
    use clap::Parser as _;

    #[test]
    fn what_follows_the_profile_is_the_program() {
        let cli = Cli::parse_from(["ssox", "exec", "dev", "--", "ls", "-l", "--", "x"]);
        let Verb::Exec(exec) = cli.verb else { panic!("not exec") };
        assert_eq!(exec.command, ["ls", "-l", "--", "x"]);
    }
}
