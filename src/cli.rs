//! The command line as types: what was typed, nothing decided yet. The doc comments are the help.
//!
//! Deliberately not here: defaults that depend on the environment or on files; the verbs decide those.

use crate::time::parse_duration;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;
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

    /// Tells whether the verb is called by programs, behind a person's back.
    pub(crate) fn is_never_interactive(&self) -> bool {
        matches!(self, Self::CredentialProcess(_) | Self::Tick(_) | Self::Complete(_))
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(ssox init zsh)\"")]
pub(crate) struct Init {
    /// The shell to integrate with
    pub(crate) shell: ShellName,
    /// Leave the prompt alone
    #[arg(long)]
    pub(crate) no_prompt: bool,
}

#[derive(Args, Debug, Default)]
#[command(
    after_help = "Examples:\n  ssox use dev\n  ssox use -                       back to the previous profile\n  \
    ssox use 111122223333/ReadOnly   the one profile with that account and role"
)]
pub(crate) struct Use {
    /// Profile, `-` for the previous one, ACCOUNT/ROLE, or a role ARN; without it, a picker opens
    #[arg(allow_hyphen_values = false)]
    pub(crate) profile: Option<String>,
    /// Use this region in place of the profile's
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Set AWS_PROFILE only, and leave the credentials to the program that is run
    #[arg(long)]
    pub(crate) profile_only: bool,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

// Options of the verbs that fetch credentials. As a doc comment it would replace what is said of each of these verbs.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Fetch {
    /// Fetch new credentials when less than this is left (`90s`, `30m`, `1h30m`) [default: 15m]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) min_ttl: Option<Duration>,
    /// The code of the MFA device, where the profile has `mfa_serial`
    #[arg(long, value_name = "CODE")]
    pub(crate) mfa_code: Option<String>,
    /// Assume this role with the profile's credentials
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Take the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for a person who signs in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = patience)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox clear")]
pub(crate) struct Clear {}

#[derive(Args, Debug, Default)]
#[command(after_help = "Examples:\n  ssox login dev\n  ssox login --sso-session corp --device-code\n  \
    ssox login dev --no-browser --port 8400   over SSH, with `ssh -L 8400:127.0.0.1:8400 HOST`")]
pub(crate) struct Login {
    /// Profile whose session to sign in to
    pub(crate) profile: Option<String>,
    /// Session to sign in to
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    pub(crate) sso_session: Option<String>,
    /// Sign in through a browser on this machine
    #[arg(long, conflicts_with = "device_code")]
    pub(crate) pkce: bool,
    /// Sign in with a code, in a browser anywhere
    #[arg(long)]
    pub(crate) device_code: bool,
    /// Port on which the browser's answer is awaited
    #[arg(long, value_name = "N", conflicts_with = "device_code", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// Print the address instead of opening a browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long to wait for a person [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = patience)]
    pub(crate) timeout: Option<Duration>,
    /// Sign in again although the token is still good
    #[arg(long)]
    pub(crate) fresh: bool,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox logout --sso-session corp")]
pub(crate) struct Logout {
    /// Profile whose session to end
    pub(crate) profile: Option<String>,
    /// Session to end
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    pub(crate) sso_session: Option<String>,
    /// End every session of the configuration
    #[arg(long, conflicts_with_all = ["profile", "sso_session"])]
    pub(crate) all: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox list --json | jq -r '.[].name'")]
pub(crate) struct List {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox sessions")]
pub(crate) struct Sessions {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox status --verify")]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Ask AWS who that is
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ssox export dev --format json\n  ssox export dev --format credentials-file --write"
)]
pub(crate) struct Export {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: Option<String>,
    /// How to print them
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Write them into ~/.aws/credentials, under SECTION or the profile's name
    #[arg(long, value_name = "SECTION", num_args = 0..=1, require_equals = false)]
    pub(crate) write: Option<Option<String>>,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox exec dev -- terraform apply")]
pub(crate) struct Exec {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example, in ~/.aws/config:\n  [profile dev-tools]\n  credential_process = ssox credential-process dev"
)]
pub(crate) struct CredentialProcess {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

/// Make and mend the configuration
#[derive(Debug, Subcommand)]
pub(crate) enum Configure {
    Sso(Box<ConfigureSso>),
    Migrate(ConfigureMigrate),
}

/// Make a profile: sign in, choose account and role
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Example: ssox configure sso --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1"
)]
pub(crate) struct ConfigureSso {
    /// Where people sign in
    #[arg(long, value_name = "URL")]
    pub(crate) start_url: Option<String>,
    /// Region of the Identity Center
    #[arg(long, value_name = "REGION")]
    pub(crate) sso_region: Option<String>,
    /// Name of the session, new or existing
    #[arg(long, value_name = "NAME")]
    pub(crate) sso_session: Option<String>,
    /// Scopes to register with, separated by commas
    #[arg(long, value_name = "LIST")]
    pub(crate) scopes: Option<String>,
    /// Account of the profile
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Role (permission set) of the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) role_name: Option<String>,
    /// Default region of the profile
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Default output format of the profile
    #[arg(long, value_name = "FORMAT")]
    pub(crate) output: Option<String>,
    /// Name of the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Turn legacy profiles into `[sso-session]` ones
#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox configure migrate --dry-run")]
pub(crate) struct ConfigureMigrate {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Keep the legacy keys for tools that know no sessions
    #[arg(long)]
    pub(crate) keep_legacy: bool,
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Accounts outside the organization
#[derive(Debug, Subcommand)]
pub(crate) enum Saml {
    Roles(SamlRoles),
}

/// List the roles an assertion offers
#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox saml roles external")]
pub(crate) struct SamlRoles {
    /// Profile with `ssox_saml_url`
    pub(crate) profile: Option<String>,
    /// Take the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for a person [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = patience)]
    pub(crate) timeout: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "Examples:\n  ssox console dev --service s3\n  ssox console --print")]
pub(crate) struct Console {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: Option<String>,
    /// Service whose console to open, as in its address: `s3`, `ec2`
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Region of the console
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Print the address instead of opening it
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox doctor")]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox completions zsh > _ssox")]
pub(crate) struct Completions {
    /// The shell to complete in
    pub(crate) shell: ShellName,
}

#[derive(Args, Debug)]
pub(crate) struct Tick {
    /// Wait this long for new credentials
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Fetch for this shell's profile and leave the result in the cache
    #[arg(long)]
    pub(crate) renew: bool,
}

#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Complete {
    /// What the glue of a shell passes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<OsString>,
}

/// The shells ssox knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    Zsh,
    Bash,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

/// The ways credentials can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// `export NAME=VALUE` for sh, bash and zsh
    Env,
    /// `NAME=VALUE`
    EnvNoExport,
    /// `set -gx` for fish
    Fish,
    /// `$Env:NAME = …` for PowerShell
    Powershell,
    /// `set NAME=VALUE` for cmd.exe
    WindowsCmd,
    /// The JSON of `credential_process`
    Process,
    /// JSON
    Json,
    /// A section of ~/.aws/credentials
    CredentialsFile,
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
