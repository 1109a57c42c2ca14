//! Classifies the lines of a config file by the rules of Python's configparser, which the AWS CLI uses. The kind of a
//! line depends on the lines above it in the same section. Unlike configparser, ssox accepts malformed lines.

use crate::bytes::memchr2;

/// The kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    Blank,
    Comment,
    /// The line is the header of a section.
    Header,
    /// The line has a key before `=` or `:`.
    Key,
    /// The line is of none of the other kinds. Indented lines below it belong to no key.
    Malformed,
    /// The line continues the key or malformed line above, because it is indented more than that line.
    Continuation,
}

/// Classifies the lines of a section one by one, from the first line below its header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineClassifier {
    /// The indentation of the last key or malformed line. A line that is indented more continues it.
    owner: Option<usize>,
}

impl LineClassifier {
    /// Skips a line that is a key without indentation.
    pub(super) fn skip_key(&mut self) {
        self.owner = Some(0);
    }

    /// Returns the kind of the next line.
    pub(super) fn classify(&mut self, line: &str) -> LineKind {
        // A fast path for most lines: a key without indentation.
        if line.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
            self.owner = Some(0);
            return if delimiter(line).is_some() { LineKind::Key } else { LineKind::Malformed };
        }
        let content = line.trim_ascii();
        if line.trim().is_empty() {
            return LineKind::Blank;
        }
        if content.starts_with(['#', ';']) {
            return LineKind::Comment;
        }
        let indent = indent(line);
        if self.owner.is_some_and(|owner| indent > owner) {
            return LineKind::Continuation;
        }
        if content.starts_with('[') {
            return LineKind::Header;
        }
        self.owner = Some(indent);
        match delimiter(content) {
            Some(at) if at > 0 => LineKind::Key,
            _ => LineKind::Malformed,
        }
    }
}

/// Returns the number of bytes before the first character of a line that is not white space.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// Returns the position of the first `=` or `:` in a line.
pub(super) fn delimiter(line: &str) -> Option<usize> {
    memchr2(b'=', b':', line.as_bytes())
}

/// Returns a line without its line ending.
pub(super) fn without_ending(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// Returns the end of the line that contains a position, including its line ending: LF, CRLF or CR.
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
    use LineKind::{Blank, Comment, Continuation, Header, Key, Malformed};

    #[test]
    fn an_indented_line_continues_the_line_above() {
        let table: [(&str, LineKind); 15] = [
            ("  a = 1", Key),
            ("  b : 2", Key),
            ("   more", Continuation),
            ("  # c", Comment),
            (" \t", Blank),
            ("   [x]", Continuation),
            ("  [x]", Header),
            (" c = 3", Key),
            (" = 3", Malformed),
            ("  d = 4", Continuation),
            ("e", Malformed),
            ("\tf = 5", Continuation),
            (";", Comment),
            ("g = 6", Key),
            ("[x", Header),
        ];
        let mut lines = LineClassifier::default();
        for (line, expected) in table {
            assert_eq!(lines.classify(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_line_ends_at_lf_crlf_or_cr() {
        let text = "a\nb\r\nc\rd";
        assert_eq!([0, 2, 5, 7].map(|at| line_end(text, at)), [2, 5, 7, 8]);
    }
}
