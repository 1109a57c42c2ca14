//! What the command line's grammar allows at the cursor. The candidates are those of clap's own engine; the values only
//! ssox knows are named by their kind here, and found later.
//!
//! Deliberately not here: the values themselves.

use super::{Candidate, Question};
use clap::{Arg, Command, ValueHint};
use clap_complete::CompletionCandidate;
use clap_complete::engine::{ArgValueCompleter, complete};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};

/// Values clap does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Profile,
    /// Also `-`, the profile before this one.
    ProfileOrPrevious,
    /// Only profiles with a session to sign in to.
    ProfileWithSession,
    /// Only profiles whose credentials come from a SAML page.
    ProfileWithSaml,
    Session,
    Region,
    Output,
    Scope,
    File,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Profile,
        Self::ProfileOrPrevious,
        Self::ProfileWithSession,
        Self::ProfileWithSaml,
        Self::Session,
        Self::Region,
        Self::Output,
        Self::Scope,
        Self::File,
    ];

    fn of(verb: &str, arg: &Arg) -> Option<Self> {
        Some(match (verb, arg.get_id().as_str()) {
            ("use", "profile") => Self::ProfileOrPrevious,
            ("login" | "logout", "profile") => Self::ProfileWithSession,
            ("roles", "profile") => Self::ProfileWithSaml,
            (_, "profile") => Self::Profile,
            (_, "sso_session") => Self::Session,
            (_, "region" | "sso_region") => Self::Region,
            (_, "output") => Self::Output,
            (_, "scopes") => Self::Scope,
            _ if arg.get_value_hint() == ValueHint::AnyPath => Self::File,
            _ => return None,
        })
    }

    /// The mark by which the engine's candidates say that a value of this kind belongs here.
    fn mark(self) -> String {
        format!("value::{self:?}")
    }
}

/// What belongs at the cursor.
#[derive(Debug)]
pub(super) enum Place {
    /// The words from there on are a command line of their own.
    Command(usize),
    /// A value, and what stands before it in the same word: `--region=`.
    Value(Kind, String),
    /// One of these.
    Words(&'static str, Vec<Candidate>),
}

/// Returns what belongs at the cursor.
pub(super) fn place(command: Command, question: &Question) -> Place {
    let mut command = marked(command);
    command.build();
    let (verb, at) = verb(&command, &question.words);
    if let Some(start) = inner_command(verb, question, at) {
        return Place::Command(start);
    }
    let excluded = excluded(verb, &question.words);
    let found = engine(&mut command.clone(), question);
    let is_option = question.current.starts_with('-');
    let value = found.iter().find_map(|candidate| {
        let kind = Kind::ALL.into_iter().find(|kind| candidate.get_id() == Some(&kind.mark()))?;
        Some((kind, candidate.get_value().to_string_lossy().into_owned()))
    });
    match value {
        Some((kind, before)) if !is_option || !before.is_empty() => return Place::Value(kind, before),
        // An option may be meant, or the profile before this one.
        Some((Kind::ProfileOrPrevious, before)) if question.current == "-" => {
            return Place::Value(Kind::ProfileOrPrevious, before);
        }
        _ => {}
    }
    words(found, is_option, &excluded)
}

fn marked(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let mark = |arg: Arg| match Kind::of(&name, &arg) {
        Some(kind) => {
            let candidate = move || CompletionCandidate::new("").id(Some(kind.mark()));
            arg.add(ArgValueCompleter::new(move |_: &OsStr| vec![candidate()]))
        }
        None => arg,
    };
    command.mut_args(mark).mut_subcommands(marked)
}

/// Asks the engine with nothing typed of the word at the cursor, but for an option that awaits its value after `=`:
/// the shells match better.
fn engine(command: &mut Command, question: &Question) -> Vec<CompletionCandidate> {
    let start = match question.current.split_once('=') {
        Some((option, _)) if option.starts_with("--") => format!("{option}="),
        _ => String::new(),
    };
    let words = question.words.iter().cloned().chain([start]).map(OsString::from).collect();
    complete(command, words, question.words.len(), None).unwrap_or_default()
}

/// Returns the innermost verb that is named, and the index of the first word after it.
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

/// Returns where the program of `exec PROFILE -- PROGRAM …` stands, when it stands at the cursor or before.
fn inner_command(verb: &Command, question: &Question, first: usize) -> Option<usize> {
    let program = verb.get_positionals().find(|arg| arg.is_trailing_var_arg_set())?.get_index()?;
    let mut positionals = 0;
    let mut is_escaped = false;
    let mut words = question.words.iter().enumerate().skip(first);
    while let Some((at, word)) = words.next() {
        if !is_escaped && word == "--" {
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
    let is_next = positionals + 1 == program && (is_escaped || !question.current.starts_with('-'));
    is_next.then_some(question.words.len())
}

fn awaits_value(verb: &Command, word: &str) -> bool {
    let of_word = |arg: &&Arg| word.strip_prefix("--").is_some_and(|name| arg.get_long() == Some(name));
    verb.get_arguments().find(of_word).is_some_and(|arg| arg.get_action().takes_values())
}

/// Returns the options that cannot be given any more: those that were, and those that exclude each other.
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

fn words(found: Vec<CompletionCandidate>, is_option: bool, excluded: &HashSet<String>) -> Place {
    let id = |candidate: &CompletionCandidate| candidate.get_id().cloned().unwrap_or_default();
    let is_fitting =
        |candidate: &CompletionCandidate| !id(candidate).starts_with("value::") && !excluded.contains(&id(candidate));
    let starts_with_dash = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    let (dashed, plain): (Vec<_>, Vec<_>) = found.into_iter().filter(is_fitting).partition(starts_with_dash);
    // Options are offered where one was begun, and where nothing else fits.
    let offered = if is_option || plain.is_empty() { dashed } else { plain };
    let kind = match offered.first().map(id) {
        Some(id) if id.starts_with("command::") => "command",
        Some(id) if id.starts_with("arg::") => "option",
        _ => "value",
    };
    Place::Words(kind, offered.iter().map(candidate).collect())
}

fn candidate(candidate: &CompletionCandidate) -> Candidate {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let first_line = help.lines().next().unwrap_or_default();
    Candidate::new(candidate.get_value().to_string_lossy(), first_line)
}
