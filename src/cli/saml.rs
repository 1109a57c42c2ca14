//! Accounts outside the organization.
//!
//! Deliberately not here: the options that `use` has for them, which are those of every verb that fetches (`credentials`).

use super::patience;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

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
