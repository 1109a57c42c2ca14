//! The findings of `ssox doctor`: what is wrong with the configuration or the environment, and what to type.

use crate::config::{ConfigFiles, Section, Severity};
use crate::error::printable;
use serde::Serialize;
use std::path::PathBuf;

/// A problem that a check found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The area that was checked: `config`, `cache`, `keyring`, `environment`, `endpoint`, `network`, `clock` or
    /// `shell`.
    pub(super) check: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// What to type.
    pub(super) hint: String,
    pub(super) file: Option<PathBuf>,
    pub(super) line: Option<usize>,
}

impl Finding {
    pub(super) fn new(
        check: &'static str,
        severity: Severity,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { check, severity, message: message.into(), hint: hint.into(), file: None, line: None }
    }

    /// Tells whether the finding only reports a setting that a person may have chosen: requests go to another service
    /// URL, or secrets are kept in a keyring, and ssox can read this keyring.
    pub(super) fn is_intended(&self) -> bool {
        ["endpoint", "keyring"].contains(&self.check) && self.severity == Severity::Info
    }

    pub(super) fn at(mut self, file: impl Into<PathBuf>, line: Option<usize>) -> Self {
        (self.file, self.line) = (Some(file.into()), line);
        self
    }

    /// Adds the file and line of a setting. If the section does not have this setting, adds the file and line of the
    /// section's first setting.
    pub(super) fn at_key(self, files: &ConfigFiles, section: &Section, key: &str) -> Self {
        match section.entry(key).or_else(|| section.entries().first()) {
            Some(entry) => {
                let (file, line) = files.location(entry);
                self.at(file, Some(line))
            }
            None => self,
        }
    }
}

/// Returns a finding as `ssox doctor` prints it.
pub(super) fn as_text(finding: &Finding) -> String {
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
pub(super) struct FindingJson<'a> {
    check: &'static str,
    severity: &'static str,
    message: &'a str,
    hint: &'a str,
    file: Option<String>,
    line: Option<usize>,
}

/// Converts a finding for JSON.
pub(super) fn as_json(finding: &Finding) -> FindingJson<'_> {
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
