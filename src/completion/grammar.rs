//! Finds out what is allowed at the cursor of a command line. Verbs, options and fixed values come from clap's
//! completion engine. For values that clap does not know, such as profiles, this module returns their kind, and
//! `values` finds them.

use super::value_kind::ValueKind;
use crate::one_verb;
use crate::shell::completion::{Candidate, CommandLine};
use clap::{Arg, Command};
use clap_complete::CompletionCandidate;
use clap_complete::engine::{ArgValueCompleter, complete};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::mem::ManuallyDrop;

/// What is allowed at the cursor.
#[derive(Debug)]
pub(super) enum Expected {
    /// A program and its arguments, as in `ssox exec dev -- PROGRAM`. The number is the program's index in the words.
    Command(usize),
    /// The kind of the value; the part of the word before the value, such as `--region=`; and whether the value may
    /// start with `-`.
    Value(ValueKind, String, LeadingDash),
    /// One of these candidates. The text says what the candidates are: `command`, `option` or `value`.
    Words(&'static str, Vec<Candidate>),
}

/// Whether a value that starts with `-` is allowed at the cursor. If such a value is not allowed, clap reads the word
/// as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadingDash {
    Allowed,
    /// A value that starts with `-` is allowed only after `--`.
    AfterDashes,
    Never,
}

/// Returns what is allowed at the cursor.
pub(super) fn expected(command: Command, command_line: &CommandLine) -> Expected {
    let mut command = without_other_verbs(command, &command_line.words);
    // clap adds inherited arguments to a verb only in `build`.
    command.build();
    // The definition is not freed: that takes time, and the process ends soon.
    let mut command = ManuallyDrop::new(marked(command));
    let (verb, at) = verb(&command, &command_line.words);
    if let Some(start) = inner_command(verb, command_line, at) {
        return Expected::Command(start);
    }
    let (excluded, alone) = (excluded(verb, &command_line.words), leading_dash(verb, &command_line.words));
    let candidates = engine_candidates(&mut command, command_line);
    let is_option = command_line.current.starts_with('-') && !command_line.words.iter().any(|word| word == "--");
    for candidate in &candidates {
        let Some(kind) = ValueKind::of_candidate(candidate) else { continue };
        let before = candidate.get_value().to_string_lossy().into_owned();
        // A word that starts with `-` is an option, not a profile.
        if !is_option || !before.is_empty() {
            let leading_dash = if before.is_empty() { alone } else { LeadingDash::Allowed };
            return Expected::Value(kind, before, leading_dash);
        }
    }
    words(candidates, is_option, &excluded)
}

/// Returns clap's definition of ssox with only the verb of the command line. If the command line has no verb, returns
/// all verbs without their arguments. Building the other arguments takes clap longer than everything else that
/// completion does.
fn without_other_verbs(command: Command, words: &[String]) -> Command {
    let verb = verb(&command, words).0;
    if verb.get_name() != command.get_name() {
        return one_verb::with_only(verb, &command);
    }
    // clap builds the arguments of a verb with the function in `defer`; a new function replaces it.
    command.mut_subcommands(|verb| verb.defer(|verb| verb))
}

/// Tells whether a value at the cursor may start with `-`, if the value is a separate word (not part of `--option=`).
fn leading_dash(verb: &Command, words: &[String]) -> LeadingDash {
    if words.iter().any(|word| word == "--") {
        LeadingDash::Allowed
    } else if words.last().is_some_and(|word| awaits_value(verb, word)) {
        LeadingDash::Never
    } else {
        LeadingDash::AfterDashes
    }
}

/// Adds a completer to each argument whose values clap does not know. The completer returns one candidate, whose id
/// names the kind of the values.
fn marked(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let marked_arg = |arg: Arg| {
        let Some(kind) = ValueKind::of(&name, &arg) else { return arg };
        arg.add(ArgValueCompleter::new(move |_: &OsStr| {
            vec![CompletionCandidate::new("").id(Some(kind.candidate_id()))]
        }))
    };
    command.mut_args(marked_arg).mut_subcommands(marked)
}

/// Asks clap's engine for candidates. The engine gets the words before the cursor. Of the word at the cursor, it gets
/// only a leading `--option=`; the rest is compared with the candidates later.
fn engine_candidates(command: &mut Command, command_line: &CommandLine) -> Vec<CompletionCandidate> {
    let start = match command_line.current.split_once('=') {
        Some((option, _)) if option.starts_with("--") => format!("{option}="),
        _ => String::new(),
    };
    let words = command_line.words.iter().cloned().chain([start]).map(OsString::from).collect();
    complete(command, words, command_line.words.len(), None).unwrap_or_default()
}

