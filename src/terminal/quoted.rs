//! What another program says on stderr, passed on as it comes: each line behind a mark that no line of ssox has, and
//! without anything a terminal obeys.

use crate::error::is_hidden;

/// What stands before each line.
const MARK: &str = "| ";

/// The longest part of a character that can be missing.
const LONGEST_PART: usize = 3;

/// Where in the text of the other program we are.
#[derive(Debug, Default)]
pub(crate) struct Quoted {
    /// The beginning of a character whose end has not come yet.
    part: Vec<u8>,
    is_inside_line: bool,
    is_returned: bool,
}

impl Quoted {
    /// Returns how the next bytes are shown.
    pub(crate) fn show(&mut self, bytes: &[u8]) -> String {
        let bytes = [std::mem::take(&mut self.part).as_slice(), bytes].concat();
        let mut shown = String::new();
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            chunk.valid().chars().for_each(|c| self.character(c, &mut shown));
            if chunks.peek().is_none() && chunk.invalid().len() <= LONGEST_PART {
                self.part = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                self.character(char::REPLACEMENT_CHARACTER, &mut shown);
            }
        }
        shown
    }

    /// A carriage return would let the next text stand where the mark is: it begins a new line.
    fn character(&mut self, c: char, shown: &mut String) {
        let ends_line = c == '\n' || self.is_returned;
        self.is_returned = c == '\r';
        if ends_line && self.is_inside_line {
            shown.push('\n');
            self.is_inside_line = false;
        }
        if matches!(c, '\n' | '\r') {
            return;
        }
        if !self.is_inside_line {
            shown.push_str(MARK);
            self.is_inside_line = true;
        }
        shown.push(if is_hidden(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[&[u8]]) -> String {
        let mut quoted = Quoted::default();
        parts.iter().map(|part| quoted.show(part)).collect()
    }

    #[test]
    fn each_line_has_a_mark_and_drives_nothing() {
        assert_eq!(shown(&[b"ssox: x\nssox: hint: y\n\nz"]), "| ssox: x\n| ssox: hint: y\n| z");
        assert_eq!(shown(&[b"50 %\r", b"ssox: x\r\n", b"\x1b[2Jy\x08"]), "| 50 %\n| ssox: x\n| \u{fffd}[2Jy\u{fffd}");
    }

    #[test]
    fn a_question_is_there_before_its_line_ends() {
        assert_eq!(shown(&[b"Code: "]), "| Code: ");
    }

    #[test]
    fn characters_that_come_in_parts_are_put_together() {
        assert_eq!(shown(&[b"a\xc3", b"\xa9b\xe2\x82", b"\xac\xff", b"c"]), "| a\u{e9}b\u{20ac}\u{fffd}c");
    }
}
