//! Finds what the command line's grammar allows at the cursor. Verbs, options and fixed values come from clap's completion
//! engine; of the values that only ssox knows, this module returns the kind, and `values` finds them.

use super::value_kind::ValueKind;
use super::{Candidate, CommandLine};
use clap::{Arg, Command};
use clap_complete::CompletionCandidate;
use clap_complete::engine::{ArgValueCompleter, complete};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};

/// What the grammar allows at the cursor.
#[derive(Debug)]
pub(super) enum Expected {
    /// The words from this number on are a command line of their own.
    Command(usize),
    /// A value of a kind, the text before it in the same word, such as `--region=`, and whether it may start with `-`.
    Value(ValueKind, String, LeadingDash),
    /// One of these words; the text says what they are.
    Words(&'static str, Vec<Candidate>),
}

/// Whether a value that starts with `-` is allowed at the cursor, or would be read as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadingDash {
    Allowed,
    /// Only after `--`.
    AfterDashes,
    Never,
}

/// Returns what the grammar allows at the cursor.
pub(super) fn expected(mut command: Command, command_line: &CommandLine) -> Expected {
    // clap adds inherited arguments to a verb only when it is built.
    command.build();
    let command = marked(command);
    let (verb, at) = verb(&command, &command_line.words);
    if let Some(start) = inner_command(verb, command_line, at) {
        return Expected::Command(start);
    }
    let excluded = excluded(verb, &command_line.words);
    let candidates = engine_candidates(&mut command.clone(), command_line);
    let is_option = command_line.current.starts_with('-') && !command_line.words.iter().any(|word| word == "--");
    for candidate in &candidates {
        let Some(kind) = ValueKind::of_candidate(candidate) else { continue };
        let before = candidate.get_value().to_string_lossy().into_owned();
        // A `-` starts an option, not a profile.
        if !is_option || !before.is_empty() {
            let leading_dash = leading_dash(verb, &command_line.words, &before);
            return Expected::Value(kind, before, leading_dash);
        }
    }
    words(candidates, is_option, &excluded)
}

fn leading_dash(verb: &Command, words: &[String], before: &str) -> LeadingDash {
    if !before.is_empty() || words.iter().any(|word| word == "--") {
        LeadingDash::Allowed
    } else if words.last().is_some_and(|word| awaits_value(verb, word)) {
        LeadingDash::Never
    } else {
        LeadingDash::AfterDashes
    }
}

/// Adds a completer to each argument whose values only ssox knows: its candidate carries the kind.
fn marked(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let mark = |arg: Arg| match ValueKind::of(&name, &arg) {
        Some(kind) => {
            let candidate = move || CompletionCandidate::new("").id(Some(kind.candidate_id()));
            arg.add(ArgValueCompleter::new(move |_: &OsStr| vec![candidate()]))
        }
        None => arg,
    };
    command.mut_args(mark).mut_subcommands(marked)
}

/// Asks clap's engine for candidates. Of the word at the cursor it gets only `--option=`: the matching is done later.
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

