//! Makes text from outside safe for messages: one line that cannot control a terminal.

use std::io;

/// Returns a text as one line without characters that control a terminal. Line breaks and tabs become one blank; other
/// hidden characters become U+FFFD.
///
/// Messages contain text from files and servers; a second line in it could look like a message of ssox.
pub(crate) fn printable(text: &str) -> String {
    // Most texts are ASCII, and bytes are checked much faster than characters.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            line.push_str(if line.ends_with(' ') { "" } else { " " });
        } else {
            line.push(if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c });
        }
    }
    line
}

/// Tells whether a character controls a terminal or is invisible: a control character, a line separator, a character
/// that changes the direction of text, or one without width.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the text of an I/O error in lower case, without the standard library's `(os error 2)`.
pub(crate) fn cause_text(cause: &io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown cause".into(),
    }
}

/// Tells whether a text contains control characters. A shell function reads the reply of ssox line by line, so a line
/// break in a value would begin a line that ssox did not write.
pub(crate) fn has_control(text: &str) -> bool {
    // Most texts are ASCII, and bytes are checked much faster than characters.
    if text.is_ascii() { text.bytes().any(|byte| byte.is_ascii_control()) } else { text.contains(char::is_control) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_those_of_unicode() {
        for text in ["\0", "a\n", "\u{1b}[m", "\u{7f}", "\u{85}", "é\t", "é\u{9f}"] {
            assert!(has_control(text), "{text:?}");
        }
        for text in ["", "a b~", "é", "\u{a0}\u{2028}"] {
            assert!(!has_control(text), "{text:?}");
        }
    }

    #[test]
    fn a_message_cannot_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}b\u{9b}2J\u{200b}c"), "a\u{fffd}[31m\u{fffd}b\u{fffd}2J\u{fffd}c");
    }
}
