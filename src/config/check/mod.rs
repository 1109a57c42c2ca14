//! Finds lines of the two config files that some AWS tools reject, ignore or read differently. ssox itself can read
//! them.
//!
//! Invariant: no finding contains a config value, which may be a secret.

mod differences;
pub(super) mod header;
mod key;
mod known;
mod repeated;
#[cfg(test)]
mod tests;

use super::file::{File, UTF8_HINT};
use super::line::{LineClassifier, LineKind, line_end, without_ending};
use super::name::{SectionKind, WhichFile};
use super::scan::{Header, bom};
use super::{ConfigFiles, Severity};
use crate::bytes;
pub(crate) use differences::Readers;
use key::Keys;
use repeated::Names;
use std::borrow::Cow;
use std::iter::Peekable;
use std::path::PathBuf;

/// A line, or a property of the whole file, that the person should change.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    /// The line number, starting at 1; `None` if the finding is about the whole file.
    pub(crate) line: Option<usize>,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// The section that the line is in; `None` outside of sections, and in a section that no AWS tool reads.
    section: Option<(SectionKind, String)>,
    /// Which AWS tools read the line differently from ssox; `None` if there are none, or if the AWS CLI rejects the file.
    readers: Option<Readers>,
}

impl ConfigFiles {
    /// Checks every line of both files.
    pub(crate) fn check(&self) -> Vec<Finding> {
        [&self.config, &self.credentials].into_iter().flat_map(check).collect()
    }
}

fn check(file: &File) -> Vec<Finding> {
    let mut check = Check { file, line: 0, section: None, findings: Vec::new() };
    check.whole_file();
    let mut walk = Walk { headers: file.headers().peekable(), names: Names::default(), section: None };
    let mut at = bom(&file.text);
    while at < file.text.len() {
        let end = line_end(&file.text, at);
        check.line += 1;
        walk.line(&mut check, at, end);
        at = end;
    }
    check.findings
}

/// The findings in a file so far, and the line that is being checked: its number and section.
struct Check<'a> {
    file: &'a File,
    line: usize,
    section: Option<(SectionKind, Cow<'a, str>)>,
    findings: Vec<Finding>,
}

impl Check<'_> {
    /// Adds a warning about a line that some AWS tools read differently from ssox.
    fn add_difference(&mut self, readers: Readers, message: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Warning, message, hint);
        self.findings.last_mut().into_iter().for_each(|finding| finding.readers = Some(readers));
    }

    fn add(&mut self, severity: Severity, message: impl Into<String>, hint: impl Into<String>) {
        self.add_at(self.line, severity, message, hint);
    }

    /// Adds a finding about another line than the one that is being checked; 0 means the whole file.
    fn add_at(&mut self, line: usize, severity: Severity, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding {
            path: self.file.path.clone(),
            line: (line > 0).then_some(line),
            severity,
            message: message.into(),
            hint: hint.into(),
            section: self.section.as_ref().map(|(kind, name)| (*kind, name.to_string())),
            readers: None,
        });
    }

    fn whole_file(&mut self) {
        if self.file.is_lossy {
            self.add(Severity::Error, "is not UTF-8: the AWS CLI rejects the whole file", UTF8_HINT);
        }
        if bom(&self.file.text) > 0 {
            let message = "starts with a byte order mark: the AWS CLI and the SDK for Rust reject the whole file";
            self.add(Severity::Error, message, "save it as UTF-8 without a byte order mark");
        }
        let bytes = self.file.text.as_bytes();
        if bytes::memchr_iter(b'\r', bytes).any(|cr| bytes.get(cr + 1) != Some(&b'\n')) {
            let message = "has lines that end with CR only: the SDKs cannot read them";
            self.add(Severity::Warning, message, "save it with LF line endings");
        }
    }
}

/// The state of the check of one file, line by line.
struct Walk<'a, I: Iterator<Item = Header>> {
    headers: Peekable<I>,
    names: Names<'a>,
    section: Option<Body<'a>>,
}

/// The section that the current line is in.
struct Body<'a> {
    /// The section's kind; `None` for a section that no AWS tool reads.
    kind: Option<SectionKind>,
    lines: LineClassifier,
    keys: Keys<'a>,
}

impl<'a, I: Iterator<Item = Header>> Walk<'a, I> {
    fn line(&mut self, check: &mut Check<'a>, at: usize, end: usize) {
        if let Some(header) = self.headers.next_if(|header| header.start < end) {
            check.section = check.file.name(header);
            self.names.check(check, header);
            let kind = check.section.as_ref().map(|(kind, _)| *kind);
            self.section = Some(Body { kind, lines: LineClassifier::default(), keys: Keys::default() });
            return;
        }
        let line = without_ending(&check.file.text[at..end]);
        match &mut self.section {
            Some(section) => section.line(check, line),
            None => before_any_section(check, line),
        }
    }
}

impl<'a> Body<'a> {
    fn line(&mut self, check: &mut Check<'a>, line: &'a str) {
        match self.lines.classify(line) {
            LineKind::Key => self.keys.key(check, self.kind, line),
            LineKind::Continuation => self.keys.continuation(check, self.kind, line),
            LineKind::Comment => self.keys.comment(check, line),
            LineKind::Malformed | LineKind::Header => {
                self.keys.malformed();
                malformed(check, line);
            }
            LineKind::Blank => {}
        }
    }
}

fn malformed(check: &mut Check, line: &str) {
    let what = if line.contains(['=', ':']) { "has no key before the `=`" } else { "has no `=`" };
    let message = format!("{what}: the AWS CLI and the SDK for Rust reject the whole file");
    check.add(Severity::Error, message, "write `key = value`, or start the line with `#`");
}

fn before_any_section(check: &mut Check, line: &str) {
    if matches!(LineClassifier::default().classify(line), LineKind::Blank | LineKind::Comment) {
        return;
    }
    let first = match check.file.which {
        WhichFile::Config => "[profile NAME]",
        WhichFile::Credentials => "[NAME]",
    };
    let message = "is before any section: the AWS CLI and the SDK for Rust reject the whole file";
    check.add(Severity::Error, message, format!("move it below `[default]` or `{first}`"));
}
