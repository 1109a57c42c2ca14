//! What the two files say that some AWS tool refuses, reads differently, or does not read at all. ssox itself reads on.
//!
//! Deliberately not here: whether a profile makes sense. No value is ever repeated: it may be a secret.

pub(super) mod header;
mod key;
mod known;
#[cfg(test)]
mod tests;

use super::file::File;
use super::line::{Line, Lines, line_end, without_ending};
use super::name::{SectionKind, WhichFile};
use super::scan::{Header, bom};
use super::{ConfigFiles, Severity};
use header::Names;
use key::Keys;
use std::iter::Peekable;
use std::path::PathBuf;

/// One line that should be written otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    /// From 1; `None` for the whole file.
    pub(crate) line: Option<usize>,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl ConfigFiles {
    /// Looks at every line of both files.
    pub(crate) fn check(&self) -> Vec<Finding> {
        [&self.config, &self.credentials].into_iter().flat_map(check).collect()
    }
}

fn check(file: &File) -> Vec<Finding> {
    let mut check = Check { file, line: 0, findings: Vec::new() };
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

/// The findings so far, and where the walk is.
struct Check<'a> {
    file: &'a File,
    line: usize,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn add(&mut self, severity: Severity, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding {
            path: self.file.path.clone(),
            line: (self.line > 0).then_some(self.line),
            severity,
            message: message.into(),
            hint: hint.into(),
        });
    }

    fn whole_file(&mut self) {
        if self.file.is_lossy {
            let path = self.file.path.display();
            let hint = format!("iconv -f latin1 -t utf-8 '{path}' > '{path}.utf-8', look at it, and put it in place");
            self.add(Severity::Error, "is not UTF-8: the AWS CLI refuses the whole file", hint);
        }
        if bom(&self.file.text) > 0 {
            let message = "begins with a byte order mark: the AWS CLI and the SDK for Rust refuse the whole file";
            self.add(Severity::Error, message, "save it as UTF-8 without byte order mark");
        }
        let bytes = self.file.text.as_bytes();
        if memchr::memchr_iter(b'\r', bytes).any(|cr| bytes.get(cr + 1) != Some(&b'\n')) {
            let message = "has lines that end in CR alone: the SDKs cannot read them";
            self.add(Severity::Warning, message, "save it with LF line ends");
        }
    }
}

/// One way through a file, from line to line.
struct Walk<'a, I: Iterator<Item = Header>> {
    headers: Peekable<I>,
    names: Names<'a>,
    section: Option<Body<'a>>,
}

/// The section the walk is in.
struct Body<'a> {
    /// What it describes; `None` for a section nobody reads.
    kind: Option<SectionKind>,
    lines: Lines,
    keys: Keys<'a>,
}

impl<'a, I: Iterator<Item = Header>> Walk<'a, I> {
    fn line(&mut self, check: &mut Check<'a>, at: usize, end: usize) {
        if let Some(header) = self.headers.next_if(|header| header.start < end) {
            self.names.check(check, header);
            let kind = check.file.name(header).map(|(kind, _)| kind);
            self.section = Some(Body { kind, lines: Lines::default(), keys: Keys::default() });
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
        match self.lines.read(line) {
            Line::Key => self.keys.key(check, self.kind, line),
            Line::Continuation => self.keys.continuation(check, self.kind, line),
            Line::Comment => self.keys.comment(check, line),
            Line::Stray | Line::Header => {
                self.keys.stray();
                stray(check, line);
            }
            Line::Blank => {}
        }
    }
}

fn stray(check: &mut Check, line: &str) {
    let what = if line.contains(['=', ':']) { "has no key before its `=`" } else { "has no `=`" };
    let message = format!("{what}: the AWS CLI and the SDK for Rust refuse the whole file");
    check.add(Severity::Error, message, "write `key = value`, or put `#` before the line");
}

fn before_any_section(check: &mut Check, line: &str) {
    if matches!(Lines::default().read(line), Line::Blank | Line::Comment) {
        return;
    }
    let first = match check.file.which {
        WhichFile::Config => "[profile NAME]",
        WhichFile::Credentials => "[NAME]",
    };
    let message = "stands before any section: the AWS CLI and the SDK for Rust refuse the whole file";
    check.add(Severity::Error, message, format!("put it below `[default]` or `{first}`"));
}
