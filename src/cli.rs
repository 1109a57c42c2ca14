//! The command line as types: what was typed, nothing decided yet. The doc comments are the help.
//!
//! Deliberately not here: defaults that depend on the environment or on files; the verbs decide those.

mod configure;
mod credentials;
mod integration;
mod report;
mod saml;
mod sign_in;

pub(crate) use configure::{Configure, ConfigureMigrate, ConfigureSso};
pub(crate) use credentials::{Clear, Console, CredentialProcess, Exec, Export, ExportFormat, Fetch, Use};
pub(crate) use integration::{Complete, Completions, Init, ShellName, Tick};
pub(crate) use report::{Doctor, List, Sessions, Status};
pub(crate) use saml::{Saml, SamlRoles};
pub(crate) use sign_in::{Login, Logout};

use crate::time::parse_duration;
use clap::{Args, Parser, Subcommand};
use std::time::Duration;

/// AWS IAM Identity Center credentials in the shell you are in
#[derive(Debug, Parser)]
#[command(name = "ssox", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Start here:\n  eval \"$(ssox init zsh)\"     in your ~/.zshrc (or bash, fish, powershell)\n  \
    ssox configure sso          make a profile\n  ssox use dev                credentials into this shell")]
pub(crate) struct Cli {
    /// What the shell function speaks: a shell and the version of the protocol
    #[arg(long, hide = true, value_name = "SHELL1")]
    pub(crate) emit: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Options of every verb.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Common {
    /// Never ask and never open a browser (implied without a terminal, or with CI set)
    #[arg(long, global = true, display_order = 990)]
    pub(crate) no_input: bool,

    /// Log to stderr what is done; secrets are left out
    #[arg(short, long, global = true, display_order = 991)]
    pub(crate) verbose: bool,
}

// Only the verb that is called is put together: it costs a third of a millisecond to put all together.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Verb {
    /// Print the shell integration
    Init(Init),
    /// Put a profile's credentials into this shell
    Use(Use),
    /// Take the credentials out of this shell again
    Clear(Clear),
    /// Sign in to a session
    Login(Login),
    /// End a session, on the server and on disk
    Logout(Logout),
    /// List profiles
    List(List),
    /// List sessions and until when they last
    Sessions(Sessions),
    /// Say what this shell holds
    Status(Status),
    /// Print credentials
    Export(Export),
    /// Run a program with a profile's credentials
    Exec(Exec),
    /// Serve the `credential_process` contract; never asks, never opens a browser
    CredentialProcess(CredentialProcess),
    #[command(subcommand)]
    Configure(Configure),
    #[command(subcommand)]
    Saml(Saml),
    /// Open the web console
    Console(Console),
    /// Explain what is wrong, and what to type
    Doctor(Doctor),
    /// Print the completion script of a shell, for packagers
    Completions(Completions),
    /// Renew the credentials of this shell when they are due
    #[command(hide = true)]
    Tick(Tick),
    /// Tell whether this shell still has the identity that ssox gave it
    #[command(hide = true)]
    Identity,
    /// Answer a completion request
    #[command(hide = true)]
    Complete(Complete),
}

impl Verb {
    /// Tells whether errors are asked for as JSON.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::List(args) => args.json,
            Self::Sessions(args) => args.json,
            Self::Status(args) => args.json,
            Self::Doctor(args) => args.json,
            Self::Saml(Saml::Roles(args)) => args.json,
            _ => false,
        }
    }

    /// Tells whether the verb does its work only with locks and state. The others show less without, or put things right.
    pub(crate) fn keeps_state(&self) -> bool {
        !matches!(
            self,
            Self::Init(_) | Self::Clear(_) | Self::Tick(_) | Self::Complete(_) | Self::Completions(_) | Self::Doctor(_)
        )
    }

    /// Tells whether the verb is called by programs, behind a person's back.
    pub(crate) fn is_never_interactive(&self) -> bool {
        matches!(self, Self::CredentialProcess(_) | Self::Tick(_) | Self::Identity | Self::Complete(_))
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| format!("{}; {}", error.message, error.hint.unwrap_or_default()))
}

/// A duration in which somebody could come.
fn patience(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nobody is as fast as that; --no-input asks nobody".into()),
        patience => Ok(patience),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn what_is_said_of_a_verb_is_said_by_its_help() {
        let abouts = |command: &clap::Command| -> Vec<String> {
            command.get_subcommands().map(|verb| format!("{}: {:?}", verb.get_name(), verb.get_about())).collect()
        };
        let mut built = Cli::command();
        let listed = abouts(&built);
        built.build();
        assert_eq!(abouts(&built), listed);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_has_an_example() {
        fn check(command: &clap::Command) {
            if command.is_hide_set() {
                return;
            }
            if command.get_subcommands().next().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "{}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        let mut command = Cli::command();
        command.build();
        check(&command);
    }

    #[test]
    fn a_person_is_given_some_time_at_least() {
        assert!(Cli::try_parse_from(["ssox", "login", "--timeout", "0s"]).is_err());
        assert!(Cli::try_parse_from(["ssox", "login", "--timeout", "1s"]).is_ok());
    }

    #[test]
    fn what_follows_the_profile_is_the_program() {
        let cli = Cli::parse_from(["ssox", "exec", "dev", "--", "ls", "-l", "--", "x"]);
        let Verb::Exec(exec) = cli.verb else { panic!("not exec") };
        assert_eq!(exec.command, ["ls", "-l", "--", "x"]);
    }
}
