//! Parses, runs, prints, exits.

#![warn(clippy::print_stderr, clippy::print_stdout)] // `tell` and stdout at the end of `main`: nothing else prints

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
mod identity;
mod json;
mod lock;
mod peer;
mod percent;
mod profile;
mod prompt;
mod secret;
mod session;
mod shell;
mod snapshots;
mod source;
mod terminal;
mod time;
mod usage;

use clap::Parser as _;
use clap::error::ErrorKind;
use cli::Cli;
use context::Context;
use error::Error;
use std::io::{self, IsTerminal as _, Write as _, stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => return refuse(&refusal),
    };
    match commands::run(&context(&cli), &cli) {
        Ok(done) => {
            // All at once, at the very end; a reader that went away is no error of ours.
            match stdout().write_all(done.stdout.as_bytes()).and_then(|()| stdout().flush()) {
                Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => unprinted(&cause, cli.verb.wants_json()),
                _ => ExitCode::from(done.status),
            }
        }
        Err(error) => {
            report(&error, cli.verb.wants_json());
            ExitCode::from(error.kind.exit_status())
        }
    }
}

fn unprinted(cause: &io::Error, as_json: bool) -> ExitCode {
    report(&Error::other(format!("could not write to standard output: {}", error::cause_text(cause))), as_json);
    ExitCode::FAILURE
}

/// Reads the environment, and decides whether there is a person to ask.
fn context(cli: &Cli) -> Context {
    let mut ctx = Context::from_process();
    ctx.emit.clone_from(&cli.emit);
    ctx.verbose = cli.common.verbose;
    ctx.no_input =
        cli.common.no_input || cli.verb.is_never_interactive() || ctx.var("CI").is_some() || !stderr().is_terminal();
    ctx
}

/// Prints help and version as data, and a refused command line as every other error.
fn refuse(refusal: &clap::Error) -> ExitCode {
    if !refusal.use_stderr() {
        return match refusal.print().and_then(|()| stdout().flush()) {
            Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => unprinted(&cause, false),
            _ => ExitCode::SUCCESS,
        };
    }
    match refusal.kind() {
        // `ssox` alone: the help is the answer.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => drop(refusal.print()),
        _ => report(&usage(&refusal.render().to_string()), context::is_json_asked_for()),
    }
    ExitCode::from(error::ErrorKind::Usage.exit_status())
}

/// Takes what is wrong, and the tip or the usage, out of clap's text.
fn usage(text: &str) -> Error {
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = text.split("\n\n").next().map(|first| words(first.trim_start_matches("error: ")));
    let line = |start: &str| text.lines().find_map(|line| line.trim_start().strip_prefix(start).map(words));
    let usage = || line("Usage: ").map(|usage| usage.replace("[OPTIONS] <COMMAND>", "--help"));
    let hint = line("tip: ").or_else(usage).unwrap_or_else(|| "ssox --help".into());
    Error::usage(message.unwrap_or_default()).hint(hint)
}

fn report(error: &Error, as_json: bool) {
    let text = match as_json {
        true => json::printable(
            &serde_json::json!({ "error": {
                "message": error.message, "hint": error.hint, "exit_status": error.kind.exit_status(),
            } })
            .to_string(),
        ),
        false => error.to_string(),
    };
    context::tell(&text);
}
