//! The error type of all modules: what failed, what a person can type to repair it, and the exit status.
//!
//! Invariant: a message is text for a person, in which secrets are redacted.

mod argument;
mod text;

pub(crate) use argument::{as_argument, as_option, path_argument};
pub(crate) use text::{cause_text, has_control, is_hidden, printable};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::path::Path;

/// The result of an operation that can fail with an [`Error`].
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// The kinds of errors. Each kind has an exit status. In files and JSON documents, the exit status stands for the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub(crate) enum ErrorKind {
    /// Exit status 1: any other error.
    Other,
    /// Exit status 2: wrong usage of the command line.
    Usage,
    /// Exit status 3: a person must sign in or answer a question, or refused to do so.
    NeedsPerson,
    /// Exit status 4: the configuration or other input is wrong.
    Configuration,
    /// Exit status 5: AWS rejected the request.
    Refused,
    /// Exit status 6: the same command may succeed later. AWS is unreachable, fails (5xx), throttles the requests or
    /// sends no valid response; or a lock or a program takes too long.
    Unreachable,
    /// Exit status 130: the person interrupted ssox, for example with Ctrl-C.
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
}

impl From<ErrorKind> for u8 {
    fn from(kind: ErrorKind) -> Self {
        kind.exit_status()
    }
}

impl TryFrom<u8> for ErrorKind {
    type Error = &'static str;

    fn try_from(status: u8) -> std::result::Result<Self, &'static str> {
        let all = [
            Self::Other,
            Self::Usage,
            Self::NeedsPerson,
            Self::Configuration,
            Self::Refused,
            Self::Unreachable,
            Self::Interrupted,
        ];
        all.into_iter().find(|kind| kind.exit_status() == status).ok_or("ssox has no error with this exit status")
    }
}

/// The beginning of the line with an error's message.
pub(crate) const PREFIX: &str = "ssox: ";
/// The beginning of each line with a hint.
pub(crate) const HINT: &str = "ssox: hint: ";

/// An error: what failed and why (`message`), and what to type (`hints`), in lower case and without a full stop. A
/// process also records its error for other processes, as JSON with the same fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Error {
    #[serde(rename = "exit_status")]
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    /// What to type or edit; the most likely remedy is first.
    #[serde(default)]
    pub(crate) hints: Vec<String>,
    /// The code with which AWS rejected the request, e.g. `AccessDenied`.
    pub(crate) code: Option<String>,
}

impl Error {
    /// Makes an error without a hint.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), code: None }
    }

    /// Makes an error of the kind [`ErrorKind::Other`] (exit 1).
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Other, message)
    }

    /// Makes an error about the command line (exit 2).
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Makes an error that goes away when a person signs in or answers (exit 3).
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

    /// Makes an error for something that may succeed later (exit 6): AWS is unreachable, fails (5xx), throttles or sends
    /// no valid response; or a lock or a program takes too long.
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreachable, message)
    }

    /// Makes an error for a file operation: ``could not <what> `<path>`: <cause>`` (exit 4).
    pub(crate) fn file(what: &str, path: &Path, cause: &io::Error) -> Self {
        Self::configuration(format!("could not {what} `{}`: {}", path.display(), cause_text(cause)))
    }

    /// Adds a hint, which says what to type.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Replaces all hints by this hint.
    pub(crate) fn only_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints = vec![hint.into()];
        self
    }

    /// Sets the error code of AWS, unless it is empty.
    pub(crate) fn coded(mut self, code: &str) -> Self {
        self.code = Some(code).filter(|code| !code.is_empty()).map(String::from);
        self
    }

    /// Returns the first hint.
    pub(crate) fn first_hint(&self) -> Option<&str> {
        self.hints.first().map(String::as_str)
    }

    /// Tells whether AWS rejected the request with this code. Some AWS operations append `Exception` to the code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref().is_some_and(|known| known.strip_suffix("Exception").unwrap_or(known) == code)
    }

    /// Adds the failed operation to the beginning of the message.
    pub(crate) fn doing(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

/// Writes the lines that are shown on stderr.
impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{PREFIX}{}", printable(&self.message))?;
        self.hints.iter().try_for_each(|hint| write!(out, "\n{HINT}{}", printable(hint)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn another_process_reads_the_whole_error() {
        let error = Error::refused("no").coded("AccessDenied").hint("type this").hint("or that");
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(text, r#"{"exit_status":5,"message":"no","hints":["type this","or that"],"code":"AccessDenied"}"#);
        assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), error);
        let short: Error = serde_json::from_str(r#"{"exit_status":130,"message":"no"}"#).unwrap();
        assert_eq!(short, Error::new(ErrorKind::Interrupted, "no"));
        assert!(serde_json::from_str::<Error>(r#"{"exit_status":7,"message":"no"}"#).is_err());
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
    fn a_message_cannot_imitate_another_message() {
        let forged = "no\r\n\nssox: signed in\u{2028}ssox: hint: x\u{85}y\u{b}z";
        let said = Error::refused(forged).hint(forged).to_string();
        let line = "no ssox: signed in ssox: hint: x y z";
        assert_eq!(said, format!("ssox: {line}\nssox: hint: {line}"));
    }
}
