//! `ssox doctor`: finds what is wrong, and shows what to type.
//!
//! Invariant: it changes nothing.

mod caches;
mod clock;
mod configuration;
mod directories;
mod environment;
mod identity;
mod keys;
mod managed;
mod precedence;
mod redirects;
mod shell_function;

pub(super) use precedence::disagreements;

use super::table::json_list;
use super::verb::{Done, VerbArgs};
use crate::config::{ConfigFiles, Severity};
use crate::context::Context;
use crate::error::{ErrorKind, Result, printable};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// A problem that a check found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The area: `config`, `cache`, `environment`, `endpoint`, `network`, `clock` or `shell`.
    check: &'static str,
    severity: Severity,
    message: String,
    /// What to type.
    hint: String,
    file: Option<PathBuf>,
    line: Option<usize>,
}

impl Finding {
    fn new(check: &'static str, severity: Severity, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, severity, message: message.into(), hint: hint.into(), file: None, line: None }
    }

    /// Tells whether all is well as long as the person means it: requests go to another endpoint, which answers.
    fn is_harmless_redirect(&self) -> bool {
        self.check == "endpoint" && self.severity == Severity::Info
    }

    fn at(mut self, file: impl Into<PathBuf>, line: Option<usize>) -> Self {
        (self.file, self.line) = (Some(file.into()), line);
        self
    }
}

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
    /// Configuration: files that cannot be read at all.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        let mut findings = configuration::check(ctx, &files);
        findings.extend(caches::check(ctx, &files));
        findings.extend(identity::check(ctx));
        findings.extend(environment::check(ctx, &files));
        findings.extend(directories::check(ctx));
        findings.extend(redirects::check(ctx, &files));
        findings.extend(clock::check(ctx, &files));
        findings.extend(shell_function::check(ctx));
        findings.sort_by_key(|finding| finding.severity);
        let is_broken = findings.iter().any(|finding| finding.severity == Severity::Error);
        let stdout = if self.json { json_list(findings.iter().map(as_json)) } else { as_text(&findings) };
        let status = if is_broken { ErrorKind::Configuration.exit_status() } else { 0 };
        Ok(Done { status, ..Done::from(stdout) })
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn as_text(findings: &[Finding]) -> String {
    if findings.iter().all(Finding::is_harmless_redirect) {
        let redirects = findings.iter().map(|finding| format!("; {}", printable(&finding.message)));
        return format!("nothing is wrong{}\n", redirects.collect::<String>());
    }
    findings.iter().map(one_as_text).collect()
}

fn one_as_text(finding: &Finding) -> String {
    let location = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!("{}:{line}: ", file.display()),
        (Some(file), None) => format!("{}: ", file.display()),
        (None, _) => String::new(),
    };
    let message = printable(&format!("{}: {location}{}", severity(finding.severity), finding.message));
    format!("{message}\n    hint: {}\n", printable(&finding.hint))
}

/// A finding as `ssox doctor --json` prints it.
#[derive(Serialize)]
struct FindingJson<'a> {
    check: &'static str,
    severity: &'static str,
    message: &'a str,
    hint: &'a str,
    file: Option<String>,
    line: Option<usize>,
}

fn as_json(finding: &Finding) -> FindingJson<'_> {
    FindingJson {
        check: finding.check,
        severity: severity(finding.severity),
        message: &finding.message,
        hint: &finding.hint,
        file: finding.file.as_ref().map(|file| file.display().to_string()),
        line: finding.line,
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
