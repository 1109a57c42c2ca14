//! ssox as a library: for its binary, its unit tests and the pages of its packages. It is not an API for other crates.

#![warn(clippy::print_stderr, clippy::print_stdout)] // `tell`, and stdout at the end of `run`: nothing else prints

mod account_names;
mod address;
mod arn;
mod assignments;
mod aws;
mod batch;
mod browser;
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
mod terminal;
mod time;
mod tools;
mod usage;

use std::process::ExitCode;

/// The binary: does what the arguments of this process ask for.
#[doc(hidden)]
#[must_use]
pub fn main() -> ExitCode {
    run::run()
}

/// Returns the command line with all verbs, which the man pages are made from.
#[doc(hidden)]
#[must_use]
pub fn command_line() -> clap::Command {
    <commands::Cli as clap::CommandFactory>::command()
}
