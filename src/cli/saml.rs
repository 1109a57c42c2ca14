//! The verb for accounts outside the organization. The SAML options of `use` are in `credentials`.

use super::time_limit;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Work with accounts outside the organization (SAML)
#[derive(Debug, Subcommand)]
pub(crate) enum Saml {
    Roles(SamlRoles),
}

/// List the roles in a SAML response
#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox saml roles external")]
pub(crate) struct SamlRoles {
    /// Profile with `ssox_saml_url`
    pub(crate) profile: Option<String>,
    /// Read the SAML response from a file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    pub(crate) saml_response: Option<PathBuf>,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    pub(crate) timeout: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
