//! Completion for PowerShell, whose completion function inserts text as source code and does not filter candidates.

use super::matching::starts_with_in_any_case;
use super::reply::{with_header, without_candidates};
use super::{Candidate, CommandLine, Completions};
use crate::shell::quote::powershell;
use crate::shell::reply::ascii;

/// Decodes the word at the cursor: the completion function adds an `=` before it, because an empty argument would be lost.
pub(super) fn decoded(current: &str) -> String {
    current.strip_prefix('=').unwrap_or(current).trim_matches(['"', '\'']).into()
}

/// Returns the reply to the completion function. Each line has the inserted text, the listed text and the description, in
/// ASCII.
pub(super) fn reply(command_line: &CommandLine, completions: Completions) -> String {
    let Completions::Candidates { kind, are_prefixes, candidates } = completions else {
        return without_candidates(&completions);
    };
    let line = |candidate: Candidate| {
        let inserted = word(kind, &candidate.value);
        // PowerShell rejects an empty description.
        let description = if candidate.description.is_empty() { &candidate.value } else { &candidate.description };
        format!("{}\t{}\t{}\n", ascii(&inserted), ascii(&candidate.value), ascii(description))
    };
    with_header(kind, are_prefixes, matching(candidates, &command_line.current).into_iter().map(line))
}

/// Returns the candidates that start with what was typed, or else those that do so in another case.
fn matching(mut candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    if candidates.iter().any(|candidate| candidate.value.starts_with(typed)) {
        candidates.retain(|candidate| candidate.value.starts_with(typed));
    } else {
        candidates.retain(|candidate| starts_with_in_any_case(&candidate.value, typed));
    }
    candidates
}

/// Quotes a candidate where needed, so that it is one word. PowerShell splits a bare name with a leading dash at dots and
/// colons.
fn word(kind: &str, value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=+".contains(c);
    let is_name_with_dash = kind == "profile" && value.starts_with('-') && !matches!(value, "-" | "--");
    if value.chars().all(is_bare) && !is_name_with_dash { value.into() } else { powershell(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(typed: &str, kind: &'static str, values: &[&str]) -> String {
        let mut words: Vec<String> = typed.split(' ').map(String::from).collect();
        let current = words.pop().unwrap_or_default();
        let candidates = values.iter().map(|value| Candidate::new(*value, "")).collect();
        let told =
            reply(&CommandLine { words, current }, Completions::Candidates { kind, are_prefixes: false, candidates });
        told.lines().skip(1).filter_map(|line| line.split('\t').next()).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn only_matching_candidates_are_written() {
        assert_eq!(said("ssox u", "command", &["init", "use"]), "use");
        assert_eq!(
            said("ssox use --region=EU-N", "region", &["--region=eu-north-1", "--region=us-east-1"]),
            "--region=eu-north-1"
        );
        assert_eq!(said("ssox use D", "profile", &["dev", "Dev"]), "Dev");
        assert_eq!(said("ssox use ", "profile", &["dev", "é"]), "dev | '\\u00e9'");
        assert_eq!(said("ssox use x", "profile", &["dev"]), "");
    }

    #[test]
    fn a_name_with_a_leading_dash_is_not_a_parameter() {
        assert_eq!(said("ssox use -- ", "profile", &["-a.b", "dev"]), "'-a.b' | dev");
        assert_eq!(said("ssox use ", "profile", &["-", "--"]), "- | --");
        assert_eq!(said("ssox use --m", "option", &["--min-ttl"]), "--min-ttl");
        assert_eq!(said("ssox use --region=", "region", &["--region=eu-west-1"]), "--region=eu-west-1");
    }

    #[test]
    fn each_line_is_ascii_and_has_a_description() {
        let candidates = vec![Candidate::new("a’ $(x)", "é"), Candidate::new("dev", "")];
        let answer = Completions::Candidates { kind: "profile", are_prefixes: false, candidates };
        let told = reply(&CommandLine::default(), answer);
        assert_eq!(told, "words profile\n'a\\u2019\\u2019 $(x)'\ta\\u2019 $(x)\t\\u00e9\ndev\tdev\tdev\n");
    }

    #[test]
    fn the_word_at_the_cursor_is_read_without_its_quotes() {
        assert_eq!(decoded("='acme c"), "acme c");
        assert_eq!(decoded("="), "");
    }
}
