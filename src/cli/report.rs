//! The verbs that report: profiles, sessions, this shell, and what is wrong.

use clap::Args;

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
    /// Ask AWS whose credentials they are
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox doctor")]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
