//! The verbs that change `~/.aws/config`.

use clap::{Args, Subcommand};

/// Create and change profiles in ~/.aws/config
#[derive(Debug, Subcommand)]
pub(crate) enum Configure {
    Sso(Box<ConfigureSso>),
    Migrate(ConfigureMigrate),
}

/// Create a profile: asks for what no option gives, and lets you choose account and role after signing in
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Example: ssox configure sso --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1"
)]
pub(crate) struct ConfigureSso {
    /// Start URL of the access portal
    #[arg(long, value_name = "URL")]
    pub(crate) start_url: Option<String>,
    /// Region of IAM Identity Center
    #[arg(long, value_name = "REGION")]
    pub(crate) sso_region: Option<String>,
    /// Name of the session, new or existing
    #[arg(long, value_name = "NAME")]
    pub(crate) sso_session: Option<String>,
    /// OAuth scopes to register with, separated by commas
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
    /// Show what would change, without changing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Keep the legacy keys for tools that do not know `[sso-session]`
    #[arg(long)]
    pub(crate) keep_legacy: bool,
    /// Give each profile its own session, so that each signs in separately
    #[arg(long)]
    pub(crate) session_per_profile: bool,
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
