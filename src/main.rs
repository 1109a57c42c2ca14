//! Parses, runs, prints, exits.
//!
//! Deliberately not here: anything a verb decides.

mod account_names;
mod aws;
mod browser;
mod cache;
mod cli;
mod commands;
mod completion;
mod config;
mod context;
mod credentials;
mod environment;
mod error;
mod files;
mod json;
mod percent;
mod profile;
mod prompt;
mod secret;
mod session;
mod shell;
mod source;
mod terminal;
mod time;
mod usage;

use clap::Parser as _;
use cli::Cli;
use context::Context;
use error::Error;
use std::io::{IsTerminal as _, Write as _, stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => return refuse(&refusal),
    };
    match commands::run(&context(&cli), &cli) {
        Ok(done) => {
            // All at once, at the very end; a reader that went away is no error of ours.
            let _ = stdout().write_all(done.stdout.as_bytes()).and_then(|()| stdout().flush());
            ExitCode::from(done.status)
        }
        Err(error) => {
            report(&error, cli.verb.wants_json());
            ExitCode::from(error.kind.exit_status())
        }
    }
}

/// Reads the environment, and decides whether there is a person to ask.
fn context(cli: &Cli) -> Context {
    let mut ctx = Context::from_process();
    ctx.verbose = cli.common.verbose;
    ctx.no_input =
        cli.common.no_input || cli.verb.is_never_interactive() || ctx.var("CI").is_some() || !stderr().is_terminal();
    ctx
}

/// Prints help and version as data, and a refused command line as every other error.
fn refuse(refusal: &clap::Error) -> ExitCode {
    if !refusal.use_stderr() {
        let _ = refusal.print();
        return ExitCode::SUCCESS;
    }
    let text = refusal.render().to_string();
    let _ = stderr().write_all(text.replacen("error: ", "ssox: ", 1).as_bytes());
    ExitCode::from(error::Kind::Usage.exit_status())
}

fn report(error: &Error, as_json: bool) {
    let text = match as_json {
        true => serde_json::json!({ "error": {
            "message": error.message, "hint": error.hint, "exit_status": error.kind.exit_status(),
        } })
        .to_string(),
        false => error.to_string(),
    };
    // A stderr that is gone must not turn an error into a panic.
    let _ = writeln!(stderr(), "{text}");
}
