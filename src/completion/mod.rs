//! Completion: what could stand at the cursor, told to the glue of each shell so that the shell inserts it as one word
//! and runs nothing.
//!
//! Nothing here asks AWS, signs in, or evaluates what was typed. The glue lies in `shell/`.
//!
//! A reply is empty, or begins with a line that says what follows:
//!
//! | line | what follows |
//! | --- | --- |
//! | `words KIND` | candidates, one a line, as the shell's glue wants them |
//! | `parts KIND` | beginnings of candidates: no space goes after them |
//! | `files` | nothing: files are completed by the shell |
//! | `command N` | nothing: the words from the Nth on are a command line of their own, the first word being the 0th |

mod bash;
mod grammar;
mod narrow;
mod powershell;
mod regions;
mod reply;
mod value_kind;
mod values;

use crate::context::Context;
use crate::shell::Shell;
use clap::Command;
use grammar::{Expected, LeadingDash};

/// The command line up to the cursor, as the program would get it.
#[derive(Debug, Default, PartialEq, Eq)]
struct CommandLine {
    /// The words before the one at the cursor, the program's name first.
    words: Vec<String>,
    /// What is there of the word at the cursor.
    current: String,
}

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

/// What could stand at the cursor.
#[derive(Debug, PartialEq, Eq)]
enum Completions {
    Command(usize),
    Files,
    Candidates {
        /// What they are, as people call one of them.
        kind: &'static str,
        are_parts: bool,
        candidates: Vec<Candidate>,
    },
}

/// Answers the glue of a shell; `arguments` are what it passes.
pub(crate) fn answer(ctx: &Context, command: Command, shell: Shell, arguments: &[String]) -> String {
    match shell {
        Shell::Bash => {
            bash::BashLine::of(arguments).map(|line| bash::reply(&line, find(ctx, command, shell, &line.question)))
        }
        Shell::PowerShell => arguments.split_first().map(|(current, words)| {
            let question = CommandLine { words: words.to_vec(), current: powershell::decoded(current) };
            powershell::reply(&question, find(ctx, command, shell, &question))
        }),
        Shell::Zsh | Shell::Fish => arguments.split_first().map(|(current, words)| {
            let question = CommandLine { words: words.to_vec(), current: reply::decoded(shell, current) };
            reply::reply(shell, find(ctx, command, shell, &question))
        }),
    }
    .unwrap_or_default()
}

fn find(ctx: &Context, command: Command, shell: Shell, question: &CommandLine) -> Completions {
    match grammar::expected(command, question) {
        Expected::Command(at) => Completions::Command(at),
        Expected::Words(kind, candidates) => Completions::Candidates { kind, are_parts: false, candidates },
        Expected::Value(kind, before, dashed) => {
            let typed = question.current.strip_prefix(&before).unwrap_or_default();
            // zsh and fish match by their user's own rules, and want all there is.
            let matching = match shell {
                Shell::Zsh | Shell::Fish => narrow::Matching::ByShell,
                Shell::Bash | Shell::PowerShell => narrow::Matching::Here,
            };
            values::answer(ctx, kind, typed, matching).fitting(dashed).behind(&before)
        }
    }
}

impl Completions {
    /// Leaves out what would be taken for an option here, and offers the `--` that lets it stand. A `-` alone is none.
    fn fitting(mut self, dashed: LeadingDash) -> Self {
        if let Self::Candidates { candidates, .. } = &mut self
            && dashed != LeadingDash::Fits
        {
            let is_dashed = |candidate: &Candidate| candidate.value.starts_with('-') && candidate.value != "-";
            let is_any = candidates.iter().any(is_dashed);
            candidates.retain(|candidate| !is_dashed(candidate));
            if is_any && dashed == LeadingDash::NeedsDashes {
                candidates.push(Candidate::new("--", "before a name that begins with -"));
            }
        }
        self
    }

    /// Puts what was typed before the value, `--region=`, before each candidate.
    fn behind(mut self, before: &str) -> Self {
        if let Self::Candidates { candidates, .. } = &mut self {
            candidates.iter_mut().for_each(|candidate| candidate.value.insert_str(0, before));
        }
        self
    }
}
