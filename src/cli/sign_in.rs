//! The verbs that sign in and out. `session` chooses the flow when no option does.

use super::time_limit;
use clap::Args;
use std::time::Duration;

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
    /// Sign in with a device code, in a browser on any machine
    #[arg(long)]
    pub(crate) device_code: bool,
    /// Port that the browser is redirected to
    #[arg(long, value_name = "N", conflicts_with = "device_code", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// Print the URL instead of opening a browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    pub(crate) timeout: Option<Duration>,
    /// Sign in again even if the token is still valid
    #[arg(long)]
    pub(crate) fresh: bool,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "Example: ssox logout --sso-session corp")]
pub(crate) struct Logout {
    /// Profile whose session to sign out of
    pub(crate) profile: Option<String>,
    /// Session to sign out of
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    pub(crate) sso_session: Option<String>,
    /// Sign out of every configured session
    #[arg(long, conflicts_with_all = ["profile", "sso_session"])]
    pub(crate) all: bool,
}
