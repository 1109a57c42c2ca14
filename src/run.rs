//! Parses the command line, runs the verb, prints what it returns, and exits with its status.

use crate::commands::{self, Cli, usage_error};
use crate::context::{self, Context};
#[cfg(unix)]
use crate::endpoint;
use crate::error::{self, Error};
use crate::json;
use clap::error::ErrorKind;
use serde::Serialize;
use std::env;
use std::io::{self, IsTerminal as _, Write as _, stderr, stdout};
use std::process::ExitCode;

/// Does what the arguments of this process ask for.
pub(crate) fn run() -> ExitCode {
    let words: Vec<_> = env::args_os().collect();
    #[cfg(unix)]
    if let Some(served) = endpoint::run(&words) {
        let Err(error) = served else { return ExitCode::SUCCESS };
        report(&error, false);
        return ExitCode::from(error.kind.exit_status());
    }
    let cli = match Cli::read(&words) {
        Ok(cli) => cli,
        Err(rejected) => return reject(&rejected),
    };
    let as_json = cli.verb.wants_json();
    match cli.verb.run(&context(&cli)) {
        Ok(done) => {
            // All at once, at the very end.
            let written = stdout().write_all(done.stdout.as_bytes()).and_then(|()| stdout().flush());
            let Some(error) = done.error else { return exit(written, done.status, as_json) };
            report(&error, as_json);
            exit(written, error.kind.exit_status(), as_json)
        }
        Err(error) => {
            report(&error, as_json);
            ExitCode::from(error.kind.exit_status())
        }
    }
}

/// Reads the environment, and decides whether there is a person to ask.
fn context(cli: &Cli) -> Context {
    let mut ctx = Context::from_process();
    ctx.emit.clone_from(&cli.emit);
    ctx.verbose = cli.common.verbose;
    ctx.no_input =
        cli.common.no_input || !cli.verb.is_interactive() || ctx.var("CI").is_some() || !stderr().is_terminal();
    ctx.after_sign_in = Some(commands::list_after_sign_in);
    ctx
}

/// Returns the exit status, unless stdout could not be written. A reader that closed the pipe is not an error.
fn exit(written: io::Result<()>, status: u8, as_json: bool) -> ExitCode {
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            let message = format!("could not write to standard output: {}", error::cause_text(&cause));
            report(&Error::other(message), as_json);
            ExitCode::FAILURE
        }
        _ => ExitCode::from(status),
    }
}

/// Prints help and version on stdout, and a rejected command line as every other error.
fn reject(rejected: &clap::Error) -> ExitCode {
    if !rejected.use_stderr() {
        return exit(rejected.print().and_then(|()| stdout().flush()), 0, false);
    }
    if rejected.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // `ssox` alone prints the help.
        drop(rejected.print());
    } else {
        report(&usage_error(rejected), context::is_json_asked_for());
    }
    ExitCode::from(error::ErrorKind::Usage.exit_status())
}

/// An error as a verb with `--json` prints it.
#[derive(Serialize)]
struct ErrorReport<'a> {
    error: ErrorJson<'a>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    message: &'a str,
    /// The first of `hints`.
    hint: Option<&'a str>,
    exit_status: u8,
    hints: &'a [String],
    code: Option<&'a str>,
}

fn report(error: &Error, as_json: bool) {
    if !as_json {
        return context::tell(&error.to_string());
    }
    let Error { kind, message, hints, code } = error;
    let (hint, exit_status) = (error.first_hint(), kind.exit_status());
    let error = ErrorJson { message, hint, exit_status, hints, code: code.as_deref() };
    context::tell(&json::line(&ErrorReport { error }));
}
