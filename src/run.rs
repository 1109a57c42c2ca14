//! Parses the command line, runs the verb, prints its output, and exits with its status.

#[cfg(unix)]
use crate::commands::process_context;
use crate::commands::{Cli, Init, error_as_json, usage_error};
use crate::context;
#[cfg(unix)]
use crate::endpoint;
use crate::error::{self, Error};
use clap::error::ErrorKind;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _, stdout};
use std::mem::ManuallyDrop;
use std::process::ExitCode;

/// Runs the command line of this process.
pub(crate) fn run() -> ExitCode {
    let words: Vec<_> = env::args_os().collect();
    // `--version` is answered first, because making clap's definition of all verbs takes longer than printing the
    // version.
    if words.len() == 2 && (words[1] == "--version" || words[1] == "-V") {
        return exit(writeln!(stdout(), "ssox {}", env!("CARGO_PKG_VERSION")), 0, false);
    }
    if let Some(init) = Init::read(&words) {
        return exit(init.print(), 0, false);
    }
    #[cfg(unix)]
    if let Some(served) = endpoint::run(&words, process_context) {
        let Err(error) = served else { return ExitCode::SUCCESS };
        report(&error, false);
        return ExitCode::from(error.kind.exit_status());
    }
    let cli = match Cli::read(&words) {
        Ok(cli) => cli,
        Err(rejected) => return reject(&rejected, &words),
    };
    let as_json = cli.verb.wants_json();
    // The context is not freed, because the process ends soon.
    match cli.verb.run(&ManuallyDrop::new(cli.context())) {
        Ok(done) => {
            // The output is written at the very end and in one piece, unless it is several megabytes long.
            let written = done.stdout.write_to(stdout());
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

/// Returns 1, after an error message, if stdout could not be written. Otherwise returns `status`, also if the reader of
/// stdout has closed the pipe.
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

/// Prints help and version on stdout, and help on stderr if the verb is missing. Reports a wrong command line like any
/// other error.
fn reject(rejected: &clap::Error, words: &[OsString]) -> ExitCode {
    if !rejected.use_stderr() {
        return exit(rejected.print().and_then(|()| stdout().flush()), 0, false);
    }
    if rejected.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // `ssox` without arguments prints the help.
        drop(rejected.print());
    } else {
        report(&usage_error(rejected, words), context::is_json_asked_for());
    }
    ExitCode::from(error::ErrorKind::Usage.exit_status())
}

fn report(error: &Error, as_json: bool) {
    context::tell(&if as_json { error_as_json(error) } else { error.to_string() });
}
