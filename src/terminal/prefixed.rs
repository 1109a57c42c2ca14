//! Shows what another program writes to stderr. Each line gets a prefix that ssox's own lines do not have, and control
//! characters are replaced.

use crate::error::is_hidden;

/// The prefix of each line.
const PREFIX: &str = "| ";

/// The most bytes that an incomplete UTF-8 character can have.
const LONGEST_INCOMPLETE: usize = 3;

/// Puts a prefix before each line of a program's output. The output comes in parts, which may end inside a line or a
/// character.
#[derive(Debug, Default)]
pub(crate) struct Prefixed {
    /// The first bytes of a character whose last bytes have not been read yet.
    incomplete: Vec<u8>,
    is_inside_line: bool,
    is_after_return: bool,
}

impl Prefixed {
    /// Returns the text to show for the bytes that were just read.
    pub(crate) fn show(&mut self, bytes: &[u8]) -> String {
        let bytes = [std::mem::take(&mut self.incomplete).as_slice(), bytes].concat();
        let mut shown = String::new();
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for c in chunk.valid().chars() {
                self.push(c, &mut shown);
            }
            if chunks.peek().is_none() && chunk.invalid().len() <= LONGEST_INCOMPLETE {
                self.incomplete = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                self.push(char::REPLACEMENT_CHARACTER, &mut shown);
            }
        }
        shown
    }

    /// Adds a character. A carriage return starts a new line, because the text after it would overwrite the prefix.
    fn push(&mut self, c: char, shown: &mut String) {
        let ends_line = c == '\n' || self.is_after_return;
        self.is_after_return = c == '\r';
        if ends_line && self.is_inside_line {
            shown.push('\n');
            self.is_inside_line = false;
        }
        if matches!(c, '\n' | '\r') {
            return;
        }
        if !self.is_inside_line {
            shown.push_str(PREFIX);
            self.is_inside_line = true;
        }
        shown.push(if is_hidden(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[&[u8]]) -> String {
        let mut prefixed = Prefixed::default();
        parts.iter().map(|part| prefixed.show(part)).collect()
    }

    #[test]
    fn each_line_has_a_prefix_and_no_control_characters() {
        assert_eq!(shown(&[b"ssox: x\nssox: hint: y\n\nz"]), "| ssox: x\n| ssox: hint: y\n| z");
        assert_eq!(shown(&[b"50 %\r", b"ssox: x\r\n", b"\x1b[2Jy\x08"]), "| 50 %\n| ssox: x\n| \u{fffd}[2Jy\u{fffd}");
    }

    #[test]
    fn a_question_is_shown_before_its_line_ends() {
        assert_eq!(shown(&[b"Code: "]), "| Code: ");
    }

    #[test]
    fn characters_read_in_parts_are_put_together() {
        assert_eq!(shown(&[b"a\xc3", b"\xa9b\xe2\x82", b"\xac\xff", b"c"]), "| a\u{e9}b\u{20ac}\u{fffd}c");
    }
}
