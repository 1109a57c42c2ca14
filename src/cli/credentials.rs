//! The verbs that fetch credentials, and the options they share.

use super::{duration, time_limit};
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Set AWS_PROFILE only, and let each program fetch the credentials itself
    #[arg(long)]
    pub(crate) profile_only: bool,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox clear")]
pub(crate) struct Clear {}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  eval \"$(ssox export dev)\"\n  ssox export dev --format json\n  ssox export dev --format credentials-file --write"
)]
pub(crate) struct Export {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "env")]
    pub(crate) format: ExportFormat,
    /// Write them into ~/.aws/credentials, under SECTION or the profile's name
    #[arg(long, value_name = "SECTION", num_args = 0..=1, require_equals = false)]
    pub(crate) write: Option<Option<String>>,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

/// The output formats of `ssox export`.
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
    /// A file for `docker run --env-file`
    EnvFile,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example: ssox exec dev -- terraform apply\n\nPowerShell decodes output as text; for bytes in a file or a pipe:\n  \
                  & (Get-Command ssox -CommandType Application) exec dev -- COMMAND > FILE"
)]
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

#[derive(Args, Debug, Default)]
#[command(after_help = "Examples:\n  ssox console dev --service s3\n  ssox console --print")]
pub(crate) struct Console {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    pub(crate) profile: Option<String>,
    /// Service whose console to open, as in its URL: `s3`, `ec2`
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Region of the console
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Print the URL instead of opening it
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) fetch: Fetch,
}

// Options of the verbs that fetch credentials. A doc comment here would replace the descriptions of those verbs.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Fetch {
    /// Fetch new credentials when less than this is left (`90s`, `30m`, `1h30m`) [default: 15m]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) min_ttl: Option<Duration>,
    /// Code of the MFA device, for profiles with `mfa_serial`
    #[arg(long, value_name = "CODE")]
    pub(crate) mfa_code: Option<String>,
    /// Assume this role with the profile's credentials
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Read the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    pub(crate) timeout: Option<Duration>,
}
