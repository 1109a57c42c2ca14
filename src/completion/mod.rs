//! Completion: finds the candidates for the cursor position, and writes them for the completion function of each shell
//! (in the folder `shell/`). The shell inserts a candidate as one word and runs nothing.
//!
//! Invariant: completion never asks AWS, never signs in, and never evaluates what was typed.

mod grammar;
mod listed;
mod matching;
mod value_kind;
mod values;

use crate::context::Context;
use crate::shell::Shell;
use crate::shell::completion::{Candidate, CommandLine, Completions, MatchedBy};
use clap::Command;
use grammar::{Expected, LeadingDash};

/// Returns the reply to a shell's completion function, which passes `arguments`. `command` is clap's definition of
/// ssox.
pub(crate) fn reply(ctx: &Context, command: fn() -> Command, shell: Shell, arguments: &[String]) -> String {
    shell.complete(arguments, &|command_line, matched_by| find(ctx, command(), command_line, matched_by))
}

fn find(ctx: &Context, command: Command, command_line: &CommandLine, matched_by: MatchedBy) -> Completions {
    match grammar::expected(command, command_line) {
        Expected::Command(at) => Completions::Command(at),
        Expected::Words(kind, candidates) => Completions::Candidates { kind, are_prefixes: false, candidates },
        Expected::Value(kind, before, leading_dash) => {
            let typed = command_line.current.strip_prefix(&before).unwrap_or_default();
            let mut completions = values::completions(ctx, kind, typed, matched_by);
            if let Completions::Candidates { candidates, .. } = &mut completions {
                remove_options(candidates, leading_dash);
                // Shells replace the whole word, so its beginning, such as `--region=`, is part of each candidate.
                candidates.iter_mut().for_each(|candidate| candidate.value.insert_str(0, &before));
            }
            completions
        }
    }
}

/// Removes candidates that clap would read as options. If clap accepts the removed candidates after `--`, offers `--`.
/// A single `-` is not an option.
fn remove_options(candidates: &mut Vec<Candidate>, leading_dash: LeadingDash) {
    if leading_dash == LeadingDash::Allowed {
        return;
    }
    let is_option = |candidate: &Candidate| candidate.value.starts_with('-') && candidate.value != "-";
    let has_option = candidates.iter().any(is_option);
    candidates.retain(|candidate| !is_option(candidate));
    if has_option && leading_dash == LeadingDash::AfterDashes {
        candidates.push(Candidate::new("--", "before a name that starts with -"));
    }
}
