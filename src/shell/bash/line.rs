//! Completion in bash. Parses the line as the person typed it, with its quotes, and writes candidates as readline
//! inserts them: only the part after the last word break, escaped for the quote that is open.
//!
//! Invariant: nothing in the line is evaluated; `$(…)` is plain text.

use crate::shell::completion::{Candidate, CommandLine, Completions, starts_with_in_any_case};

/// The value of `COMP_TYPE` when readline only lists the candidates, after a second TAB.
const LISTING: &str = "63";

/// The quote that is open at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

/// The command line up to the cursor, and what ssox needs to write candidates as readline inserts them, such as the
/// quote that is open.
#[derive(Debug)]
pub(super) struct BashLine {
    pub(super) command_line: CommandLine,
    /// The part of the word at the cursor that readline keeps. The rest of a candidate is inserted after it.
    kept: String,
    quote: Quote,
    is_listing: bool,
    /// The index in `COMP_WORDS` of each word, including the word at the cursor.
    indices: Vec<usize>,
}

impl BashLine {
    /// Parses the arguments that the completion function passes: the line up to the cursor, `COMP_TYPE`,
    /// `COMP_WORDBREAKS`, and all of `COMP_WORDS`. `None` if some are missing.
    pub(super) fn parse(arguments: &[String]) -> Option<Self> {
        let [text, kind, breaks, comp_words @ ..] = arguments else { return None };
        let mut lexer = Lexer::default();
        lexer.read(text, breaks);
        let mut words = lexer.words;
        let current = words.pop()?;
        // Skips variables before the command, as in `A=1 ssox …`.
        let variables = words.iter().take_while(|word| sets_variable(&word.text)).count();
        words.drain(..variables);
        let starts = words.iter().chain([&current]).map(|word| word.start);
        let indices = starts.map(|start| index(text, start, comp_words)).collect();
        let kept = current.text[..current.kept].to_owned();
        let words = words.into_iter().map(|word| word.text).collect();
        let command_line = CommandLine { words, current: current.text };
        Some(Self { command_line, kept, quote: lexer.quote, is_listing: kind == LISTING, indices })
    }

    /// Returns the reply to the completion function.
    pub(super) fn reply(&self, mut completions: Completions) -> String {
        let mut with_description = false;
        match &mut completions {
            Completions::Command(at) => *at = *self.indices.get(*at).unwrap_or(at),
            Completions::Files => {}
            Completions::Candidates { candidates, .. } => {
                // Readline replaces what was typed, so a candidate may have upper case where the person typed lower
                // case, or the reverse.
                let typed = &self.command_line.current;
                candidates.retain(|candidate| starts_with_in_any_case(&candidate.value, typed));
                with_description = self.is_listing && candidates.len() > 1;
            }
        }
        completions.reply(|candidate| self.reply_line(candidate, with_description))
    }

    /// Returns the reply line of a candidate; `None` if the candidate does not start with the part of the word that
    /// readline keeps.
    fn reply_line(&self, candidate: &Candidate, with_description: bool) -> Option<String> {
        let rest = candidate.value.strip_prefix(&self.kept)?;
        if with_description && !candidate.description.is_empty() {
            return Some(format!("{}  ({})\n", candidate.value, candidate.description));
        }
        Some(format!("{}\n", self.quote.escape(rest)))
    }
}

impl Quote {
    /// Escapes a text for insertion inside this quote.
    fn escape(self, text: &str) -> String {
        let mut escaped = String::new();
        for c in text.chars() {
            match self {
                Self::None if !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c) => escaped.push(c),
                Self::None => escaped.extend(['\\', c]),
                Self::Single if c == '\'' => escaped.push_str(r"'\''"),
                // Inside double quotes no escape prevents history expansion. The double quotes are therefore closed
                // before `!` and opened again after it.
                Self::Double if c == '!' => escaped.push_str(r#""'!'""#),
                Self::Double if "$`\"\\".contains(c) => escaped.extend(['\\', c]),
                Self::Single | Self::Double => escaped.push(c),
            }
        }
        escaped
    }
}

/// A word: where it starts in the line, its text without quotes, and how many bytes of the text readline keeps.
#[derive(Debug, Default)]
struct Word {
    start: usize,
    text: String,
    kept: usize,
}

/// Splits a line into words.
#[derive(Debug)]
struct Lexer {
    /// The words found so far. When the whole line has been read, the last one is the word at the cursor.
    words: Vec<Word>,
    quote: Quote,
}

impl Default for Lexer {
    fn default() -> Self {
        Self { words: Vec::new(), quote: Quote::None }
    }
}

