//! Single changes of a text: which range is replaced, by what text, and where new lines are inserted.

use crate::config::line::{LineClassifier, LineKind, indent, line_end};
use crate::config::scan::{Header, bom};
use crate::config::section::Entry;
use crate::secret::Secret;
use std::ops::Range;

/// A range of the file's text, and the text that replaces it.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) span: Range<usize>,
    pub(super) new: NewText,
}

/// The text that replaces a range.
#[derive(Debug)]
pub(super) enum NewText {
    Nothing,
    Value(Secret),
    /// A line without its line ending.
    Line(Secret),
}

impl Change {
    /// Removes a range.
    pub(super) fn remove(span: Range<usize>) -> Self {
        Self { span, new: NewText::Nothing }
    }
}

/// The new text of the file, while it is assembled.
pub(super) struct Output {
    pub(super) text: Secret,
    ending: &'static str,
}

impl Output {
    /// Makes an empty output whose line endings are those of `text`.
    pub(super) fn with_endings_of(text: &str) -> Self {
        Self { text: Secret::default(), ending: ending(text) }
    }

    /// Appends the new text of a change.
    pub(super) fn add(&mut self, new: &NewText) {
        match new {
            NewText::Nothing => {}
            NewText::Value(value) => self.text.push_str(value.expose()),
            NewText::Line(line) => {
                self.end_line();
                self.text.push_str(line.expose());
                self.text.push_str(self.ending);
            }
        }
    }

    fn end_line(&mut self) {
        let text = self.text.expose();
        if text.len() > bom(text) && !text.ends_with(['\n', '\r']) {
            self.text.push_str(self.ending);
        }
    }

    /// Appends an empty line, unless the output is empty or ends with an empty line.
    pub(super) fn add_empty_line(&mut self) {
        self.end_line();
        let text = self.text.expose();
        let lines = &text[bom(text)..];
        let last = lines.strip_suffix(self.ending).unwrap_or(lines);
        if !last.is_empty() && !last.ends_with(['\n', '\r']) {
            self.text.push_str(self.ending);
        }
    }
}

/// Where new keys of a section are inserted: below its last line that is neither blank nor a comment, with the
/// indentation of that line.
pub(super) struct InsertionPoint<'a> {
    pub(super) at: usize,
    indent: &'a str,
}

impl<'a> InsertionPoint<'a> {
    /// Finds where new keys are inserted in the section that has this header.
    pub(super) fn of(text: &'a str, header: Header) -> Self {
        let body = header.body(text);
        // If the next section's header is indented, a new key must have the same indentation. Otherwise the header
        // would become part of the new key's value.
        let next_indent = text[body.clone()].rfind(['\n', '\r']).map_or(body.start, |end| body.start + end + 1);
        let mut point = Self { at: body.start, indent: blank(&text[next_indent..body.end]) };
        let mut lines = LineClassifier::default();
        let mut at = body.start;
        while at < body.end {
            let end = line_end(text, at).min(body.end);
            let line = &text[at..end];
            match lines.classify(line) {
                LineKind::Key | LineKind::Malformed | LineKind::Header => {
                    point = Self { at: end, indent: &line[..indent(line)] }
                }
                LineKind::Continuation => point.at = end,
                LineKind::Blank | LineKind::Comment => {}
            }
            at = end;
        }
        point
    }

    /// Returns the change that inserts a key with a value.
    pub(super) fn add_key(&self, key: &str, value: &str) -> Change {
        let mut line = Secret::new(self.indent);
        line.push_str(key_line(key, value).expose());
        Change { span: self.at..self.at, new: NewText::Line(line) }
    }
}

/// Returns the line of a key with its value, without indentation and line ending.
pub(super) fn key_line(key: &str, value: &str) -> Secret {
    let mut line = Secret::new(format!("{key} ="));
    let value = value.trim_end();
    if !value.is_empty() {
        line.push_str(" ");
        line.push_str(value);
    }
    line
}

/// Returns the change that replaces the value of a key. Blanks around the value are kept.
pub(super) fn replace_value(text: &str, entry: &Entry, value: &str) -> Change {
    let Range { start, end } = entry.value_span.clone();
    let (before, after) = (&text[entry.key_span.end..start], &text[end..entry.span.end]);
    let is_spaced = before.starts_with([' ', '\t']) && before.ends_with(['=', ':']);
    let needs_space_before_comment = start == end && after.starts_with(['#', ';']);
    let (left, right) = (if is_spaced { " " } else { "" }, if needs_space_before_comment { " " } else { "" });
    let mut new = Secret::new(left);
    [value, right].iter().for_each(|text| new.push_str(text));
    Change { span: start..end, new: NewText::Value(new) }
}

/// Returns the text if it contains only white space, otherwise an empty text.
fn blank(text: &str) -> &str {
    if text.trim_ascii().is_empty() { text } else { "" }
}

/// Returns the line ending of the first line of a text.
fn ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}
