//! The request of a shell's completion function, and the reply to it. A reply is empty, or its first line says what
//! follows:
//!
//! | line | what follows |
//! | --- | --- |
//! | `words KIND` | candidates, one on each line, in the format of the shell's completion function |
//! | `parts KIND` | prefixes of candidates: the shell adds no space after them |
//! | `files` | nothing: the shell completes file names |
//! | `command N` | nothing: the words from index N on (counted from 0) are another program with its arguments |

use crate::error::{is_hidden, printable};

/// The command line up to the cursor, in words as a program would get them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The words before the word at the cursor; the first word is `ssox` itself.
    pub(crate) words: Vec<String>,
    /// The part of the word at the cursor that is before the cursor.
    pub(crate) current: String,
}

impl CommandLine {
    /// Reads the arguments of a completion function that passes first the word at the cursor and then the words before
    /// it. `decode` removes quotes and escapes from the word at the cursor. Returns `None` if there are no arguments.
    pub(super) fn parse(arguments: &[String], decode: impl FnOnce(&str) -> String) -> Option<Self> {
        let (current, words) = arguments.split_first()?;
        Some(Self { words: words.to_vec(), current: decode(current) })
    }
}

/// Whether the shell or ssox selects the candidates that match what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchedBy {
    /// The shell selects the candidates, as the user has configured it.
    Shell,
    /// ssox selects the candidates.
    Ssox,
}

/// A word that can be inserted, and its description; both are plain text without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) value: String,
    pub(crate) description: String,
}

impl Candidate {
    /// Makes a candidate. The description may be empty; it is shown as one line.
    pub(crate) fn new(value: impl Into<String>, description: impl Into<String>) -> Self {
        Self { value: value.into(), description: printable(&description.into()) }
    }
}

/// What can be inserted at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Completions {
    /// The words from this index on are another program with its arguments.
    Command(usize),
    Files,
    Candidates {
        /// The word that tells people what the candidates are, such as `profile`.
        kind: &'static str,
        are_prefixes: bool,
        candidates: Vec<Candidate>,
    },
}

impl Completions {
    /// Keeps the candidates that start with what was typed. If no candidate does, keeps those that match when case is
    /// ignored. This is for shells that do not select candidates themselves.
    pub(super) fn retain_matching(mut self, typed: &str) -> Self {
        if let Self::Candidates { candidates, .. } = &mut self {
            if candidates.iter().any(|candidate| candidate.value.starts_with(typed)) {
                candidates.retain(|candidate| candidate.value.starts_with(typed));
            } else {
                candidates.retain(|candidate| starts_with_in_any_case(&candidate.value, typed));
            }
        }
        self
    }

    /// Returns the reply to the shell's completion function. `line` writes a candidate as the shell expects it, or
    /// returns `None` to leave it out.
    pub(super) fn reply(&self, line: impl Fn(&Candidate) -> Option<String>) -> String {
        let (kind, are_prefixes, candidates) = match self {
            Self::Command(at) => return format!("command {at}\n"),
            Self::Files => return "files\n".into(),
            Self::Candidates { kind, are_prefixes, candidates } => (kind, are_prefixes, candidates),
        };
        let lines: String = candidates.iter().filter_map(line).collect();
        if lines.is_empty() {
            return lines;
        }
        let header = if *are_prefixes { "parts" } else { "words" };
        format!("{header} {kind}\n{lines}")
    }
}

/// Tells whether a name may be a candidate. Hidden characters could control a shell or a terminal.
pub(crate) fn is_insertable(name: &str) -> bool {
    !name.is_empty() && !name.contains(is_hidden)
}

/// Tells whether a value starts with what was typed, ignoring the case of ASCII letters.
pub(crate) fn starts_with_in_any_case(value: &str, typed: &str) -> bool {
    value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_candidates_the_reply_is_empty() {
        let nothing = Completions::Candidates { kind: "profile", are_prefixes: false, candidates: vec![] };
        assert_eq!(nothing.reply(|candidate| Some(candidate.value.clone())), "");
    }
}
