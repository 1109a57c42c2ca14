//! What is said to the glue of zsh and fish, and how their word at the cursor is read.

use super::{Candidate, Completions};
use crate::shell::Shell;

/// Reads the word at the cursor as the glue passes it.
pub(super) fn decoded(shell: Shell, current: &str) -> String {
    match shell {
        // Raw: a backslash means the next character, and a quote, closed or not, nothing.
        Shell::Fish => {
            let mut is_escaped = false;
            let mut means_something = |c: &char| {
                is_escaped = *c == '\\' && !is_escaped;
                !is_escaped && !matches!(c, '"' | '\'')
            };
            current.chars().filter(|c| means_something(c)).collect()
        }
        Shell::Zsh | Shell::Bash | Shell::PowerShell => current.into(),
    }
}

/// Writes the reply to the glue.
pub(super) fn reply(shell: Shell, answer: Completions) -> String {
    let Completions::Candidates { kind, are_parts, candidates } = answer else { return without_candidates(&answer) };
    let line = |candidate: &Candidate| match shell {
        Shell::Zsh => zsh(candidate),
        Shell::Fish | Shell::Bash | Shell::PowerShell => format!("{}\t{}\n", candidate.value, candidate.description),
    };
    header(kind, are_parts, candidates.iter().map(line))
}

/// Writes the one line that is the reply, where the shell finds the candidates itself.
pub(super) fn without_candidates(answer: &Completions) -> String {
    match answer {
        Completions::Command(at) => format!("command {at}\n"),
        Completions::Files => "files\n".into(),
        Completions::Candidates { .. } => String::new(),
    }
}

/// Writes the line that says what follows, and what follows; nothing where that is nothing.
pub(super) fn header(kind: &str, are_parts: bool, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.collect();
    match (lines.is_empty(), are_parts) {
        (true, _) => String::new(),
        (false, true) => format!("parts {kind}\n{lines}"),
        (false, false) => format!("words {kind}\n{lines}"),
    }
}

/// As `_describe` wants it.
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
        reply(shell, Completions::Candidates { kind: "profile", are_parts: false, candidates })
    }

    #[test]
    fn each_glue_gets_what_it_can_read() {
        assert_eq!(said(Shell::Zsh, r"prod:a\b", "1: x"), "words profile\nprod\\:a\\\\b:1: x\n");
        assert_eq!(said(Shell::Zsh, "star*", ""), "words profile\nstar*\n");
        assert_eq!(said(Shell::Fish, "acme corp", "x"), "words profile\nacme corp\tx\n");
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let nothing = Completions::Candidates { kind: "profile", are_parts: false, candidates: vec![] };
        assert_eq!(reply(Shell::Zsh, nothing), "");
    }

    #[test]
    fn the_word_at_the_cursor_is_read_as_its_shell_writes_it() {
        assert_eq!(decoded(Shell::Fish, r#""acme c"#), "acme c");
        assert_eq!(decoded(Shell::Fish, r"we\$\(x\\"), r"we$(x\");
    }
}
