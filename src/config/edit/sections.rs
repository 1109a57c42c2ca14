//! Changes of whole sections: adds sections at the end of the file, renames and removes sections.

use super::change::{Change, InsertionPoint, NewText, Output, key_line};
use super::validate::{check_key, check_value, header_line};
use super::{Edits, check_name};
use crate::bytes::memrchr2;
use crate::config::line::{LineClassifier, LineKind, line_end};
use crate::config::name::{SectionKind, after};
use crate::config::scan::{Header, bom};
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::ops::Range;

/// A section that is added at the end of the file.
#[derive(Debug)]
pub(super) struct NewSection {
    lines: Vec<Secret>,
}

impl NewSection {
    /// Appends the section to the output, after an empty line.
    pub(super) fn append(&self, output: &mut Output) {
        output.add_empty_line();
        self.lines.iter().for_each(|line| output.add(&NewText::Line(line.clone())));
    }
}

impl Edits<'_> {
    /// Adds a section at the end of the file. If the file has a section with this name, the same edit must remove or
    /// rename it.
    ///
    /// # Errors
    /// `Configuration`: some AWS tools would not read the name, or would read a key or a value differently.
    pub(crate) fn add(&mut self, kind: SectionKind, name: &str, keys: &[(&str, &str)]) -> Result<()> {
        check_name(kind, name)?;
        let mut lines = vec![Secret::new(header_line(self.file.which, kind, name)?)];
        for (key, value) in keys {
            check_key(key)?;
            check_value(key, value)?;
            lines.push(key_line(key, value));
        }
        self.added.push(NewSection { lines });
        Ok(())
    }

    /// Renames all sections with this name. The text after each header, such as a comment, is kept.
    ///
    /// # Errors
    /// `Configuration`: some AWS tools would not read the new name.
    pub(crate) fn rename(&mut self, kind: SectionKind, name: &str, new_name: &str) -> Result<()> {
        check_name(kind, new_name)?;
        let new = header_line(self.file.which, kind, new_name)?;
        for header in self.file.find(kind, name) {
            let end = header.line(&self.file.text).end - after(&self.file.text, header).unwrap_or_default().len();
            self.changes.push(Change { span: header.start..end, new: NewText::Value(Secret::new(new.as_str())) });
        }
        Ok(())
    }

    /// Removes all sections with this name, and the comments inside them. Comments above the section's header and above
    /// the next section's header are kept.
    ///
    /// # Errors
    /// `Configuration`: the next section's header is indented. After the removal, that header could become part of the
    /// value above.
    pub(crate) fn remove(&mut self, kind: SectionKind, name: &str) -> Result<()> {
        for header in self.file.find(kind, name) {
            let text = &self.file.text;
            if text[..header.end].ends_with([' ', '\t']) && header.end < text.len() {
                let (line, path) = (self.file.line_number(header.end), self.file.path.display());
                let message = format!("could not remove `{name}`: the section header below it is indented");
                return Err(Error::configuration(message)
                    .hint(format!("remove the blanks before the section header in line {line} of `{path}`")));
            }
            self.changes.push(Change::remove(lines_of(text, header)));
        }
        Ok(())
    }
}

/// Returns the range of a section's lines, with one of the empty lines around them.
fn lines_of(text: &str, header: Header) -> Range<usize> {
    let start = line_start(text, header.start);
    let end = end_of_comments(text, header, InsertionPoint::of(text, header).at);
    if end < text.len() && kind_of(text, end) != LineKind::Blank {
        return start..end;
    }
    let before = line_start(text, without_line_ending(text, start));
    if start > bom(text) && before < start && kind_of(text, before) == LineKind::Blank {
        return before..end;
    }
    if start > bom(text) { start..end } else { start..line_end(text, end) }
}

/// Returns the end of the comments directly below a section's last key. Comments directly above the next header do not
/// count, because they describe the next section.
fn end_of_comments(text: &str, header: Header, end_of_keys: usize) -> usize {
    let mut end = end_of_keys;
    while end < header.end && kind_of(text, end) == LineKind::Comment {
        end = line_end(text, end);
    }
    if end < text.len() && end >= header.end { end_of_keys } else { end }
}

fn kind_of(text: &str, at: usize) -> LineKind {
    LineClassifier::default().classify(&text[at..line_end(text, at)])
}

/// Returns the start of the line that contains a position.
fn line_start(text: &str, at: usize) -> usize {
    memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(bom(text), |before| before + 1)
}

/// Returns the position where a line's ending begins. `at` is the position after the line ending.
fn without_line_ending(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let line = before.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    line.or_else(|| before.strip_suffix('\r')).unwrap_or(before).len()
}
