//! What is said to PowerShell's glue, which takes what it gets: nothing is matched there, and what is inserted is source.

use super::{Candidate, CommandLine, Completions, reply};
use crate::shell::quote::powershell;
use crate::shell::reply::ascii;

/// Reads the word at the cursor as the glue passes it: an empty argument would get lost, so there is an `=` before it.
pub(super) fn decoded(current: &str) -> String {
    current.strip_prefix('=').unwrap_or(current).trim_matches(['"', '\'']).into()
}

/// Writes the reply to the glue: of each candidate what is inserted, what is listed, and what is explained, in ASCII.
pub(super) fn reply(question: &CommandLine, answer: Completions) -> String {
    let Completions::Candidates { kind, are_parts, candidates } = answer else {
        return reply::without_candidates(&answer);
    };
    let line = |candidate: Candidate| {
        let inserted = word(kind, &candidate.value);
        // PowerShell takes no empty explanation.
        let explained = if candidate.description.is_empty() { &candidate.value } else { &candidate.description };
        format!("{}\t{}\t{}\n", ascii(&inserted), ascii(&candidate.value), ascii(explained))
    };
    reply::header(kind, are_parts, narrowed(candidates, &question.current).into_iter().map(line))
}

/// Returns those that begin with what was typed; if none does, those that begin so in other letters' case.
fn narrowed(mut candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let is_alike =
        |one: &Candidate| one.value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    let begins = |one: &Candidate| one.value.starts_with(typed);
    let any = candidates.iter().any(begins);
    candidates.retain(|one| if any { begins(one) } else { is_alike(one) });
    candidates
}

/// Spells a candidate as one word. PowerShell would cut a name that begins with a dash at a dot or a colon.
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
            reply(&CommandLine { words, current }, Completions::Candidates { kind, are_parts: false, candidates });
        told.lines().skip(1).filter_map(|line| line.split('\t').next()).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_does_not_go_on_from_what_was_typed_is_left_out() {
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
    fn a_name_with_a_dash_is_no_parameter() {
        assert_eq!(said("ssox use -- ", "profile", &["-a.b", "dev"]), "'-a.b' | dev");
        assert_eq!(said("ssox use ", "profile", &["-", "--"]), "- | --");
        assert_eq!(said("ssox use --m", "option", &["--min-ttl"]), "--min-ttl");
        assert_eq!(said("ssox use --region=", "region", &["--region=eu-west-1"]), "--region=eu-west-1");
    }

    #[test]
    fn each_line_is_ascii_and_says_something() {
        let candidates = vec![Candidate::new("a’ $(x)", "é"), Candidate::new("dev", "")];
        let answer = Completions::Candidates { kind: "profile", are_parts: false, candidates };
        let told = reply(&CommandLine::default(), answer);
        assert_eq!(told, "words profile\n'a\\u2019\\u2019 $(x)'\ta\\u2019 $(x)\t\\u00e9\ndev\tdev\tdev\n");
    }

    #[test]
    fn the_word_at_the_cursor_is_read_without_its_quotes() {
        assert_eq!(decoded("='acme c"), "acme c");
        assert_eq!(decoded("="), "");
    }
}
