//! Single changes of a text: what goes, what comes, and where new lines fit in.
//!
//! Deliberately not here: which changes there are to make.

use crate::config::line::{Line, Lines, indent, line_end};
use crate::config::scan::{Header, bom};
use crate::config::section::Entry;
use std::ops::Range;

/// A part of the text, and what comes in its place.
pub(super) struct Change {
    pub(super) span: Range<usize>,
    pub(super) new: New,
}

pub(super) enum New {
    Nothing,
    Value(String),
    /// Without line ending.
    Line(String),
}

impl Change {
    pub(super) fn cut(span: Range<usize>) -> Self {
        Self { span, new: New::Nothing }
    }
}

/// The text as it will be.
pub(super) struct Output {
    pub(super) text: String,
    ending: &'static str,
}

impl Output {
    /// Begins without text, for lines that end as those of another text do.
    pub(super) fn like(text: &str) -> Self {
        Self { text: String::new(), ending: ending(text) }
    }

    pub(super) fn add(&mut self, new: &New) {
        match new {
            New::Nothing => {}
            New::Value(value) => self.text.push_str(value),
            New::Line(line) => {
                self.end_line();
                self.text.push_str(line);
                self.text.push_str(self.ending);
            }
        }
    }

    fn end_line(&mut self) {
        if self.text.len() > bom(&self.text) && !self.text.ends_with(['\n', '\r']) {
            self.text.push_str(self.ending);
        }
    }

    /// Ends with an empty line, unless there is one, or nothing at all.
    pub(super) fn separate(&mut self) {
        self.end_line();
        let lines = &self.text[bom(&self.text)..];
        let last = lines.strip_suffix(self.ending).unwrap_or(lines);
        if !last.is_empty() && !last.ends_with(['\n', '\r']) {
            self.text.push_str(self.ending);
        }
    }
}

/// Where a section takes new keys: below its last line that is no comment, indented like it.
pub(super) struct Place<'a> {
    at: usize,
    indent: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn below(text: &'a str, header: Header) -> Self {
        let body = header.body(text);
        // Before an indented header a key must not stand further left, or it would take the header for its value.
        let next_indent = text[body.clone()].rfind(['\n', '\r']).map_or(body.start, |end| body.start + end + 1);
        let mut place = Self { at: body.start, indent: blank(&text[next_indent..body.end]) };
        let mut lines = Lines::default();
        let mut at = body.start;
        while at < body.end {
            let end = line_end(text, at).min(body.end);
            let line = &text[at..end];
            match lines.read(line) {
                Line::Key | Line::Stray | Line::Header => place = Self { at: end, indent: &line[..indent(line)] },
                Line::Continuation => place.at = end,
                Line::Blank | Line::Comment => {}
            }
            at = end;
        }
        place
    }

    pub(super) fn line(&self, key: &str, value: &str) -> Change {
        let line = format!("{}{}", self.indent, assignment(key, value));
        Change { span: self.at..self.at, new: New::Line(line) }
    }
}

pub(super) fn assignment(key: &str, value: &str) -> String {
    format!("{key} = {value}").trim_end().to_string()
}

/// Puts a value in the place of another, and keeps the spacing around it.
pub(super) fn replaced(text: &str, entry: &Entry, value: &str) -> Change {
    let Range { start, end } = entry.value_span.clone();
    let (before, after) = (&text[entry.key_span.end..start], &text[end..entry.span.end]);
    let is_spaced = before.starts_with([' ', '\t']) && before.ends_with(['=', ':']);
    let meets_comment = start == end && after.starts_with(['#', ';']);
    let (left, right) = (if is_spaced { " " } else { "" }, if meets_comment { " " } else { "" });
    Change { span: start..end, new: New::Value(format!("{left}{value}{right}")) }
}

fn blank(text: &str) -> &str {
    if text.trim_ascii().is_empty() { text } else { "" }
}

/// Returns how the lines of a text end: as the first does.
fn ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}