/// Returns the innermost verb in the command line, and the index of the first word after it.
fn verb<'c>(command: &'c Command, words: &[String]) -> (&'c Command, usize) {
    let mut verb = command;
    let mut after = 1;
    for (at, word) in words.iter().enumerate().skip(1) {
        match verb.find_subcommand(word) {
            Some(found) => (verb, after) = (found, at + 1),
            None if word.starts_with('-') => {}
            None => break,
        }
    }
    (verb, after)
}

/// Returns the index of PROGRAM in `exec PROFILE -- PROGRAM …` or `each PATTERN… -- PROGRAM …`; `None` if the cursor is
/// before PROGRAM, or the verb runs no program.
fn inner_command(verb: &Command, command_line: &CommandLine, first: usize) -> Option<usize> {
    if verb.get_positionals().any(Arg::is_last_set) {
        let dashes = command_line.words.iter().skip(first).position(|word| word == "--")?;
        return Some(first + dashes + 1);
    }
    let program = verb.get_positionals().find(|arg| arg.is_trailing_var_arg_set())?.get_index()?;
    let mut positionals = 0;
    let mut is_escaped = false;
    let mut words = command_line.words.iter().enumerate().skip(first);
    while let Some((at, word)) = words.next() {
        // In `exec -- -x -- PROGRAM`, `-x` is the profile, and neither `--` is a positional argument.
        if word == "--" && (!is_escaped || positionals + 1 == program) {
            is_escaped = true;
        } else if !is_escaped && word.starts_with('-') && word != "-" {
            if awaits_value(verb, word) {
                words.next()?;
            }
        } else {
            positionals += 1;
            if positionals == program {
                return Some(at);
            }
        }
    }
    let is_next = positionals + 1 == program && (is_escaped || !command_line.current.starts_with('-'));
    is_next.then_some(command_line.words.len())
}

/// Tells whether a word is an option whose value is the next word.
fn awaits_value(verb: &Command, word: &str) -> bool {
    let of_word = |arg: &&Arg| word.strip_prefix("--").is_some_and(|name| arg.get_long() == Some(name));
    verb.get_arguments().find(of_word).is_some_and(|arg| arg.get_action().takes_values())
}

/// Returns the ids of options that are not allowed any more: those that are given already, and those that conflict with
/// a given option.
fn excluded(verb: &Command, words: &[String]) -> HashSet<String> {
    let options = words.iter().take_while(|word| *word != "--").filter(|word| word.starts_with('-'));
    let names: HashSet<&str> = options.map(|word| word.split('=').next().unwrap_or(word)).collect();
    let is_given = |arg: &&Arg| {
        arg.get_long().is_some_and(|long| names.contains(format!("--{long}").as_str()))
            || arg.get_short().is_some_and(|short| names.contains(format!("-{short}").as_str()))
    };
    let with_conflicts = |arg| std::iter::once(arg).chain(verb.get_arg_conflicts_with(arg));
    verb.get_arguments().filter(is_given).flat_map(with_conflicts).map(|arg| format!("arg::{}", arg.get_id())).collect()
}

/// Selects from the candidates of clap's engine: options if the word starts with `-` or there is nothing else,
/// otherwise verbs and fixed values.
fn words(found: Vec<CompletionCandidate>, is_option: bool, excluded: &HashSet<String>) -> Expected {
    let id = |candidate: &CompletionCandidate| candidate.get_id().cloned().unwrap_or_default();
    let is_allowed =
        |candidate: &CompletionCandidate| !id(candidate).starts_with("value::") && !excluded.contains(&id(candidate));
    let starts_with_dash = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    let (options, others): (Vec<_>, Vec<_>) = found.into_iter().filter(is_allowed).partition(starts_with_dash);
    // Options are offered if the word starts with `-`, and also if nothing else is allowed.
    let offered = if is_option || others.is_empty() { options } else { others };
    let kind = match offered.first().map(id) {
        Some(id) if id.starts_with("command::") => "command",
        Some(id) if id.starts_with("arg::") => "option",
        _ => "value",
    };
    Expected::Words(kind, offered.iter().map(candidate).collect())
}

fn candidate(candidate: &CompletionCandidate) -> Candidate {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let first_line = help.lines().next().unwrap_or_default();
    Candidate::new(candidate.get_value().to_string_lossy(), first_line)
}

#[cfg(test)]
mod tests;
