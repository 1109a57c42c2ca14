//! Completion: finds what can be inserted at the cursor, and writes it for the completion function of each shell (in
//! `shell/`), so that the shell inserts it as one word and runs nothing.
//!
//! Invariant: nothing here asks AWS, signs in, or evaluates what was typed.
//!
//! A reply is empty, or starts with a line that says what follows:
//!
//! | line | what follows |
//! | --- | --- |
//! | `words KIND` | candidates, one on each line, in the format of the shell's completion function |
//! | `parts KIND` | prefixes of candidates: the shell adds no space after them |
//! | `files` | nothing: the shell completes file names |
//! | `command N` | nothing: the words from number N on, counted from 0, are a command line of their own |

mod bash;
mod grammar;
mod matching;
mod powershell;
mod regions;
mod reply;
mod value_kind;
mod values;

use crate::context::Context;
use crate::shell::Shell;
use clap::Command;
use grammar::{Expected, LeadingDash};

/// The command line up to the cursor, in words as the program would receive them.
#[derive(Debug, Default, PartialEq, Eq)]
struct CommandLine {
    /// The words before the one at the cursor; the first is the program's name.
    words: Vec<String>,
    /// The word at the cursor, up to the cursor.
    current: String,
}

/// One word that can be inserted, and its description; both are plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    value: String,
    description: String,
}

impl Candidate {
    fn new(value: impl Into<String>, description: impl Into<String>) -> Self {
        Self { value: value.into(), description: description.into() }
    }
}

/// What can be inserted at the cursor.
#[derive(Debug, PartialEq, Eq)]
enum Completions {
    /// The words from this number on are a command line of their own.
    Command(usize),
    Files,
    Candidates {
        /// What a candidate is, for people: `profile`.
        kind: &'static str,
        are_prefixes: bool,
        candidates: Vec<Candidate>,
    },
}

/// Returns the reply to the completion function of a shell, which passes `arguments`.
pub(crate) fn reply(ctx: &Context, command: Command, shell: Shell, arguments: &[String]) -> String {
    if shell == Shell::Bash {
        let Some(line) = bash::BashLine::parse(arguments) else { return String::new() };
        return bash::reply(&line, find(ctx, command, shell, &line.command_line));
    }
    let Some((current, words)) = arguments.split_first() else { return String::new() };
    let current = match shell {
        Shell::PowerShell => powershell::decoded(current),
        _ => reply::decoded(shell, current),
    };
    let command_line = CommandLine { words: words.to_vec(), current };
    let completions = find(ctx, command, shell, &command_line);
    match shell {
        Shell::PowerShell => powershell::reply(&command_line, completions),
        _ => reply::reply(shell, completions),
    }
}

fn find(ctx: &Context, command: Command, shell: Shell, command_line: &CommandLine) -> Completions {
    match grammar::expected(command, command_line) {
        Expected::Command(at) => Completions::Command(at),
        Expected::Words(kind, candidates) => Completions::Candidates { kind, are_prefixes: false, candidates },
        Expected::Value(kind, before, leading_dash) => {
            let typed = command_line.current.strip_prefix(&before).unwrap_or_default();
            // zsh and fish match by their user's settings, and need all names.
            let matched_by = match shell {
                Shell::Zsh | Shell::Fish => matching::MatchedBy::Shell,
                Shell::Bash | Shell::PowerShell => matching::MatchedBy::Ssox,
            };
            values::completions(ctx, kind, typed, matched_by).without_options(leading_dash).with_prefix(&before)
        }
    }
}

impl Completions {
    /// Removes candidates that would be read as options here, and adds `--` where it allows them. `-` alone is not an option.
    fn without_options(mut self, leading_dash: LeadingDash) -> Self {
        if let Self::Candidates { candidates, .. } = &mut self
            && leading_dash != LeadingDash::Allowed
        {
            let is_option = |candidate: &Candidate| candidate.value.starts_with('-') && candidate.value != "-";
            let has_option = candidates.iter().any(is_option);
            candidates.retain(|candidate| !is_option(candidate));
            if has_option && leading_dash == LeadingDash::AfterDashes {
                candidates.push(Candidate::new("--", "before a name that starts with -"));
            }
        }
        self
    }

    /// Adds what was typed before the value, such as `--region=`, to each candidate.
    fn with_prefix(mut self, before: &str) -> Self {
        if let Self::Candidates { candidates, .. } = &mut self {
            for candidate in candidates {
                candidate.value.insert_str(0, before);
            }
        }
        self
    }
}
