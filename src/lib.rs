//! ssox as a library, for its binary, its unit tests and the generation of man pages. It is not an API for other
//! crates.

#![warn(clippy::print_stderr, clippy::print_stdout)] // Only `tell` and the end of `run` may print.

mod account_names;
mod address;
mod arn;
mod assignments;
mod aws;
mod batch;
mod browser;
mod bytes;
mod cache;
mod commands;
mod completion;
mod config;
mod context;
mod credentials;
mod directory;
mod endpoint;
mod environment;
mod error;
mod files;
mod identity;
mod json;
mod keyring;
mod lock;
mod one_verb;
mod parallel;
mod peer;
mod percent;
mod profile;
mod region;
mod run;
mod saml;
mod secret;
mod session;
mod shell;
#[cfg(unix)]
mod signals;
mod snapshots;
mod source;
mod store;
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod system_program;
mod terminal;
mod time;
mod tools;
mod usage;

use std::process::ExitCode;

/// Runs the command line of this process.
#[doc(hidden)]
#[must_use]
pub fn main() -> ExitCode {
    run::run()
}

/// Returns clap's definition of the command line with all verbs; the man pages are made from it.
#[doc(hidden)]
#[must_use]
pub fn command_line() -> clap::Command {
    <commands::Cli as clap::CommandFactory>::command()
}