impl Lexer {
    fn read(&mut self, line: &str, breaks: &str) {
        let mut word: Option<Word> = None;
        let mut opened = 0;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if self.quote == Quote::None && c.is_ascii_whitespace() {
                self.words.extend(word.take());
                continue;
            }
            let word = word.get_or_insert_with(|| Word { start: at, ..Word::default() });
            match (self.quote, c) {
                (Quote::None, '\\') => word.text.extend(chars.next().map(|(_, c)| c)),
                (Quote::None, '\'' | '"') => {
                    self.quote = if c == '"' { Quote::Double } else { Quote::Single };
                    opened = word.text.len();
                }
                (Quote::Single, '\'') | (Quote::Double, '"') => self.quote = Quote::None,
                (Quote::Double, '\\') => match chars.next_if(|(_, c)| "$`\"\\".contains(*c)) {
                    Some((_, c)) => word.text.push(c),
                    None => word.text.push('\\'),
                },
                (Quote::None, c) => {
                    let before = word.text.len();
                    word.text.push(c);
                    if breaks.contains(c) {
                        // Readline keeps most word breaks, but replaces `@` and `$` together with the text after them.
                        word.kept = if "@$".contains(c) { before } else { word.text.len() };
                    }
                }
                (_, c) => word.text.push(c),
            }
        }
        let mut word = word.unwrap_or(Word { start: line.len(), ..Word::default() });
        // For readline the word starts after a quote that is open; a closed quote is part of the word.
        if self.quote != Quote::None {
            word.kept = opened;
        }
        self.words.push(word);
    }
}

/// Tells whether a word sets a shell variable: `NAME=value` or `NAME+=value`.
fn sets_variable(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name.trim_end_matches('+'));
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns the index of the first word in `COMP_WORDS` that starts at the position `start` of the line or after this
/// position. The indices differ from those of ssox's words, because bash also splits words at `:` and `=`.
fn index(line: &str, start: usize, comp_words: &[String]) -> usize {
    let mut at = 0;
    for (index, word) in comp_words.iter().enumerate() {
        match line.get(at..).and_then(|rest| rest.find(word.as_str())) {
            Some(offset) if !word.is_empty() && at + offset < start => at += offset + word.len(),
            _ => return index,
        }
    }
    comp_words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn line(text: &str) -> BashLine {
        let apart = text.replace(':', " : ").replace('=', " = ");
        let arguments = [text, "9", BREAKS].into_iter().chain(apart.split_whitespace()).map(String::from);
        BashLine::parse(&arguments.collect::<Vec<_>>()).unwrap()
    }

    fn completed(text: &str, candidate: &str) -> String {
        let candidates = vec![Candidate::new(candidate, "described")];
        line(text).reply(Completions::Candidates { kind: "profile", are_prefixes: false, candidates })
    }

    #[test]
    fn words_are_those_the_program_receives() {
        let line = line(r#"A=1 ssox exec 'a b' "c\$d\e" f\ g"h"#);
        assert_eq!(line.command_line.words, ["ssox", "exec", "a b", r"c$d\e"]);
        assert_eq!(line.command_line.current, "f gh");
    }

    #[test]
    fn only_the_part_after_the_last_word_break_is_inserted() {
        for (typed, candidate, said) in [
            ("ssox use d", "dev", "dev"),
            ("ssox use prod:", "prod:admin", "admin"),
            (r"ssox use prod\:a", "prod:admin", "prod:admin"),
            ("ssox use 'prod:a", "prod:admin", "prod:admin"),
            ("ssox use acme\" c", "acme corp", " corp"),
            ("ssox use \"acme\"\\ c", "acme corp", r"acme\ corp"),
            ("ssox use --region=eu", "--region=eu-west-1", "eu-west-1"),
            ("ssox use me@", "me@host", "@host"),
            ("ssox use me@h", "me@host", "@host"),
            ("ssox use DE", "dev", "dev"),
        ] {
            assert_eq!(completed(typed, candidate), format!("words profile\n{said}\n"), "{typed}");
        }
    }

    #[test]
    fn an_inserted_candidate_is_one_word_and_runs_nothing() {
        let name = r#"a'b"c$(x)`y`\ !*~é"#;
        for (typed, said) in [
            ("ssox use ", r#"a\'b\"c\$\(x\)\`y\`\\\ \!\*\~é"#),
            ("ssox use '", r#"a'\''b"c$(x)`y`\ !*~é"#),
            ("ssox use \"", r#"a'b\"c\$(x)\`y\`\\ "'!'"*~é"#),
        ] {
            assert_eq!(completed(typed, name), format!("words profile\n{said}\n"), "{typed}");
        }
    }

    #[test]
    fn a_command_is_found_among_the_words_of_bash() {
        for (typed, index) in [
            ("ssox exec dev -- git che", 4),
            ("ssox exec prod:admin -- git che", 6),
            ("A=1 ssox exec --min-ttl=1h dev -- git ", 10),
        ] {
            let line = line(typed);
            let at = line.command_line.words.iter().position(|word| word == "git").unwrap();
            assert_eq!(line.reply(Completions::Command(at)), format!("command {index}\n"), "{typed}");
        }
    }

    #[test]
    fn descriptions_are_only_listed() {
        let mut line = line("ssox use d");
        let candidates = || ["dev", "demo"].map(|name| Candidate::new(name, "x")).to_vec();
        let answer = || Completions::Candidates { kind: "profile", are_prefixes: false, candidates: candidates() };
        assert_eq!(line.reply(answer()), "words profile\ndev\ndemo\n");
        line.is_listing = true;
        assert_eq!(line.reply(answer()), "words profile\ndev  (x)\ndemo  (x)\n");
    }
}
