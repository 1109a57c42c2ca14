//! `ssox doctor`: finds what is wrong, and shows what to type.
//!
//! Invariant: this verb changes nothing.

mod caches;
mod clock;
mod configuration;
mod directories;
mod environment;
mod identity;
mod keyring;
mod keys;
mod managed;
mod redirects;
mod shell_function;
mod single_tools;
mod tools;

use super::finding::{self, Finding};
use super::table::json_list;
use super::verb::{Done, VerbArgs};
use crate::config::{ConfigFiles, Severity};
use crate::context::Context;
use crate::error::{ErrorKind, Result, printable};
use clap::Args;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox doctor")]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl VerbArgs for Doctor {
    const KEEPS_STATE: bool = false;

    /// Runs all checks; the exit status is 4 when one of them finds an error.
    ///
    /// # Errors
    /// `Configuration`: the config file or the credentials file exists but cannot be read.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        let mut findings = configuration::check(ctx, &files);
        findings.extend(caches::check(ctx, &files));
        findings.extend(keyring::check(ctx, &files));
        findings.extend(identity::check(ctx));
        findings.extend(environment::check(ctx, &files));
        findings.extend(single_tools::check(ctx, &files));
        findings.extend(tools::check(ctx));
        findings.extend(directories::check(ctx));
        findings.extend(redirects::check(ctx, &files));
        findings.extend(clock::check(ctx, &files));
        findings.extend(shell_function::check(ctx));
        findings.sort_by_key(|finding| finding.severity);
        let is_broken = findings.iter().any(|finding| finding.severity == Severity::Error);
        let stdout = if self.json { json_list(findings.iter().map(finding::as_json)) } else { as_text(&findings) };
        let status = if is_broken { ErrorKind::Configuration.exit_status() } else { 0 };
        Ok(Done { status, ..Done::from(stdout) })
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn as_text(findings: &[Finding]) -> String {
    if findings.iter().all(Finding::is_intended) {
        let intended = findings.iter().map(|finding| format!("; {}", printable(&finding.message)));
        return format!("nothing is wrong{}\n", intended.collect::<String>());
    }
    findings.iter().map(finding::as_text).collect()
}
