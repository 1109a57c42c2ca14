//! What a line is, told by what stands above it in its section: the rules of Python's configparser, which the AWS CLI
//! follows, without its refusals.
//!
//! Deliberately not here: what the line says.

use memchr::memchr2;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Blank,
    Comment,
    /// Begins a section.
    Header,
    /// Has a delimiter, and a key before it.
    Key,
    /// Nothing of the above. What is indented below it belongs to it, and to no key.
    Stray,
    /// Is indented deeper than the line it belongs to.
    Continuation,
}

/// Tells lines apart, one after the other, from the first below a header on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lines {
    /// How far the key or stray line is indented that a deeper line would continue.
    owner: Option<usize>,
}

impl Lines {
    /// Tells what the next line is.
    pub(super) fn read(&mut self, line: &str) -> Line {
        let content = line.trim_ascii();
        if line.trim().is_empty() {
            return Line::Blank;
        }
        if content.starts_with(['#', ';']) {
            return Line::Comment;
        }
        let indent = indent(line);
        if self.owner.is_some_and(|owner| indent > owner) {
            return Line::Continuation;
        }
        if content.starts_with('[') {
            return Line::Header;
        }
        self.owner = Some(indent);
        match delimiter(content) {
            Some(at) if at > 0 => Line::Key,
            _ => Line::Stray,
        }
    }
}

/// Returns how far a line is indented.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// Returns where the `=` or `:` is that ends a key.
pub(super) fn delimiter(line: &str) -> Option<usize> {
    memchr2(b'=', b':', line.as_bytes())
}

/// Returns a line without what ends it.
pub(super) fn without_ending(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// Returns the end of the line that holds `at`, its ending included; a lone CR ends a line as well.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    match memchr2(b'\n', b'\r', &bytes[at..]).map(|offset| at + offset) {
        Some(end) if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') => end + 2,
        Some(end) => end + 1,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Line::{Blank, Comment, Continuation, Header, Key, Stray};

    #[test]
    fn what_is_indented_belongs_to_the_line_above() {
        let table: [(&str, Line); 15] = [
            ("  a = 1", Key),
            ("  b : 2", Key),
            ("   more", Continuation),
            ("  # c", Comment),
            (" \t", Blank),
            ("   [x]", Continuation),
            ("  [x]", Header),
            (" c = 3", Key),
            (" = 3", Stray),
            ("  d = 4", Continuation),
            ("e", Stray),
            ("\tf = 5", Continuation),
            (";", Comment),
            ("g = 6", Key),
            ("[x", Header),
        ];
        let mut lines = Lines::default();
        for (line, expected) in table {
            assert_eq!(lines.read(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_line_ends_at_lf_crlf_or_cr() {
        let text = "a\nb\r\nc\rd";
        assert_eq!([0, 2, 5, 7].map(|at| line_end(text, at)), [2, 5, 7, 8]);
    }
}
