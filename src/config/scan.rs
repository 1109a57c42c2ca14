//! Finds where sections begin and end, without splitting the text into lines: a file may have 50,000 profiles.

use super::line::{LineClassifier, LineKind, line_end};
use crate::bytes::{memchr, memrchr2};
use std::ops::Range;

/// The position of a section in the text of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The position of the header's `[`.
    pub(super) start: usize,
    /// The position of the next section's header, or the end of the text.
    pub(super) end: usize,
}

impl Header {
    /// Returns the range of the header's line, including its line ending.
    pub(super) fn line(self, text: &str) -> Range<usize> {
        self.start..line_end(text, self.start).min(self.end)
    }

    /// Returns the range of the lines between this header and the next one.
    pub(super) fn body(self, text: &str) -> Range<usize> {
        self.line(text).end..self.end
    }
}

/// An iterator over all section headers of a text, in order.
pub(super) struct Headers<'a> {
    text: &'a str,
    /// Where the search for the next `[` begins.
    searched: usize,
    next: Option<usize>,
    /// Classifies the lines of the current section. The lines are read only if one of them begins with white space and
    /// `[`.
    lines: LineClassifier,
    lines_end: usize,
}

impl<'a> Headers<'a> {
    /// Makes an iterator that starts at the beginning of the text.
    pub(super) fn new(text: &'a str) -> Self {
        let mut headers =
            Self { text, searched: 0, next: None, lines: LineClassifier::default(), lines_end: bom(text) };
        headers.next = headers.find_next();
        headers
    }

    fn find_next(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        while let Some(offset) = memchr(b'[', &bytes[self.searched..]) {
            let at = self.searched + offset;
            self.searched = at + 1;
            let before = bytes[..at].last();
            let is_header = match before {
                None | Some(b'\n' | b'\r') => true,
                Some(_) if at == bom(self.text) => true,
                Some(byte) if byte.is_ascii_whitespace() => self.is_indented_header(at),
                Some(_) => false,
            };
            if is_header {
                return Some(at);
            }
        }
        None
    }

    /// Tells whether an indented `[` begins a header. It may also be part of a value. That depends on the lines of the
    /// section above the `[`, so these lines are read first.
    fn is_indented_header(&mut self, at: usize) -> bool {
        let text = self.text;
        let start = memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or_else(|| bom(text), |before| before + 1);
        if !text.as_bytes()[start..at].trim_ascii().is_empty() {
            return false;
        }
        let Some(header) = self.next else { return true };
        let mut line = self.lines_end.max(line_end(text, header));
        while line < start {
            let end = line_end(text, line);
            self.lines.classify(&text[line..end]);
            line = end;
        }
        self.lines_end = line;
        self.lines.classify(&text[start..line_end(text, start)]) == LineKind::Header
    }
}

impl Iterator for Headers<'_> {
    type Item = Header;

    fn next(&mut self) -> Option<Header> {
        let start = self.next?;
        self.lines = LineClassifier::default();
        self.next = self.find_next();
        Some(Header { start, end: self.next.unwrap_or(self.text.len()) })
    }
}

/// Returns the length of the byte order mark at the beginning of a text; 0 without one.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Finds the headers in a slow way that is surely right: reads every line.
    fn by_line(text: &str) -> Vec<usize> {
        let (mut starts, mut lines, mut at) = (Vec::new(), LineClassifier::default(), bom(text));
        while at < text.len() {
            let end = line_end(text, at);
            let line = &text[at..end];
            let content = line.trim_ascii_start();
            let is_first = starts.is_empty() && content.starts_with('[');
            if is_first || lines.classify(line) == LineKind::Header {
                starts.push(at + line.len() - content.len());
                lines = LineClassifier::default();
            } else if starts.is_empty() {
                lines = LineClassifier::default();
            }
            at = end;
        }
        starts
    }

    fn starts(text: &str) -> Vec<usize> {
        Headers::new(text).map(|header| header.start).collect()
    }

    #[test]
    fn an_indented_header_after_a_key_is_part_of_the_value() {
        let table = [
            ("[a]\nk = v\n [b]\n[c]\n", 2),
            ("[a]\n [b]\nk = v\n", 2),
            ("[a]\n k = v\n [b]\nk = v\n", 2),
            (" [a]\n  [b]\n   k = v\n  [c]\n    [d]", 4),
            ("k = v\n  [a]\n", 1),
            ("[a]\nx [b]\ny = [c]\n  [\n# [d]\n", 1),
            ("[a]\r\n[b]\r[c]", 3),
            ("\u{feff}[a]\n", 1),
            ("\u{feff}  [a]\n", 1),
            ("[a]\nstray\n  [b]\n", 1),
        ];
        for (text, count) in table {
            assert_eq!(starts(text).len(), count, "{text:?}");
            assert_eq!(starts(text), by_line(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn skipping_lines_finds_the_same_as_reading_them(text in "\u{feff}?([\\[\\]ak=#; \t\r\n\u{e9}]|\n\\[|\n  \\[){0,60}") {
            prop_assert_eq!(starts(&text), by_line(&text));
        }

        #[test]
        fn sections_follow_each_other(text in any::<String>()) {
            let headers: Vec<Header> = Headers::new(&text).collect();
            for pair in headers.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
            }
            for header in headers {
                prop_assert!(text[header.line(&text)].starts_with('['));
                prop_assert!(text.get(header.body(&text)).is_some());
            }
        }
    }
}
