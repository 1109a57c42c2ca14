//! What is said to the glue of zsh, fish and PowerShell, and how their word at the cursor is read.

use super::{Answer, Candidate};
use crate::shell::Shell;
use crate::shell::quote::powershell;
use crate::shell::reply::ascii;

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
        // An empty argument would get lost, so there is an `=` before it.
        Shell::PowerShell => current.strip_prefix('=').unwrap_or(current).trim_matches(['"', '\'']).into(),
        Shell::Zsh | Shell::Bash => current.into(),
    }
}

/// Writes the reply to the glue.
pub(super) fn reply(shell: Shell, answer: Answer) -> String {
    let (kind, are_parts, candidates) = match answer {
        Answer::Command(at) => return format!("command {at}\n"),
        Answer::Files => return "files\n".into(),
        Answer::Candidates { kind, are_parts, candidates } => (kind, are_parts, candidates),
    };
    let line = |candidate: &Candidate| match shell {
        Shell::Zsh => zsh(candidate),
        Shell::PowerShell => for_powershell(candidate),
        Shell::Fish | Shell::Bash => format!("{}\t{}\n", candidate.value, candidate.description),
    };
    header(kind, are_parts, candidates.iter().map(line))
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

/// What is inserted, what is listed, and what is explained, in ASCII.
fn for_powershell(candidate: &Candidate) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=+".contains(c);
    let inserted = match candidate.value.chars().all(is_bare) {
        true => candidate.value.clone(),
        false => powershell(&candidate.value),
    };
    // PowerShell takes no empty explanation.
    let explained = if candidate.description.is_empty() { &candidate.value } else { &candidate.description };
    format!("{}\t{}\t{}\n", ascii(&inserted), ascii(&candidate.value), ascii(explained))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(shell: Shell, value: &str, description: &str) -> String {
        let candidates = vec![Candidate::new(value, description)];
        reply(shell, Answer::Candidates { kind: "profile", are_parts: false, candidates })
    }

    #[test]
    fn each_glue_gets_what_it_can_read() {
        assert_eq!(said(Shell::Zsh, r"prod:a\b", "1: x"), "words profile\nprod\\:a\\\\b:1: x\n");
        assert_eq!(said(Shell::Zsh, "star*", ""), "words profile\nstar*\n");
        assert_eq!(said(Shell::Fish, "acme corp", "x"), "words profile\nacme corp\tx\n");
        assert_eq!(said(Shell::PowerShell, "dev", ""), "words profile\ndev\tdev\tdev\n");
        assert_eq!(
            said(Shell::PowerShell, "a’ $(x)", "é"),
            "words profile\n'a\\u2019\\u2019 $(x)'\ta\\u2019 $(x)\t\\u00e9\n"
        );
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let nothing = Answer::Candidates { kind: "profile", are_parts: false, candidates: vec![] };
        assert_eq!(reply(Shell::Zsh, nothing), "");
    }

    #[test]
    fn the_word_at_the_cursor_is_read_as_its_shell_writes_it() {
        assert_eq!(decoded(Shell::Fish, r#""acme c"#), "acme c");
        assert_eq!(decoded(Shell::Fish, r"we\$\(x\\"), r"we$(x\");
        assert_eq!(decoded(Shell::PowerShell, "='acme c"), "acme c");
        assert_eq!(decoded(Shell::PowerShell, "="), "");
    }
}
