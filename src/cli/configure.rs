//! The verbs that change `~/.aws/config`.

use clap::{Args, Subcommand};

/// Make and mend the configuration
#[derive(Debug, Subcommand)]
pub(crate) enum Configure {
    Sso(Box<ConfigureSso>),
    Migrate(ConfigureMigrate),
}

/// Make a profile: what is not given is asked, or chosen after signing in
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
    /// Give each profile a session, and so a sign-in, of its own
    #[arg(long)]
    pub(crate) session_per_profile: bool,
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