/// Returns the index of the program of `exec PROFILE -- PROGRAM …`, when it is at the cursor or before.
fn inner_command(verb: &Command, command_line: &CommandLine, first: usize) -> Option<usize> {
    let program = verb.get_positionals().find(|arg| arg.is_trailing_var_arg_set())?.get_index()?;
    let mut positionals = 0;
    let mut is_escaped = false;
    let mut words = command_line.words.iter().enumerate().skip(first);
    while let Some((at, word)) = words.next() {
        // The second `--` of `exec -- -x -- PROGRAM` is not a positional argument either.
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

/// Returns the ids of options that cannot be given any more: those that were given, and those that conflict with them.
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

/// Selects the candidates that clap knows: options, or else verbs and fixed values.
fn words(found: Vec<CompletionCandidate>, is_option: bool, excluded: &HashSet<String>) -> Expected {
    let id = |candidate: &CompletionCandidate| candidate.get_id().cloned().unwrap_or_default();
    let is_allowed =
        |candidate: &CompletionCandidate| !id(candidate).starts_with("value::") && !excluded.contains(&id(candidate));
    let starts_with_dash = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    let (options, others): (Vec<_>, Vec<_>) = found.into_iter().filter(is_allowed).partition(starts_with_dash);
    // Options are offered after a `-`, and where nothing else is allowed.
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
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    /// The last word is the one at the cursor.
    fn at(line: &str) -> Expected {
        let mut words: Vec<String> = line.split(' ').map(String::from).collect();
        let current = words.pop().unwrap_or_default();
        expected(Cli::command(), &CommandLine { words, current })
    }

    fn words_at(line: &str) -> Vec<String> {
        match at(line) {
            Expected::Words(_, candidates) => candidates.into_iter().map(|candidate| candidate.value).collect(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_value_has_a_kind_or_is_free() {
        let free = [
            "emit",
            "min_ttl",
            "mfa_code",
            "role_arn",
            "timeout",
            "port",
            "write",
            "command",
            "start_url",
            "account_id",
            "role_name",
            "service",
            "wait",
            "words",
        ];
        fn check(command: &Command, free: &[&str]) {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let id = arg.get_id().as_str();
                let is_known = ValueKind::of(command.get_name(), arg).is_some()
                    || arg.get_value_parser().possible_values().is_some();
                assert!(is_known != free.contains(&id), "{} {id}", command.get_name());
            }
            command.get_subcommands().for_each(|command| check(command, free));
        }
        let mut command = Cli::command();
        command.build();
        check(&command, &free);
    }

    #[test]
    fn every_verb_is_offered_but_the_hidden_ones() {
        let verbs = words_at("ssox ");
        for command in Cli::command().get_subcommands() {
            assert_eq!(
                verbs.iter().any(|verb| verb == command.get_name()),
                !command.is_hide_set(),
                "{}",
                command.get_name()
            );
        }
    }

    #[test]
    fn every_option_is_offered_until_it_is_given() {
        fn check(command: &Command, line: &str) {
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let Some(long) = arg.get_long().map(|long| format!("--{long}")) else { continue };
                assert!(words_at(&format!("{line} -")).contains(&long), "{line} {long}");
                if !arg.get_action().takes_values() {
                    assert!(!words_at(&format!("{line} {long} -")).contains(&long), "{line} {long}");
                }
            }
            for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
                check(command, &format!("{line} {}", command.get_name()));
            }
        }
        let mut command = Cli::command();
        command.build();
        check(&command, "ssox");
    }

    #[test]
    fn what_excludes_another_is_not_offered_beside_it() {
        assert!(!words_at("ssox login --pkce -").contains(&"--device-code".into()));
        assert!(!words_at("ssox use -v dev -").contains(&"--verbose".into()));
        assert!(words_at("ssox exec dev --min-ttl 1h --").contains(&"--mfa-code".into()));
    }

    #[test]
    fn a_value_is_known_by_its_position() {
        for (line, kind, before) in [
            ("ssox use d", ValueKind::ProfileOrPrevious, ""),
            ("ssox -v login d", ValueKind::ProfileWithSession, ""),
            ("ssox saml roles ", ValueKind::ProfileWithSaml, ""),
            ("ssox use --region=eu dev", ValueKind::ProfileOrPrevious, ""),
            ("ssox use -- -d", ValueKind::ProfileOrPrevious, ""),
            ("ssox use --region ", ValueKind::Region, ""),
            ("ssox use dev --region=eu", ValueKind::Region, "--region="),
            ("ssox configure sso --profile ", ValueKind::Profile, ""),
            ("ssox configure sso --sso-session=c", ValueKind::Session, "--sso-session="),
            ("ssox export --saml-response ", ValueKind::File, ""),
        ] {
            match at(line) {
                Expected::Value(found, there, _) => assert_eq!((found, there.as_str()), (kind, before), "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
        assert_eq!(words_at("ssox export --format=")[0], "--format=env");
    }

    #[test]
    fn a_value_that_starts_with_a_dash_is_allowed_where_it_is_not_an_option() {
        for (line, expected) in [
            ("ssox use ", LeadingDash::AfterDashes),
            ("ssox use --profile-only ", LeadingDash::AfterDashes),
            ("ssox use -- ", LeadingDash::Allowed),
            ("ssox use -- -d", LeadingDash::Allowed),
            ("ssox configure sso --profile=", LeadingDash::Allowed),
            ("ssox configure sso --profile ", LeadingDash::Never),
            ("ssox login --sso-session ", LeadingDash::Never),
        ] {
            let Expected::Value(_, _, leading_dash) = at(line) else { panic!("{line}") };
            assert_eq!(leading_dash, expected, "{line}");
        }
    }

    #[test]
    fn a_command_begins_after_the_profile() {
        for (line, start) in [
            ("ssox exec dev ", Some(3)),
            ("ssox exec dev -- ", Some(4)),
            ("ssox exec dev -- git che", Some(4)),
            ("ssox exec dev git --", Some(3)),
            ("ssox exec -- -x ", Some(4)),
            ("ssox exec -- -x -- ", Some(5)),
            ("ssox exec -- -x -- git che", Some(5)),
            ("ssox -v exec --min-ttl 1h dev --timeout=1m git -- ", Some(7)),
            ("ssox exec ", None),
            ("ssox exec dev -", None),
            ("ssox exec dev --min-ttl ", None),
            ("ssox use dev ", None),
        ] {
            match (at(line), start) {
                (Expected::Command(found), Some(start)) => assert_eq!(found, start, "{line}"),
                (other, start) => {
                    assert!(!matches!(other, Expected::Command(_)) && start.is_none(), "{line}: {other:?}");
                }
            }
        }
    }
}
