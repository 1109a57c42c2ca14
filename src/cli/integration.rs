//! The verbs that integrate ssox with a shell: they print its scripts, or are called by them.

use super::duration;
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::time::Duration;

#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(ssox init zsh)\"")]
pub(crate) struct Init {
    /// The shell to integrate with
    pub(crate) shell: ShellName,
    /// Do not change the prompt
    #[arg(long)]
    pub(crate) no_prompt: bool,
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
    /// Fetch credentials for this shell's profile into the cache
    #[arg(long)]
    pub(crate) renew: bool,
}

#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Complete {
    /// The words that the completion script passes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<OsString>,
}

/// The supported shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    Zsh,
    Bash,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}
