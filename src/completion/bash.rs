//! bash: reads the line as typed, quotes and all, without letting bash evaluate it, and says candidates the way readline
//! can put them there: only what goes behind the last word break, escaped for the quote that is open.
//! Nothing is expanded: a `$(…)` in the line is text.

use super::reply::header;
use super::{Candidate, CommandLine, Completions};

/// What readline asks for with `COMP_TYPE` when it only lists candidates, after a second TAB.
const LISTING: &str = "63";

/// Which quote is open at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

/// The line up to the cursor.
#[derive(Debug)]
pub(super) struct BashLine {
    pub(super) question: CommandLine,
    /// What stands of the word at the cursor before the place where readline puts candidates.
    kept: String,
    quote: Quote,
    is_listing: bool,
    /// Where in `COMP_WORDS` each of our words begins, the one at the cursor included.
    indices: Vec<usize>,
}

impl BashLine {
    /// Reads what the glue passes: the line up to the cursor, `COMP_TYPE`, `COMP_WORDBREAKS`, and all of `COMP_WORDS`.
    pub(super) fn of(arguments: &[String]) -> Option<Self> {
        let [text, kind, breaks, comp_words @ ..] = arguments else { return None };
        let mut lexer = Lexer::default();
        lexer.read(text, breaks);
        let mut words = lexer.words;
        let current = words.pop()?;
        // `A=1 ssox …`
        let assignments = words.iter().take_while(|word| is_assignment(&word.text)).count();
        words.drain(..assignments);
        let starts = words.iter().chain([&current]).map(|word| word.start);
        let indices = starts.map(|start| index(text, start, comp_words)).collect();
        let kept = current.text[..current.kept].to_owned();
        let words = words.into_iter().map(|word| word.text).collect();
        let question = CommandLine { words, current: current.text };
        Some(Self { question, kept, quote: lexer.quote, is_listing: kind == LISTING, indices })
    }

    fn spell(&self, candidate: &Candidate, with_description: bool) -> Option<String> {
        let rest = candidate.value.strip_prefix(&self.kept)?;
        Some(match with_description && !candidate.description.is_empty() {
            true => format!("{}  ({})\n", candidate.value, candidate.description),
            false => format!("{}\n", self.quote.escape(rest)),
        })
    }
}

/// Writes the reply to the glue.
pub(super) fn reply(line: &BashLine, answer: Completions) -> String {
    let (kind, are_parts, candidates) = match answer {
        Completions::Command(at) => return format!("command {}\n", line.indices.get(at).unwrap_or(&at)),
        Completions::Files => return "files\n".into(),
        Completions::Candidates { kind, are_parts, candidates } => (kind, are_parts, candidates),
    };
    let fitting: Vec<Candidate> =
        candidates.into_iter().filter(|candidate| starts_alike(&candidate.value, &line.question.current)).collect();
    let with_description = line.is_listing && fitting.len() > 1;
    header(kind, are_parts, fitting.iter().filter_map(|candidate| line.spell(candidate, with_description)))
}

/// Readline puts the candidate in place of what is typed, so that another case of letters is mended.
fn starts_alike(value: &str, typed: &str) -> bool {
    value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

impl Quote {
    fn escape(self, text: &str) -> String {
        let mut escaped = String::new();
        for c in text.chars() {
            match self {
                Self::None if !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c) => escaped.push(c),
                Self::None => escaped.extend(['\\', c]),
                Self::Single if c == '\'' => escaped.push_str(r"'\''"),
                // In double quotes nothing protects it from history expansion.
                Self::Double if c == '!' => escaped.push_str(r#""'!'""#),
                Self::Double if "$`\"\\".contains(c) => escaped.extend(['\\', c]),
                Self::Single | Self::Double => escaped.push(c),
            }
        }
        escaped
    }
}

/// One word: where it begins in the line, what it says, and how much of that stands before the last word break.
#[derive(Debug, Default)]
struct Word {
    start: usize,
    text: String,
    kept: usize,
}

#[derive(Debug)]
struct Lexer {
    /// The last one is that at the cursor.
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
                        // Readline replaces these along with what follows them.
                        word.kept = if "@$".contains(c) { before } else { word.text.len() };
                    }
                }
                (_, c) => word.text.push(c),
            }
        }
        let mut word = word.unwrap_or(Word { start: line.len(), ..Word::default() });
        // Readline takes an open quote for the beginning of the word; a closed one is part of it.
        if self.quote != Quote::None {
            word.kept = opened;
        }
        self.words.push(word);
    }
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name.trim_end_matches('+'));
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns which of `COMP_WORDS` begins at that place of the line, or is the first one behind it: bash breaks words at
/// `:` and `=` as well.
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
        BashLine::of(&arguments.collect::<Vec<_>>()).unwrap()
    }

    fn completed(text: &str, candidate: &str) -> String {
        let candidates = vec![Candidate::new(candidate, "described")];
        reply(&line(text), Completions::Candidates { kind: "profile", are_parts: false, candidates })
    }

    #[test]
    fn words_are_what_the_program_gets() {
        let line = line(r#"A=1 ssox exec 'a b' "c\$d\e" f\ g"h"#);
        assert_eq!(line.question.words, ["ssox", "exec", "a b", r"c$d\e"]);
        assert_eq!(line.question.current, "f gh");
    }

    #[test]
    fn only_what_goes_behind_the_last_break_is_said() {
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
    fn a_candidate_is_one_word_that_runs_nothing() {
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
            let at = line.question.words.iter().position(|word| word == "git").unwrap();
            assert_eq!(reply(&line, Completions::Command(at)), format!("command {index}\n"), "{typed}");
        }
    }

    #[test]
    fn descriptions_are_for_listing() {
        let mut line = line("ssox use d");
        let candidates = || ["dev", "demo"].map(|name| Candidate::new(name, "x")).to_vec();
        let answer = || Completions::Candidates { kind: "profile", are_parts: false, candidates: candidates() };
        assert_eq!(reply(&line, answer()), "words profile\ndev\ndemo\n");
        line.is_listing = true;
        assert_eq!(reply(&line, answer()), "words profile\ndev  (x)\ndemo  (x)\n");
    }
}
