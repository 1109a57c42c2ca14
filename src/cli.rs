//! The command line as types. The doc comments are the help; defaults that depend on the environment or on files are up
//! to the verbs.

mod configure;
mod credentials;
mod integration;
mod report;
mod saml;
mod sign_in;
mod usage_error;

pub(crate) use configure::{Configure, ConfigureMigrate, ConfigureSso};
pub(crate) use credentials::{Clear, Console, CredentialProcess, Exec, Export, ExportFormat, Fetch, Use};
pub(crate) use integration::{Complete, Completions, Init, ShellName, Tick};
pub(crate) use report::{Doctor, List, Sessions, Status};
pub(crate) use saml::{Saml, SamlRoles};
pub(crate) use sign_in::{Login, Logout};
pub(crate) use usage_error::usage_error;

use crate::time::parse_duration;
use clap::{Args, Parser, Subcommand};
use std::time::Duration;

/// AWS IAM Identity Center credentials in the shell you are in
#[derive(Debug, Parser)]
#[command(name = "ssox", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Start here:\n  eval \"$(ssox init zsh)\"     in your ~/.zshrc (or bash, fish, powershell)\n  \
    ssox configure sso          make a profile\n  ssox use dev                credentials into this shell")]
pub(crate) struct Cli {
    /// The shell and the version of the protocol that the shell function understands
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

    /// Log each step to stderr, without secrets
    #[arg(short, long, global = true, display_order = 991)]
    pub(crate) verbose: bool,
}

// `defer` builds only the verb that is called: building all of them takes a third of a millisecond.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Verb {
    /// Print the shell integration
    Init(Init),
    /// Put a profile's credentials into this shell
    Use(Use),
    /// Remove the credentials from this shell
    Clear(Clear),
    /// Sign in to a session
    Login(Login),
    /// Sign out of a session: end it at AWS and delete its cached token
    Logout(Logout),
    /// List profiles
    List(List),
    /// List sessions and when they expire
    Sessions(Sessions),
    /// Show which credentials this shell has
    Status(Status),
    /// Print credentials
    Export(Export),
    /// Run a program with a profile's credentials
    Exec(Exec),
    /// Print credentials for `credential_process`, without asking
    CredentialProcess(CredentialProcess),
    #[command(subcommand)]
    Configure(Configure),
    #[command(subcommand)]
    Saml(Saml),
    /// Open the web console
    Console(Console),
    /// Find what is wrong, and show what to type
    Doctor(Doctor),
    /// Print the completion script of a shell, for packages
    Completions(Completions),
    /// Renew the credentials of this shell when they are due
    #[command(hide = true)]
    Tick(Tick),
    /// Check whether this shell still has the identity that ssox set
    #[command(hide = true)]
    Identity,
    /// Answer a completion request
    #[command(hide = true)]
    Complete(Complete),
}

impl Verb {
    /// Tells whether the verb prints JSON, errors included.
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

    /// Tells whether the verb needs the state directory, for locks and caches. The others show less without it, or help to
    /// repair it.
    pub(crate) fn keeps_state(&self) -> bool {
        !matches!(
            self,
            Self::Init(_) | Self::Clear(_) | Self::Tick(_) | Self::Complete(_) | Self::Completions(_) | Self::Doctor(_)
        )
    }

    /// Tells whether the verb is called by programs, without a person who could answer.
    pub(crate) fn is_never_interactive(&self) -> bool {
        matches!(self, Self::CredentialProcess(_) | Self::Tick(_) | Self::Identity | Self::Complete(_))
    }
}

/// Parses a duration such as `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| format!("{}; {}", error.message, error.hint.unwrap_or_default()))
}

/// Parses how long to wait for a person, which is not zero.
fn time_limit(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("must be at least 1s; --no-input does not wait at all".into()),
        limit => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn a_verb_has_the_same_description_in_the_list_and_in_its_help() {
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
    fn a_time_limit_of_zero_is_rejected() {
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
