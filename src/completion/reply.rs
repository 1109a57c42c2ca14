//! Completion for zsh and fish: decodes the word at the cursor and writes the reply.

use super::{Candidate, Completions};
use crate::shell::Shell;

/// Decodes the word at the cursor as the completion function passes it.
pub(super) fn decoded(shell: Shell, current: &str) -> String {
    match shell {
        Shell::Fish => without_fish_quotes(current),
        Shell::Zsh | Shell::Bash | Shell::PowerShell => current.into(),
    }
}

/// Removes backslashes, and quotes whether closed or not: fish passes the word as it was typed.
fn without_fish_quotes(word: &str) -> String {
    let mut is_escaped = false;
    let mut is_kept = |c: &char| {
        is_escaped = *c == '\\' && !is_escaped;
        !is_escaped && !matches!(c, '"' | '\'')
    };
    word.chars().filter(|c| is_kept(c)).collect()
}

/// Returns the reply to the completion function.
pub(super) fn reply(shell: Shell, completions: Completions) -> String {
    let Completions::Candidates { kind, are_prefixes, candidates } = completions else {
        return without_candidates(&completions);
    };
    let line = |candidate: &Candidate| match shell {
        Shell::Zsh => zsh(candidate),
        Shell::Fish | Shell::Bash | Shell::PowerShell => format!("{}\t{}\n", candidate.value, candidate.description),
    };
    with_header(kind, are_prefixes, candidates.iter().map(line))
}

/// Returns the reply of one line, where the shell finds the candidates itself.
pub(super) fn without_candidates(completions: &Completions) -> String {
    match completions {
        Completions::Command(at) => format!("command {at}\n"),
        Completions::Files => "files\n".into(),
        Completions::Candidates { .. } => String::new(),
    }
}

/// Returns lines after the header that says what they are; without lines, an empty text.
pub(super) fn with_header(kind: &str, are_prefixes: bool, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.collect();
    if lines.is_empty() {
        return lines;
    }
    let header = if are_prefixes { "parts" } else { "words" };
    format!("{header} {kind}\n{lines}")
}

/// Returns the line of a candidate in the format of zsh's `_describe`.
fn zsh(candidate: &Candidate) -> String {
    let value = candidate.value.replace('\\', r"\\").replace(':', r"\:");
    match candidate.description.as_str() {
        "" => format!("{value}\n"),
        description => format!("{value}:{description}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(shell: Shell, value: &str, description: &str) -> String {
        let candidates = vec![Candidate::new(value, description)];
        reply(shell, Completions::Candidates { kind: "profile", are_prefixes: false, candidates })
    }

    #[test]
    fn each_shell_gets_its_own_format() {
        assert_eq!(said(Shell::Zsh, r"prod:a\b", "1: x"), "words profile\nprod\\:a\\\\b:1: x\n");
        assert_eq!(said(Shell::Zsh, "star*", ""), "words profile\nstar*\n");
        assert_eq!(said(Shell::Fish, "acme corp", "x"), "words profile\nacme corp\tx\n");
    }

    #[test]
    fn without_candidates_the_reply_is_empty() {
        let nothing = Completions::Candidates { kind: "profile", are_prefixes: false, candidates: vec![] };
        assert_eq!(reply(Shell::Zsh, nothing), "");
    }

    #[test]
    fn the_word_at_the_cursor_is_decoded_as_its_shell_passes_it() {
        assert_eq!(decoded(Shell::Fish, r#""acme c"#), "acme c");
        assert_eq!(decoded(Shell::Fish, r"we\$\(x\\"), r"we$(x\");
    }
}
