//! The error type of all modules: what failed, what to type, and the exit status.
//!
//! Invariant: a message is text for a person, with secrets redacted.

mod argument;

pub(crate) use argument::{as_argument, as_option};

use std::fmt;
use std::io;
use std::path::Path;

/// The result of an operation that can fail with an [`Error`].
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// The kinds of errors, one for each exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// 1: any other error.
    Other,
    /// 2: wrong usage of the command line.
    Usage,
    /// 3: a person must sign in or answer, or declined to.
    NeedsPerson,
    /// 4: configuration, or invalid input.
    Configuration,
    /// 5: AWS rejected the request.
    Refused,
    /// 6: AWS is unreachable, throttles, or sent something that is not an AWS response.
    Unreachable,
    /// 130: interrupted.
    Interrupted,
}

impl ErrorKind {
    /// Returns the exit status.
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::NeedsPerson => 3,
            Self::Configuration => 4,
            Self::Refused => 5,
            Self::Unreachable => 6,
            Self::Interrupted => 130,
        }
    }

    /// Returns the kind of an exit status.
    pub(crate) fn of_exit_status(status: u8) -> Option<Self> {
        let all = [
            Self::Other,
            Self::Usage,
            Self::NeedsPerson,
            Self::Configuration,
            Self::Refused,
            Self::Unreachable,
            Self::Interrupted,
        ];
        all.into_iter().find(|kind| kind.exit_status() == status)
    }
}

/// What the line with the message of an error begins with.
pub(crate) const PREFIX: &str = "ssox: ";
/// What each line with a hint begins with.
pub(crate) const HINT: &str = "ssox: hint: ";

/// An error: what failed and why (`message`), and what to type (`hints`); in lower case, without full stop.
#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    /// What to type or edit, the most likely remedy first.
    pub(crate) hints: Vec<String>,
    /// The code with which AWS rejected the request, e.g. `AccessDenied`.
    pub(crate) code: Option<String>,
}

impl Error {
    /// Makes an error without a hint.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), code: None }
    }

    /// Makes an error that no other kind describes (exit 1).
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Other, message)
    }

    /// Makes an error about the command line (exit 2).
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Makes an error that a person can resolve by signing in or answering (exit 3).
    pub(crate) fn needs_person(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeedsPerson, message)
    }

    /// Makes an error about configuration or invalid input (exit 4).
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Makes an error for a request that AWS rejected (exit 5).
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, message)
    }

    /// Makes an error for a request that got no AWS response (exit 6).
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreachable, message)
    }

    /// Makes an error for a file operation: ``could not <what> `<path>`: <cause>`` (exit 4).
    pub(crate) fn file(what: &str, path: &Path, cause: &io::Error) -> Self {
        Self::configuration(format!("could not {what} `{}`: {}", path.display(), cause_text(cause)))
    }

    /// Adds a hint: what to type.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Replaces the hints by a better one.
    pub(crate) fn only_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints = vec![hint.into()];
        self
    }

    /// Adds AWS's code, unless it is empty.
    pub(crate) fn coded(mut self, code: &str) -> Self {
        self.code = Some(code).filter(|code| !code.is_empty()).map(String::from);
        self
    }

    /// Returns the first hint.
    pub(crate) fn first_hint(&self) -> Option<&str> {
        self.hints.first().map(String::as_str)
    }

    /// Tells whether AWS rejected the request with this code; some operations append `Exception` to it.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref().is_some_and(|known| known.strip_suffix("Exception").unwrap_or(known) == code)
    }

    /// Puts the operation that failed before the message.
    pub(crate) fn doing(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

/// Writes the lines that a person reads on stderr.
impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{PREFIX}{}", printable(&self.message))?;
        self.hints.iter().try_for_each(|hint| write!(out, "\n{HINT}{}", printable(hint)))
    }
}

/// Returns a text as one line without characters that control a terminal. Line breaks and tabs become one blank, other
/// hidden characters U+FFFD.
///
/// Messages contain text from files and servers, and a second line of it could pass for a message of ssox.
pub(crate) fn printable(text: &str) -> String {
    // Most text is ASCII, and read much faster than by characters.
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

/// Tells whether a character controls a terminal or is invisible: control characters, line separators, characters that
/// change the direction of text, and characters without width.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns an I/O error in lower case, without the `(os error 2)` of the standard library.
pub(crate) fn cause_text(cause: &io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown cause".into(),
    }
}

/// Tells whether a text has control characters, which could end a line of a reply to a shell.
pub(crate) fn has_control(text: &str) -> bool {
    // Nearly all texts are ASCII, for which this is many times faster.
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
    fn an_error_is_two_lines_lower_case() {
        let cause = io::Error::from_raw_os_error(2);
        let error = Error::file("read", Path::new("/x"), &cause).hint("type this");
        assert_eq!(error.to_string(), "ssox: could not read `/x`: no such file or directory\nssox: hint: type this");
        assert_eq!(error.kind.exit_status(), 4);
    }

    #[test]
    fn each_hint_is_a_line() {
        let error = Error::refused("no").hint("type this").hint("or that");
        assert_eq!(error.to_string(), "ssox: no\nssox: hint: type this\nssox: hint: or that");
        assert_eq!(error.only_hint("that").to_string(), "ssox: no\nssox: hint: that");
    }

    #[test]
    fn a_code_is_compared_and_not_searched_for() {
        let error = |code: &str| Error::refused("AccessDenied: ExpiredToken").coded(code);
        assert!(
            error("ExpiredTokenException").has_code("ExpiredToken") && error("AccessDenied").has_code("AccessDenied")
        );
        assert!(!error("NotAccessDenied").has_code("AccessDenied") && !error("").has_code("AccessDenied"));
    }

    #[test]
    fn a_message_cannot_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}b\u{9b}2J\u{200b}c"), "a\u{fffd}[31m\u{fffd}b\u{fffd}2J\u{fffd}c");
    }

    #[test]
    fn a_message_cannot_imitate_another_message() {
        let forged = "no\r\n\nssox: signed in\u{2028}ssox: hint: x\u{85}y\u{b}z";
        let said = Error::refused(forged).hint(forged).to_string();
        let line = "no ssox: signed in ssox: hint: x y z";
        assert_eq!(said, format!("ssox: {line}\nssox: hint: {line}"));
    }
}
